"""What is done with an action until it ends."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.commands.agreements import owes_decision
from actions.commands.checks import plan_checks
from actions.commands.saving import locked, refuse_ended, refuse_unfit_owner, save
from actions.errors import NotAllowedNow
from actions.models import Action, ActionPolicy
from people.models import Team, User
from postmortems.commands import is_closed_for_good

Status = Action.Status
UNBLOCKED: dict[str, Any] = {"blocked_reason": "", "waits_for": None, "waits_for_team": None, "blocked_at": None}


@transaction.atomic
def start_action(action: Action, *, by: User, **how: Any) -> Action:
    """Begin, or go on with what was blocked. Raises NotAllowedNow."""
    action = locked(action)
    refuse_ended(action)
    if action.status == Status.IN_PROGRESS:
        raise NotAllowedNow(f"{action.reference} is in progress already.")
    if action.is_blocked:
        changes = {"status": Status.IN_PROGRESS, **UNBLOCKED}
        return save(action, "action.unblocked", by=by, changes=changes | _yes(action, by), **how)
    return save(action, "action.started", by=by, changes={"status": Status.IN_PROGRESS} | _yes(action, by), **how)


def _yes(action: Action, by: User) -> dict[str, Any]:
    """An owner who works on it has accepted it."""
    return {"accepted_at": timezone.now()} if action.waits_for_acceptance and action.owner_id == by.pk else {}


@transaction.atomic
def block_action(action: Action, *, by: User, reason: str, waits_for: User | Team | None, **how: Any) -> Action:
    """It cannot go on: why, and whom it waits for. May be said anew. Raises NotAllowedNow without either."""
    action = locked(action)
    refuse_ended(action)
    if not reason.strip() or waits_for is None:
        raise NotAllowedNow("Blocked asks for a reason, and for the person or the team that it waits for.")
    person, team = (waits_for, None) if isinstance(waits_for, User) else (None, waits_for)
    if person:
        refuse_unfit_owner(action.postmortem, person)
    changes: dict[str, Any] = {
        "status": Status.BLOCKED, "blocked_reason": reason.strip(), "waits_for": person, "waits_for_team": team,
        "blocked_at": action.blocked_at or timezone.now(),
    }  # fmt: skip
    return save(action, "action.blocked", by=by, changes=changes | _yes(action, by), **how)


@transaction.atomic
def note_progress(action: Action, *, by: User, percent: int | None, note: str) -> Action:
    """How far it is, in a word or a share; what was not started is in progress by that. Raises NotAllowedNow."""
    action = locked(action)
    refuse_ended(action)
    changes: dict[str, Any] = {"progress_percent": percent, "progress_note": note.strip()}
    if action.status == Status.NOT_STARTED and (percent or note.strip()):
        changes["status"] = Status.IN_PROGRESS
    return save(action, "action.progressed", by=by, changes=changes | _yes(action, by))


@transaction.atomic
def finish_action(action: Action, *, by: User, evidence: str, was_before: bool = False, **how: Any) -> Action:
    """Done, with proof; for severe incidents it then waits for a second person's word.

    `was_before` is for what was done before it came here. Raises NotAllowedNow when it has ended already or nothing
    proves it.
    """
    action = locked(action)
    refuse_ended(action)
    if not evidence.strip():
        raise NotAllowedNow("Done asks for evidence: a link to the change, the dashboard or the test that proves it.")
    waits = not was_before and needs_confirmation(action)
    changes: dict[str, Any] = {
        "status": Status.UNCONFIRMED if waits else Status.DONE, "evidence": evidence.strip(), "finished_by": by,
        "finished_at": timezone.now(), **UNBLOCKED,
    }  # fmt: skip
    action = save(action, "action.finished", by=by, changes=changes | _yes(action, by), **how)
    if not waits:
        plan_checks(action)
    return action


def needs_confirmation(action: Action) -> bool:
    return action.postmortem.incident.severity <= ActionPolicy.load().confirm_up_to_severity


@transaction.atomic
def confirm_action(action: Action, *, by: User, **how: Any) -> Action:
    """A second person has looked at the evidence. Raises NotAllowedNow for its owner, and for who said it is done."""
    action = locked(action)
    if action.status != Status.UNCONFIRMED:
        raise NotAllowedNow(f"{action.reference} does not wait for confirmation: it is {action.get_status_display()}.")
    if by.pk in (action.owner_id, action.finished_by_id):
        raise NotAllowedNow("A second person confirms: neither its owner nor whoever said that it is done.")
    changes = {"status": Status.DONE, "confirmed_by": by, "confirmed_at": timezone.now()}
    action = save(action, "action.confirmed", by=by, changes=changes, **how)
    plan_checks(action)
    return action


@transaction.atomic
def drop_action(action: Action, *, by: User, reason: str, **how: Any) -> Action:
    """Give it up on the record, with a name and a reason. Raises NotAllowedNow without either."""
    action = locked(action)
    refuse_ended(action)
    if not reason.strip():
        raise NotAllowedNow(
            "Dropping an action asks for a reason: it stays in the post-mortem for others to learn from."
        )
    changes = {"status": Status.DROPPED, "drop_reason": reason.strip(), "dropped_by": by, **UNBLOCKED}
    how.setdefault("is_decision", owes_decision(action))
    return save(action, "action.dropped", by=by, changes=changes, reason=reason.strip(), **how)


@transaction.atomic
def reopen_action(action: Action, *, by: User, reason: str) -> Action:
    """Take up again an action that was done or dropped, or that a second person does not confirm. Raises NotAllowedNow."""
    # The post-mortem first, and locked: it may not be closed while an action of it is taken up again.
    is_closed = is_closed_for_good(action.postmortem)
    action = locked(action)
    if action.is_at_work:
        raise NotAllowedNow(f"{action.reference} is open already.")
    if not reason.strip():
        raise NotAllowedNow("Say why it is taken up again.")
    if is_closed:
        raise NotAllowedNow("Its post-mortem is closed: reopen that first.")
    changes: dict[str, Any] = {
        "status": Status.IN_PROGRESS, "evidence": "", "finished_at": None, "finished_by": None, "confirmed_at": None,
        "confirmed_by": None, "drop_reason": "", "dropped_by": None,
    }  # fmt: skip
    return save(action, "action.reopened", by=by, changes=changes, reason=reason.strip())
