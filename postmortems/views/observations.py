"""Observations beneath the timeline: rows that every open page keeps by itself, and forms for those without a script."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.edits import EditConflict
from core.htmx import part_or_redirect
from core.rows import is_row_edit, problems_of, row_conflict, row_refused
from people.requests import SignedInRequest
from postmortems import queries
from postmortems.commands import add_observation, edit_observation, move_observation, remove_observation
from postmortems.errors import NotMovable
from postmortems.forms import ObservationForm, PlaceForm
from postmortems.models import Observation, Postmortem
from postmortems.permissions import can_write
from postmortems.rows import name_of
from postmortems.views.finding import find, find_to_write


@require_safe
def observations(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    context = observations_context(request, postmortem)
    return part_or_redirect(request, "postmortems/_observations.html", context, to=_place(postmortem))


def observations_context(request: SignedInRequest, postmortem: Postmortem) -> dict[str, Any]:
    rows = list(postmortem.observations.select_related("event"))
    for row in rows:
        row.postmortem = postmortem
    return {
        "postmortem": postmortem,
        "observations": rows,
        "can_write": can_write(request.user, postmortem),
        "zone": str(timezone.get_current_timezone()),
    }


@require_POST
def add(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    form = ObservationForm(request.POST, postmortem=postmortem, prefix="observation")
    if not form.is_valid():
        return _refused(request, postmortem, form)
    try:
        observation = add_observation(postmortem, by=request.user, **form.cleaned_data)
    except NotMovable as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _refused(request, postmortem, form)
    return JsonResponse(observation.told) if is_row_edit(request) else redirect(_place(postmortem))


def _refused(request: SignedInRequest, postmortem: Postmortem, form: ObservationForm) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "observation_form": form}
    if is_row_edit(request):
        html = render_to_string("postmortems/_observation_add.html", context, request)
        return row_refused(problems_of(form), form=html)
    return render(request, "postmortems/observation_add.html", context, status=422)


@require_POST
def edit_field(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """One field of a row, in its place, as for events."""
    postmortem = find_to_write(request, number)
    observation = get_object_or_404(postmortem.observations, pk=pk)
    name = request.POST.get("field", "")
    if name not in ObservationForm.FIELDS:
        return row_refused(["There is no such field."], status=400)
    form = ObservationForm(request.POST, postmortem=postmortem, only=name)
    if not form.is_valid():
        return row_refused(problems_of(form))
    try:
        observation = edit_observation(observation, by=request.user, seen=form.seen, wanted=form.cleaned_data)
    except EditConflict as conflict:
        return row_conflict(form, conflict, by=queries.last_writer_of(observation, name))
    except NotMovable as refusal:
        return row_refused(refusal.reasons)
    return JsonResponse(observation.told or {"row": name_of(observation), "version": observation.version})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """The whole observation as a form of its own, for those without a script."""
    postmortem = find_to_write(request, number)
    observation = get_object_or_404(postmortem.observations, pk=pk)
    bound = [request.POST] if request.method == "POST" else []
    form, status = ObservationForm(*bound, postmortem=postmortem, observation=observation), 200
    if bound:
        status = 422
        try:
            if form.is_valid():
                edit_observation(observation, by=request.user, seen=form.seen, wanted=form.cleaned_data)
                return redirect(_place(postmortem))
        except EditConflict as conflict:
            form.show_conflicts(conflict.theirs)
            status = 409
        except NotMovable as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    context = {"postmortem": postmortem, "incident": postmortem.incident, "observation": observation, "form": form}
    places = queries.places_among(postmortem.observations.values_list("pk", flat=True), observation.pk)
    return render(request, "postmortems/observation_edit.html", context | {"places": places}, status=status)


@require_POST
def move(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """`after` is the one behind which it goes; empty: before all of them."""
    postmortem = find_to_write(request, number)
    observation = get_object_or_404(postmortem.observations, pk=pk)
    form = PlaceForm(request.POST)
    try:
        if not form.is_valid():
            raise NotMovable("There is no such place.")
        observation = move_observation(observation, by=request.user, after=form.cleaned_data["after"])
    except NotMovable as refusal:
        return _not_done(request, postmortem, refusal)
    return _done(request, postmortem, observation)


@require_POST
def remove(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    observation = get_object_or_404(postmortem.observations, pk=pk)
    try:
        observation = remove_observation(observation, by=request.user)
    except NotMovable as refusal:
        return _not_done(request, postmortem, refusal)
    return _done(request, postmortem, observation)


def _done(request: SignedInRequest, postmortem: Postmortem, observation: Observation) -> HttpResponse:
    return JsonResponse(observation.told or {}) if is_row_edit(request) else redirect(_place(postmortem))


def _not_done(request: SignedInRequest, postmortem: Postmortem, refusal: NotMovable) -> HttpResponse:
    if is_row_edit(request):
        return row_refused(refusal.reasons)
    messages.error(request, " ".join(refusal.reasons))
    return redirect(_place(postmortem))


def _place(postmortem: Postmortem) -> str:
    return f"{postmortem.get_absolute_url()}#observations"
