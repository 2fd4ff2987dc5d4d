"""What a document turned out to say: plain values, ready to be shown, printed or stored."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
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
class ReadCause:
    """`kind` is "root" or "factor"."""

    kind: str
    text: str


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
    went_unusually_well: bool = False
    instants: dict[str, Statement] = field(default_factory=dict)
    own_instants: dict[str, Statement] = field(default_factory=dict)
    impact: dict[str, Statement] = field(default_factory=dict)
    causes: list[ReadCause] = field(default_factory=list)

    def without(self, left_out: Collection[str]) -> "Reading":
        """What a person keeps of it. Each fact goes by its name, those in a list by their place: "kind:3", "link:0"."""
        return replace(
            self,
            started_at=None if "started_at" in left_out else self.started_at,
            resolved_at=None if "resolved_at" in left_out else self.resolved_at,
            instants={name: one for name, one in self.instants.items() if name not in left_out},
            own_instants={name: one for name, one in self.own_instants.items() if f"own:{name}" not in left_out},
            impact={name: one for name, one in self.impact.items() if name not in left_out},
            causes=[one for place, one in enumerate(self.causes) if f"cause:{place}" not in left_out],
            timeline=[
                replace(one, kind="other") if f"kind:{place}" in left_out else one
                for place, one in enumerate(self.timeline)
            ],
            actions=[
                replace(one, url=None) if f"link:{place}" in left_out else one for place, one in enumerate(self.actions)
            ],
        )
