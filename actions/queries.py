"""Reads that shape the pages of actions."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from actions.boards.groups import with_lateness
from actions.models import Action, ActionCandidate
from actions.permissions import can_add
from actions.smart import Load
from people.models import RecordEntry, User
from postmortems.models import Postmortem


@dataclass(frozen=True)
class Panel:
    """The actions of one post-mortem, as its page shows them beside the document."""

    postmortem: Postmortem
    actions: list[Action]
    can_add: bool
    zone: str

    @property
    def open_count(self) -> int:
        return sum(action.is_open for action in self.actions)


def panel_of(postmortem: Postmortem, user: User, *, on: date) -> Panel:
    actions = with_lateness(Action.objects.filter(postmortem=postmortem), on)
    actions = actions.select_related("owner", "waits_for", "waits_for_team", "cause")
    return Panel(postmortem, list(actions), can_add(user, postmortem), str(timezone.get_current_timezone()))


def load_of(owner: User, due_on: date | None, *, reader: User, but: int | None = None) -> Load:
    """What a person has to do already, of what the reader may see; without the action of the number `but`."""
    monday = due_on - timedelta(days=due_on.weekday()) if due_on else None
    week = Q(due_on__range=(monday, monday + timedelta(days=6))) if monday else Q(pk=None)
    mine = Action.objects.visible_to(reader).at_work().filter(owner=owner).exclude(number=but or 0)
    absence = owner.absences.longest_on(due_on) if due_on else None
    away = f"{absence.first_on:%-d %b} to {absence.last_on:%-d %b}" if absence else ""
    return Load(away=away, **mine.aggregate(open_count=Count("pk"), due_that_week_count=Count("pk", filter=week)))


def candidates_of(postmortem: Postmortem) -> list[ActionCandidate]:
    related = ["cause", "placed_by", "decided_by", "action", "postmortem__incident"]
    return list(ActionCandidate.objects.filter(postmortem=postmortem).select_related(*related))


def last_writer_of(action: Action, name: str) -> str:
    """Who wrote what stands in a field now."""
    wrote = RecordEntry.objects.about(action).filter(details__after__has_key=name)
    entry = wrote.select_related("by").first()
    return str(entry.by) if entry and entry.by else "Somebody else"
