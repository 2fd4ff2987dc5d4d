"""Whether what was done still holds: asked 30, 90 and 365 days later, as the policy says."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.commands.agreements import add_action
from actions.commands.saving import locked
from actions.errors import NotAllowedNow
from actions.models import Action, ActionPolicy, HoldCheck
from people.models import User
from people.record import put_on_record
from postmortems.commands import is_closed_for_good, reopen_postmortem


def plan_checks(action: Action) -> None:
    """From the day it is done; what was taken up again meanwhile is asked about anew, unless it was answered."""
    today = timezone.localdate()
    for days in ActionPolicy.load().check_days:
        check, is_new = HoldCheck.objects.get_or_create(
            action=action, after_days=days, defaults={"due_on": today + timedelta(days=days)}
        )
        if not is_new and check.answered_at is None:
            check.due_on = today + timedelta(days=days)
            check.save(update_fields=["due_on", "updated_at"])


@transaction.atomic
def say_it_holds(check: HoldCheck, *, by: User, note: str, **how: Any) -> HoldCheck:
    """It is still in place and works; the note says how one knows. Raises NotAllowedNow without it, or unasked."""
    check = _locked(check)
    if not note.strip():
        raise NotAllowedNow("Say in a word how you know that it holds.")
    _answer(check, by=by, holds=True, note=note)
    put_on_record(check.action, "action.held", by=by, reason=note.strip(), after_days=check.after_days, **how)
    return check


@transaction.atomic
def say_it_fails(
    check: HoldCheck, *, by: User, note: str, title: str, owner: User | None, due_on: date | None, **how: Any
) -> Action:
    """It holds no longer: a new action stands in its place, linked to it.

    A closed post-mortem is reopened for that: what it promised is not there any more. Raises NotAllowedNow without a
    note, or unasked.
    """
    postmortem = check.action.postmortem
    is_closed = is_closed_for_good(postmortem)
    check = _locked(check)
    if not note.strip():
        raise NotAllowedNow("Say what no longer holds: the new action begins with it.")
    if is_closed:
        reopen_postmortem(postmortem, by=by)
    _answer(check, by=by, holds=False, note=note)
    follower = add_action(
        postmortem, by=by, title=title, owner=owner, due_on=due_on, priority=check.action.priority,
        description=note.strip(), follows=check.action,
    )  # fmt: skip
    put_on_record(
        check.action,
        "action.failed",
        by=by,
        reason=note.strip(),
        after_days=check.after_days,
        follower=follower.number,
        **how,
    )
    return follower


def refuse_undone(action: Action) -> None:
    if action.status != Action.Status.DONE:
        raise NotAllowedNow(f"{action.reference} is not done: whether it holds is asked once it is.")


def _locked(check: HoldCheck) -> HoldCheck:
    """For whoever answers it. Raises NotAllowedNow when it is answered, or not asked yet."""
    action = locked(check.action)
    check = HoldCheck.objects.select_for_update().get(pk=check.pk)
    if check.answered_at:
        raise NotAllowedNow("This was answered already.")
    refuse_undone(action)
    if check.due_on > timezone.localdate():
        raise NotAllowedNow(f"Whether it holds is asked on {check.due_on:%-d %B %Y}, and can be answered from then on.")
    check.action = action
    return check


def _answer(check: HoldCheck, *, by: User, holds: bool, note: str) -> None:
    check.holds, check.note, check.answered_by, check.answered_at = holds, note.strip(), by, timezone.now()
    check.save(update_fields=["holds", "note", "answered_by", "answered_at", "updated_at"])
