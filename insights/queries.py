"""Reads across everything, for one page each."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from actions.models import Action
from incidents.lateness import LateIncident, late_for, with_clocks
from incidents.models import Incident
from people.models import User
from postmortems.queries import Row, unfinished_of

ROWS = 8


@dataclass(frozen=True)
class MyWork:
    """What waits for one person, and what has happened lately."""

    overdue: list[Action] = field(default_factory=list)
    open: list[Action] = field(default_factory=list)
    postmortems: list[Row] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    late: list[LateIncident] = field(default_factory=list)
    late_count: int = 0

    @property
    def action_count(self) -> int:
        return len(self.overdue) + len(self.open)


def my_work(user: User, *, on: date) -> MyWork:
    """`on` is today where the person is."""
    mine = Action.objects.visible_to(user).filter(owner=user).open()
    actions = list(mine.select_related("postmortem__incident").order_by("due_on", "number"))
    overdue = [action for action in actions if action.days_overdue(on)]
    late = late_for(user, now=timezone.now())
    shown = with_clocks(late[: ROWS + 1])
    return MyWork(
        late=shown[:ROWS],
        late_count=len(shown) if len(shown) <= ROWS else late.count(),
        overdue=overdue,
        open=[action for action in actions if action not in overdue],
        postmortems=unfinished_of(user),
        incidents=list(Incident.objects.visible_to(user).select_related("team", "postmortem")[:ROWS]),
    )
