"""What the board, the list and the weekly review show, each in a bounded number of rows and queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import cached_property

from actions.boards.groups import (
    IN_A_COLUMN,
    IN_A_GROUP,
    IN_ONE_OF_MANY,
    Filling,
    Group,
    as_shown,
    columns,
    fill,
    groups_of,
)
from actions.boards.narrowing import FREE, counted, in_status, late, narrowed, status_condition
from actions.filters import ActionFilter
from actions.models import Action, ActionQuerySet
from people.models import User

ROWS_A_PAGE = 50
MOST_PAGES = 100
MANY = 8
LATELY = timedelta(days=7)
Status = Action.Status


@dataclass(frozen=True)
class Quick:
    """A filter that one press adds or takes away, with how many it would leave."""

    label: str
    count: int
    query: str
    is_on: bool


def quick_filters(filters: ActionFilter, counts: Mapping[str, int]) -> list[Quick]:
    """Those that would find something, and those that are on."""
    labels = {
        **ActionFilter.FLAGS,
        **{f"priority={v}": f"{label.capitalize()} priority" for v, label in Action.Priority.choices},
    }
    found = [_quick(filters, wish, label, counts[wish]) for wish, label in labels.items()]
    return [one for one in found if one.count or one.is_on]


def _quick(filters: ActionFilter, wish: str, label: str, count: int) -> Quick:
    name, _, value = wish.partition("=")
    is_on = filters.wishes.get(name) == (value or True)
    return Quick(label, count, filters.with_(**{name: None if is_on else value or "on"}), is_on)


def board_of(user: User, filters: ActionFilter, *, on: date, only_columns: bool = False) -> Filling:
    """`only_columns` leaves out the counts of the filters above them, which an open board does not ask for again."""
    every = columns(timezone.now(), filters.wishes.get("ended", "month"))
    return fill(
        [one for one in every if _is_wanted(one, filters.wishes.get("status"))],
        narrowed(user, filters.wishes, on=on), filters, on=on, rows=IN_A_COLUMN,
        also={} if only_columns else counted(user, on, _among(filters)),
    )  # fmt: skip


def _among(filters: ActionFilter) -> Q:
    """What the quick filters of a board count: as the list does that they lead to."""
    is_chosen = "status" in filters.wishes or "ended" in filters.wishes
    return status_condition(filters.wished_status) if is_chosen else Q(status__in=Action.OPEN)


def _is_wanted(column: Group, status: str | None) -> bool:
    several: dict[str | None, list[Any]] = {ActionFilter.OPEN: Action.OPEN, ActionFilter.FREE: FREE}
    return status in (None, "all", column.key) or column.key in several.get(status, ())


def grouped(user: User, filters: ActionFilter, *, on: date) -> Filling:
    among = status_condition(filters.wished_status)
    actions = narrowed(user, filters.wishes, on=on).filter(among)
    groups = groups_of(filters.wishes["group"], actions, on=on)
    rows = IN_A_GROUP if len(groups) < MANY else IN_ONE_OF_MANY
    filling = fill(groups, actions, filters, on=on, rows=rows, also=counted(user, on, among))
    return Filling([one for one in filling.groups if one.count], filling.counts)


class BoundedPaginator(Paginator):
    """Counts what was counted already, and ends where nobody reads on: a narrower filter finds more than page 101.

    Only the numbers of the rows that are turned over are read; what is shown is looked up for one page.
    """

    def __init__(self, rows: ActionQuerySet, *, known_count: int, on: date) -> None:
        super().__init__(rows.values_list("pk", flat=True), ROWS_A_PAGE)
        self.known_count, self.on = known_count, on

    @cached_property
    def count(self) -> int:
        return min(self.known_count, ROWS_A_PAGE * MOST_PAGES)

    @property
    def is_cut(self) -> bool:
        return self.known_count > self.count

    def page(self, number: Any) -> Page:
        page = super().page(number)
        keys = list(page.object_list)
        shown = {row.pk: row for row in as_shown(Action.objects.filter(pk__in=keys), self.on)}
        page.object_list = [shown[key] for key in keys if key in shown]
        return page


@dataclass(frozen=True)
class Listed:
    page: Page
    count: int
    counts: dict[str, int]


def listed(user: User, filters: ActionFilter, page: str | None, *, on: date) -> Listed:
    actions = narrowed(user, filters.wishes, on=on)
    among = status_condition(filters.wished_status)
    conditions = {"total": among, **counted(user, on, among)}
    counts = actions.order_by().aggregate(**{name: Count("pk", filter=one) for name, one in conditions.items()})
    rows = in_status(actions, filters.wished_status)
    total = counts.pop("total")
    return Listed(BoundedPaginator(rows, known_count=total, on=on).get_page(page), total, counts)


def week_of(user: User, filters: ActionFilter, *, on: date) -> Filling:
    """What a team goes through in its weekly meeting: what was finished comes first, then what needs the room."""
    late_for, begun = late(on), Q(status=Status.IN_PROGRESS)
    late_and_free = late_for["undecided"] & ~Q(status=Status.BLOCKED)
    in_time = Q(due_on__gte=on) | Q(due_on=None)
    lately = Q(status=Status.DONE) & Q(finished_at__gte=timezone.now() - LATELY)
    done, free = {"status": "done", "ended": "week"}, {"late": "undecided", "status": ActionFilter.FREE}
    high = {"priority": "high", "status": Status.NOT_STARTED.value, "late": "no"}
    groups = [
        Group("finished", "Finished in the last 7 days", lately, done, ("-finished_at", "-number")),
        Group("decision", "Decisions waiting", late_for["decision"], {"late": "decision"}),
        Group("blocked", "Blocked", Q(status=Status.BLOCKED), {"blocked": "on"}, ("blocked_at", "number")),
        Group("overdue", "Overdue", late_and_free, free),
        Group("high", "High priority, to begin now", Q(priority="high") & Q(status=Status.NOT_STARTED) & in_time, high),
        Group("progress", "In progress", begun & in_time, {"status": Status.IN_PROGRESS.value, "late": "no"}),
        Group("unaccepted", "Not accepted yet", counted(user, on)["unaccepted"], {"unaccepted": "on"}),
    ]
    still = {"open": Q(status__in=Action.OPEN)}
    return fill(groups, narrowed(user, filters.wishes, on=on), filters, on=on, rows=IN_A_GROUP, also=still)
