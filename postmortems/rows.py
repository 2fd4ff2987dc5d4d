"""Rows of the timeline as every open page shows them: rendered once for all, in UTC; each page puts in its own zone."""

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from live.commands import announce, announce_removal, announce_row
from people.models import User
from postmortems.models import TimelineEvent

TIMELINE = "timeline"


def tell_written(event: TimelineEvent, *, by: User) -> None:
    with timezone.override("UTC"):
        html = render_to_string("postmortems/_event.html", {"event": event, "can_write": True})
    event.told = announce_row(event.postmortem.room, TIMELINE, name_of(event), version=event.version, html=html, by=by)


def tell_removed(event: TimelineEvent, *, by: User) -> None:
    event.touch()
    event.told = announce_removal(event.postmortem.room, TIMELINE, name_of(event), version=event.version, by=by)


def tell_moved(event: TimelineEvent, moved: Iterable[TimelineEvent], *, by: User) -> None:
    """Of events that only changed places, the places alone."""
    places = [{"row": name_of(one), "position": one.position, "version": one.version} for one in moved]
    told: dict[str, Any] = {"list": TIMELINE, "rows": places, "by": str(by)}
    announce(event.postmortem.room, "rowsMoved", **told)
    event.told = {"event": "rowsMoved", **told}


def name_of(event: TimelineEvent) -> str:
    return f"event-{event.pk}"
