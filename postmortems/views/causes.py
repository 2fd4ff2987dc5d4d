"""The causes of a post-mortem: a list whose rows every open page keeps by itself, and forms for those without a script."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.edits import EditConflict
from core.htmx import part_or_redirect
from core.rows import is_row_edit, problems_of, row_conflict, row_refused
from people.models import RecordEntry
from people.requests import SignedInRequest
from postmortems.cause_forms import CauseForm
from postmortems.commands import add_cause, edit_cause, remove_cause
from postmortems.errors import NotMovable
from postmortems.models import Cause, Postmortem
from postmortems.permissions import can_write
from postmortems.rows import name_of_cause
from postmortems.views.finding import find, find_to_write


def causes_context(request: SignedInRequest, postmortem: Postmortem) -> dict[str, Any]:
    writes = can_write(request.user, postmortem)
    return {
        "postmortem": postmortem,
        "causes": list(postmortem.causes.select_related("postmortem__incident")),
        "can_write": writes,
        "cause_form": CauseForm(prefix="cause") if writes else None,
        "cause_editors": CauseForm(auto_id=False) if writes else None,
    }


@require_safe
def causes(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    context = causes_context(request, postmortem)
    return part_or_redirect(request, "postmortems/_causes.html#list", context, to=_place(postmortem))


@require_POST
def add(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    form = CauseForm(request.POST, prefix="cause")
    if not form.is_valid():
        return _add_form(request, postmortem, form)
    try:
        cause = add_cause(postmortem, by=request.user, **form.cleaned_data)
    except NotMovable as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _add_form(request, postmortem, form)
    return JsonResponse(cause.told) if is_row_edit(request) else redirect(_place(postmortem))


def _add_form(request: SignedInRequest, postmortem: Postmortem, form: CauseForm) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "cause_form": form}
    if is_row_edit(request):
        html = render_to_string("postmortems/_causes.html#add", context, request)
        return row_refused(problems_of(form), form=html)
    return render(request, "postmortems/cause_add.html", context, status=422)


@require_POST
def edit_field(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    cause = _find(request, number, pk)
    name = request.POST.get("field", "")
    if name not in CauseForm.FIELDS:
        return row_refused(["There is no such field."], status=400)
    form = CauseForm(request.POST, cause=cause, only=name)
    if not form.is_valid():
        return row_refused(problems_of(form))
    try:
        cause = edit_cause(cause, by=request.user, seen=form.seen, wanted=form.cleaned_data)
    except EditConflict as conflict:
        return row_conflict(form, conflict, by=_last_writer_of(cause, name))
    except NotMovable as refusal:
        return row_refused(refusal.reasons)
    return JsonResponse(cause.told or {"row": name_of_cause(cause), "version": cause.version})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """The whole cause as a form of its own, for those without a script."""
    cause = _find(request, number, pk)
    if request.method != "POST":
        return _edit_form(request, cause, CauseForm(cause=cause))
    form, status = CauseForm(request.POST, cause=cause), 422
    if form.is_valid():
        try:
            edit_cause(cause, by=request.user, seen=form.seen, wanted=form.cleaned_data)
            return redirect(_place(cause.postmortem))
        except EditConflict as conflict:
            form.show_conflicts(conflict.theirs)
            status = 409
        except NotMovable as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    return _edit_form(request, cause, form, status=status)


def _edit_form(request: SignedInRequest, cause: Cause, form: CauseForm, *, status: int = 200) -> HttpResponse:
    context = {"postmortem": cause.postmortem, "incident": cause.postmortem.incident, "cause": cause, "form": form}
    return render(request, "postmortems/cause_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """GET asks whether it is meant, for those without a script; POST removes."""
    cause = _find(request, number, pk)
    postmortem = cause.postmortem
    if request.method != "POST":
        context = {"postmortem": postmortem, "incident": postmortem.incident, "cause": cause}
        return render(request, "postmortems/cause_remove.html", context)
    try:
        cause = remove_cause(cause, by=request.user)
    except NotMovable as refusal:
        if is_row_edit(request):
            return row_refused(refusal.reasons)
        messages.error(request, " ".join(refusal.reasons))
        return redirect(_place(postmortem))
    return JsonResponse(cause.told) if is_row_edit(request) else redirect(_place(postmortem))


def _find(request: SignedInRequest, number: int, pk: int) -> Cause:
    postmortem = find_to_write(request, number)
    cause: Cause = get_object_or_404(postmortem.causes.select_related("postmortem__incident"), pk=pk)
    return cause


def _place(postmortem: Postmortem) -> str:
    return f"{postmortem.get_absolute_url()}#causes"


def _last_writer_of(cause: Cause, name: str) -> str:
    edits = RecordEntry.objects.about(cause.postmortem).filter(
        verb="cause.edited", details__cause=cause.pk, details__after__has_key=name
    )
    entry = edits.select_related("by").first()
    return str(entry.by) if entry and entry.by else "Somebody else"
