"""A line noted while an incident goes on: “14:32 rebooted web-3” says when by itself."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])[:.h](?P<minute>[0-5]\d)\b[\s,;:–—-]*(?P<words>.*)", re.DOTALL)
AHEAD = timedelta(minutes=5)  # Somebody's watch goes before ours.


def read_note(line: str, *, now: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    """When it happened and what. A clock at its beginning is the last time that `zone` showed it; without one it is now."""
    words = " ".join(line.split())
    found = CLOCK.fullmatch(words)
    if found is None or not found["words"]:
        return now, words
    clock = time(int(found["hour"]), int(found["minute"]))
    today = now.astimezone(zone).date()
    # In the hour that autumn repeats, both are meant as well as each other: the later one that has been is taken.
    shown = [
        datetime.combine(today - timedelta(days=back), clock, tzinfo=zone).replace(fold=fold).astimezone(UTC)
        for back in (0, 1)
        for fold in (0, 1)
    ]
    return max(at for at in shown if at <= now + AHEAD), found["words"]
