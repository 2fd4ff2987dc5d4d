"""Who hears of which action in a week, and as what. It reads; what is written and owed is decided above."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from actions.escalation import Ladder, Rung
from actions.models import Action
from core.dates import DAYS_A_WEEK, at_local, monday_of
from incidents.models import Incident
from people.models import Organisation, Team, User

ROWS_AT_ONCE = 2000
LINES_A_GROUP = 20


class Group(IntEnum):
    """Why an action stands in somebody's mail, in the order of reading; each stands there once."""

    DECISION = 1
    OVERDUE = 2
    ESCALATED = 3
    NEEDS_OWNER = 4
    COPY = 5
    TEAM = 6
    DUE = 7
    UNDATED = 8
    FINISHED = 9
    TEAM_FINISHED = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One action as the mail tells of it."""

    pk: int
    number: int
    title: str
    status: str
    priority: str
    due_on: date | None
    days_overdue: int
    finished_at: datetime | None
    owner_id: int | None
    owner: str
    owner_problem: str
    incident_number: int
    team_id: int
    is_restricted: bool

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
        if self.finished_at:
            return f"finished on {timezone.localtime(self.finished_at):%-d %b} · {source}"
        return f"{self._when} · {self.status} · {self.priority} priority · {source}"

    @property
    def _when(self) -> str:
        if self.due_on is None:
            return "no date"
        if not self.days_overdue:
            return f"due {self.due_on:%a %-d %b}"
        days = "1 day" if self.days_overdue == 1 else f"{self.days_overdue} days"
        return f"{days} overdue (due {self.due_on:%-d %b %Y})"

    @property
    def answerable(self) -> str:
        """Who owns it, or why nobody does."""
        return self.owner if self.finished_at else self.owner_problem or self.owner


@lru_cache(maxsize=10_000)
def _url(number: int) -> str:
    return settings.SITE_URL + reverse("actions:detail", args=[number])


@dataclass
class Pile:
    """The lines of one group: the first ones whole, the rest as a number."""

    lines: list[Line] = field(default_factory=list)
    count: int = 0

    def add(self, line: Line) -> None:
        self.count += 1
        if len(self.lines) < LINES_A_GROUP:
            self.lines.append(line)

    @property
    def rest(self) -> int:
        return self.count - len(self.lines)


Digest = dict[Group, Pile]


@dataclass(frozen=True)
class Crew:
    """Who may be written to about a team's actions; people who left are not in it."""

    lead: int | None
    manager: int | None
    members: frozenset[int]


@dataclass(frozen=True)
class Staff:
    """Everyone at work, by the number of the account. A few integers a person, whatever the size of the house."""

    active: frozenset[int]
    crews: dict[int, Crew]
    facilitators: frozenset[int]

    @classmethod
    def load(cls) -> "Staff":
        people = list(User.objects.active().order_by().values_list("pk", "role"))
        active = frozenset(pk for pk, _ in people)
        members: dict[int, set[int]] = defaultdict(set)
        for team, person in Team.members.through.objects.values_list("team_id", "user_id"):
            members[team].add(person)
        crews = {
            pk: Crew(_if_in(lead, active), _if_in(manager, active), frozenset(members[pk] & active))
            for pk, lead, manager in Team.objects.order_by().values_list("pk", "lead_id", "engineering_manager_id")
        }
        facilitators = frozenset(pk for pk, role in people if role in (User.Role.FACILITATOR, User.Role.ADMINISTRATOR))
        return cls(active, crews, facilitators)

    def guardians(self, team: int) -> set[int]:
        """Who looks after an action that nobody owns: the lead, else the manager, else the facilitators."""
        crew = self.crews[team]
        nearest = crew.lead or crew.manager
        return {nearest} if nearest else set(self.facilitators)

    def concerned(self, line: Line) -> set[int]:
        """Everyone at work who could be told of it on any rung, by their part in it."""
        crew = self.crews[line.team_id]
        people = {line.owner_id, crew.lead, crew.manager, *crew.members, *self.guardians(line.team_id)}
        return {person for person in people if person in self.active}


def _if_in(person: int | None, people: frozenset[int]) -> int | None:
    return person if person in people else None


class Sight:
    """Who may see the restricted ones among these actions, asked of the one door: `visible_to`.

    What is not restricted is open to everyone at work, so only people with a part in a restricted action cost a query.
    """

    def __init__(self, lines: Iterator[Line], staff: Staff) -> None:
        concerning: dict[int, set[int]] = defaultdict(set)
        for line in lines:
            for person in staff.concerned(line):
                concerning[person].add(line.pk)
        people = User.objects.filter(pk__in=concerning)
        self.seen: dict[int, set[int]] = {
            person.pk: set(
                Action.objects.visible_to(person)
                .filter(pk__in=concerning[person.pk])
                .order_by()
                .values_list("pk", flat=True)
            )
            for person in people
        }

    def sees(self, person: int, line: Line) -> bool:
        return not line.is_restricted or line.pk in self.seen.get(person, ())


def gather(as_of: date) -> dict[int, Digest]:
    """What each person is to hear on that day. Only the lines that a mail shows are kept, however many there are."""
    staff = Staff.load()
    sight = Sight(_lines(as_of, Q(postmortem__incident__is_restricted=True)), staff)
    digests: dict[int, Digest] = defaultdict(lambda: defaultdict(Pile))
    ladder = Ladder.load()
    for line in _lines(as_of, Q()):
        if line.owner_id in staff.active and not sight.sees(line.owner_id, line):
            line = replace(line, owner_problem=f"{line.owner} can no longer see it")
        for person, group in destinations(line, staff, ladder, as_of).items():
            if sight.sees(person, line):
                digests[person][group].add(line)
    # What others finished is told beside other things, never on its own.
    return {person: digest for person, digest in digests.items() if set(digest) != {Group.TEAM_FINISHED}}


def destinations(line: Line, staff: Staff, ladder: Ladder, as_of: date) -> dict[int, Group]:
    """Who hears of one action, and as what: the ladder, laid over the people."""
    crew = staff.crews[line.team_id]
    owner = None if line.owner_problem else line.owner_id
    told: dict[int, Group] = {}

    def tell(group: Group, *people: int | None) -> None:
        for person in people:
            if person is not None:
                told.setdefault(person, group)

    if line.finished_at:
        tell(Group.FINISHED, owner)
        tell(Group.TEAM_FINISHED, crew.lead, *crew.members)
        return told

    def has_reached(rung: Rung) -> bool:
        return ladder.has_reached(rung, line.days_overdue)

    if has_reached(Rung.DECISION):
        tell(Group.DECISION, owner, crew.lead, crew.manager)
    if group := _owners_group(line, as_of):
        tell(group, owner)
    if has_reached(Rung.MANAGER):
        tell(Group.ESCALATED, crew.manager)
    if owner is None:
        tell(Group.NEEDS_OWNER, *staff.guardians(line.team_id))
    if has_reached(Rung.LEAD):
        tell(Group.COPY, crew.lead)
    if has_reached(Rung.TEAM):
        tell(Group.TEAM, *crew.members)
    return told


def _owners_group(line: Line, as_of: date) -> Group | None:
    if line.due_on is None:
        return Group.UNDATED
    if line.days_overdue:
        return Group.OVERDUE
    return Group.DUE if line.due_on < monday_of(as_of) + timedelta(days=DAYS_A_WEEK) else None


def _lines(as_of: date, which: Q) -> Iterator[Line]:
    """Open actions that are late, due this week, undated or ownerless, and those finished last week; latest first."""
    monday = monday_of(as_of)
    zone = Organisation.load().zone
    since, until = at_local(monday - timedelta(days=DAYS_A_WEEK), 0, zone), at_local(monday, 0, zone)
    this_week = Q(due_on__lt=monday + timedelta(days=DAYS_A_WEEK)) | Q(due_on=None)
    unowned = Q(owner=None) | Q(owner__is_active=False) | Q(postmortem__incident__is_restricted=True)
    waiting = Q(status__in=Action.OPEN) & (this_week | unowned)
    finished = Q(status=Action.Status.DONE, finished_at__gte=since, finished_at__lt=until)
    rows = Action.objects.filter(which, waiting | finished).order_by(F("due_on").asc(nulls_last=True), "number")
    for row in rows.values_list(*COLUMNS, named=True).iterator(chunk_size=ROWS_AT_ONCE):
        yield _line(row, as_of)


COLUMNS = [
    "pk", "number", "title", "status", "priority", "due_on", "finished_at", "owner_id", "owner__name", "owner__email",
    "owner__is_active", "postmortem__incident__number", "postmortem__incident__team_id",
    "postmortem__incident__is_restricted",
]  # fmt: skip


def _line(row: Any, as_of: date) -> Line:
    is_open = row.status in Action.OPEN
    is_late = row.status in Action.AT_WORK and row.due_on is not None and row.due_on < as_of
    return Line(
        pk=row.pk,
        number=row.number,
        title=row.title,
        status=Action.Status(row.status).label,
        priority=Action.Priority(row.priority).label,
        due_on=row.due_on,
        days_overdue=(as_of - row.due_on).days if is_late else 0,
        finished_at=None if is_open else row.finished_at,
        owner_id=row.owner_id,
        owner=row.owner__name or row.owner__email or "",
        owner_problem=_owner_problem(row),
        incident_number=row.postmortem__incident__number,
        team_id=row.postmortem__incident__team_id,
        is_restricted=row.postmortem__incident__is_restricted,
    )


def _owner_problem(row: Any) -> str:
    if row.owner_id is None:
        return "needs an owner"
    return "" if row.owner__is_active else f"its owner {row.owner__name} has left"
