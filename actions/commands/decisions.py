"""What a person decides about an action that nobody finished for weeks."""

from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from actions.commands.agreements import moved
from actions.commands.saving import locked, refuse_ended, save
from actions.commands.work import drop_action
from actions.errors import NotAllowedNow
from actions.models import Action
from people.models import User


class Choice(models.TextChoices):
    FINISH_BY = "finish_by", "Finish it by a new date"
    REPRIORITISE = "reprioritise", "Give it another priority, and a date to match"
    DROP = "drop", "Drop it, with the reason"


@transaction.atomic
def decide_action(
    action: Action, *, by: User, choice: str, reason: str, due_on: date | None = None, priority: str = "", **how: Any
) -> Action:
    """Finish it by a date, reprioritise it, or drop it: in every case with the reason, for ever on record.

    The ladder begins anew from the new date. Raises NotAllowedNow for half a decision.
    """
    if choice == Choice.DROP:
        return drop_action(action, by=by, reason=reason, is_decision=True, **how)
    action = locked(action)
    refuse_ended(action)
    if not reason.strip():
        raise NotAllowedNow("A decision needs its reason: others will want to know.")
    if due_on is None or due_on < timezone.localdate():
        raise NotAllowedNow("A decision needs a date that is still to come.")
    changes = moved(action, due_on)
    if choice == Choice.REPRIORITISE:
        if priority == action.priority:
            raise NotAllowedNow(f"Its priority is {action.get_priority_display()} already: choose another one.")
        changes["priority"] = priority
    return save(action, "action.decided", by=by, changes=changes, reason=reason.strip(), choice=choice, **how)
