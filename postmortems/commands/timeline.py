from datetime import datetime
from typing import Any

from django.db import transaction

from core.edits import EditConflict, merge_fields
from live.commands import announce
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.models import Postmortem, TimelineEvent


@transaction.atomic
def add_event(
    postmortem: Postmortem, *, by: User, text: str, occurred_at: datetime | None, **facts: Any
) -> TimelineEvent:
    """Put one fact on the timeline; everyone who has the page open sees it. Raises NotMovable once it is closed."""
    refuse_when_closed(postmortem, "change its timeline")
    event = TimelineEvent.objects.create(
        postmortem=postmortem, added_by=by, text=text, occurred_at=occurred_at, **facts
    )
    put_on_record(postmortem, "timeline_event.added", by=by, event=event.pk, text=text, occurred_at=occurred_at)
    announce(postmortem.room, "timelineChanged")
    return event


@transaction.atomic
def edit_event(event: TimelineEvent, *, by: User, seen: dict[str, Any], wanted: dict[str, Any]) -> TimelineEvent:
    """Save the fields that a person changed against what they had seen.

    Raises EditConflict, saving nothing, when somebody else has changed one of the same fields meanwhile.
    """
    event = TimelineEvent.objects.select_for_update().get(pk=event.pk)
    refuse_when_closed(event.postmortem, "change its timeline")
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(event, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this event while you were writing.")
    before = {name: getattr(event, name) for name in merge.changes}
    for name, value in merge.changes.items():
        setattr(event, name, value)
    event.save(update_fields=[*merge.changes, "updated_at"])
    put_on_record(event.postmortem, "timeline_event.edited", by=by, event=event.pk, before=before, after=merge.changes)
    announce(event.postmortem.room, "timelineChanged")
    return event


@transaction.atomic
def remove_event(event: TimelineEvent, *, by: User) -> None:
    """Take an event off the timeline; what it said stays on record."""
    refuse_when_closed(event.postmortem, "change its timeline")
    put_on_record(
        event.postmortem, "timeline_event.removed", by=by, text=event.text, occurred_at=event.occurred_at, who=event.who
    )
    room = event.postmortem.room
    event.delete()
    announce(room, "timelineChanged")
