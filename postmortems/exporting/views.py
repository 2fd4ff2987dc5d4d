"""A person asks for a file, watches it being made, and takes it away."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.htmx import is_htmx, part_or_redirect
from people.requests import SignedInRequest
from postmortems.commands import export_postmortem
from postmortems.errors import NotExportable
from postmortems.models import Export
from postmortems.views.finding import find

CONTENT_TYPES = {
    Export.Format.PDF: "application/pdf",
    Export.Format.MARKDOWN: "text/markdown; charset=utf-8",
    Export.Format.JSON: "application/json",
}


@require_POST
def export(request: SignedInRequest, number: int, format: str) -> HttpResponse:
    if format not in Export.Format.values:
        raise Http404("There is no such format.")
    postmortem = find(request, number)
    try:
        row = export_postmortem(postmortem, format=format, by=request.user)
    except NotExportable as refusal:
        context = {"postmortem": postmortem, "problems": refusal.reasons}
        return part_or_redirect(request, "postmortems/exports/_refusal.html", context, to=postmortem, status=422)
    to = reverse("postmortems:export_status", args=[row.pk])
    return part_or_redirect(request, "postmortems/exports/status.html#status", _context(row), to=to)


@require_safe
def export_status(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _find(request, pk)
    part = "#status" if is_htmx(request) else ""
    return render(request, f"postmortems/exports/status.html{part}", _context(row))


@require_safe
def export_download(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _find(request, pk)
    if row.content is None:
        return redirect("postmortems:export_status", pk)
    headers = {
        "Content-Disposition": f'attachment; filename="{row.file_name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(row.content), content_type=CONTENT_TYPES[Export.Format(row.format)], headers=headers)


def _find(request: SignedInRequest, pk: int) -> Export:
    """One's own export, and only as long as one may see the incident."""
    rows = Export.objects.visible_to(request.user).select_related("postmortem__incident")
    return get_object_or_404(rows, pk=pk)


def _context(row: Export) -> dict[str, Any]:
    return {
        "export": row,
        "postmortem": row.postmortem,
        "is_under_way": row.status in (Export.Status.QUEUED, Export.Status.RUNNING),
    }
