"""The actions of one person, by what they need from them now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from actions.boards.groups import as_shown
from actions.boards.narrowing import BY_URGENCY
from actions.escalation import Ladder, Rung
from actions.models import Action
from people.models import User

MOST = 200
LATELY = timedelta(days=14)
FINISHED = 5
Status = Action.Status

# In the order in which they are looked at: an action stands where it first belongs.
TITLES = {
    "accept": ("Will you answer for these?", "You were asked and have not said yes or no."),
    "decision": ("A decision is owed", "Finish by a date, reprioritise, or drop with the reason."),
    "overdue": ("Overdue", ""),
    "blocked": ("Blocked", "They wait for somebody else. Has it come?"),
    "week": ("Due within a week", ""),
    "later": ("Later", ""),
    "confirm": ("Done, waits for a second person", ""),
    "finished": ("Finished lately", ""),
}


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    text: str
    actions: list[Action]

    @property
    def is_open(self) -> bool:
        return self.key != "finished"


def mine(user: User, *, on: date) -> list[Section]:
    """Sections that hold something. Nobody works on two hundred actions: beyond them the list goes on."""
    own = Action.objects.seen_by(user).filter(owner=user)
    still = as_shown(own.open(), on).order_by(*BY_URGENCY)[:MOST]
    since = timezone.now() - LATELY
    ended = as_shown(own.filter(status=Status.DONE, finished_at__gte=since), on).order_by("-finished_at", "-number")
    found = _sorted_out(still, Ladder.load(), on) | {"finished": list(ended[:FINISHED])}
    return [Section(key, *TITLES[key], found[key]) for key in TITLES if found.get(key)]


def _sorted_out(actions: Iterable[Action], ladder: Ladder, on: date) -> dict[str, list[Action]]:
    found: dict[str, list[Action]] = {}
    for action in actions:
        found.setdefault(_place_of(action, ladder, on), []).append(action)
    return found


def _place_of(action: Action, ladder: Ladder, on: date) -> str:
    days = action.days_overdue(on)
    if action.status == Status.UNCONFIRMED:
        return "confirm"
    if action.waits_for_acceptance:
        return "accept"
    if ladder.rung_of(days) is Rung.DECISION:
        return "decision"
    if days:
        return "overdue"
    if action.is_blocked:
        return "blocked"
    is_soon = action.due_on is not None and action.due_on <= on + timedelta(days=7)
    return "week" if is_soon else "later"
