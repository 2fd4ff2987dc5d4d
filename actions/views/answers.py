"""Answers from a mail. Opening one shows a page with one button and changes nothing; pressing it answers, once."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from actions.answers import PURPOSES, Key, Problem, read_key
from actions.models import Action
from actions.views.finding import find_to_edit
from actions.views.steps import FORMS, make_step
from core.errors import DomainError
from people.fields import without_suggestions
from people.models import User
from people.requests import SignedInRequest

# What is asked, and what the button says.
QUESTIONS = {
    "accept": ("Will you answer for it?", "I accept"),
    "decline": ("Decline it", "Decline"),
    "start": ("Are you on it?", "I am on it"),
    "block": ("What is it waiting for?", "It is blocked"),
    "reschedule": ("When will it be done?", "Move the date"),
    "finish": ("Is it done?", "It is done"),
    "confirm": ("Does the evidence prove it?", "Confirm that it is done"),
    "decide": ("What is decided?", "Put it on record"),
    "holds": ("Does it still hold?", "It holds"),
    "fails": ("What no longer holds?", "Add the new action"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, number: int, purpose: str) -> HttpResponse:
    """The same page for whoever is signed in."""
    if purpose not in PURPOSES:
        raise Http404
    action = find_to_edit(request, number)
    if request.method != "POST":
        return _ask(request, action, purpose, request.user, _form(action, purpose))
    form = _form(action, purpose, request)
    if not _has_made(action, purpose, request.user, form):
        return _ask(request, action, purpose, request.user, form, status=422)
    return redirect(action)


# The link itself is the key, and nothing here acts by a cookie. A page without a Referer posts without an origin, too.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Without a session, and only as what the link says; it opens nothing else."""
    key = read_key(token)
    if isinstance(key, Problem):
        response = render(
            request, "actions/answer_over.html", {"problem": key}, status=404 if key is Problem.BROKEN else 410
        )
    else:
        with timezone.override(key.person.zone):  # Nobody is signed in, and their days are meant.
            response = _opened_with(request, key)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _opened_with(request: HttpRequest, key: Key) -> HttpResponse:
    if request.method == "POST":
        return _answer_with(request, key)
    form = without_suggestions(_form(key.action, key.purpose))
    return _ask(request, key.action, key.purpose, key.person, form)


def _answer_with(request: HttpRequest, key: Key) -> HttpResponse:
    form = without_suggestions(_form(key.action, key.purpose, request))
    if not _has_made(key.action, key.purpose, key.person, form, key=key):
        return _ask(request, key.action, key.purpose, key.person, form, status=422)
    action = get_object_or_404(Action.objects.select_related("owner", "waits_for", "waits_for_team"), pk=key.action.pk)
    return render(request, "actions/answered.html", {"action": action, "person": key.person})


def _form(action: Action, purpose: str, request: HttpRequest | None = None) -> forms.Form:
    how: dict[str, Any] = {"prefix": purpose} | ({"data": request.POST} if request else {})
    return FORMS[purpose](action, how)


def _has_made(action: Action, purpose: str, by: User, form: forms.Form, *, key: Key | None = None) -> bool:
    """Refused, it leaves no trace: the link may be answered again."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            if key:
                key.use_up()
            make_step(action, purpose, by=by, via="mail" if key else "", **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return False
    return True


def _ask(
    request: HttpRequest, action: Action, purpose: str, person: User, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    question, button = QUESTIONS[purpose]
    context = {
        "action": action,
        "incident": action.postmortem.incident,
        "days_overdue": action.days_overdue(timezone.localdate()),
        "person": person,
        "form": form,
        "question": question,
        "button": button,
    }
    return render(request, "actions/answer.html", context, status=status)
