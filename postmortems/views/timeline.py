"""The timeline: one part that everyone's page fetches anew, and forms that stand outside of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.edits import EditConflict
from core.forms import zone_in_words
from core.htmx import is_htmx, part_or_redirect
from people.requests import SignedInRequest
from postmortems import queries
from postmortems.commands import add_event, edit_event, remove_event
from postmortems.errors import NotMovable
from postmortems.forms import EventForm
from postmortems.models import Postmortem, TimelineEvent
from postmortems.permissions import can_write
from postmortems.views.finding import find, find_to_write


@require_safe
def timeline(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    context = timeline_context(request, postmortem)
    return part_or_redirect(
        request, "postmortems/_timeline.html", context, to=f"{postmortem.get_absolute_url()}#timeline"
    )


@require_POST
def add(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    form = EventForm(request.POST, prefix="new")
    if not form.is_valid():
        return _add_form(request, postmortem, form, status=422)
    try:
        add_event(postmortem, by=request.user, **form.cleaned_data)
    except NotMovable as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _add_form(request, postmortem, form, status=422)
    if not is_htmx(request):
        return redirect(f"{postmortem.get_absolute_url()}#timeline")
    response = _add_form(request, postmortem, EventForm(prefix="new", initial=_carried_over(form)))
    response.headers["HX-Trigger"] = "timelineChanged"
    return response


def _carried_over(form: EventForm) -> dict[str, Any]:
    """Events are mostly written down in a row: the next one starts at the time of the last."""
    return {"occurred_at": form.cleaned_data["occurred_at"]}


def _add_form(request: SignedInRequest, postmortem: Postmortem, form: EventForm, *, status: int = 200) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "event_form": form, "focus": True}
    if is_htmx(request):
        return render(request, "postmortems/_event_add.html", context, status=status)
    return render(request, "postmortems/event_add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    event = get_object_or_404(postmortem.timeline_events, pk=pk)
    if request.method != "POST":
        return _edit_form(request, postmortem, event, EventForm(event=event))
    form, status = EventForm(request.POST, event=event), 422
    if form.is_valid():
        try:
            edit_event(event, by=request.user, seen=form.seen, wanted=form.cleaned_data)
            return _done(request, postmortem, "Changed.")
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
    }
    template = "postmortems/_event_edit.html" if is_htmx(request) else "postmortems/event_edit.html"
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """GET asks whether it is meant, for those without a script; POST removes."""
    postmortem = find_to_write(request, number)
    event = get_object_or_404(postmortem.timeline_events, pk=pk)
    if request.method != "POST":
        context = {"postmortem": postmortem, "incident": postmortem.incident, "event": event}
        return render(request, "postmortems/event_remove.html", context)
    try:
        remove_event(event, by=request.user)
    except NotMovable as refusal:
        messages.error(request, " ".join(refusal.reasons))
    return _done(request, postmortem, "Removed; what it said stays on record.")


def _done(request: SignedInRequest, postmortem: Postmortem, words: str) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "dialogDone, timelineChanged"})
    messages.success(request, words)
    return redirect(f"{postmortem.get_absolute_url()}#timeline")


def timeline_context(request: SignedInRequest, postmortem: Postmortem) -> dict[str, Any]:
    days = queries.days_of(postmortem)
    return {
        "postmortem": postmortem,
        "days": days,
        "event_count": sum(len(day.events) for day in days),
        "can_write": can_write(request.user, postmortem),
    }
