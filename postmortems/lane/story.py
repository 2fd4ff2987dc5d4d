"""What the lane tells: the events whose time is known, and the incident's own instants."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from incidents.models import Incident

# What ends each stretch, and what went on in it: not "to mitigate", which is counted from the start (incidents/durations.py).
# Understanding goes on beside them and has no band.
STRETCHES = {
    "started_at": "",
    "detected_at": "unnoticed",
    "acknowledged_at": "until somebody took it",
    "mitigated_at": "mitigating",
    "resolved_at": "resolving",
}
LABELS = {name: str(Incident._meta.get_field(name).verbose_name) for name in Incident.INSTANTS}  # type: ignore[union-attr]
# The minute up to which a story is told, where it is not told to its end.
WORDS = LABELS | {"now": "now"}


class Event(Protocol):
    @property
    def occurred_at(self) -> datetime | None: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def is_key(self) -> bool: ...
    @property
    def who(self) -> str: ...


@dataclass(frozen=True)
class Mark:
    """One event; `name` is that of its row."""

    at: datetime
    text: str
    kind: str
    is_key: bool = False
    who: str = ""
    name: str = ""


@dataclass(frozen=True)
class Stretch:
    """From one instant of the incident to the next that is known."""

    name: str
    words: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Story:
    """`instants` maps the incident's fields to what is known of them, `own` the names of its own times; all in the order
    of time."""

    marks: list[Mark]
    instants: dict[str, datetime] = field(default_factory=dict)
    own: dict[str, datetime] = field(default_factory=dict)

    @property
    def moments(self) -> list[datetime]:
        return sorted([*(mark.at for mark in self.marks), *self.instants.values(), *self.own.values()])

    @property
    def stretches(self) -> list[Stretch]:
        known = sorted(
            ((at, name) for name, at in self.instants.items() if name in STRETCHES),
            key=lambda one: (one[0], list(STRETCHES).index(one[1])),
        )
        return [
            Stretch(name, STRETCHES[name], begins, ends)
            for (begins, _), (ends, name) in pairwise(known)
            if begins < ends and STRETCHES[name]
        ]

    @property
    def impact(self) -> tuple[datetime, datetime] | None:
        """As long as users felt it, where both ends are known."""
        begins = self.instants.get("first_impact_at")
        ends = self.instants.get("mitigated_at") or self.instants.get("resolved_at")
        return (begins, ends) if begins and ends and begins < ends else None

    def until(self, at: datetime) -> "Story":
        """What had happened by then."""
        return Story(
            [mark for mark in self.marks if mark.at <= at],
            {name: when for name, when in self.instants.items() if when <= at},
            {name: when for name, when in self.own.items() if when <= at},
        )


def story_of(incident: Incident, events: Iterable[Event]) -> Story:
    marks = [
        Mark(event.occurred_at, event.text, str(event.kind), event.is_key, event.who, _name(event))
        for event in events
        if event.occurred_at is not None
    ]
    return Story(marks, instants_of(incident), {one.name: one.at for one in incident.own_instants.all()})


def instants_of(incident: Incident) -> dict[str, datetime]:
    known = {name: getattr(incident, name) for name in LABELS}
    return {name: at for name, at in known.items() if at is not None}


def _name(event: Event) -> str:
    key = getattr(event, "pk", None)
    return f"event-{key}" if key else ""
