"""A line noted while an incident goes on: “14:32 rebooted web-3” says when by itself."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.clocks import CLOCK, time_of_day

TIMED = re.compile(rf"{CLOCK}(?!\w)[\s,;:–—-]*(?P<words>.*)", re.DOTALL | re.IGNORECASE | re.VERBOSE)
AHEAD = timedelta(minutes=5)  # Somebody's watch goes before ours.


def read_note(line: str, *, now: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    """When it happened and what. A clock at its beginning is the last time that `zone` showed it; without one it is now."""
    words = " ".join(line.split())
    found = TIMED.fullmatch(words)
    clock = _clock_of(found) if found and found["words"] else None
    if found is None or clock is None:
        return now, words
    today = now.astimezone(zone).date()
    # In the hour that autumn repeats, both are meant as well as each other: the later one that has been is taken.
    shown = [
        (datetime.combine(today - timedelta(days=back), time(), tzinfo=zone) + clock).replace(fold=fold).astimezone(UTC)
        for back in (0, 1)
        for fold in (0, 1)
    ]
    return max(at for at in shown if at <= now + AHEAD), found["words"]


def _clock_of(found: re.Match[str]) -> timedelta | None:
    return time_of_day(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), found["half"] or "")
