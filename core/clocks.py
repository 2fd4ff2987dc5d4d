"""A time of day as people type it, and what only looks like one: “14.32 %”, “10.10.3.4”, “1.30.2”."""

from datetime import timedelta

_UNIT = r"%|‰|ms|secs?|min|[kmgt]i?b|gbit|mbit|percent|seconds|minutes|hours|euros?|€|\$"
# Fractions of a second are read and let go, but only behind a colon: with points alone, four numbers are an address, and
# three of which the first is one digit are a version. Whatever goes on as a number is no time, nor is a decimal with a unit:
# “14.32 min”, but “14:32 Second customer calls”.
# For patterns that are verbose and know no capitals.
CLOCK = rf"""
    (?P<hour>\d{{1,2}})(?P<mark>[:h.])(?P<minute>\d{{2}})
    (?:(?<!\b\d\.\d\d)[:.](?P<second>\d{{2}})(?:(?<=:\d\d)[.,]\d{{1,9}})?)?
    (?!\.?\d)(?!(?<=\.\d\d)\s?(?:{_UNIT})(?!\w))
    \s?(?P<half>[ap]\.?m\b\.?)?
"""


def time_of_day(hour: int, minute: int, second: int, half: str = "") -> timedelta | None:
    """Since midnight, up to 24:00; None for what no clock shows. `half` begins with `a` or `p`, where it is written."""
    if half:
        is_right = 1 <= hour <= 12
        hour = hour % 12 + (12 if half[0].lower() == "p" else 0)
    else:
        is_right = hour < 24 or (hour, minute, second) == (24, 0, 0)
    if is_right and minute < 60 and second < 60:
        return timedelta(hours=hour, minutes=minute, seconds=second)
    return None
