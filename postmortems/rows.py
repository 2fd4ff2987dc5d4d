"""Rows of a post-mortem as every open page shows them: rendered once for all, in UTC; each page puts in its own zone."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from live.commands import announce, announce_removal, announce_row
from people.models import User
from postmortems.models import Cause, Observation, TimelineEvent

TIMELINE, OBSERVATIONS, CAUSES = "timeline", "observations", "causes"
Row = TimelineEvent | Observation


def tell_written(event: TimelineEvent, *, by: User) -> None:
    _tell(event, TIMELINE, "postmortems/_event.html", {"event": event}, by=by)


def tell_observation(observation: Observation, *, by: User) -> None:
    _tell(observation, OBSERVATIONS, "postmortems/_observation.html", {"observation": observation}, by=by)


def tell_removed(event: TimelineEvent, *, by: User) -> None:
    _tell_removal(event, TIMELINE, by=by)


def tell_observation_removed(observation: Observation, *, by: User) -> None:
    _tell_removal(observation, OBSERVATIONS, by=by)


def tell_moved(event: TimelineEvent, moved: Iterable[TimelineEvent], *, by: User) -> None:
    """Of events that only changed places, the places alone."""
    _tell_places(event, TIMELINE, moved, by=by)


def tell_observations_moved(observation: Observation, moved: Iterable[Observation], *, by: User) -> None:
    _tell_places(observation, OBSERVATIONS, moved, by=by)


def name_of(row: Row) -> str:
    return f"{'event' if isinstance(row, TimelineEvent) else 'observation'}-{row.pk}"


def _tell(row: Row, listed: str, template: str, context: dict[str, Any], *, by: User) -> None:
    with timezone.override("UTC"):
        html = render_to_string(template, context | {"can_write": True})
    row.told = announce_row(row.postmortem.room, listed, name_of(row), version=row.version, html=html, by=by)


def _tell_removal(row: Row, listed: str, *, by: User) -> None:
    row.touch()
    row.told = announce_removal(row.postmortem.room, listed, name_of(row), version=row.version, by=by)


def _tell_places(row: Row, listed: str, moved: Iterable[Row], *, by: User) -> None:
    places = [{"row": name_of(one), "position": one.position, "version": one.version} for one in moved]
    told: dict[str, Any] = {"list": listed, "rows": places, "by": str(by)}
    announce(row.postmortem.room, "rowsMoved", **told)
    row.told = {"event": "rowsMoved", **told}


def tell_cause_written(cause: Cause, *, by: User) -> None:
    html = render_to_string("postmortems/_cause.html", {"cause": cause, "can_write": True})
    room, name = cause.postmortem.room, name_of_cause(cause)
    cause.told = announce_row(room, CAUSES, name, version=cause.version, html=html, by=by)


def tell_cause_removed(cause: Cause, *, by: User) -> None:
    cause.touch()
    cause.told = announce_removal(cause.postmortem.room, CAUSES, name_of_cause(cause), version=cause.version, by=by)


def name_of_cause(cause: Cause) -> str:
    return f"cause-{cause.pk}"
