from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from core.edits import EditConflict, merge_fields
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.errors import NotMovable
from postmortems.models import Cause, Postmortem
from postmortems.rows import tell_cause_removed, tell_cause_written

MOST_CAUSES = 100


@transaction.atomic
def add_cause(postmortem: Postmortem, *, by: User, text: str, **facts: Any) -> Cause:
    """Note why it could happen; everyone who has the page open sees it. Raises NotMovable."""
    refuse_when_closed(postmortem, "add a cause")
    if postmortem.causes.count() >= MOST_CAUSES:
        raise NotMovable(f"A post-mortem holds up to {MOST_CAUSES} causes.")
    cause = Cause.objects.create(postmortem=postmortem, added_by=by, text=text, **facts)
    put_on_record(postmortem, "cause.added", by=by, cause=cause.pk, text=text)
    tell_cause_written(cause, by=by)
    return cause


@transaction.atomic
def edit_cause(cause: Cause, *, by: User, seen: dict[str, Any], wanted: dict[str, Any]) -> Cause:
    """Save the fields that a person changed against what they had seen. Raises EditConflict, saving nothing, and NotMovable."""
    cause = _locked(cause)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(cause, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this cause while you were writing.")
    if not merge.changes:
        return cause
    before = {name: getattr(cause, name) for name in merge.changes}
    for name, value in merge.changes.items():
        setattr(cause, name, value)
    cause.save(update_fields=[*merge.changes, "updated_at"])
    put_on_record(cause.postmortem, "cause.edited", by=by, cause=cause.pk, before=before, after=merge.changes)
    tell_cause_written(cause, by=by)
    return cause


@transaction.atomic
def remove_cause(cause: Cause, *, by: User) -> Cause:
    """Take it away; what it said stays on record. Raises NotMovable while something is agreed about it."""
    cause = _locked(cause)
    put_on_record(cause.postmortem, "cause.removed", by=by, text=cause.text)
    tell_cause_removed(cause, by=by)
    try:
        cause.delete()
    except ProtectedError as error:
        raise NotMovable("An action or a candidate addresses this cause: give that another cause first.") from error
    return cause


def _locked(cause: Cause) -> Cause:
    refuse_when_closed(cause.postmortem, "change its causes")
    rows = Cause.objects.select_for_update(of=("self",)).select_related("postmortem__incident", "postmortem__room")
    found = rows.filter(pk=cause.pk).first()
    if found is None:
        raise NotMovable("Somebody has removed this cause meanwhile.")
    return found
