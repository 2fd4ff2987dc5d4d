"""Dates and durations as people say them."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError

DAYS_A_WEEK = 7


def in_words(value: timedelta) -> str:
    """`2 d 3 h`, `1 h 5 min`, `40 s`: the two largest units that matter."""
    seconds = int(value.total_seconds())
    sign = "−" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((index for index, (count, _) in enumerate(units) if count), 3)
    return sign + " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count or first == 3)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def at_local(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The instant of that hour on that day where `zone` is; an hour that summer time skips is the one after it."""
    return datetime.combine(day, time(hour), tzinfo=zone)


@cache
def time_zones() -> frozenset[str]:
    """All that this machine knows: looking for them reads hundreds of files."""
    return frozenset(available_timezones())


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError("“%(name)s” is not a time zone; try Europe/Berlin or UTC.", params={"name": name})


def time_zone_choices() -> list[tuple[str, str]]:
    names = sorted(name for name in time_zones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]
