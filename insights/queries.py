"""Reads across everything, for one page each."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from actions.boards.mine import Section, mine
from incidents.lateness import LateIncident, late_for, with_clocks
from incidents.models import Incident
from people.models import User
from postmortems.models import Reviewer
from postmortems.queries import Row, unfinished_of
from postmortems.reviews import waiting_for

ROWS = 8


@dataclass(frozen=True)
class MyWork:
    """What waits for one person, and what has happened lately."""

    actions: list[Section] = field(default_factory=list)
    reviews: list[Reviewer] = field(default_factory=list)
    postmortems: list[Row] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    late: list[LateIncident] = field(default_factory=list)
    late_count: int = 0

    @property
    def action_count(self) -> int:
        return sum(len(section.actions) for section in self.actions if section.is_open)


def my_work(user: User, *, on: date) -> MyWork:
    """`on` is today where the person is."""
    late = late_for(user, now=timezone.now())
    shown = with_clocks(late[: ROWS + 1])
    return MyWork(
        late=shown[:ROWS],
        late_count=len(shown) if len(shown) <= ROWS else late.count(),
        actions=mine(user, on=on),
        reviews=waiting_for(user),
        postmortems=unfinished_of(user),
        incidents=list(Incident.objects.visible_to(user).select_related("team", "postmortem")[:ROWS]),
    )
