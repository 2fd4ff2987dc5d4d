"""When people meet over a post-mortem, where, and who leads; and that its draft was given to them to read."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.edits import EditConflict, merge_fields
from live.commands import announce
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.errors import NotMovable
from postmortems.invitations import tell_of_draft
from postmortems.models import Postmortem


@transaction.atomic
def plan_meeting(postmortem: Postmortem, *, by: User, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> Postmortem:
    """Set when and where people meet, and who facilitates; open pages hear of it.

    `wanted` may hold meeting_at, meeting_place and facilitator. Raises NotMovable once it is closed, and EditConflict
    where somebody else set the same meanwhile; then nothing changes.
    """
    refuse_when_closed(postmortem, "plan its meeting")
    postmortem = Postmortem.objects.select_related("facilitator", "room", "incident__team").get(pk=postmortem.pk)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(postmortem, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else planned this meeting while you were writing.")
    if not merge.changes:
        return postmortem
    changes = {name: [_plain(getattr(postmortem, name)), _plain(value)] for name, value in merge.changes.items()}
    for name, value in merge.changes.items():
        setattr(postmortem, name, value)
    postmortem.save(update_fields=[*merge.changes, "updated_at"])
    put_on_record(postmortem, "postmortem.meeting_planned", by=by, changes=changes)
    announce(postmortem.room, "meetingChanged")
    return postmortem


@transaction.atomic
def share_draft(postmortem: Postmortem, *, by: User) -> Postmortem:
    """Say that the draft may be read, by mail too: the clock that asks for it stops. Raises NotMovable where it was shared."""
    refuse_when_closed(postmortem, "share its draft")
    postmortem = Postmortem.objects.select_related("room", "incident__team").get(pk=postmortem.pk)
    if postmortem.published_at:
        raise NotMovable("It is published: everybody who may see it has it already.")
    if postmortem.draft_shared_at:
        raise NotMovable("Somebody has shared the draft already.")
    postmortem.draft_shared_at = timezone.now()
    postmortem.save(update_fields=["draft_shared_at", "updated_at"])
    put_on_record(postmortem, "postmortem.draft_shared", by=by)
    tell_of_draft(postmortem, by=by)
    announce(postmortem.room, "meetingChanged")
    return postmortem


def _plain(value: Any) -> Any:
    """As the record keeps it: a person by the name they had then."""
    return str(value) if isinstance(value, User) else value
