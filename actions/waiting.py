"""What waits for a person to act, beyond its due date: read by whoever leads post-mortems."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone

from actions.boards.groups import with_lateness
from actions.escalation import Ladder
from actions.models import Action, ActionPolicy, ActionQuerySet, nobodys
from people.models import User

ROWS = 100


@dataclass(frozen=True)
class Waiting:
    """One kind of waiting: what it is, whose turn it is, and the actions, the longest waiting first."""

    key: str
    title: str
    text: str
    actions: list[Action]

    @property
    def is_cut(self) -> bool:
        return len(self.actions) == ROWS


def waiting_for(user: User, *, on: date) -> list[Waiting]:
    """Only what the person may see; kinds of which there is nothing are left out."""
    seen = with_lateness(Action.objects.visible_to(user), on)
    seen = seen.select_related("owner", "waits_for", "waits_for_team", "postmortem__incident__team")
    kinds = [Waiting(key, title, text, list(rows[:ROWS])) for key, title, text, rows in _kinds(seen, on)]
    return [kind for kind in kinds if kind.actions]


def _kinds(seen: ActionQuerySet, on: date) -> list[tuple[str, str, str, ActionQuerySet]]:
    days = Ladder.load().decision_days
    asked_before = timezone.now() - timedelta(days=ActionPolicy.load().accept_within_days)
    by_date = F("due_on").asc(nulls_last=True), "number"
    return [
        (
            "decisions", "Decisions that are owed",
            f"Overdue for {days} days or more: finish by, reprioritise, or drop with the reason.",
            seen.at_work().filter(due_on__lte=on - timedelta(days=days)).order_by(*by_date),
        ),
        (
            "owners", "Nobody answers for these", "Their owner has left, may only read, or was never named.",
            seen.at_work().filter(nobodys()).order_by(*by_date),
        ),
        (
            "accepted", "Not accepted yet", "Their owners were asked days ago and have not said yes.",
            seen.unaccepted().filter(asked_at__lte=asked_before).order_by("asked_at", "number"),
        ),
        (
            "confirmed", "Done, waits for a second person", "Somebody beside those who did it looks at the evidence.",
            seen.filter(status=Action.Status.UNCONFIRMED).order_by("finished_at", "number"),
        ),
        (
            "blocked", "Blocked", "Their owners cannot go on until somebody else has done their part.",
            seen.filter(status=Action.Status.BLOCKED).order_by("blocked_at", "number"),
        ),
    ]  # fmt: skip
