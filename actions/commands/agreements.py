"""Who answers for an action, until when, and whether they said yes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions import emails
from actions.commands.saving import (
    NOTHING,
    differs,
    is_fit_owner,
    locked,
    refuse_ended,
    refuse_unfit_owner,
    save,
)
from actions.errors import NotAllowedNow
from actions.escalation import Ladder, Rung
from actions.models import Action
from actions.rows import tell_written
from core.edits import EditConflict, merge_fields
from people.models import User
from people.record import put_on_record
from postmortems.commands import is_closed_for_good
from postmortems.models import Postmortem


@transaction.atomic
def add_action(
    postmortem: Postmortem,
    *,
    by: User,
    title: str,
    owner: User | None,
    due_on: date | None,
    is_accepted: bool = False,
    **facts: Any,
) -> Action:
    """Take on follow-up work. Its owner is asked to accept it, unless they take it on themselves.

    `is_accepted` is for what was agreed elsewhere, before it came here. Raises NotAllowedNow when the post-mortem is
    closed, or the owner cannot see it.
    """
    if is_closed_for_good(postmortem):
        raise NotAllowedNow("This post-mortem is closed: reopen it before you add an action.")
    refuse_unfit_owner(postmortem, owner)
    asked = asking(owner, by=owner if is_accepted else by)
    action = Action.objects.create(
        postmortem=postmortem, added_by=by, title=title, owner=owner, due_on=due_on, **asked, **facts
    )
    put_on_record(action, "action.added", by=by, title=title, owner=owner and owner.pk, due_on=due_on)
    tell_written(action, by=by)
    return action


def asking(owner: User | None, *, by: User | None) -> dict[str, Any]:
    """What is known of the acceptance once `by` has named this owner: whoever names themselves has said yes."""
    now = timezone.now() if owner else None
    return {"asked_at": now, "accepted_at": now if owner == by else None, "ask_mailed_at": None}


@transaction.atomic
def accept_action(action: Action, *, by: User, **how: Any) -> Action:
    """Its owner says yes. Raises NotAllowedNow for anybody else, or when it is accepted already."""
    action = locked(action)
    _refuse_other_than_owner(action, by, "accept it")
    if action.accepted_at:
        raise NotAllowedNow(f"{action.reference} is accepted already.")
    return save(action, "action.accepted", by=by, changes={"accepted_at": timezone.now()}, **how)


@transaction.atomic
def decline_action(action: Action, *, by: User, reason: str, **how: Any) -> Action:
    """Its owner says no, and why: it goes back to who added it, else to the team lead. Raises NotAllowedNow.

    After the commit the new owner is written to.
    """
    action = locked(action)
    _refuse_other_than_owner(action, by, "decline it")
    if not reason.strip():
        raise NotAllowedNow("Say why you decline it: whoever asked you has to find somebody else.")
    team = action.postmortem.incident.team
    others = [person for person in (action.added_by, team.lead, team.engineering_manager) if person and person != by]
    owner = next((person for person in others if is_fit_owner(action.postmortem, person)), None)
    changes = {"owner": owner, **asking(owner, by=None), "ask_mailed_at": timezone.now()}
    action = save(action, "action.declined", by=by, changes=changes, reason=reason.strip(), **how)
    if owner:
        emails.owe_declined(action, owner, by=by, reason=reason.strip())
    return action


def _refuse_other_than_owner(action: Action, by: User, what: str) -> None:
    refuse_ended(action)
    if action.owner_id != by.pk:
        raise NotAllowedNow(f"Only its owner can {what}: {action.reference} is with {action.owner or 'nobody'} now.")


@transaction.atomic
def edit_action(action: Action, *, by: User, seen: dict[str, Any], wanted: dict[str, Any], reason: str = "") -> Action:
    """Correct title, description or priority, field by field. Raises EditConflict, saving nothing."""
    action = locked(action)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(action, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this action while you were writing.")
    if not merge.changes:
        return action
    return save(action, "action.edited", by=by, changes=merge.changes, reason=reason.strip())


@transaction.atomic
def reassign_action(
    action: Action, *, by: User, owner: User, reason: str = "", seen: Mapping[str, Any] = NOTHING
) -> Action:
    """Give it another owner, who is asked to accept it; a changed owner needs a reason.

    Raises NotAllowedNow when it has ended or the new owner cannot see or do it, and EditConflict when it belongs neither
    to the owner in `seen` nor to the new one any more.
    """
    action = locked(action)
    if not differs(action, seen, owner=owner):
        return action
    refuse_ended(action)
    refuse_unfit_owner(action.postmortem, owner)
    if action.owner_id and not reason.strip():
        raise NotAllowedNow("A changed owner needs a reason.")
    changes = {"owner": owner, **asking(owner, by=by)}
    return save(action, "action.reassigned", by=by, changes=changes, reason=reason.strip())


@transaction.atomic
def reschedule_action(
    action: Action, *, by: User, due_on: date, reason: str, seen: Mapping[str, Any] = NOTHING, **how: Any
) -> Action:
    """Move its due date; a changed date needs a reason. Once a decision is owed, the new date is that decision.

    Raises NotAllowedNow without a reason, or for a day that is over.
    Raises EditConflict when its date is neither the one in `seen` nor the new one any more.
    """
    action = locked(action)
    if not differs(action, seen, due_on=due_on):
        return action
    refuse_ended(action)
    if due_on < timezone.localdate():
        raise NotAllowedNow(f"{due_on:%-d %B %Y} is over: give a date that is still to come.")
    if action.due_on and not reason.strip():
        raise NotAllowedNow("A changed due date needs a reason.")
    verb = "action.decided" if owes_decision(action) else "action.rescheduled"
    return save(action, verb, by=by, changes=moved(action, due_on), reason=reason.strip(), **how)


def owes_decision(action: Action) -> bool:
    return Ladder.load().has_reached(Rung.DECISION, action.days_overdue(timezone.localdate()))


def moved(action: Action, due_on: date) -> dict[str, Any]:
    """The changes of another due date: the first one is given, each later one is counted as moved."""
    again = action.due_on is not None and action.due_on != due_on
    return {"due_on": due_on, **({"moved_count": action.moved_count + 1} if again else {})}
