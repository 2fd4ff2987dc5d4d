"""What was found in a file."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo

from integrations.documents.source import CONTROL

LONGEST_TEXT = 4000
# Of one file. More than that is a log, which nobody reads line by line; and reading stays a matter of seconds.
MOST_ENTRIES = 3000
ONLY_FIRST = f"Only the first {MOST_ENTRIES:,} lines were read: bring less of it, such as the hours of the incident."
LONGEST_WHO = 120
LONGEST_SOURCE = 500


class NotReadable(Exception):
    """A sentence for the person who brought the file."""


@dataclass
class Entry:
    """One thing that a file tells. `left_out` says why it is no event of an incident; empty for those that are.

    `key` is the sender's own name for it, where it has one: the same key is the same thing, however often it was sent.
    """

    at: datetime | None
    text: str
    who: str = ""
    kind: str = "other"
    source: str = ""
    key: str = ""
    left_out: str = ""

    def __post_init__(self) -> None:
        self.text = shortened(CONTROL.sub("", self.text).strip(), LONGEST_TEXT)
        self.who = shortened(" ".join(CONTROL.sub("", self.who).split()), LONGEST_WHO)
        self.source = shortened(" ".join(CONTROL.sub("", self.source).split()), LONGEST_SOURCE)

    @property
    def fingerprint(self) -> str:
        """The same for the same thing in the same file brought again, and in the next webhook that tells it again."""
        when = self.at.replace(microsecond=0).isoformat() if self.at else ""
        return hashlib.sha256((self.key or f"{when}|{folded(self.text)}").encode()).hexdigest()


@dataclass
class Reading:
    """One file, or one export of many. `channels` are those of an export, `channel` the one that was read."""

    file: str = ""
    kind: str = "unknown"
    entries: list[Entry] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    channel: str = ""

    @property
    def events(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.left_out]

    @property
    def skipped(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.left_out]


@dataclass(frozen=True)
class Setting:
    """What a reader needs to know beside the payload. Times that name no zone are times of `zone`, those that name no
    day of `day`, and those counted from the start (“T+5m”) are counted from `begins`, where the text has no time before them;
    `sent_at` is when a payload without a time of its own arrived. Readers note in `dayless` the files whose times name no day."""

    file: str = ""
    zone: tzinfo = UTC
    people: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    channel: str = ""
    sent_at: datetime | None = None
    day: date | None = None
    begins: datetime | None = None
    dayless: set[str] = field(default_factory=set)

    def named(self, file: str) -> "Setting":
        return replace(self, file=file)

    def where(self, *parts: str) -> str:
        """Where in the file something stands, in words."""
        return ", ".join(part for part in (self.file, *parts) if part)


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


_LETTERS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The words alone: for telling whether two texts say the same."""
    return _LETTERS.sub(" ", text.casefold()).strip() or text.strip()
