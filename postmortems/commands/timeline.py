from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from core.edits import EditConflict, merge_fields
from incidents.models import IncidentNote
from live.commands import announce
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.errors import NotMovable
from postmortems.lines import Line
from postmortems.models import LineZone, Postmortem, TimelineEvent
from postmortems.rows import tell_moved, tell_observation, tell_removed, tell_written

NOTED = "noted during the incident"


@transaction.atomic
def add_event(
    postmortem: Postmortem,
    *,
    by: User,
    text: str,
    occurred_at: datetime | None,
    position: int | None = None,
    **facts: Any,
) -> TimelineEvent:
    """Put one fact on the timeline, behind those of the same instant unless it has a place of its own among them.

    Everyone who has the page open sees it. Raises NotMovable once the post-mortem is closed.
    """
    refuse_when_closed(postmortem, "change its timeline")
    place = _after_all(postmortem, occurred_at) if position is None else position
    event = TimelineEvent.objects.create(
        postmortem=postmortem, added_by=by, text=text, occurred_at=occurred_at, position=place, **facts
    )
    put_on_record(postmortem, "timeline_event.added", by=by, event=event.pk, text=text, occurred_at=occurred_at)
    tell_written(event, by=by)
    return event


@transaction.atomic
def add_events(
    postmortem: Postmortem, events: Iterable[dict[str, Any]], *, by: User, source: str
) -> list[TimelineEvent]:
    """Put many facts on the timeline at once, each with its fingerprint; `source` names where they were taken from.

    What was taken before is left out, known by its fingerprint. Every open page is told once. Raises NotMovable once
    the post-mortem is closed.
    """
    refuse_when_closed(postmortem, "change its timeline")
    known = set(postmortem.timeline_events.exclude(fingerprint="").values_list("fingerprint", flat=True))
    places = dict(postmortem.timeline_events.order_by().values_list("occurred_at").annotate(last=Max("position")))
    added = []
    for facts in events:
        if facts["fingerprint"] in known:
            continue
        known.add(facts["fingerprint"])
        places[facts["occurred_at"]] = place = places.get(facts["occurred_at"], -1) + 1
        added.append(TimelineEvent(postmortem=postmortem, added_by=by, position=place, **facts))
    if not added:
        return []
    TimelineEvent.objects.bulk_create(added)
    put_on_record(postmortem, "timeline_event.taken", by=by, source=source, events=[event.pk for event in added])
    announce(postmortem.room, "timelineChanged")
    return added


@transaction.atomic
def add_line(postmortem: Postmortem, line: Line, *, zone: str, by: User) -> TimelineEvent:
    """Put what somebody typed on one line on the timeline, and keep for them the zone in which they write here."""
    event = add_event(postmortem, by=by, **line.facts)
    LineZone.objects.update_or_create(postmortem=postmortem, user=by, defaults={"zone": zone})
    return event


def event_of_note(postmortem: Postmortem, note: IncidentNote, position: int = 0) -> TimelineEvent:
    """Not saved yet. It keeps who noted it, for the timeline names sources rather than scribes."""
    return TimelineEvent(
        postmortem=postmortem, occurred_at=note.noted_at, text=note.text, source=NOTED, position=position,
        who=str(note.author)[:120], added_by=note.author,
    )  # fmt: skip


@transaction.atomic
def edit_event(event: TimelineEvent, *, by: User, seen: dict[str, Any], wanted: dict[str, Any]) -> TimelineEvent:
    """Save the fields that a person changed against what they had seen.

    Raises EditConflict, saving nothing, when somebody else has changed one of the same fields meanwhile.
    """
    event = _locked(event)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(event, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this event while you were writing.")
    if not merge.changes:
        return event
    before = {name: getattr(event, name) for name in merge.changes}
    for name, value in merge.changes.items():
        setattr(event, name, value)
    if "occurred_at" in merge.changes:
        event.position = _after_all(event.postmortem, event.occurred_at)
    event.save(update_fields=[*merge.changes, "position", "updated_at"])
    put_on_record(event.postmortem, "timeline_event.edited", by=by, event=event.pk, before=before, after=merge.changes)
    tell_written(event, by=by)
    _tell_about(event, by=by)
    return event


@transaction.atomic
def move_event(event: TimelineEvent, *, by: User, after: int | None) -> TimelineEvent:
    """Put an event behind another of the same instant, or before all of them.

    Raises NotMovable where `after` is no event of that instant: between instants it is time that orders.
    """
    event = _locked(event)
    same = event.postmortem.timeline_events.filter(occurred_at=event.occurred_at)
    others = list(same.exclude(pk=event.pk).select_for_update())
    places = [None, *(other.pk for other in others)]
    if after not in places:
        raise NotMovable("Only events of the same time change places with one another: change the time instead.")
    others.insert(places.index(after), event)
    moved = [other for position, other in enumerate(others) if _stands_at(other, position)]
    if not moved:
        return event
    TimelineEvent.objects.bulk_update(moved, ["position", "updated_at"])
    put_on_record(event.postmortem, "timeline_event.moved", by=by, event=event.pk, text=event.text, after=after)
    tell_moved(event, moved, by=by)
    return event


@transaction.atomic
def remove_event(event: TimelineEvent, *, by: User) -> TimelineEvent:
    """Take an event off the timeline; what it said stays on record. Raises NotMovable."""
    event = _locked(event)
    put_on_record(
        event.postmortem, "timeline_event.removed", by=by, text=event.text, occurred_at=event.occurred_at, who=event.who
    )
    tell_removed(event, by=by)
    about = list(event.observations.all())
    event.delete()
    for observation in about:
        observation.event, observation.postmortem = None, event.postmortem
        observation.save(update_fields=["event", "updated_at"])
        tell_observation(observation, by=by)
    return event


def _tell_about(event: TimelineEvent, *, by: User) -> None:
    """Observations show the event that they are about."""
    for observation in event.observations.all():
        observation.event, observation.postmortem = event, event.postmortem
        observation.save(update_fields=["updated_at"])
        tell_observation(observation, by=by)


def _locked(event: TimelineEvent) -> TimelineEvent:
    # The post-mortem first: who moves one event moves its neighbours too, and two people may do so at once.
    refuse_when_closed(event.postmortem, "change its timeline")
    rows = TimelineEvent.objects.select_for_update(of=("self",)).select_related(
        "postmortem__incident", "postmortem__room"
    )
    found = rows.filter(pk=event.pk).first()
    if found is None:
        raise NotMovable("Somebody has removed this event meanwhile.")
    return found


def _after_all(postmortem: Postmortem, at: datetime | None) -> int:
    """A position behind every event of the same instant."""
    last = postmortem.timeline_events.filter(occurred_at=at).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _stands_at(event: TimelineEvent, position: int) -> bool:
    """Give it its place, and say whether that is a new one."""
    if event.position == position:
        return False
    event.position = position
    event.touch()
    return True
