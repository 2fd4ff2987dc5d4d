"""A card moved on a board, by mouse, by key, or by its menu without a script."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from actions.models import Action
from actions.moves import verb_of, why_not
from actions.views.finding import find, find_to_edit
from actions.views.steps import FORMS, STEPS
from core.errors import DomainError
from core.htmx import is_htmx
from people.requests import SignedInRequest

WORDS = {
    "start": "Go on", "reopen": "Take it up again", "block": "It is blocked", "finish": "It is done",
    "confirm": "Confirm that it is done", "drop": "Drop it",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, number: int) -> HttpResponse:
    """Without what the verb asks for, it is asked for; refused or not, a card stays where it is until it is all there."""
    action = find_to_edit(request, number)
    sent = request.POST if request.method == "POST" else request.GET
    to = sent.get("to", "")
    if to not in Action.Status.values:
        return HttpResponseBadRequest("Choose where to move it.")
    verb = verb_of(action, to)
    if verb is None:
        return _ask(request, action, to, None, problems=[why_not(action, to)])
    blank = FORMS[verb](action, {"prefix": verb})
    if request.method != "POST" or (blank.fields and "answered" not in sent):
        return _ask(request, action, to, blank)
    form = FORMS[verb](action, {"data": sent, "prefix": verb})
    if not form.is_valid():
        return _ask(request, action, to, form)
    try:
        STEPS[verb](action, by=request.user, **form.cleaned_data)
    except DomainError as refusal:
        return _ask(request, action, to, form if form.fields else None, problems=refusal.reasons)
    return _moved(request, find(request, number))


def _ask(
    request: SignedInRequest,
    action: Action,
    to: str,
    form: forms.Form | None,
    problems: list[str] | tuple[str, ...] = (),
) -> HttpResponse:
    verb = verb_of(action, to) or ""
    context = {
        "action": action, "to": to, "label": Action.Status(to).label, "form": form, "problems": problems,
        "button": WORDS.get(verb), "is_danger": verb == "drop", "back": _back(request),
    }  # fmt: skip
    status = 200 if request.method != "POST" else 422
    return render(request, "actions/_move.html" if is_htmx(request) else "actions/move.html", context, status=status)


def _moved(request: SignedInRequest, action: Action) -> HttpResponse:
    words = f"{action.reference} is {action.get_status_display()}."
    if is_htmx(request):
        # The words are for the board, which tells them once it has been drawn anew.
        return HttpResponse(
            status=204, headers={"HX-Trigger": '{"dialogDone": {}, "boardChanged": {}}', "X-Moved": words}
        )
    messages.success(request, words)
    return redirect(_back(request))


def _back(request: SignedInRequest) -> str:
    """The board as one had it, if that is where one came from."""
    wanted = request.POST.get("back") or request.GET.get("back") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/actions/")
    return wanted if is_ours else reverse("actions:board")
