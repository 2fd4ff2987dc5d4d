"""The figures of a period, from what one person may see; each in one query, however many actions there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
)
from django.db.models.functions import Coalesce, TruncDate, TruncMonth

from actions.boards.narrowing import narrowed
from actions.figures.periods import Period, months_before
from actions.figures.shares import Share, Spread
from actions.filters import NOT_SAID, Named
from actions.models import Action, ActionQuerySet, Hierarchy, HoldCheck, Purpose
from people.models import User
from postmortems.models import Cause, Postmortem

IN_TIME_TARGET = 90
HIGH_TARGET = 100
MONTHS_DRAWN = 12
Status = Action.Status
# Its owner has finished it; a second person may have to confirm.
FINISHED = Q(status__in=[Status.DONE, Status.UNCONFIRMED])
IN_TIME = FINISHED & Q(finished_on__lte=F("due_on"))
AT_WORK = Q(status__in=Action.AT_WORK)
GROUPINGS: dict[str, tuple[str, type[TextChoices]]] = {
    "cause__category": ("Cause they address", Cause.Category),
    "hierarchy": ("How strong they are", Hierarchy),
    "purpose": ("What they do", Purpose),
}


class Quartiles(Aggregate):
    """Lower quartile, median and upper quartile, between two rows where none stands there (percentile_cont)."""

    template = "percentile_cont(array[0.25, 0.5, 0.75]) within group (order by %(expressions)s)"
    output_field = ArrayField(DurationField())


@dataclass(frozen=True)
class Kept:
    """What became of the actions whose date fell in a period; `before` is the share in time of the period before it."""

    in_time: Share
    by_now: Share
    high: Share
    before: Share
    moved_count: int
    dropped_count: int


@dataclass(frozen=True)
class Month:
    first: date
    in_time: int
    late: int
    still_open: int
    dropped: int

    @property
    def in_all(self) -> int:
        return self.in_time + self.late + self.still_open + self.dropped

    @property
    def share(self) -> Share:
        return Share(self.in_time, self.in_all - self.dropped, IN_TIME_TARGET)


@dataclass(frozen=True)
class Part:
    """Actions that were agreed in the period and have one thing in common."""

    label: str
    done: int
    open: int
    overdue: int
    dropped: int

    @property
    def in_all(self) -> int:
        return self.done + self.open + self.overdue + self.dropped


def seen(user: User, team: Named | None, *, period: Period) -> ActionQuerySet:
    """Imported post-mortems are left out: when their actions were agreed and finished is not known."""
    actions = narrowed(user, {"team": team}, on=period.end).exclude(
        postmortem__in=Postmortem.objects.filter(is_imported=True).order_by().values("pk")
    )
    return actions.order_by().annotate(finished_on=TruncDate("finished_at", tzinfo=period.zone))


def kept(actions: ActionQuerySet, period: Period, earlier: Period) -> Kept:
    due, due_before = _fell_due(period), _fell_due(earlier)
    high = due & Q(priority=Action.Priority.HIGH)
    dropped = Q(status=Status.DROPPED, updated_at__gte=period.begins_at, updated_at__lt=period.ends_at)
    n = _counts(
        actions.filter(Q(due_on__gte=earlier.begin, due_on__lt=period.end) | dropped),
        due=due,
        done=due & FINISHED,
        in_time=due & IN_TIME,
        moved=due & Q(moved_count__gt=0),
        high=high,
        high_done=high & FINISHED,
        before=due_before,
        before_in_time=due_before & IN_TIME,
        dropped=dropped,
    )
    return Kept(
        in_time=Share(n["in_time"], n["due"], IN_TIME_TARGET),
        by_now=Share(n["done"], n["due"]),
        high=Share(n["high_done"], n["high"], HIGH_TARGET),
        before=Share(n["before_in_time"], n["before"]),
        moved_count=n["moved"],
        dropped_count=n["dropped"],
    )


def _fell_due(period: Period) -> Q:
    """What was dropped was decided, and is no promise any more."""
    return Q(due_on__gte=period.begin, due_on__lt=period.end) & ~Q(status=Status.DROPPED)


def _counts(actions: ActionQuerySet, **told: Q) -> dict[str, int]:
    return actions.aggregate(**{name: Count("pk", filter=condition) for name, condition in told.items()})


def months_of(actions: ActionQuerySet, period: Period) -> list[Month]:
    """Twelve months up to the period's end, by the month in which actions fell due; months without any stand there too."""
    begin = months_before(period.end, MONTHS_DRAWN - 1).replace(day=1)
    told = {"in_time": IN_TIME, "late": FINISHED & ~IN_TIME, "still_open": AT_WORK, "dropped": Q(status=Status.DROPPED)}
    rows = (
        actions.filter(due_on__gte=begin, due_on__lt=period.end)
        .annotate(month=TruncMonth("due_on"))
        .values_list("month")
        .annotate(**{name: Count("pk", filter=condition) for name, condition in told.items()})
    )
    found = {month: counts for month, *counts in rows}
    firsts = [months_before(period.end.replace(day=1), back) for back in reversed(range(MONTHS_DRAWN))]
    return [Month(first, *found.get(first, [0] * len(told))) for first in firsts]


def time_to_completion(actions: ActionQuerySet, period: Period) -> Spread:
    """From agreeing on an action until it was finished, of those finished in the period."""
    finished = actions.filter(FINISHED, finished_at__gte=period.begins_at, finished_at__lt=period.ends_at)
    return _spread(finished.annotate(took=ExpressionWrapper(F("finished_at") - F("created_at"), DurationField())))


def time_until_all_ended(actions: ActionQuerySet, period: Period) -> Spread:
    """From the first action of a post-mortem until the last one was done or dropped, of those that came to it in the period."""
    ended = Max(Coalesce("finished_at", "updated_at", output_field=DateTimeField()))
    took = ExpressionWrapper(ended - Min("created_at"), DurationField())
    postmortems = (
        actions.values("postmortem")
        .annotate(open_count=Count("pk", filter=Q(status__in=Action.OPEN)), ended=ended, took=took)
        .filter(open_count=0, ended__gte=period.begins_at, ended__lt=period.ends_at)
    )
    return _spread(postmortems)


def _spread(rows: QuerySet[Any]) -> Spread:
    """Of rows with `took`."""
    told = rows.aggregate(count=Count("took"), quartiles=Quartiles("took"), mean=Avg("took"))
    lower, median, upper = told["quartiles"] or (None, None, None)
    return Spread(told["count"], lower, median, upper, told["mean"])


def actions_each(user: User, team: Named | None, period: Period) -> Share:
    """How many actions came out of how many post-mortems that were published in the period."""
    published = Postmortem.objects.visible_to(user).filter(
        is_imported=False, published_at__gte=period.begins_at, published_at__lt=period.ends_at
    )
    if team:
        published = published.filter(incident__team__in=team.keys)
    each = Action.objects.filter(postmortem=OuterRef("pk")).order_by().values("postmortem").annotate(n=Count("pk"))
    told = published.annotate(n=Subquery(each.values("n"))).aggregate(actions=Sum("n"), postmortems=Count("pk"))
    return Share(told["actions"] or 0, told["postmortems"])


def still_hold(actions: ActionQuerySet, period: Period) -> Share:
    """Of the measures asked about again, those that are in place and work."""
    told = HoldCheck.objects.filter(
        action__in=actions.values("pk"), answered_at__gte=period.begins_at, answered_at__lt=period.ends_at
    ).aggregate(holds=Count("pk", filter=Q(holds=True)), answered=Count("pk"))
    return Share(told["holds"], told["answered"])


def parts(actions: ActionQuerySet, period: Period) -> dict[str, list[Part]]:
    """The actions agreed in the period by what they have in common, under each heading; the largest part first."""
    overdue = Q(due_on__lt=period.end) & AT_WORK
    told = {"done": FINISHED, "open": AT_WORK & ~overdue, "overdue": overdue, "dropped": Q(status=Status.DROPPED)}
    rows = list(
        actions.filter(created_at__gte=period.begins_at, created_at__lt=period.ends_at)
        .values_list(*GROUPINGS)
        .annotate(**{name: Count("pk", filter=condition) for name, condition in told.items()})
    )
    return {
        heading: _parts([(row[place] or "", row[len(GROUPINGS) :]) for row in rows], dict(choices.choices))
        for place, (heading, choices) in enumerate(GROUPINGS.values())
    }


def _parts(rows: list[tuple[str, tuple[int, ...]]], labels: dict[str, str]) -> list[Part]:
    merged: dict[str, list[int]] = {}
    for key, counts in rows:
        merged[key] = [a + b for a, b in zip(merged.get(key, [0] * len(counts)), counts, strict=True)]
    said_first = sorted(merged.items(), key=lambda one: (one[0] == "", -sum(one[1]), one[0]))
    return [Part(str(labels.get(key, NOT_SAID[1])).capitalize(), *counts) for key, counts in said_first]
