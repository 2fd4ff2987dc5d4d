"""Which instants a time-to-X lies between: said here, once, for pages, exports and figures over many incidents.

The names are the field's, where the field agrees with itself. To mitigate is told from the start of the fault, for that is
how long users felt it; to resolve from the detection, for that is how long people worked on it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.models import Incident


@dataclass(frozen=True)
class Definition:
    """`begins` and `ends` name instants of Incident."""

    key: str
    short: str
    name: str
    begins: str
    ends: str
    sentence: str


DEFINITIONS = [
    Definition("time_to_detect", "TTD", "Time to detect", "started_at", "detected_at",
               "From the start of the fault until we noticed it."),
    Definition("time_to_engage", "TTE", "Time to engage", "detected_at", "acknowledged_at",
               "From the first alert until somebody took it."),
    Definition("time_to_understand", "TTU", "Time to understand", "acknowledged_at", "understood_at",
               "From the moment somebody took it until we knew why."),
    Definition("time_to_mitigate", "TTM", "Time to mitigate", "started_at", "mitigated_at",
               "From the start of the fault until users felt it no longer."),
    Definition("time_to_resolve", "TTR", "Time to resolve", "detected_at", "resolved_at",
               "From the moment we noticed it until the cause was dealt with."),
    Definition("time_to_recover", "TTRec", "Time to recover", "recovery_decided_at", "mitigated_at",
               "From the decision how to bring it back until users felt it no longer."),
]  # fmt: skip


@dataclass(frozen=True)
class Duration:
    """`value` is None where it is unknown: `missing` names the instants that nobody noted, `contradiction` says why not.

    `left_percent` and `width_percent` are its place on the span of all instants of the incident.
    """

    definition: Definition
    value: timedelta | None = None
    missing: tuple[str, ...] = ()
    contradiction: str = ""
    left_percent: float = 0
    width_percent: float = 0


ROOM = 0.994


@dataclass(frozen=True)
class Tick:
    """`percent` leaves room for the mark of the last one."""

    label: str
    at: datetime
    percent: float


@dataclass(frozen=True)
class Measured:
    """All durations of an incident, and its instants on the line that they are drawn over."""

    durations: tuple[Duration, ...]
    ticks: tuple[Tick, ...]

    @property
    def last(self) -> Tick | None:
        return self.ticks[-1] if self.ticks else None


def label_of(name: str) -> str:
    return str(Incident._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def instants_by_name(incident: Incident) -> dict[str, datetime]:
    """Those that are known."""
    found = {name: getattr(incident, name) for name in Incident.INSTANTS}
    return {name: at for name, at in found.items() if at is not None}


def measured(instants: Mapping[str, datetime]) -> Measured:
    """Of instants by the names of Incident's fields; what is not among them is unknown."""
    first, last = min(instants.values(), default=None), max(instants.values(), default=None)
    whole = (last - first) if first and last else timedelta()

    def percent(at: datetime) -> float:
        return round(100 * ((at - first) / whole), 2) if first and whole else 0

    ticks = tuple(
        Tick(label_of(name), at, round(percent(at) * ROOM, 2))
        for name, at in sorted(instants.items(), key=lambda one: one[1])
    )
    return Measured(tuple(_duration(definition, instants, percent) for definition in DEFINITIONS), ticks)


def _duration(
    definition: Definition, instants: Mapping[str, datetime], percent: Callable[[datetime], float]
) -> Duration:
    ends = [definition.begins, definition.ends]
    if missing := tuple(label_of(name) for name in ends if name not in instants):
        return Duration(definition, missing=missing)
    begins_at, ends_at = (instants[name] for name in ends)
    if ends_at < begins_at:
        words = f"“{label_of(definition.ends)}” was before “{label_of(definition.begins)}”"
        return Duration(definition, contradiction=words)
    left = percent(begins_at)
    return Duration(definition, ends_at - begins_at, left_percent=left, width_percent=round(percent(ends_at) - left, 2))
