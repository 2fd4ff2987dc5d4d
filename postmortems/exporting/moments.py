"""The timeline and what the room noticed on it, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from postmortems.exporting.words import cut
from postmortems.models import Postmortem, TimelineEvent


@dataclass(frozen=True)
class Moment:
    occurred_at: datetime | None
    text: str
    who: str
    kind: str
    kind_label: str
    effect: str
    source: str
    is_key: bool = False

    @property
    def says_its_kind(self) -> bool:
        """“Decision: fail over” needs no “Decision” before it."""
        return self.text.lstrip().casefold().startswith(self.kind_label.casefold())


@dataclass(frozen=True)
class ObservationLine:
    """What the room noticed; `about` says which event, empty where it is about none."""

    text: str
    kind: str
    kind_label: str
    about: str


def moments_of(postmortem: Postmortem) -> list[Moment]:
    return [_moment(event) for event in postmortem.timeline_events.all()]


def _moment(event: TimelineEvent) -> Moment:
    return Moment(
        event.occurred_at,
        event.text,
        event.who,
        str(event.kind),
        event.get_kind_display(),
        event.effect,
        event.source,
        event.is_key,
    )


def observations_of(postmortem: Postmortem) -> Iterable[ObservationLine]:
    for one in postmortem.observations.select_related("event"):
        yield ObservationLine(
            one.text, str(one.kind), one.get_kind_display(), cut(one.event.text, 120) if one.event else ""
        )
