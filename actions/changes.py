"""A change of one field in a row: which form reads it, and which verb makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from actions.commands import (
    accept_action,
    block_action,
    confirm_action,
    drop_action,
    edit_action,
    finish_action,
    reassign_action,
    reopen_action,
    reschedule_action,
    start_action,
)
from actions.forms import BlockForm, EditActionForm, FinishForm, ReasonForm, ReassignForm, RescheduleForm
from actions.models import Action
from people.models import User


def _nothing(data: Mapping[str, Any], action: Action) -> forms.Form:
    """For a step that asks for nothing."""
    return forms.Form(data)


STEPS: dict[str, tuple[Callable[[Mapping[str, Any], Action], forms.Form], Callable[..., Action]]] = {
    "accept": (_nothing, accept_action),
    "start": (_nothing, start_action),
    "block": (lambda data, action: BlockForm(data, action=action), block_action),
    "finish": (lambda data, action: FinishForm(data), finish_action),
    "confirm": (_nothing, confirm_action),
    "drop": (lambda data, action: ReasonForm(data), drop_action),
    "reopen": (lambda data, action: ReasonForm(data), reopen_action),
}


IN_WORDS = set(EditActionForm.FIELDS) - {"description"}


@dataclass(frozen=True)
class Change:
    form: Any
    make: Callable[[User], Action]


def change_of(name: str, data: Mapping[str, Any], action: Action) -> Change | None:
    """None for a field that is not edited in a row. `make` raises NotAllowedNow and EditConflict; the form is valid then."""
    if name in IN_WORDS:
        words = EditActionForm(data, postmortem=action.postmortem, action=action, only=name)
        return Change(words, lambda by: edit_action(action, by=by, seen=words.seen, wanted=words.cleaned_data))
    if name == "owner":
        owner = ReassignForm(data, action=action, in_place=True)
        return Change(owner, lambda by: reassign_action(action, by=by, seen=owner.seen, **owner.cleaned_data))
    if name == "due_on":
        due = RescheduleForm(data)
        return Change(due, lambda by: reschedule_action(action, by=by, seen=due.seen, **due.cleaned_data))
    if name == "status" and data.get("step") in STEPS:
        kind, verb = STEPS[data["step"]]
        step = kind(data, action)
        return Change(step, lambda by: verb(action, by=by, **step.cleaned_data))
    return None
