"""What can be done with an action. Every change goes on record with who and why."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.errors import NotAllowedNow
from actions.models import Action
from actions.rows import tell_written
from core.edits import EditConflict, merge_fields
from people.models import User
from people.record import put_on_record
from postmortems.commands import is_closed_for_good
from postmortems.models import Postmortem

Status = Action.Status
NOTHING: Mapping[str, Any] = MappingProxyType({})


@transaction.atomic
def add_action(
    postmortem: Postmortem, *, by: User, title: str, owner: User | None, due_on: date | None, **facts: Any
) -> Action:
    """Take on follow-up work. Raises NotAllowedNow when the post-mortem is closed, or the owner cannot see it."""
    if is_closed_for_good(postmortem):
        raise NotAllowedNow("This post-mortem is closed: reopen it before you add an action.")
    _refuse_unfit_owner(postmortem, owner)
    action = Action.objects.create(postmortem=postmortem, added_by=by, title=title, owner=owner, due_on=due_on, **facts)
    put_on_record(action, "action.added", by=by, title=title, owner=owner and owner.pk, due_on=due_on)
    tell_written(action, by=by)
    return action


@transaction.atomic
def edit_action(action: Action, *, by: User, seen: dict[str, Any], wanted: dict[str, Any]) -> Action:
    """Correct title, description or priority, field by field. Raises EditConflict, saving nothing."""
    action = _locked(action)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(action, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this action while you were writing.")
    if not merge.changes:
        return action
    before = {name: getattr(action, name) for name in merge.changes}
    return _save(action, "action.edited", by=by, changes=merge.changes, before=before, after=merge.changes)


@transaction.atomic
def start_action(action: Action, *, by: User) -> Action:
    action = _locked(action)
    if action.status != Status.NOT_STARTED:
        raise NotAllowedNow("Only an action that is not started can be started.")
    return _save(action, "action.started", by=by, changes={"status": Status.IN_PROGRESS})


@transaction.atomic
def finish_action(action: Action, *, by: User, evidence: str) -> Action:
    """Done, with proof. Raises NotAllowedNow when it has ended already or nothing proves it."""
    action = _locked(action)
    _refuse_ended(action)
    if not evidence.strip():
        raise NotAllowedNow("Done asks for evidence: a link to the change, the dashboard or the test that proves it.")
    changes = {"status": Status.DONE, "evidence": evidence.strip(), "finished_at": timezone.now()}
    return _save(action, "action.finished", by=by, changes=changes, evidence=evidence)


@transaction.atomic
def drop_action(action: Action, *, by: User, reason: str) -> Action:
    """Give it up on the record, with a name and a reason. Raises NotAllowedNow without either."""
    action = _locked(action)
    _refuse_ended(action)
    if not reason.strip():
        raise NotAllowedNow(
            "Dropping an action asks for a reason: it stays in the post-mortem for others to learn from."
        )
    changes = {"status": Status.DROPPED, "drop_reason": reason.strip(), "dropped_by": by}
    return _save(action, "action.dropped", by=by, changes=changes, reason=reason)


@transaction.atomic
def reopen_action(action: Action, *, by: User, reason: str) -> Action:
    """Take up again an action that was done or dropped. Raises NotAllowedNow."""
    # The post-mortem first, and locked: it may not be closed while an action of it is taken up again.
    is_closed = is_closed_for_good(action.postmortem)
    action = _locked(action)
    if action.is_open:
        raise NotAllowedNow(f"{action.reference} is open already.")
    if not reason.strip():
        raise NotAllowedNow("Say why it is taken up again.")
    if is_closed:
        raise NotAllowedNow("Its post-mortem is closed: reopen that first.")
    changes: dict[str, Any] = {
        "status": Status.IN_PROGRESS, "evidence": "", "finished_at": None, "drop_reason": "", "dropped_by": None,
    }  # fmt: skip
    before = {"status": action.status, "evidence": action.evidence, "drop_reason": action.drop_reason}
    return _save(action, "action.reopened", by=by, changes=changes, reason=reason, before=before)


@transaction.atomic
def reassign_action(
    action: Action, *, by: User, owner: User, reason: str = "", seen: Mapping[str, Any] = NOTHING
) -> Action:
    """Give it another owner. Raises NotAllowedNow when it has ended or the new owner cannot see or do it.

    Raises EditConflict when it belongs neither to the owner in `seen` nor to the new one any more.
    """
    action = _locked(action)
    if not _differs(action, seen, owner=owner):
        return action
    _refuse_ended(action)
    _refuse_unfit_owner(action.postmortem, owner)
    before = action.owner_id
    return _save(
        action, "action.reassigned", by=by, changes={"owner": owner}, before=before, after=owner.pk, reason=reason
    )


@transaction.atomic
def reschedule_action(
    action: Action, *, by: User, due_on: date, reason: str, seen: Mapping[str, Any] = NOTHING
) -> Action:
    """Move its due date; a changed date needs a reason. Raises NotAllowedNow without one.

    Raises EditConflict when its date is neither the one in `seen` nor the new one any more.
    """
    action = _locked(action)
    if not _differs(action, seen, due_on=due_on):
        return action
    _refuse_ended(action)
    if action.due_on and not reason.strip():
        raise NotAllowedNow("A changed due date needs a reason.")
    before = action.due_on
    return _save(
        action, "action.rescheduled", by=by, changes={"due_on": due_on}, before=before, after=due_on, reason=reason
    )


def _differs(action: Action, seen: Mapping[str, Any], **wanted: Any) -> bool:
    """Whether there is something to save; for those who tell what they had seen. Raises EditConflict."""
    if not seen:
        return True
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(action, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this action while you were writing.")
    return bool(merge.changes)


def _locked(action: Action) -> Action:
    rows = Action.objects.select_for_update(of=("self",))
    rows = rows.select_related("owner", "postmortem__incident", "postmortem__room")
    return rows.get(pk=action.pk)


def _refuse_ended(action: Action) -> None:
    if not action.is_open:
        raise NotAllowedNow(f"{action.reference} has ended already: it is {action.get_status_display()}.")


def _refuse_unfit_owner(postmortem: Postmortem, owner: User | None) -> None:
    if owner is None:
        return
    if not owner.can_write:
        raise NotAllowedNow(f"{owner} cannot own an action: the account is for reading, or no longer active.")
    if not Postmortem.objects.visible_to(owner).filter(pk=postmortem.pk).exists():
        raise NotAllowedNow(f"{owner} cannot see this restricted incident: add them to its participants first.")


def _save(action: Action, verb: str, *, by: User, changes: dict[str, Any], **details: Any) -> Action:
    for name, value in changes.items():
        setattr(action, name, value)
    action.save(update_fields=[*changes, "updated_at"])
    put_on_record(action, verb, by=by, **details)
    tell_written(action, by=by)
    return action
