"""What a document turned out to say: plain values, ready to be shown, printed or stored."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.errors import DomainError


class NotReadable(DomainError):
    """The bytes are no text that a post-mortem could be read from."""


@dataclass(frozen=True)
class ReadEvent:
    """`stamp` is the time as the author wrote it; `at` is None where no instant can be told from it."""

    at: datetime | None
    text: str
    stamp: str = ""
    kind: str = "other"


@dataclass(frozen=True)
class ReadAction:
    """`title` is Markdown as written; `details` is what stood below it."""

    title: str
    owner: str = ""
    done: bool = False
    due_on: date | None = None
    url: str | None = None
    details: str = ""


@dataclass(frozen=True)
class Statement:
    """A fact with the words that state it, so that whoever imports can judge the one by the other."""

    value: Any
    words: str


@dataclass(frozen=True)
class ReadSection:
    title: str
    text: str


@dataclass
class Reading:
    title: str
    started_at: datetime | None = None
    resolved_at: datetime | None = None
    severity: str | None = None
    timeline: list[ReadEvent] = field(default_factory=list)
    actions: list[ReadAction] = field(default_factory=list)
    sections: list[ReadSection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    kind: str | None = None
    is_near_miss: bool = False
    instants: dict[str, Statement] = field(default_factory=dict)
    own_instants: dict[str, Statement] = field(default_factory=dict)
    impact: dict[str, Statement] = field(default_factory=dict)
