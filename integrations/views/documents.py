from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from incidents.models import Incident
from integrations.commands import confirm_draft, draft_import
from integrations.documents import NotReadable, read
from integrations.errors import AlreadyImported, NotImportable
from integrations.fitting import facts_of, impact_for, times_for
from integrations.forms import ConfirmForm, UploadForm
from integrations.models import ImportDraft
from integrations.permissions import can_import
from people.models import User
from people.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: SignedInRequest) -> HttpResponse:
    """Bring documents; each becomes a draft, and nothing else happens until it is confirmed."""
    _refuse_readers(request.user)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        drafts, problems = _drafts(form, request.user)
        if not problems and len(drafts) == 1:
            return redirect("integrations:preview", drafts[0].pk)
        for problem in problems:
            form.add_error(None, problem)
        if not problems:
            return redirect("integrations:index")
    context = {"form": form, "drafts": ImportDraft.objects.visible_to(request.user)}
    return render(request, "integrations/import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was found in a document; confirmed, it becomes an incident with its post-mortem."""
    draft = _draft(request, pk)
    reading = read(draft.text, draft.source_name)
    reading.warnings[:0] = draft.warnings
    form = ConfirmForm.of(reading, request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            postmortem = confirm_draft(
                draft, by=request.user, team=form.cleaned_data["team"], correction=form.correction
            )
        except NotImportable as refusal:
            for reason in _reasons(refusal, request.user):
                form.add_error(None, reason)
        else:
            return redirect(postmortem)
    reading.warnings += times_for(reading)[1] + impact_for(reading)[1]
    context = {"draft": draft, "reading": reading, "form": form, "groups": facts_of(reading)}
    return render(request, "integrations/preview.html", context, status=422 if form.is_bound else 200)


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    draft.delete()
    messages.success(request, f"“{draft}” was put away; nothing of it was imported.")
    return redirect("integrations:index")


def _refuse_readers(user: User) -> None:
    if not can_import(user):
        raise PermissionDenied


def _draft(request: SignedInRequest, pk: int) -> ImportDraft:
    draft = get_object_or_404(ImportDraft.objects.visible_to(request.user), pk=pk)
    _refuse_readers(request.user)
    return draft


def _drafts(form: UploadForm, user: User) -> tuple[list[ImportDraft], list[str]]:
    drafts, problems = [], []
    for name, content in form.sources():
        try:
            drafts.append(draft_import(content, by=user, source_name=name))
        except NotReadable as refusal:
            problems += [f"{name}: {reason}" for reason in refusal.reasons]
    return drafts, problems


def _reasons(refusal: NotImportable, user: User) -> list[str]:
    """A restricted incident must not give itself away by its number."""
    if (
        isinstance(refusal, AlreadyImported)
        and not Incident.objects.visible_to(user).filter(pk=refusal.incident.pk).exists()
    ):
        return ["This document has been imported before, as an incident that is not open to you."]
    return list(refusal.reasons)
