"""The timeline: a list whose rows every open page keeps by itself, and forms for those without a script."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.edits import EditConflict
from core.forms import passes_of, zone_in_words
from core.htmx import is_htmx
from core.rows import is_row_edit, problems_of, row_conflict, row_refused
from people.requests import SignedInRequest
from postmortems import queries
from postmortems.commands import add_event, edit_event, move_event, remove_event
from postmortems.errors import NotMovable
from postmortems.forms import EventForm, ObservationForm, PlaceForm
from postmortems.lane import story_of
from postmortems.models import Postmortem, TimelineEvent
from postmortems.permissions import can_write
from postmortems.rows import name_of
from postmortems.views.finding import find, find_to_write
from postmortems.views.lane import lane_context
from postmortems.views.lines import line_form
from postmortems.views.observations import observations_context
from postmortems.views.questions import questions_context


@require_safe
def timeline(request: SignedInRequest, number: int) -> HttpResponse:
    """The list alone for an open page; for anyone else a page of its own, as wide as the screen."""
    postmortem = find(request, number)
    if is_htmx(request):
        return render(request, "postmortems/_timeline.html", timeline_context(request, postmortem))
    context = {
        **timeline_page_context(request, postmortem),
        "incident": postmortem.incident,
        "event_form": EventForm(prefix="new"),
        "line_form": line_form(request, postmortem),
        "editors": EventForm(auto_id=False),
    }
    return render(request, "postmortems/timeline.html", context)


@require_POST
def add(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    form = EventForm(request.POST, prefix="new")
    if not form.is_valid():
        return _add_form(request, postmortem, form)
    try:
        event = add_event(postmortem, by=request.user, **form.cleaned_data)
    except NotMovable as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _add_form(request, postmortem, form)
    return JsonResponse(event.told) if is_row_edit(request) else _back(postmortem)


def _add_form(request: SignedInRequest, postmortem: Postmortem, form: EventForm) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "event_form": form}
    if is_row_edit(request):
        html = render_to_string("postmortems/_event_add.html", context, request)
        return row_refused(problems_of(form), form=html)
    return render(request, "postmortems/event_add.html", context, status=422)


@require_POST
def edit_field(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """One field of a row, in its place: `field` names it, `seen-<field>` is what its writer had before their eyes."""
    postmortem = find_to_write(request, number)
    event = get_object_or_404(postmortem.timeline_events, pk=pk)
    name = request.POST.get("field", "")
    if name not in EventForm.FIELDS:
        return row_refused(["There is no such field."], status=400)
    form = EventForm(request.POST, event=event, only=name)
    if not form.is_valid():
        return row_refused(problems_of(form), choices=passes_of(request.POST.get(name, "")))
    try:
        event = edit_event(event, by=request.user, seen=form.seen, wanted=form.cleaned_data)
    except EditConflict as conflict:
        return row_conflict(form, conflict, by=queries.last_writer_of(event, name))
    except NotMovable as refusal:
        return row_refused(refusal.reasons)
    return JsonResponse(event.told or {"row": name_of(event), "version": event.version})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """The whole event as a form of its own, for those without a script."""
    postmortem = find_to_write(request, number)
    event = get_object_or_404(postmortem.timeline_events, pk=pk)
    if request.method != "POST":
        return _edit_form(request, postmortem, event, EventForm(event=event))
    form, status = EventForm(request.POST, event=event), 422
    if form.is_valid():
        try:
            edit_event(event, by=request.user, seen=form.seen, wanted=form.cleaned_data)
            messages.success(request, "Changed.")
            return _back(postmortem)
        except EditConflict as conflict:
            form.show_conflicts(conflict.theirs)
            status = 409
        except NotMovable as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    return _edit_form(request, postmortem, event, form, status=status)


def _edit_form(
    request: SignedInRequest, postmortem: Postmortem, event: TimelineEvent, form: EventForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "event": event,
        "form": form,
        "zone": zone_in_words(timezone.get_current_timezone()),
        "places": queries.places_of(event),
    }
    return render(request, "postmortems/event_edit.html", context, status=status)


@require_POST
def move(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """`after` is the event of the same time behind which it goes; empty: before all of them."""
    postmortem = find_to_write(request, number)
    event = get_object_or_404(postmortem.timeline_events, pk=pk)
    form = PlaceForm(request.POST)
    try:
        if not form.is_valid():
            raise NotMovable("There is no such place on the timeline.")
        event = move_event(event, by=request.user, after=form.cleaned_data["after"])
    except NotMovable as refusal:
        if is_row_edit(request):
            return row_refused(refusal.reasons)
        messages.error(request, " ".join(refusal.reasons))
    return JsonResponse(event.told or {}) if is_row_edit(request) else _back(postmortem)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """GET asks whether it is meant, for those without a script; POST removes."""
    postmortem = find_to_write(request, number)
    event = get_object_or_404(postmortem.timeline_events, pk=pk)
    if request.method != "POST":
        context = {"postmortem": postmortem, "incident": postmortem.incident, "event": event}
        return render(request, "postmortems/event_remove.html", context)
    try:
        event = remove_event(event, by=request.user)
    except NotMovable as refusal:
        if is_row_edit(request):
            return row_refused(refusal.reasons)
        messages.error(request, " ".join(refusal.reasons))
        return _back(postmortem)
    if is_row_edit(request):
        return JsonResponse(event.told)
    messages.success(request, "Removed; what it said stays on record.")
    return _back(postmortem)


def _back(postmortem: Postmortem) -> HttpResponse:
    return redirect(f"{postmortem.get_absolute_url()}#timeline")


def timeline_page_context(request: SignedInRequest, postmortem: Postmortem) -> dict[str, Any]:
    """The list with all that stands around it."""
    context = timeline_context(request, postmortem)
    events = [event for day in context["days"] for event in day.events]
    story = story_of(postmortem.incident, events)
    return {
        **context,
        **lane_context(request, postmortem, story),
        **questions_context(request, postmortem, story),
        **observations_context(request, postmortem),
        "observation_form": ObservationForm(postmortem=postmortem, prefix="observation"),
        "observation_editors": ObservationForm(postmortem=postmortem, auto_id=False),
    }


def timeline_context(request: SignedInRequest, postmortem: Postmortem) -> dict[str, Any]:
    days = queries.days_of(postmortem)
    return {
        "postmortem": postmortem,
        "days": days,
        "event_count": sum(len(day.events) for day in days),
        "can_write": can_write(request.user, postmortem),
        "zone": str(timezone.get_current_timezone()),
    }
