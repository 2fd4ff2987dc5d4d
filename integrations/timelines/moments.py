"""Instants in the many ways that payloads and people write them."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from integrations.documents.calendar_words import zone_named
from integrations.documents.clock import Context, Step, dates_in, instants
from integrations.documents.stamps import read_stamp

# What lies outside is a placeholder ("0001-01-01" is how Go writes "never"), a count or an id.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
EPOCH_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))

_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?")
_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T _](?P<clock>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,](?P<part>\d{1,12}))?\s*"
    r"(?P<zone>Z|z|[+\-−]\d{2}(?::?\d{2})?|[A-Z][A-Za-z]{1,5}(?:/[A-Za-z_]+)?|\(?UTC\)?)?"
)
_ACCESS_LOG = re.compile(r"(\d{1,2})/([A-Za-z]{3})/(\d{4}):(\d{2}:\d{2}:\d{2})")
_ASCTIME = re.compile(
    r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)( [A-Z]{3,4})? (\d{4})\b"
)


def instant(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """The instant in UTC, None for what is none. Seconds, milli-, micro- and nanoseconds tell themselves apart."""
    try:
        found = _instant(value, zone)
    except (ValueError, OverflowError):
        return None
    return found if found and EARLIEST <= found < LATEST else None


def _instant(value: Any, zone: tzinfo) -> datetime | None:
    if isinstance(value, dict):
        return _of_parts(value, zone)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _of_epoch(value)
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        whole, _, part = text.partition(".")
        return _of_epoch(int(whole), int(part.ljust(6, "0")[:6]) if part else 0)
    return _of_iso(text, zone) or of_words(text, zone)


def _of_parts(value: dict[str, Any], zone: tzinfo) -> datetime | None:
    """As databases export it: {"$date": …}, {"seconds": …, "nanos": …}, {"dateTime": …, "timeZone": …}."""
    for name in ("$date", "seconds", "_seconds", "dateTime", "iso", "epoch", "$numberLong"):
        if name in value:
            return _instant(value[name], zone_named(str(value.get("timeZone") or "")) or zone)
    return None


def _of_epoch(number: float, micros: int = 0) -> datetime | None:
    """`micros` where the parts of a second were written out, which a float would round."""
    for limit, unit in EPOCH_UNITS:
        if 0 < number < limit:
            whole, part = divmod(number, unit)
            return datetime.fromtimestamp(whole, UTC) + timedelta(microseconds=micros or int(part * 1e6 // unit))
    return None


def _of_iso(text: str, zone: tzinfo) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    named = match["zone"]
    own = UTC if named in {"Z", "z"} else zone_named(_full(named)) if named else zone
    if own is None:
        return None
    clock = match["clock"].rjust(8 if match["clock"].count(":") > 1 else 5, "0")
    at = datetime.fromisoformat(f"{match['day']}T{clock}")
    part = (match["part"] or "").ljust(6, "0")[:6]
    return at.replace(microsecond=int(part), tzinfo=own).astimezone(UTC)


def _full(offset: str) -> str:
    """ "+02" as databases print it, in the form that has minutes."""
    plain = offset.strip("()").replace("−", "-")
    return f"{plain}:00" if re.fullmatch(r"[+-]\d{2}", plain) else plain


def of_words(text: str, zone: tzinfo, *, day_first: bool = False) -> datetime | None:
    """ "Mon, 2 Mar 2026 14:32:01 +0100", "02/Mar/2026:14:32:01", "March 2nd, 2026 2:32 PM PST": a date and a clock."""
    stamp = read_stamp(plain_order(text[:120]))
    if stamp is None or not (stamp.has_date and stamp.hour is not None):
        return None
    (at,) = instants([Step(stamp)], Context(zone=zone, day_first=day_first))
    return at.astimezone(UTC) if at else None


def plain_order(text: str) -> str:
    """The stamps of programs in the order that people have: "02/Mar/2026:14:32:01", "Mon Mar  2 14:32:01 UTC 2026"."""
    return _ASCTIME.sub(r"\1 \2 \5 \3\4", _ACCESS_LOG.sub(r"\1 \2 \3 \4", re.sub(r"[ \t]+", " ", text)), count=1)


def day_for(setting_day: date | None, file: str, zone: tzinfo) -> tuple[date, bool]:
    """The day of times that come without one: known, or in the name of the file, or today's; and whether it was guessed."""
    if known := setting_day or next(iter(dates_in(file, Context(zone=zone))), None):
        return known, False
    return datetime.now(zone).date(), True


def guessed(day: date) -> str:
    return f"No date is named in it: its times were taken for {day.day} {day:%B %Y}."


def written(at: datetime) -> str:
    """ISO 8601 in UTC, with parts of a second where there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
