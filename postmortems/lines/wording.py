"""The words that a line of the timeline may begin with: months, days, units and zones."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

MONTHS = {
    name: number
    for number, names in enumerate(
        ["jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"], start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ["mon monday", "tue tues tuesday", "wed wednesday", "thu thur thurs thursday", "fri friday", "sat saturday",
         "sun sunday"]
    )
    for name in names.split()
}  # fmt: skip
DAYS_AWAY = {"today": 0, "yesterday": -1, "tomorrow": 1}

# Hours ahead of UTC. What means several zones (IST, CST of China) is read only where the chosen zone calls itself so.
OFFSETS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9,
    "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
REGIONS = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
NUMERIC = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION_PART = r"\d{1,4}\s*(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)"
DURATION = rf"{_DURATION_PART}(?:\s*{_DURATION_PART}|(?<=h)\d{{1,2}})*\b"
_AMOUNT = re.compile(r"(\d+)\s*([dhms])?")
_CLOCKED = re.compile(r"(\d+):(\d{2})(?::(\d{2}))?")


def duration_of(words: str) -> timedelta:
    """`1h 30min`, `90 s`, `1h30`, `0:05`, `1:30:00`: what stands last without a unit is minutes."""
    if clock := _CLOCKED.fullmatch(words):
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=int(clock[3] or 0))
    total = timedelta()
    for count, unit in _AMOUNT.findall(words.lower()):
        total += timedelta(**{UNITS[unit or "m"]: int(count)})
    return total


def zone_of(name: str, zone: tzinfo) -> tzinfo | None:
    """The zone that a word behind a time names; None where it is just a word."""
    lower = name.lower()
    if lower in _own_names(zone):
        return _own_names(zone)[lower]
    if lower in OFFSETS:
        return UTC if not OFFSETS[lower] else timezone(timedelta(hours=OFFSETS[lower]))
    if lower in REGIONS:
        return ZoneInfo(REGIONS[lower])
    if named := _by_small_letters().get(lower):
        return ZoneInfo(named)
    return _numeric(name)


@lru_cache(maxsize=64)
def _own_names(zone: tzinfo) -> dict[str, tzinfo]:
    """What a zone calls itself in winter and in summer, such as CET and CEST."""
    samples = [datetime(2026, month, 1, tzinfo=zone) for month in (1, 7)]
    found = {(one.tzname() or "").lower(): timezone(one.utcoffset() or timedelta()) for one in samples}
    return {name: offset for name, offset in found.items() if name.isalpha()}


@lru_cache(maxsize=1)
def _by_small_letters() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name}


def _numeric(name: str) -> tzinfo | None:
    found = NUMERIC.fullmatch(name)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(offset if sign == "+" else -offset) if offset < timedelta(hours=15) else None
