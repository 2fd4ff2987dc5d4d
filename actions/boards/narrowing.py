"""Which actions a filter means, as conditions that an index can answer."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from actions.boards.told import told_to
from actions.escalation import Ladder
from actions.filters import ActionFilter, Named
from actions.models import Action, ActionQuerySet, nobodys
from incidents.models import Incident
from people.models import User
from postmortems.models import Cause, Postmortem

BY_NUMBER = re.compile(r"(?:ACT-?)?(\d{1,9})", re.IGNORECASE)
BY_URGENCY = (F("due_on").asc(nulls_last=True), F("number").asc())
LATEST = (F("number").desc(),)
MOST_FOUND = 5_000
WEIGHED = ["purpose", "hierarchy", "cause"]
Status = Action.Status
FREE = [status for status in Action.OPEN if status != Status.BLOCKED]


def narrowed(user: User, wishes: Mapping[str, Any], *, on: date) -> ActionQuerySet:
    """The actions that a person may see, narrowed by everything but the status; see `in_status`."""
    actions = Action.objects.seen_by(user)
    if priority := wishes.get("priority"):
        actions = actions.filter(priority=priority)
    if wishes.get("mine"):
        actions = actions.filter(owner=user)
    if owner := wishes.get("owner"):
        actions = actions.filter(owner=None) if owner.is_nobody else actions.filter(owner__in=owner.keys)
    actions = _by_incident(actions, wishes)
    for name, condition in _conditions(on).items():
        if wishes.get(name):
            actions = actions.filter(condition)
    if group := wishes.get("told"):
        actions = actions.filter(pk__in=told_to(user, group))
    for name, choices in {"late": late, "age": ages, "ended": ended}.items():
        if chosen := wishes.get(name):
            actions = actions.filter(choices(on)[chosen])
    for name in WEIGHED:
        if chosen := wishes.get(name):
            actions = actions.filter(weighed(name, chosen))
    text = wishes.get("text", "").strip()
    return _saying(actions, text) if text else actions


def _by_incident(actions: ActionQuerySet, wishes: Mapping[str, Any]) -> ActionQuerySet:
    """A subquery rather than a join: an incident has many services, and an action counts once."""
    wanted: dict[str, Any] = {}
    if kind := wishes.get("kind"):
        wanted["incident__kind"] = kind
    team, service = wishes.get("team"), wishes.get("service")
    if isinstance(team, Named):
        wanted["incident__team__in"] = team.keys
    if isinstance(service, Named):
        wanted["incident__in"] = Incident.objects.filter(services__in=service.keys)
    return actions.filter(postmortem__in=Postmortem.objects.filter(**wanted)) if wanted else actions


def _conditions(on: date) -> dict[str, Q]:
    """What few rows fulfil comes first: PostgreSQL asks in this order, and a list of statuses is dear for all rows."""
    at_work = Q(status__in=Action.AT_WORK)
    return {
        "overdue": Q(due_on__lt=on) & at_work,
        "blocked": Q(status=Status.BLOCKED),
        "unowned": nobodys() & at_work,
        "unaccepted": Q(accepted_at=None) & Q(asked_at__isnull=False) & at_work & ~nobodys(),
    }


OPEN = Q(status__in=Action.OPEN)


def counted(user: User, on: date, among: Q = OPEN) -> dict[str, Q]:
    """The filters whose counts stand beside them, as `name` or `name=value`; `among` is the status that is shown."""
    # Those that ask for a status themselves ask for one that is open: as a rule there is no need to ask twice.
    named = {name: one if among == OPEN else one & among for name, one in _conditions(on).items()}
    by_priority = {f"priority={value}": Q(priority=value) & among for value in Action.Priority.values}
    return {"mine": Q(owner=user) & among, **named, **by_priority}


def status_condition(status: str) -> Q:
    if status == "all":
        return Q()
    if status == ActionFilter.FREE:
        return Q(status__in=FREE)
    return OPEN if status == ActionFilter.OPEN else Q(status=status)


def late(on: date) -> dict[str, Q]:
    """Where the ladder asks for a decision within a week, nothing is late for longer without owing one."""
    at_work = Q(status__in=Action.AT_WORK)
    owed, week = on - timedelta(days=Ladder.load().decision_days), on - timedelta(days=7)
    return {
        "decision": Q(due_on__lte=owed) & at_work,
        "undecided": Q(due_on__lt=on) & Q(due_on__gt=owed) & at_work,
        "weeks": Q(due_on__lte=week) & Q(due_on__gt=owed) & at_work,
        "days": Q(due_on__lt=on) & Q(due_on__gt=max(week, owed)) & at_work,
        "no": Q(due_on__gte=on) | Q(due_on=None) | ~at_work,
    }


def ended(on: date) -> dict[str, Q]:
    """What was done or dropped lately; by the hour, as a board shows it."""
    return {name: ended_since(timezone.now() - timedelta(days=days)) for name, days in (("week", 7), ("month", 30))}


def ended_since(instant: datetime) -> Q:
    done, dropped = (
        Q(status=Status.DONE) & Q(finished_at__gte=instant),
        Q(status=Status.DROPPED) & Q(updated_at__gte=instant),
    )
    return done | dropped


def ages(on: date) -> dict[str, Q]:
    week, month, quarter = (_start_of(on - timedelta(days=days)) for days in (7, 30, 90))
    return {
        "week": Q(created_at__gte=week),
        "month": Q(created_at__lt=week, created_at__gte=month),
        "quarter": Q(created_at__lt=month, created_at__gte=quarter),
        "older": Q(created_at__lt=quarter),
    }


def weighed(name: str, value: str) -> Q:
    """What it does, how strong it is, or what kind of cause it addresses; "none" where nobody has said it."""
    if name != "cause":
        return Q(**{name: "" if value == "none" else value})
    of_kind = Q(cause__in=Cause.objects.filter(category="" if value == "none" else value).values("pk"))
    return of_kind | Q(cause=None) if value == "none" else of_kind


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def in_status(actions: ActionQuerySet, status: str) -> ActionQuerySet:
    """With the order that suits it: what is open by urgency, what has ended the latest first."""
    actions = actions.filter(status_condition(status))
    if status == "all":
        return actions.order_by(*LATEST)
    if status == Status.DONE:
        return actions.order_by("-finished_at", "-number")
    return actions.order_by("-updated_at", "-number") if status == Status.DROPPED else actions.order_by(*BY_URGENCY)


def _saying(actions: ActionQuerySet, text: str) -> ActionQuerySet:
    """Words are looked for once, and what is counted and shown is among what was found; the latest, if it is very much."""
    found = actions.filter(_matches(text)).order_by("-number").values_list("pk", flat=True)
    return Action.objects.filter(pk__in=list(found[:MOST_FOUND]))


def _matches(text: str) -> Q:
    by_number = BY_NUMBER.fullmatch(text)
    numbered = Q(number=int(by_number[1])) if by_number else Q()
    return numbered | Q(title__icontains=text) | Q(description__icontains=text)
