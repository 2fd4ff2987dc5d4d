"""Reads that shape the pages of actions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Q, Value, When
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from actions.forms import ActionFilter
from actions.models import Action, ActionQuerySet
from actions.permissions import can_add
from people.models import RecordEntry, User
from postmortems.models import Postmortem

BY_NUMBER = re.compile(r"(?:ACT-?)?(\d{1,9})", re.IGNORECASE)


def listed(user: User, wishes: Mapping[str, Any], *, on: date) -> ActionQuerySet:
    """The actions that a person may see, narrowed by what the filter asks, with all that a row shows."""
    actions = with_lateness(Action.objects.visible_to(user), on)
    actions = actions.select_related("owner", "postmortem__incident__team")
    if text := wishes.get("text", "").strip():
        actions = actions.filter(_matches(text))
    if priority := wishes.get("priority"):
        actions = actions.filter(priority=priority)
    if owner := wishes.get("owner"):
        actions = actions.filter(owner=owner)
    if wishes.get("mine"):
        actions = actions.filter(owner=user)
    if team := wishes.get("team"):
        actions = actions.filter(postmortem__incident__team=team)
    if wishes.get("overdue"):
        actions = actions.overdue(on)
    return _in_status(actions, wishes.get("status", ActionFilter.OPEN))


def _in_status(actions: ActionQuerySet, status: str) -> ActionQuerySet:
    if status == "all":
        return actions.order_by("-number")
    if status in (Action.Status.DONE, Action.Status.DROPPED):
        return actions.filter(status=status).order_by("-updated_at", "-number")
    actions = actions.open() if status == ActionFilter.OPEN else actions.filter(status=status)
    return actions.order_by(F("due_on").asc(nulls_last=True), "number")


def _matches(text: str) -> Q:
    by_number = BY_NUMBER.fullmatch(text)
    numbered = Q(number=int(by_number[1])) if by_number else Q()
    return numbered | Q(title__icontains=text) | Q(description__icontains=text)


def with_lateness(actions: ActionQuerySet, on: date) -> ActionQuerySet:
    """Each row says `is_overdue` for itself: a template does not reckon with dates."""
    late = When(status__in=Action.OPEN, due_on__lt=on, then=Value(True))
    return actions.annotate(is_overdue=Case(late, default=Value(False), output_field=BooleanField()))


@dataclass(frozen=True)
class Standing:
    """How a set of actions stands on a day."""

    open_count: int
    overdue_count: int


def standing(user: User, on: date) -> Standing:
    """Of all the actions that a person may see, in one query."""
    is_open = Q(status__in=Action.OPEN)
    counts = Action.objects.visible_to(user).aggregate(
        open_count=Count("pk", filter=is_open), overdue_count=Count("pk", filter=is_open & Q(due_on__lt=on))
    )
    return Standing(**counts)


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
    actions = with_lateness(Action.objects.filter(postmortem=postmortem), on).select_related("owner")
    return Panel(postmortem, list(actions), can_add(user, postmortem), str(timezone.get_current_timezone()))


def last_writer_of(action: Action, name: str) -> str:
    """Who wrote what stands in a field now."""
    verb = {"owner": "action.reassigned", "due_on": "action.rescheduled"}.get(name)
    wrote = Q(verb=verb) if verb else Q(verb="action.edited", details__after__has_key=name)
    entry = RecordEntry.objects.about(action).filter(wrote).select_related("by").first()
    return str(entry.by) if entry and entry.by else "Somebody else"


@dataclass(frozen=True)
class Line:
    """One entry of an action's record, as a person reads it; `reason` is what was given for it."""

    at: datetime
    by: User | None
    words: str
    reason: str


def story_of(action: Action) -> list[Line]:
    """Who did what to it and why, the latest first."""
    entries = list(RecordEntry.objects.about(action).select_related("by"))
    people = _people_in(entries)
    return [
        Line(entry.at, entry.by, _words(entry, people), str(entry.details.get("reason") or "")) for entry in entries
    ]


def _people_in(entries: list[RecordEntry]) -> dict[int, User]:
    handed = [entry.details for entry in entries if entry.verb == "action.reassigned"]
    return User.objects.in_bulk({details.get(side) for details in handed for side in ("before", "after")} - {None})


def _words(entry: RecordEntry, people: Mapping[int, User]) -> str:
    details = entry.details
    match entry.verb:
        case "action.added":
            return "took it on"
        case "action.started":
            return "started it"
        case "action.finished":
            return f"finished it, with evidence: {details.get('evidence', '')}"
        case "action.dropped":
            return "dropped it"
        case "action.reopened":
            return "took it up again"
        case "action.reassigned":
            former, new = (people.get(details.get(side)) for side in ("before", "after"))
            return f"handed it from {former or 'nobody'} to {new or 'nobody'}"
        case "action.rescheduled":
            return f"moved it from {_day(details.get('before'))} to {_day(details.get('after'))}"
        case "action.edited":
            return f"changed {_fields(details.get('after') or {})}"
    return entry.verb.partition(".")[2].replace("_", " ")


def _day(written: Any) -> str:
    day = parse_date(str(written or "")[:10])
    return date_format(day, "j M Y") if day else "no date"


def _fields(after: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} to “{value}”" for name, value in after.items()) or "nothing"
