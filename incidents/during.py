"""What people add to an incident beside its form: notes while it goes on, times of their own, and who took part as what."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.edits import EditConflict
from core.forms import zone_in_words
from core.htmx import is_htmx, part_or_redirect
from incidents import commands
from incidents.errors import IncidentRefused, NotNotable
from incidents.forms import InstantForm, NoteForm, RolesForm
from incidents.models import Incident, OwnInstant
from incidents.permissions import can_edit
from people.requests import SignedInRequest

NOTES = "incidents/_notes.html"


def find(request: SignedInRequest, number: int) -> Incident:
    return get_object_or_404(Incident.objects.visible_to(request.user).select_related("team"), number=number)


def find_to_edit(request: SignedInRequest, number: int) -> Incident:
    incident = find(request, number)
    if not can_edit(request.user, incident):
        raise PermissionDenied
    return incident


@require_safe
def notes(request: SignedInRequest, number: int) -> HttpResponse:
    """The notes: open pages ask every few seconds, and mostly hear that they are as they were."""
    incident = find(request, number)
    if is_htmx(request) and (seen := request.headers.get("If-None-Match")):
        kept = incident.notes.aggregate(count=Count("pk"), latest=Max("pk"))
        if seen == f'"{_state_of_notes(request, incident, **kept)}"':
            return HttpResponse(status=304, headers={"ETag": seen})
    return part_or_redirect(request, NOTES, notes_context(request, incident), to=incident)


def _state_of_notes(request: SignedInRequest, incident: Incident, *, count: int, latest: int | None) -> str:
    """Another one whenever a reader would see another list: notes are only ever added."""
    may = "over" if incident.is_resolved else "open" if can_edit(request.user, incident) else "read"
    return f"{count}-{latest or 0}-{may}-{timezone.get_current_timezone_name()}"


def notes_context(request: SignedInRequest, incident: Incident, form: NoteForm | None = None) -> dict[str, Any]:
    kept = list(incident.notes.select_related("author"))
    latest = max((note.pk for note in kept), default=None)
    return {
        "incident": incident,
        "notes": kept,
        "notes_state": _state_of_notes(request, incident, count=len(kept), latest=latest),
        "can_note": can_edit(request.user, incident) and not incident.is_resolved,
        "note_form": form or NoteForm(),
    }


@require_POST
def note(request: SignedInRequest, number: int) -> HttpResponse:
    incident = find_to_edit(request, number)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            commands.note(incident, by=request.user, line=form.cleaned_data["line"], zone=request.user.zone)
            return part_or_redirect(request, NOTES, notes_context(request, incident), to=incident)
        except NotNotable as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    template = NOTES if is_htmx(request) else "incidents/note.html"
    return render(request, template, notes_context(request, incident, form), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def add_instant(request: SignedInRequest, number: int) -> HttpResponse:
    incident = find_to_edit(request, number)
    form = InstantForm(request.POST) if request.method == "POST" else InstantForm()
    if form.is_valid():
        try:
            commands.add_instant(incident, by=request.user, **form.cleaned_data)
            return redirect(incident)
        except IncidentRefused as refusal:
            form.show_refusal(refusal)
    return _instant_page(request, incident, form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_instant(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    incident = find_to_edit(request, number)
    instant = get_object_or_404(incident.own_instants, pk=pk)
    if request.method != "POST":
        return _instant_page(request, incident, InstantForm(instant=instant), instant=instant)
    form, status = InstantForm(request.POST, instant=instant), 422
    if form.is_valid():
        try:
            commands.edit_instant(instant, by=request.user, seen=form.seen, wanted=form.cleaned_data)
            return redirect(incident)
        except IncidentRefused as refusal:
            form.show_refusal(refusal)
        except EditConflict as conflict:
            form.show_conflicts(conflict.theirs)
            status = 409
    return _instant_page(request, incident, form, instant=instant, status=status)


def _instant_page(
    request: SignedInRequest,
    incident: Incident,
    form: InstantForm,
    *,
    instant: OwnInstant | None = None,
    status: int = 200,
) -> HttpResponse:
    zone = zone_in_words(timezone.get_current_timezone())
    context = {"incident": incident, "instant": instant, "form": form, "zone": zone}
    return render(request, "incidents/instant.html", context, status=status)


@require_POST
def remove_instant(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    incident = find_to_edit(request, number)
    commands.remove_instant(get_object_or_404(incident.own_instants.select_related("incident"), pk=pk), by=request.user)
    return redirect(incident)


@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: SignedInRequest, number: int) -> HttpResponse:
    incident, status = find_to_edit(request, number), 200
    form = RolesForm(request.POST, incident=incident) if request.method == "POST" else RolesForm(incident=incident)
    if form.is_bound:
        status = 422
    if form.is_valid():
        try:
            return redirect(_assign(request, incident, form))
        except EditConflict as conflict:
            form.show_role_conflicts(conflict.theirs)
            status = 409
    return render(request, "incidents/roles.html", {"incident": incident, "form": form}, status=status)


def _assign(request: SignedInRequest, incident: Incident, form: RolesForm) -> Incident:
    facts = form.cleaned_data
    return commands.assign_roles(
        incident,
        by=request.user,
        seen=form.seen_roles,
        wanted=form.wanted,
        added=facts["added"],
        added_as=facts["added_as"],
    )
