"""When a typed line happened: many ways of writing it, and the day that it does not say."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from core.clocks import CLOCK as OF_DIGITS
from core.clocks import time_of_day
from core.dates import in_words
from postmortems.errors import UnreadableLine
from postmortems.lines.wording import DAYS_AWAY, DURATION, MONTHS, WEEKDAYS, duration_of, zone_of

YEARS = range(1970, 2200)
A_DAY = timedelta(days=1)
# An alert may come before what is on the incident as its start, and the tidying up goes on after its end.
BEFORE, AFTER = timedelta(hours=3), timedelta(hours=6)
# Fields of an incident are looked at with some doubt: further away than this is worth a word.
FAR_BEFORE, FAR_AFTER = timedelta(days=1), timedelta(days=14)
SOON = timedelta(minutes=5)


@dataclass(frozen=True)
class Around:
    """What is known where a line is typed. `zone` is how it reads a time without one; `last` is the line before it."""

    zone: tzinfo
    now: datetime
    last: datetime | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    people_like: Callable[[str], Sequence[str]] = field(default=lambda words: ())

    @property
    def anchor(self) -> datetime:
        """What a time without a day is near to."""
        return self.last or self.begins or self.now


@dataclass(frozen=True)
class When:
    """`notes` tell what was decided for the writer; `rest` is the line without its time."""

    at: datetime
    rest: str
    notes: list[str] = field(default_factory=list)


MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
DAY = rf"""(?:
    (?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})
  | (?P<dotted>\d{{1,2}}\.\s?\d{{1,2}}\.(?:\d{{4}}|\d{{2}})?)
  | (?P<slashed>\d{{1,2}}/\d{{1,2}}(?:/(?:\d{{4}}|\d{{2}}))?)
  | (?:(?:{WEEKDAY})\.?,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?P<month>{MONTH})\b\.?(?:,?\s+(?P<year>\d{{4}})\b(?!:))?
  | (?:(?:{WEEKDAY})\.?,?\s+)?(?P<month2>{MONTH})\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[:.]\d)(?:,?\s+(?P<year2>\d{{4}})\b(?!:))?
  | (?P<away>today|yesterday|tomorrow)
  | (?P<next>(?:the\s+)?next\s+day)
  | (?P<weekday>{WEEKDAY})\b\.?
)"""
CLOCK = rf"""(?:
    {OF_DIGITS}
  | (?P<hour12>\d{{1,2}})\s?(?P<half12>[ap]\.?m\b\.?)
  | (?P<hour24>\d{{2}})(?P<minute24>\d{{2}})(?=\s?(?:z|utc|h)\b)h?
  | (?P<noon>noon)\b
)"""
ZONE = r"(?:\s?(?P<zone>z\b|[+-]\d{2}:?\d{2}\b|(?:utc|gmt)[+-]\d{1,2}(?::?\d{2})?\b|[a-z]+/[a-z_/]+|[a-z]{2,5}\b))?"
FLAGS = re.IGNORECASE | re.VERBOSE
CLOCKED = re.compile(rf"(?:{DAY}(?:t(?=\d)|,?\s+(?:at\s+)?|\s*$))?(?:at\s+)?{CLOCK}{ZONE}", FLAGS)
DAY_ALONE = re.compile(rf"{DAY}(?=\s|,|$)", FLAGS)
AT_THE_END = re.compile(rf"\s+at\s+{CLOCK}{ZONE}[.!]?\s*$", FLAGS)
LATER = re.compile(
    rf"(?P<sign>[+-])\s?(?P<by>{DURATION})|(?P<later>{DURATION})\s+later\b|(?P<ago>{DURATION})\s+ago\b"
    rf"|t\s?(?P<side>[+-])\s?(?P<since>{DURATION}|\d{{1,3}}:\d{{2}}(?::\d{{2}})?\b|0\b)",
    re.IGNORECASE,
)
NOW = re.compile(r"(?:just\s+|right\s+)?now\b(?!\w)", re.IGNORECASE)
UNTIL = re.compile(r"\s?(?:-|–|to|until)\s?(\d{1,2}[:.]\d{2})\b", re.IGNORECASE)
AFTER_TIME = re.compile(r"\s*[\])]?\s*(?:[-–—:|,]+(?=\s|$))?\s*")


def read_when(words: str, around: Around) -> When:
    """Raises UnreadableLine, in a sentence, for a time that no clock or calendar shows."""
    head = words.lstrip("[(~≈ ").removeprefix("- ").lstrip()
    for read in (_now, _later, _clocked, _at_the_end, _on_a_day):
        if (when := read(head, words, around)) is not None:
            return when
    return _untimed(words, around)


def _rest(head: str, end: int) -> str:
    until = UNTIL.match(head, end)
    rest = head[AFTER_TIME.match(head, until.end() if until else end).end() :]  # type: ignore[union-attr]
    return f"{rest} (until {until[1]})" if until and rest else rest


def _now(head: str, words: str, around: Around) -> When | None:
    found = NOW.match(head)
    return When(_minute(around.now), _rest(head, found.end())) if found else None


def _later(head: str, words: str, around: Around) -> When | None:
    found = LATER.match(head)
    if not found:
        return None
    if found["ago"]:
        at, after = around.now - duration_of(found["ago"]), "now"
    elif found["since"]:
        at, after = _since_the_start(found, around), "the start"
    else:
        by = duration_of(found["by"] or found["later"])
        at = around.anchor + (-by if found["sign"] == "-" else by)
        after = "the event before" if around.last else "the start" if around.begins else "now"
    note = f"{in_words(abs(at - _minute(at)))} past the minute" if at.second else ""
    return When(_sane(at), _rest(head, found.end()), [f"counted from {after}", *filter(None, [note])])


def _since_the_start(found: re.Match[str], around: Around) -> datetime:
    if around.begins is None:
        raise UnreadableLine(
            f"“{found[0]}” is counted from the start, which nobody has noted yet. Write the time itself."
        )
    by = duration_of(found["since"])
    return around.begins + (-by if found["side"] == "-" else by)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _clocked(head: str, words: str, around: Around) -> When | None:
    found = CLOCKED.match(head)
    return _when(found, head, around) if found else None


def _at_the_end(head: str, words: str, around: Around) -> When | None:
    """“alert fired at 14:32”."""
    found = AT_THE_END.search(words)
    when = _when(found, words, around, has_day=False) if found else None
    return When(when.at, words[: found.start()].strip(), when.notes) if found and when else None


def _when(found: re.Match[str], head: str, around: Around, *, has_day: bool = True) -> When | None:
    clock = _clock_of(found)
    if clock is None:
        return None
    zone = zone_of(found["zone"], around.zone) if found["zone"] and not _is_an_end(found["zone"], clock) else None
    end = found.end() if zone or not found["zone"] else found.start("zone")
    zone = zone or around.zone
    day = _day_of(found, around, zone) if has_day else None
    if day is not None:
        at, notes = instant_at(_at(day, clock), zone, around.last)
    else:
        at, notes = _nearest(clock, zone, around)
    return When(_sane(at), _rest(head, end), notes + _doubts(at, around))


def _said(found: re.Match[str]) -> str:
    """The day and the time alone: the word behind them was only looked at, whether it is a zone."""
    words = found[0]
    return words.removesuffix(found.groupdict().get("zone") or "").strip()


def _is_an_end(words: str, clock: timedelta) -> bool:
    """“14:32-14:40” goes on until then, where “14:32-05:00” says a zone."""
    hour, _, minute = words[1:].partition(":")
    return words[0] == "-" and minute != "" and timedelta(hours=int(hour), minutes=int(minute)) > clock


def _at(day: date, clock: timedelta) -> datetime:
    return datetime.combine(day, time()) + clock


def _clock_of(found: re.Match[str]) -> timedelta | None:
    """The time of day; None where a number with a point is no time after all."""
    if found["noon"]:
        return timedelta(hours=12)
    hour = int(found["hour"] or found["hour12"] or found["hour24"])
    minute = int(found["minute"] or found["minute24"] or 0)
    second = int(found["second"] or 0)
    clock = time_of_day(hour, minute, second, found["half"] or found["half12"] or "")
    if clock is not None:
        return clock
    if found["mark"] == ".":
        return None
    raise UnreadableLine(f"“{_said(found)}” is no time of day. Write it as 14:32.")


def _day_of(found: re.Match[str], around: Around, zone: tzinfo) -> date | None:
    here = around.anchor.astimezone(zone).date()
    if found["away"]:
        return around.now.astimezone(zone).date() + DAYS_AWAY[found["away"].lower()] * A_DAY
    if found["next"]:
        return here + A_DAY
    if found["weekday"]:
        return _nearest_weekday(WEEKDAYS[found["weekday"].lower()], here)
    numbers = _numbers(found)
    if numbers is None:
        return None
    year, month, day = numbers
    years = [year + 2000 if year < 100 else year] if year else [here.year, here.year - 1, here.year + 1]
    days = [one for one in (_date(each, month, day) for each in years) if one]
    if not days:
        raise UnreadableLine(f"“{_said(found)}” is on no calendar.")
    soon = around.now.astimezone(zone).date() + 31 * A_DAY
    return min([one for one in days if one <= soon] or days, key=lambda one: abs(one - here))


def _numbers(found: re.Match[str]) -> tuple[int | None, int, int] | None:
    if found["iso"]:
        year, month, day = map(int, found["iso"].split("-"))
        return year, month, day
    if numeric := found["dotted"] or found["slashed"]:
        first, second, *more = (int(part) for part in re.split(r"[./]\s?", numeric) if part)
        # Day first, unless only the other way round is on the calendar.
        day, month = (second, first) if second > 12 and found["slashed"] else (first, second)
        return (more[0] if more else None), month, day
    named = found["month"] or found["month2"]
    if not named:
        return None
    year_words = found["year"] or found["year2"]
    return (int(year_words) if year_words else None), MONTHS[named.lower()], int(found["day"] or found["day2"])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest_weekday(weekday: int, here: date) -> date:
    around = [here + step * A_DAY for step in range(-3, 4)]
    return next(day for day in around if day.weekday() == weekday)


def _nearest(clock: timedelta, zone: tzinfo, around: Around) -> tuple[datetime, list[str]]:
    """A time without a day: the one nearest to the line before, within the incident where that is known."""
    here = around.anchor.astimezone(zone).date()
    candidates = [instant_at(_at(here + step * A_DAY, clock), zone, around.last) for step in (-1, 0, 1)]
    candidates = [one for one in candidates if one[0] <= around.now + SOON] or candidates
    candidates = [one for one in candidates if _is_within(one[0], around)] or candidates
    return min(candidates, key=lambda one: (abs(one[0] - around.anchor), one[0] < around.anchor))


def _is_within(at: datetime, around: Around) -> bool:
    ends = around.ends or around.now
    return around.begins is not None and around.begins - BEFORE <= at <= ends + AFTER


def instant_at(local: datetime, zone: tzinfo, last: datetime | None) -> tuple[datetime, list[str]]:
    """The instant of a local time, and what had to be decided where summer time begins or ends."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    back = first.astimezone(zone)
    if back.replace(tzinfo=None) != local:
        return first, [f"{local:%H:%M} never came that day in {zone}: the clocks jumped, so it is {back:%H:%M}"]
    if first == second:
        return first, []
    # What is written down goes on: the second hour once the line before is past the time in the first.
    at = second if last is not None and first < last <= second + timedelta(hours=6) else first
    taken, other = (at.astimezone(zone), (second if at == first else first).astimezone(zone))
    which = "first" if at == first else "second"
    return at, [
        f"{local:%H:%M} came twice that day in {zone}: taken as the {which} ({taken.tzname()}); "
        f"write {local:%H:%M} {other.tzname()} for the other"
    ]


def _on_a_day(head: str, words: str, around: Around) -> When | None:
    """“3 Nov alert fired”: the day alone says when, at the minute of the day that the line before has."""
    found = DAY_ALONE.match(head)
    if not found or found["weekday"] or found["dotted"] or found["slashed"] or found["next"]:
        return None
    day = _day_of(found, around, around.zone)
    if day is None:
        return None
    clock = around.anchor.astimezone(around.zone).time().replace(second=0, microsecond=0)
    at, notes = instant_at(datetime.combine(day, clock.replace(tzinfo=None)), around.zone, around.last)
    return When(_sane(at), _rest(head, found.end()), ["no time given: the one of the event before", *notes])


def _untimed(words: str, around: Around) -> When:
    """Without a time: now while the incident goes on, else the minute of the line before."""
    is_going_on = around.ends is None and around.begins is not None and around.now - around.begins < 2 * A_DAY
    if is_going_on or (around.last is None and around.begins is None):
        return When(_minute(around.now), words, ["no time given: now"])
    if around.last is not None:
        return When(around.last, words, ["no time given: the minute of the event before"])
    return When(around.anchor, words, ["no time given: when the incident began"])


def _sane(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise UnreadableLine(f"The year {at.year} cannot be right.")
    return at.astimezone(UTC)


def _doubts(at: datetime, around: Around) -> list[str]:
    if at > around.now + SOON:
        return ["that is still to come"]
    if around.begins is not None and at < around.begins - FAR_BEFORE:
        return [f"{in_words(around.begins - at)} before the incident began"]
    if around.ends is not None and at > around.ends + FAR_AFTER:
        return [f"{in_words(at - around.ends)} after it was resolved"]
    return []
