"""A change of one field in a row: which form reads it, and which verb makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from actions.commands import (
    drop_action,
    edit_action,
    finish_action,
    reassign_action,
    reopen_action,
    reschedule_action,
    start_action,
)
from actions.forms import EditActionForm, FinishForm, ReasonForm, ReassignForm, RescheduleForm
from actions.models import Action
from core.forms import MergingForm
from people.models import User


class StartForm(MergingForm):
    """Starting asks for nothing."""


STEPS: dict[str, tuple[type[forms.Form], Callable[..., Action]]] = {
    "start": (StartForm, start_action),
    "finish": (FinishForm, finish_action),
    "drop": (ReasonForm, drop_action),
    "reopen": (ReasonForm, reopen_action),
}


@dataclass(frozen=True)
class Change:
    form: Any
    make: Callable[[User], Action]


def change_of(name: str, data: Mapping[str, Any], action: Action) -> Change | None:
    """None for a field that is not edited in a row. `make` raises NotAllowedNow and EditConflict; the form is valid then."""
    if name in ("title", "priority"):
        words = EditActionForm(data, action=action, only=name)
        return Change(words, lambda by: edit_action(action, by=by, seen=words.seen, wanted=words.cleaned_data))
    if name == "owner":
        owner = ReassignForm(data, action=action, in_place=True)
        return Change(owner, lambda by: reassign_action(action, by=by, seen=owner.seen, **owner.cleaned_data))
    if name == "due_on":
        due = RescheduleForm(data)
        return Change(due, lambda by: reschedule_action(action, by=by, seen=due.seen, **due.cleaned_data))
    if name == "status" and data.get("step") in STEPS:
        kind, verb = STEPS[data["step"]]
        step = kind(data)
        return Change(step, lambda by: verb(action, by=by, **step.cleaned_data))
    return None
