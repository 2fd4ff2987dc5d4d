"""Candidates: a list whose rows every open page keeps by itself, the grid made of them, and what becomes of each."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.candidate_forms import CandidateForm, LineForm, PlaceForm
from actions.commands import add_candidate, edit_candidate, leave_candidate, place_candidate, take_candidate
from actions.errors import NotAllowedNow, OverTheCap
from actions.forms import ActionForm, ReasonForm
from actions.models import ActionCandidate
from actions.parts import candidates_context, plan_context
from actions.rows import name_of_candidate
from actions.smart import of_text
from actions.views.advice import checks_of
from actions.views.finding import find_postmortem, find_postmortem_to_write
from actions.weighed import weigh
from core.edits import EditConflict
from core.htmx import is_htmx, part_or_redirect
from core.rows import is_row_edit, problems_of, row_conflict, row_refused
from people.models import RecordEntry
from people.requests import SignedInRequest
from postmortems.models import Postmortem
from postmortems.views.causes import causes_context


@require_safe
def plan(request: SignedInRequest, number: int) -> HttpResponse:
    """From causes to actions on a page of its own, as wide as the screen."""
    postmortem = find_postmortem(request, number)
    context = {**causes_context(request, postmortem), **plan_context(request.user, postmortem)}
    return render(request, "actions/plan.html", context | {"incident": postmortem.incident})


@require_safe
def candidates(request: SignedInRequest, number: int) -> HttpResponse:
    """The list for an open page."""
    postmortem = find_postmortem(request, number)
    context = candidates_context(request.user, postmortem)
    return part_or_redirect(request, "actions/_candidates.html#list", context, to=_place(postmortem))


@require_safe
def weighed(request: SignedInRequest, number: int) -> HttpResponse:
    """What the plan is worth, fetched again when an action or a cause changes."""
    postmortem = find_postmortem(request, number)
    return part_or_redirect(request, "actions/_weighed.html", {"weighed": weigh(postmortem)}, to=_place(postmortem))


@require_POST
def add(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_postmortem_to_write(request, number)
    form = LineForm(request.POST, postmortem=postmortem)
    if not form.is_valid():
        return _add_form(request, postmortem, form)
    try:
        candidate = add_candidate(postmortem, by=request.user, **form.cleaned_data)
    except NotAllowedNow as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _add_form(request, postmortem, form)
    return JsonResponse(candidate.told) if is_row_edit(request) else redirect(_place(postmortem))


def _add_form(request: SignedInRequest, postmortem: Postmortem, form: LineForm) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "candidate_form": form}
    if is_row_edit(request):
        html = render_to_string("actions/_candidates.html#add", context, request)
        return row_refused(problems_of(form), form=html)
    return render(request, "actions/candidate_add.html", context, status=422)


@require_POST
def edit_field(request: SignedInRequest, number: int, candidate: int) -> HttpResponse:
    found = _find(request, number, candidate)
    name = request.POST.get("field", "")
    if name not in CandidateForm.FIELDS:
        return row_refused(["There is no such field."], status=400)
    form = CandidateForm(request.POST, postmortem=found.postmortem, candidate=found, only=name)
    if not form.is_valid():
        return row_refused(problems_of(form))
    try:
        found = edit_candidate(found, by=request.user, seen=form.seen, wanted={name: form.cleaned_data[name]})
    except EditConflict as conflict:
        return row_conflict(form, conflict, by=_last_writer_of(found, name))
    except NotAllowedNow as refusal:
        return row_refused(refusal.reasons)
    return _row(found)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int, candidate: int) -> HttpResponse:
    """The whole candidate as a form of its own, with its place on the grid as two choices."""
    found = _find(request, number, candidate)
    if request.method != "POST":
        return _edit_form(request, found, CandidateForm(postmortem=found.postmortem, candidate=found))
    form, status = CandidateForm(request.POST, postmortem=found.postmortem, candidate=found), 422
    if form.is_valid():
        try:
            _save(found, form, request)
            return redirect(_place(found.postmortem))
        except EditConflict as conflict:
            form.show_conflicts(conflict.theirs)
            status = 409
        except NotAllowedNow as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    return _edit_form(request, found, form, status=status)


def _save(candidate: ActionCandidate, form: CandidateForm, request: SignedInRequest) -> None:
    """Who changes the words alone leaves it where somebody else has put it meanwhile."""
    wanted, seen = form.cleaned_data, form.seen
    words = {name: wanted[name] for name in form.FIELDS}
    candidate = edit_candidate(candidate, by=request.user, seen=seen, wanted=words)
    place = {name: wanted[name] for name in form.PLACE}
    if place != {name: seen.get(name) for name in form.PLACE}:
        place_candidate(candidate, by=request.user, **place)


def _edit_form(
    request: SignedInRequest, candidate: ActionCandidate, form: CandidateForm, *, status: int = 200
) -> HttpResponse:
    text = form["text"].value() or ""
    context = {**_around(candidate), "form": form, "checks": of_text(text)}
    return render(request, "actions/candidate_edit.html", context, status=status)


@require_POST
def place(request: SignedInRequest, number: int, candidate: int) -> HttpResponse:
    found, form = _find(request, number, candidate), PlaceForm(request.POST)
    if not form.is_valid():
        return row_refused(problems_of(form))
    try:
        found = place_candidate(found, by=request.user, **form.cleaned_data)
    except NotAllowedNow as refusal:
        return row_refused(refusal.reasons)
    return _row(found)


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: SignedInRequest, number: int, candidate: int) -> HttpResponse:
    """Commit to it, with one owner and one date: a dialog, or a page of its own."""
    found = _find(request, number, candidate)
    is_full = weigh(found.postmortem).is_full
    sent = [request.POST] if request.method == "POST" else []
    form = ActionForm.for_candidate(found, *sent, prefix="action", is_full=is_full)
    if form.is_valid():
        try:
            action = take_candidate(found, by=request.user, **form.cleaned_data)
            return _done(request, found, f"{action.reference} is taken on.")
        except OverTheCap as refusal:
            form.is_full = True
            form.add_error("over_cap", " ".join(refusal.reasons))
        except NotAllowedNow as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    form.checks = checks_of(form["title"].value() or "", getattr(form, "cleaned_data", {}), reader=request.user)
    return _ask(request, found, form, "actions/candidate_take.html")


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, number: int, candidate: int) -> HttpResponse:
    found = _find(request, number, candidate)
    form = ReasonForm(request.POST if request.method == "POST" else None, prefix="leave")
    if form.is_valid():
        try:
            leave_candidate(found, by=request.user, reason=form.cleaned_data["reason"])
            return _done(request, found, "It stays on record with the reason.")
        except NotAllowedNow as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    return _ask(request, found, form, "actions/candidate_leave.html")


def _ask(request: SignedInRequest, candidate: ActionCandidate, form: Any, template: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    part = f"{template}#dialog" if is_htmx(request) else template
    return render(request, part, {**_around(candidate), "form": form}, status=status)


def _done(request: SignedInRequest, candidate: ActionCandidate, words: str) -> HttpResponse:
    if not is_htmx(request):
        messages.success(request, words)
        return redirect(_place(candidate.postmortem))
    told = {"dialogDone": {}, "toast": {"text": words, "tone": "success"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


def _around(candidate: ActionCandidate) -> dict[str, Any]:
    postmortem = candidate.postmortem
    return {"candidate": candidate, "postmortem": postmortem, "incident": postmortem.incident}


def _row(candidate: ActionCandidate) -> JsonResponse:
    return JsonResponse(candidate.told or {"row": name_of_candidate(candidate), "version": candidate.version})


def _find(request: SignedInRequest, number: int, candidate: int) -> ActionCandidate:
    postmortem = find_postmortem_to_write(request, number)
    related = ["cause", "action", "placed_by", "postmortem__incident__team", "postmortem__room"]
    found = ActionCandidate.objects.filter(postmortem=postmortem).select_related(*related)
    return get_object_or_404(found, number=candidate)


def _place(postmortem: Postmortem) -> str:
    return f"{postmortem.get_absolute_url()}#candidates"


def _last_writer_of(candidate: ActionCandidate, name: str) -> str:
    edits = RecordEntry.objects.about(candidate.postmortem).filter(
        verb="candidate.edited", details__candidate=candidate.number, details__after__has_key=name
    )
    entry = edits.select_related("by").first()
    return str(entry.by) if entry and entry.by else "Somebody else"
