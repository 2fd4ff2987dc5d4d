"""Reads that shape the pages of actions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Q, Value, When
from django.utils import timezone

from actions.forms import ActionFilter
from actions.models import Action, ActionCandidate, ActionQuerySet
from actions.permissions import can_add
from actions.smart import Load
from people.models import RecordEntry, User
from postmortems.models import Postmortem

BY_NUMBER = re.compile(r"(?:ACT-?)?(\d{1,9})", re.IGNORECASE)


def listed(user: User, wishes: Mapping[str, Any], *, on: date) -> ActionQuerySet:
    """The actions that a person may see, narrowed by what the filter asks, with all that a row shows."""
    actions = with_lateness(Action.objects.visible_to(user), on)
    actions = actions.select_related("owner", "waits_for", "waits_for_team", "postmortem__incident__team")
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
    late = When(status__in=Action.AT_WORK, due_on__lt=on, then=Value(True))
    return actions.annotate(is_overdue=Case(late, default=Value(False), output_field=BooleanField()))


@dataclass(frozen=True)
class Standing:
    """How a set of actions stands on a day."""

    open_count: int
    overdue_count: int


def standing(user: User, on: date) -> Standing:
    """Of all the actions that a person may see, in one query."""
    is_late = Q(status__in=Action.AT_WORK, due_on__lt=on)
    counts = Action.objects.visible_to(user).aggregate(
        open_count=Count("pk", filter=Q(status__in=Action.OPEN)), overdue_count=Count("pk", filter=is_late)
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
    actions = with_lateness(Action.objects.filter(postmortem=postmortem), on)
    actions = actions.select_related("owner", "waits_for", "waits_for_team", "cause")
    return Panel(postmortem, list(actions), can_add(user, postmortem), str(timezone.get_current_timezone()))


def load_of(owner: User, due_on: date | None, *, reader: User) -> Load:
    """What a person has to do already, of what the reader may see."""
    monday = due_on - timedelta(days=due_on.weekday()) if due_on else None
    week = Q(due_on__range=(monday, monday + timedelta(days=6))) if monday else Q(pk=None)
    mine = Action.objects.visible_to(reader).at_work().filter(owner=owner)
    return Load(**mine.aggregate(open_count=Count("pk"), due_that_week_count=Count("pk", filter=week)))


def candidates_of(postmortem: Postmortem) -> list[ActionCandidate]:
    related = ["cause", "placed_by", "decided_by", "action", "postmortem__incident"]
    return list(ActionCandidate.objects.filter(postmortem=postmortem).select_related(*related))


def last_writer_of(action: Action, name: str) -> str:
    """Who wrote what stands in a field now."""
    wrote = RecordEntry.objects.about(action).filter(details__after__has_key=name)
    entry = wrote.select_related("by").first()
    return str(entry.by) if entry and entry.by else "Somebody else"
