"""What stands together on a board or in a grouped list, and the first of each: a bounded read, however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import BooleanField, Case, Count, Q, Value, When
from django.utils import timezone

from actions.boards.narrowing import BY_URGENCY, WEIGHED, ages, ended_since, late, weighed
from actions.filters import NOBODY, NOT_SAID, ActionFilter
from actions.models import Action, ActionQuerySet, Hierarchy, Purpose
from incidents.models import Incident
from people.models import Team, User
from postmortems.models import Cause, Postmortem

IN_A_COLUMN = 15
IN_A_GROUP, IN_ONE_OF_MANY = 10, 3
MOST_GROUPS = 12
LATELY = timedelta(days=30)
Status = Action.Status

# What a card or a line shows, and nothing of the long texts beside it.
SHOWN = [
    "number", "title", "status", "priority", "due_on", "blocked_reason", "blocked_at", "asked_at", "accepted_at",
    "finished_at", "updated_at", "owner__name", "owner__email", "waits_for__name", "waits_for_team__name",
    "postmortem__incident__number", "postmortem__incident__team__name", "postmortem__incident__severity",
]  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Some of the actions; `query` is what the address of the list asks for to have all of them."""

    key: str
    title: str
    condition: Q
    query: dict[str, Any] = field(default_factory=dict)
    order: tuple[Any, ...] = BY_URGENCY
    known_count: int | None = None


@dataclass(frozen=True)
class Filled:
    """A group with the first of its actions, and the address of the rest."""

    group: Group
    actions: list[Action]
    count: int
    query: str

    @property
    def more(self) -> int:
        return self.count - len(self.actions)


@dataclass(frozen=True)
class Filling:
    groups: list[Filled]
    counts: dict[str, int]

    @property
    def count(self) -> int:
        return sum(filled.count for filled in self.groups)

    @property
    def etag(self) -> str:
        """Another one whenever another card would be seen: of other readers' rights and of other days too."""
        seen = [
            (filled.group.key, filled.count, [(card.number, card.version, str(card.owner)) for card in filled.actions])
            for filled in self.groups
        ]
        return sha256(repr((seen, today())).encode()).hexdigest()[:32]


def columns(now: datetime, ended_in: str = "month") -> list[Group]:
    """The columns of a board. What has ended stands there for a month, so that it is seen and not in the way.

    Whoever asks for what ended in less than that, finds it behind their links too.
    """
    since = now - LATELY
    titles = {Status.UNCONFIRMED: "To confirm"}
    still = [
        Group(str(status), titles.get(status, status.label.capitalize()), Q(status=status), {"status": status.value})
        for status in map(Status, Action.OPEN)
    ]
    latest = {Status.DONE: ("-finished_at", "-number"), Status.DROPPED: ("-updated_at", "-number")}
    ended = [
        Group(
            str(status), status.label.capitalize(), Q(status=status) & ended_since(since),
            {"status": status.value, "ended": ended_in}, order,
        )
        for status, order in latest.items()
    ]  # fmt: skip
    return [*still, *ended]


def groups_of(grouping: str, actions: ActionQuerySet, *, on: date) -> list[Group]:
    """The groups of a list; of teams and owners those with the most actions."""
    if grouping in ("team", "owner"):
        return _of_whom(grouping, actions)
    if grouping == "late":
        return _chosen("late", ActionFilter.LATE, late(on))
    if grouping == "age":
        return _chosen("age", ActionFilter.AGES, ages(on))
    if grouping in WEIGHED:
        labels = {"purpose": Purpose, "hierarchy": Hierarchy, "cause": Cause.Category}[grouping].choices
        return [
            Group(key, label.capitalize(), weighed(grouping, key), {grouping: key})
            for key, label in [*labels, NOT_SAID]
        ]
    if grouping == "kind":
        return [
            Group(kind, label.capitalize(), _of_incidents(kind=kind), {"kind": kind})
            for kind, label in Incident.Kind.choices
        ]
    if grouping == "status":
        return [Group(s, label.capitalize(), Q(status=s), {"status": s}) for s, label in Status.choices]
    return [
        Group(p, f"{label.capitalize()} priority", Q(priority=p), {"priority": p})
        for p, label in Action.Priority.choices
    ]


def _chosen(name: str, choices: Iterable[tuple[str, str]], conditions: dict[str, Q]) -> list[Group]:
    prefix = {"late": "Overdue for ", "age": "Added "}[name]
    plain = {"decision": "A decision is owed", "no": "Not overdue", "week": "Added in the last 7 days", "month": "Added 7 to 30 days ago",
             "quarter": "Added 1 to 3 months ago", "older": "Added over 3 months ago"}  # fmt: skip
    return [
        Group(key, plain.get(key, prefix + label), conditions[key], {name: key})
        for key, label in choices
        if key and key != "undecided"
    ]


def _of_incidents(**wanted: Any) -> Q:
    """A subquery: the incidents are looked up once, instead of beside each action."""
    facts = {f"incident__{name}": value for name, value in wanted.items()}
    return Q(postmortem__in=Postmortem.objects.filter(**facts).values("pk"))


def _of_whom(grouping: str, actions: ActionQuerySet) -> list[Group]:
    counts, conditions = _by_owner(actions) if grouping == "owner" else _by_team(actions)
    model: Any = User if grouping == "owner" else Team
    names = model.objects.in_bulk([key for key in counts if key])
    return [
        Group(str(key), str(names[key]), conditions[key], {grouping: key}, known_count=count)
        if key
        else Group("none", "Without owner", Q(owner=None), {"owner": NOBODY}, known_count=count)
        for key, count in counts.items()
    ]


Most = tuple[dict[int | None, int], dict[int | None, Q]]


def _by_owner(actions: ActionQuerySet) -> Most:
    rows = actions.order_by().values_list("owner").annotate(count=Count("*")).order_by("-count", "owner")
    counts = dict(rows[:MOST_GROUPS])
    return counts, {owner: Q(owner=owner) for owner in counts}


def _by_team(actions: ActionQuerySet) -> Most:
    """Counted by post-mortem, which an index alone answers; asked for teams, PostgreSQL would join every action first."""
    of_postmortem = dict(actions.order_by().values_list("postmortem").annotate(count=Count("*")))
    teams: dict[int, list[int]] = defaultdict(list)
    for pk, team in Postmortem.objects.order_by().values_list("pk", "incident__team"):
        if pk in of_postmortem:
            teams[team].append(pk)
    counts = {team: sum(of_postmortem[pk] for pk in keys) for team, keys in teams.items()}
    most = sorted(counts, key=lambda team: (-counts[team], team))[:MOST_GROUPS]
    return {team: counts[team] for team in most}, {team: Q(postmortem__in=teams[team]) for team in most}


def fill(
    groups: list[Group], actions: ActionQuerySet, filters: ActionFilter, *, on: date, rows: int, also: Mapping[str, Q]
) -> Filling:
    """Three queries for any number of groups and actions: how many in each, which come first, and those.

    `also` are further conditions to count, in the same reading of the table.
    """
    unknown = [(index, group) for index, group in enumerate(groups) if group.known_count is None]
    wanted = {f"group{index}": group.condition for index, group in unknown} | dict(also)
    counts = actions.order_by().aggregate(**{name: Count("pk", filter=condition) for name, condition in wanted.items()})
    first = _first_of_each(groups, actions, rows) if groups else []
    shown = {row.pk: row for row in as_shown(Action.objects.filter(pk__in=[pk for pk, _ in first]), on)}
    filled = [
        Filled(
            group=group,
            actions=[shown[pk] for pk, place in first if place == index and pk in shown],
            count=counts.get(f"group{index}", group.known_count or 0),
            query=filters.with_(group=None, **group.query),
        )
        for index, group in enumerate(groups)
    ]
    return Filling(filled, {name: counts[name] for name in also})


def _first_of_each(groups: list[Group], actions: ActionQuerySet, rows: int) -> list[tuple[int, int]]:
    firsts = [
        actions.filter(group.condition)
        .annotate(place=Value(index))
        .order_by(*group.order)
        .values_list("pk", "place")[:rows]
        for index, group in enumerate(groups)
    ]
    return list(firsts[0].union(*firsts[1:], all=True) if len(firsts) > 1 else firsts[0])


def as_shown(actions: ActionQuerySet, on: date) -> ActionQuerySet:
    """With all that a line or a card shows; each row says `is_overdue` for itself."""
    related = ["owner", "waits_for", "waits_for_team", "postmortem__incident__team"]
    return with_lateness(actions, on).select_related(*related).only(*SHOWN)


def with_lateness(actions: ActionQuerySet, on: date) -> ActionQuerySet:
    """Each row says `is_overdue` for itself: a template does not reckon with dates."""
    is_late = When(status__in=Action.AT_WORK, due_on__lt=on, then=Value(True))
    return actions.annotate(is_overdue=Case(is_late, default=Value(False), output_field=BooleanField()))


def today() -> date:
    return timezone.localdate()
