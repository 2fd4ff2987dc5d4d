"""The span of days that figures are of, and the one before it to compare with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = {1: "Last month", 3: "Last 3 months", 12: "Last 12 months"}
USUAL = 3


@dataclass(frozen=True)
class Period:
    """Due dates from `begin` up to, and without, `end`: what is due on it is not late yet. Instants up to the end of that day.

    Days are those of the organisation, so that a figure is the same for everybody.
    """

    begin: date
    end: date
    zone: ZoneInfo

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.begin, time(), tzinfo=self.zone)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.end + timedelta(days=1), time(), tzinfo=self.zone)


def last_months(count: int, *, until: date, zone: ZoneInfo) -> Period:
    return Period(months_before(until, count), until, zone)


def before(period: Period, months: int) -> Period:
    return Period(months_before(period.begin, months), period.begin, period.zone)


def months_before(day: date, count: int) -> date:
    """The same day so many months earlier, or the last day of a shorter month."""
    months = day.year * 12 + day.month - 1 - count
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
