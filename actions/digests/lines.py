"""Actions as a mail tells of them, read in one sweep."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from actions.models import Action, HoldCheck, nobodys
from core.dates import DAYS_A_WEEK, at_local, monday_of
from incidents.models import Incident
from people.models import Organisation, User

ROWS_AT_ONCE = 2000
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Line:
    """One action as the mail tells of it; `title` may be cut, its page has all of it."""

    pk: int
    number: int
    title: str
    status: str
    is_at_work: bool
    is_unconfirmed: bool
    is_accepted: bool
    days_asked: int
    priority: str
    due_on: date | None
    days_overdue: int
    moved_count: int
    finished_at: datetime | None
    finished_by_id: int | None
    owner_id: int | None
    owner: str
    owner_problem: str
    waits_for_id: int | None
    waits_for_team_id: int | None
    waits_for: str
    incident_number: int
    team_id: int
    facilitator_id: int | None
    is_restricted: bool
    check_after_days: int = 0
    away_until: date | None = None

    @property
    def reference(self) -> str:
        return f"{Action.REFERENCE_PREFIX}-{self.number}"

    @property
    def url(self) -> str:
        return _url(self.number)

    @property
    def facts(self) -> str:
        """`12 days overdue (due 4 Mar 2026) · in progress · high priority · INC-7`, days in the reader's zone."""
        source = f"{Incident.REFERENCE_PREFIX}-{self.incident_number}"
        if self.check_after_days:
            return f"done {self.check_after_days} days ago · {source}"
        if self.is_unconfirmed or self.finished_at is None:
            return " · ".join([*self._state, f"{self.priority} priority", source])
        return f"finished on {timezone.localtime(self.finished_at):%-d %b} · {source}"

    @property
    def _state(self) -> list[str]:
        if self.is_unconfirmed:
            return [self.status]
        words = [self._when, f"blocked, waits for {self.waits_for}" if self.waits_for else self.status]
        if self.moved_count:
            words.append("moved once" if self.moved_count == 1 else f"moved {self.moved_count} times")
        if not self.is_accepted and self.owner_id and not self.owner_problem:
            words.append("not accepted yet")
        return words

    @property
    def _when(self) -> str:
        if self.due_on is None:
            return "no date"
        if not self.days_overdue:
            return f"due {self.due_on:%a %-d %b}"
        days = "1 day" if self.days_overdue == 1 else f"{self.days_overdue} days"
        return f"{days} overdue (due {self.due_on:%-d %b %Y})"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None and not self.is_unconfirmed and not self.check_after_days

    @property
    def answerable(self) -> str:
        """Who owns it, or why nobody does, or until when they are away."""
        if self.is_finished or not (self.owner_problem or self.away_until):
            return self.owner
        return self.owner_problem or f"{self.owner}, {away_words(self.away_until)}"


def away_words(last_on: date | None) -> str:
    return f"away until {last_on:%-d %b}"


@lru_cache(maxsize=10_000)
def _url(number: int) -> str:
    return settings.SITE_URL + reverse("actions:detail", args=[number])


def lines_of(as_of: date, which: Q) -> Iterator[Line]:
    """Every action of which somebody may hear on that day, latest first."""
    monday = monday_of(as_of)
    zone = Organisation.load().zone
    since, until = at_local(monday - timedelta(days=DAYS_A_WEEK), 0, zone), at_local(monday, 0, zone)
    # Of several on one action the last is kept: the first in their own order, which is the one that an answer settles.
    checks = dict(HoldCheck.objects.waiting(as_of).reverse().values_list("action_id", "after_days"))
    this_week = Q(due_on__lt=monday + timedelta(days=DAYS_A_WEEK)) | Q(due_on=None)
    unowned = nobodys() | Q(postmortem__incident__is_restricted=True)
    waits = Q(status__in=[Action.Status.BLOCKED, Action.Status.UNCONFIRMED]) | Q(accepted_at=None)
    waiting = Q(status__in=Action.OPEN) & (this_week | unowned | waits)
    ended = Q(confirmed_at__gte=since, confirmed_at__lt=until) | Q(
        confirmed_at=None, finished_at__gte=since, finished_at__lt=until
    )
    finished = Q(status=Action.Status.DONE) & (ended | Q(pk__in=list(checks)))
    rows = Action.objects.filter(which, waiting | finished).order_by(F("due_on").asc(nulls_last=True), "number")
    for row in rows.values_list(*COLUMNS, named=True).iterator(chunk_size=ROWS_AT_ONCE):
        yield _line(row, as_of, zone, checks.get(row.pk, 0))


def lines_by_pk(as_of: date, which: Q) -> list[Line]:
    """These actions, whatever may be said of them; latest first."""
    rows = Action.objects.filter(which).order_by(F("due_on").asc(nulls_last=True), "number")
    zone = Organisation.load().zone
    return [_line(row, as_of, zone) for row in rows.values_list(*COLUMNS, named=True)]


COLUMNS = [
    "pk", "number", "title", "status", "priority", "due_on", "moved_count", "asked_at", "accepted_at", "finished_at",
    "finished_by_id", "owner_id", "owner__name", "owner__email", "owner__is_active", "owner__role", "waits_for_id",
    "waits_for_team_id", "waits_for__name", "waits_for__is_active", "waits_for_team__name", "postmortem__incident__number",
    "postmortem__incident__team_id", "postmortem__facilitator_id", "postmortem__incident__is_restricted",
]  # fmt: skip


def _line(row: Any, as_of: date, zone: ZoneInfo, check_after_days: int = 0) -> Line:
    is_at_work = row.status in Action.AT_WORK
    is_late = is_at_work and row.due_on is not None and row.due_on < as_of
    return Line(
        pk=row.pk,
        number=row.number,
        title=row.title if len(row.title) <= LONGEST_TITLE else f"{row.title[: LONGEST_TITLE - 1]}…",
        status=Action.Status(row.status).label,
        is_at_work=is_at_work,
        is_unconfirmed=row.status == Action.Status.UNCONFIRMED,
        is_accepted=row.accepted_at is not None,
        days_asked=(as_of - timezone.localdate(row.asked_at, zone)).days if row.asked_at else 0,
        priority=Action.Priority(row.priority).label,
        due_on=row.due_on,
        days_overdue=(as_of - row.due_on).days if is_late else 0,
        moved_count=row.moved_count,
        finished_at=None if is_at_work else row.finished_at,
        finished_by_id=row.finished_by_id,
        owner_id=row.owner_id,
        owner=row.owner__name or row.owner__email or "",
        owner_problem=_owner_problem(row),
        waits_for_id=row.waits_for_id,
        waits_for_team_id=row.waits_for_team_id,
        waits_for=_waits_for(row),
        incident_number=row.postmortem__incident__number,
        team_id=row.postmortem__incident__team_id,
        facilitator_id=row.postmortem__facilitator_id,
        is_restricted=row.postmortem__incident__is_restricted,
        check_after_days=check_after_days,
    )


def _waits_for(row: Any) -> str:
    if row.waits_for__is_active is False:
        return f"{row.waits_for__name}, who has left"
    return row.waits_for__name or row.waits_for_team__name or ""


def _owner_problem(row: Any) -> str:
    if row.owner_id is None:
        return "needs an owner"
    if not row.owner__is_active:
        return f"its owner {row.owner__name} has left"
    return f"its owner {row.owner__name} may only read now" if row.owner__role == User.Role.VIEWER else ""
