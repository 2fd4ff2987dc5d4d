"""From stamps in a row to instants: which day, which zone, and when midnight has passed."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice, pairwise

from .calendar_words import ZONE, first_zone, zone_named
from .stamps import Stamp, read_stamp

# Entries that jump back by more than this have passed midnight; a smaller step back is an author out of order.
MIDNIGHT_STEP = timedelta(hours=8)
HALF_A_DAY = 12 * 60


@dataclass(frozen=True)
class Context:
    """What the document says about all its times."""

    day: date | None = None
    zone: tzinfo | None = None
    day_first: bool = False
    begins_at: datetime | None = None
    is_day_fixed: bool = False
    is_day_stated: bool = False
    year: int | None = None


@dataclass(frozen=True)
class Step:
    """A stamp in its order; a marker only says which day the ones after it belong to."""

    stamp: Stamp | None
    is_marker: bool = False


def day_of(stamp: Stamp, context: Context, near: date | None = None) -> date | None:
    """The date a stamp names; a missing year is the one that lies nearest to what is known."""
    month, day = stamp.month, stamp.day
    if stamp.numbers:
        month, day = stamp.numbers[::-1] if context.day_first else stamp.numbers
    if month is None or day is None:
        return None
    known = near or context.day
    if (
        stamp.numbers
        and known
        and stamp.year in {None, known.year}
        and _is_other_way_round(stamp.numbers, month, known)
    ):
        month, day = day, month
    if stamp.year:
        return _date(stamp.year, month, day)
    if known is None:
        return _date(context.year, month, day) if context.year else None
    candidates = [_date(known.year + step, month, day) for step in (0, -1, 1)]
    return min((found for found in candidates if found), key=lambda found: abs(found - known), default=None)


def _is_other_way_round(numbers: tuple[int, int], month: int, known: date) -> bool:
    """Whether 1/7 must be the first of July, because the document speaks of a day of that week."""
    here = _date(known.year, month, sum(numbers) - month)
    other = _date(known.year, sum(numbers) - month, month)
    if other is None:
        return False
    return abs(other - known) <= timedelta(days=7) and (here is None or abs(here - known) > timedelta(days=21))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def instants(steps: list[Step], context: Context) -> list[datetime | None]:
    """One instant for every step that is no marker, None where none can be told."""
    return _Walk(steps, context).run()


class _Walk:
    def __init__(self, steps: list[Step], context: Context) -> None:
        self.steps = steps
        self.context = context
        self.zone = context.zone or UTC
        self.day = context.day if context.day else self._first_day()
        self.first_day = self.day
        self.previous: datetime | None = None
        self.was_dated = False
        self.begins_at = context.begins_at
        self.goes_back = self._goes_back()
        self.has_halves = any(step.stamp and _HALF.search(step.stamp.written) for step in steps)

    def run(self) -> list[datetime | None]:
        found: list[datetime | None] = []
        for step in self.steps:
            at = self._step(step)
            if not step.is_marker:
                found.append(at)
        return found

    def _first_day(self) -> date | None:
        for step in self.steps:
            if step.stamp and (day := day_of(step.stamp, self.context)):
                return day
        return None

    def _goes_back(self) -> bool:
        """Newest first, as status pages have it: then a step back is no midnight."""
        clocks = [
            step.stamp.hour * 60 + step.stamp.minute for step in self.steps
            if step.stamp and step.stamp.hour is not None and not step.stamp.has_date
        ]  # fmt: skip
        backs = sum(0 < earlier - later < HALF_A_DAY for earlier, later in pairwise(clocks))
        return len(clocks) > 2 and backs > 0.7 * (len(clocks) - 1)

    def _step(self, step: Step) -> datetime | None:
        stamp = step.stamp
        if stamp is None:
            return None
        named = self._named_day(stamp)
        if named is None and self.context.is_day_fixed and self.was_dated and not step.is_marker:
            self.day = self.context.day
        self.was_dated = named is not None and not step.is_marker
        if named:
            self.day, self.previous = named, None
        if stamp.after is not None:
            return self.begins_at + stamp.after if self.begins_at else None
        if step.is_marker or self.day is None:
            return None
        if stamp.hour is None:
            return datetime.combine(self.day, time(), stamp.zone or self.zone) if named else None
        return self._clocked(stamp, self.day, stamp.hour, is_dated=named is not None)

    def _named_day(self, stamp: Stamp) -> date | None:
        if named := day_of(stamp, self.context, self.day):
            return named
        if stamp.day_number is not None and self.day is not None and self.first_day is not None:
            if stamp.day_number > 0:
                return self.first_day + timedelta(days=stamp.day_number - 1)
            return self.day + timedelta(days=1 if stamp.day_number else 0)
        if stamp.weekday is not None and self.day is not None:
            return self.day + timedelta(days=(stamp.weekday - self.day.weekday()) % 7)
        return None

    def _clocked(self, stamp: Stamp, today: date, hour: int, *, is_dated: bool) -> datetime:
        clock = time(hour % 24, stamp.minute, stamp.second)
        day = today + timedelta(days=hour // 24)
        at = datetime.combine(day, clock, stamp.zone or self.zone)
        if self.has_halves and self.previous and _lacks_half(stamp, at, self.previous):
            at += timedelta(hours=12)
        if not is_dated and not self.goes_back and self.previous and at < self.previous - MIDNIGHT_STEP:
            self.day = today + timedelta(days=1)
            at += timedelta(days=1)
        self.previous = at
        self.begins_at = self.begins_at or at
        return at


_HALF = re.compile(r"\d\s?[ap]\.?\s?m\b", re.I)


def _lacks_half(stamp: Stamp, at: datetime, previous: datetime) -> bool:
    """ "1:17" after "12:08", where the text counts its hours twice a day and does not say it every time."""
    is_silent = not _HALF.search(stamp.written) and (stamp.hour or 0) < 12
    return is_silent and at < previous <= at + timedelta(hours=12) < previous + MIDNIGHT_STEP


def year_most_named(text: str) -> int | None:
    """The year that the document speaks of most, for days that come without one."""
    years = Counter(int(found) for found in re.findall(r"(?<![\d.:/-])(20[0-4]\d)(?![\d:])", text[:200_000]))
    return years.most_common(1)[0][0] if years else None


_ABOUT_TIMES = re.compile(
    r"\btimes?\b|time ?zone|timestamps?|timeline|all events|zeiten|uhrzeit|zeitangaben|heures?\b|horas?\b|"
    r"horarios?|hora local|"
    r"時刻|時間|时间|시간|время",
    re.I,
)
_CLOCK_WITH_ZONE = re.compile(r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?\s{0,2}\(?(?=[A-Za-z+\-−])", re.I)


def zone_announced(text: str) -> tzinfo | None:
    """The zone of a sentence like "all times in PST"; the first such sentence counts."""
    for line in text.split("\n"):
        if len(line) < 600 and _ABOUT_TIMES.search(line) and (zone := first_zone(line)):
            return zone
    return None


def zone_most_used(text: str) -> tzinfo | None:
    """The zone that most clock times of a text carry."""
    seen: Counter[tzinfo] = Counter()
    for match in _CLOCK_WITH_ZONE.finditer(text[:200_000]):
        found = ZONE.match(text, match.end())
        if found and found.lastgroup != "offset" and (zone := zone_named(found.group())):
            seen[zone] += 1
    return seen.most_common(1)[0][0] if seen else None


DATE_START = re.compile(
    r"(?<![\w.:/-])(?=\d{1,4}[-/. ]{0,2}(?:\d|[A-Za-zäéûç年])|\d{1,2}(?:st|nd|rd|th)|[A-Z][a-zéûä]{2,9}\.?[ -]?\d)"
)


def dates_in(text: str, context: Context, limit: int = 40) -> list[date]:
    """The dates told in a text, in order. Years are filled in from the context."""
    found: list[date] = []
    for match in islice(DATE_START.finditer(text[:60_000]), 1000):
        stamp = read_stamp(text[match.start() : match.start() + 40])
        if stamp and (stamp.day or stamp.numbers) and (day := day_of(stamp, context)):
            found.append(day)
            if len(found) >= limit:
                break
    return found


_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2(?:(?:19|20)\d{2}|\d{2})(?![\d./-])")
_AMERICAN = {"America/Los_Angeles", "America/New_York", "America/Chicago", "America/Denver"}
_EUROPEAN = {"BST", "CET", "CEST", "MEZ", "MESZ", "WET", "EET", "EEST", "IST", "AEST", "AEDT", "NZST", "NZDT", "SAST"}


def puts_day_first(text: str, zone: tzinfo | None) -> bool:
    """Whether 5/6/2023 is the fifth of June here: some date of the document may give it away, else its zone."""
    for match in _NUMERIC.finditer(text[:200_000]):
        if int(match[1]) > 12 >= int(match[3]):
            return True
        if int(match[3]) > 12 >= int(match[1]):
            return False
    name = str(zone)
    return name in _EUROPEAN or (
        name.startswith(("Europe/", "Australia/", "Pacific/Auckland")) and name not in _AMERICAN
    )
