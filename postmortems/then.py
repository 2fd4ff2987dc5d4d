"""What was known at a minute of an incident, to everybody or to one of them: no more than that, so that nobody can be wise
after the event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortems.lane import Mark, Story

MINUTE = timedelta(minutes=1)
# When it began, and when users first felt it, was found out afterwards; the others were known as they came.
KNOWN_AS_THEY_CAME = {
    "first_report_at", "detected_at", "acknowledged_at", "understood_at", "recovery_decided_at", "mitigated_at", "resolved_at",
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """`story` is all there was; `earlier` and `later` are the minutes of the events before and after this one."""

    minute: int
    at: datetime
    story: Story
    earlier: int | None
    later: int | None
    to_come_count: int


class Hindsight:
    """The minutes of one timeline, counted from its first moment."""

    def __init__(self, story: Story) -> None:
        """There is at least one event."""
        self.story = story
        self.begins = story.marks[0].at.replace(second=0, microsecond=0)
        self.last_minute = self.minute_of(story.marks[-1].at)

    def minute_of(self, at: datetime) -> int:
        """The minute at the end of which it was known."""
        return -(-(at - self.begins) // MINUTE)

    def known(self, minute: int, who: str = "") -> Known:
        minute = min(max(minute, 0), self.last_minute)
        at = self.begins + minute * MINUTE
        seen = [mark for mark in self.story.marks if is_seen_by(mark, who)]
        minutes = [self.minute_of(mark.at) for mark in seen]
        instants = {name: when for name, when in self.story.instants.items() if name in KNOWN_AS_THEY_CAME}
        known = Story(seen, instants).until(at)
        return Known(
            minute,
            at,
            Story(known.marks, known.instants | {"now": at}),
            max((one for one in minutes if one < minute), default=None),
            min((one for one in minutes if one > minute), default=None),
            len(seen) - len(known.marks),
        )


def is_seen_by(mark: Mark, who: str) -> bool:
    """What one person saw: their own doing, what names them, and what was told to all."""
    if not who:
        return True
    names = {who.casefold(), who.casefold().split()[0]}
    said = f" {mark.who} {mark.text} ".casefold()
    return mark.kind == "communication" or any(name in said for name in names)


def people_in(marks: Iterable[Mark]) -> list[str]:
    """Everyone and everything that the timeline names, each once."""
    return sorted({mark.who for mark in marks if mark.who}, key=str.casefold)
