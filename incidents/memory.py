"""How much people still remember of an incident: a clock that only ever runs down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

FADED_AFTER = timedelta(days=14)
SENTENCES = [
    (2, "Memories are fresh. Write down now what you would have to guess next week."),
    (7, "The order of things begins to blur: put the timeline down first, opinions can wait."),
    (14, "People now remember the story rather than the minutes. Let logs and chat say when it was."),
]
TOO_LATE = "It is still worth it. Trust what was written down then, and mark what is told from memory."


@dataclass(frozen=True)
class Memory:
    """`days` are calendar days since the resolution; `left_percent` falls to nothing within two weeks."""

    days: int
    left_percent: int
    sentence: str
    has_faded: bool


def memory_of(resolved_at: datetime | None, *, now: datetime, zone: ZoneInfo) -> Memory | None:
    """None while the incident goes on: then there is nothing to remember yet. `zone` says where days end."""
    if resolved_at is None or resolved_at > now:
        return None
    days = (now.astimezone(zone).date() - resolved_at.astimezone(zone).date()).days
    left = 1 - (now - resolved_at) / FADED_AFTER
    sentence = next((words for limit, words in SENTENCES if days <= limit), TOO_LATE)
    return Memory(days, round(max(left, 0) * 100), sentence, now - resolved_at > FADED_AFTER)
