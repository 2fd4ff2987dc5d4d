"""One verb a view, and the page of an action, where each has its form."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_POST

from actions import commands
from actions.commands.checks import refuse_undone
from actions.errors import NotAllowedNow
from actions.escalation import Ladder, Rung
from actions.forms import (
    BlockForm,
    DecisionForm,
    FailsForm,
    FinishForm,
    HoldsForm,
    LinkForm,
    ProgressForm,
    ReasonForm,
    ReassignForm,
    RescheduleForm,
)
from actions.ledger import story_of
from actions.models import Action, ActionLink, HoldCheck
from actions.permissions import can_confirm, can_edit
from actions.views.finding import find, find_to_edit
from core.errors import DomainError
from core.htmx import is_htmx
from people.models import User
from people.requests import SignedInRequest

BUTTONS = {"accept", "start", "confirm"}
Made = Callable[[Action, dict[str, Any]], forms.Form]
# What each verb asks for; `how` carries what was sent, and the prefix.
FORMS: dict[str, Made] = {
    "accept": lambda action, how: forms.Form(**how),
    "decline": lambda action, how: ReasonForm(**how),
    "start": lambda action, how: forms.Form(**how),
    "block": lambda action, how: BlockForm(action=action, **how),
    "progress": lambda action, how: ProgressForm(
        initial={"percent": action.progress_percent, "note": action.progress_note}, **how
    ),
    "finish": lambda action, how: FinishForm(**how),
    "confirm": lambda action, how: forms.Form(**how),
    "decide": lambda action, how: DecisionForm(initial={"priority": action.priority}, **how),
    "drop": lambda action, how: ReasonForm(**how),
    "reopen": lambda action, how: ReasonForm(**how),
    "reassign": lambda action, how: ReassignForm(action=action, **how),
    "reschedule": lambda action, how: RescheduleForm(**how),
    "link": lambda action, how: LinkForm(**how),
    "holds": lambda action, how: HoldsForm(**how),
    "fails": lambda action, how: FailsForm(
        action=action, initial={"title": action.title, "owner": action.owner}, **how
    ),
}
STEPS: dict[str, Callable[..., Any]] = {
    "accept": commands.accept_action,
    "decline": commands.decline_action,
    "start": commands.start_action,
    "block": commands.block_action,
    "progress": commands.note_progress,
    "finish": commands.finish_action,
    "confirm": commands.confirm_action,
    "decide": commands.decide_action,
    "drop": commands.drop_action,
    "reopen": commands.reopen_action,
    "reassign": commands.reassign_action,
    "reschedule": commands.reschedule_action,
    "link": commands.add_link,
}


CHECKS: dict[str, Callable[..., Any]] = {"holds": commands.say_it_holds, "fails": commands.say_it_fails}


def make_step(action: Action, verb: str, *, by: User, **facts: Any) -> None:
    """Raises DomainError. A check is the one that waits now."""
    if verb not in CHECKS:
        STEPS[verb](action, by=by, **facts)
        return
    refuse_undone(action)
    check = action.checks.waiting(timezone.localdate()).first()
    if check is None:
        raise NotAllowedNow("This was answered already.")
    CHECKS[verb](check, by=by, **facts)


def _step(verb: str) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: SignedInRequest, number: int) -> HttpResponse:
        action = find_to_edit(request, number)
        form = FORMS[verb](action, {"data": request.POST, "prefix": verb})
        return _take(request, action, verb, form, lambda: STEPS[verb](action, by=request.user, **form.cleaned_data))

    view.__name__ = verb
    return view


accept, decline, start, block, progress = map(_step, ["accept", "decline", "start", "block", "progress"])
finish, confirm, decide, drop, reopen = map(_step, ["finish", "confirm", "decide", "drop", "reopen"])
reassign, reschedule, link = map(_step, ["reassign", "reschedule", "link"])


@require_POST
def unlink(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    action = find_to_edit(request, number)
    commands.remove_link(get_object_or_404(ActionLink, action=action, pk=pk), by=request.user)
    return _answer(request, action)


@require_POST
def holds(request: SignedInRequest, number: int, days: int) -> HttpResponse:
    return _check(request, number, days, "holds", CHECKS["holds"])


@require_POST
def fails(request: SignedInRequest, number: int, days: int) -> HttpResponse:
    return _check(request, number, days, "fails", CHECKS["fails"])


def _check(request: SignedInRequest, number: int, days: int, verb: str, command: Callable[..., object]) -> HttpResponse:
    action = find_to_edit(request, number)
    check = get_object_or_404(HoldCheck, action=action, after_days=days)
    form = FORMS[verb](action, {"data": request.POST, "prefix": verb})
    # Refused, it is shown as it was asked, whatever is asked by now: nothing typed is lost.
    return _take(request, action, verb, form, lambda: command(check, by=request.user, **form.cleaned_data), check=check)


def _take(
    request: SignedInRequest, action: Action, verb: str, form: forms.Form, make: Callable[[], object], **shown: Any
) -> HttpResponse:
    """Run one verb with what its form holds. A refusal comes back in that form, with what was typed, beside `shown`."""
    if not form.is_valid():
        return page_of(request, action, refused={verb: form}, status=422, **shown)
    try:
        make()
    except DomainError as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return page_of(request, find(request, action.number), refused={verb: form}, status=422, **shown)
    return _answer(request, action)


def _answer(request: SignedInRequest, action: Action) -> HttpResponse:
    return page_of(request, find(request, action.number)) if is_htmx(request) else redirect(action)


def page_of(
    request: SignedInRequest,
    action: Action,
    *,
    refused: dict[str, forms.Form] | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    refused = refused or {}
    # Refusals of a button stand above the page, those of a form in it.
    told = {
        "plain_problems": [words for verb in BUTTONS & refused.keys() for words in refused[verb].non_field_errors()]
    }
    context = {**_facts(request, action), **_forms(action, refused), **told, **shown}
    template = "actions/detail.html#body" if is_htmx(request) else "actions/detail.html"
    return render(request, template, context, status=status)


def _facts(request: SignedInRequest, action: Action) -> dict[str, Any]:
    today = timezone.localdate()
    days_overdue = action.days_overdue(today)
    return {
        "action": action,
        "postmortem": action.postmortem,
        "incident": action.postmortem.incident,
        "today": today,
        "days_overdue": days_overdue,
        "needs_decision": Ladder.load().rung_of(days_overdue) is Rung.DECISION,
        "story": story_of(action),
        "links": action.links.all(),
        "checks": action.checks.select_related("answered_by"),
        "check": action.checks.waiting(today).first(),
        "followers": action.followed_by.all(),
        "can_edit": can_edit(request.user, action),
        "can_confirm": can_confirm(request.user, action),
        "owner_away_until": _away_until(action, today),
        "is_asked": action.waits_for_acceptance and action.owner_id == request.user.pk,
    }


def _away_until(action: Action, today: date) -> date | None:
    absence = action.owner.absences.longest_on(today) if action.is_at_work and action.owner else None
    return absence.last_on if absence else None


def _forms(action: Action, refused: dict[str, forms.Form]) -> dict[str, forms.Form | SimpleLazyObject]:
    """A form for each verb, the refused one as it came in. The others are made where the page shows them, and nowhere else:
    some read all the people of the house."""
    return {
        f"{verb}_form": refused.get(verb) or SimpleLazyObject(partial(made, action, {"prefix": verb}))
        for verb, made in FORMS.items()
    }
