"""The part of a page that lists incidents like this one, and the forms behind it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import is_htmx, part_or_redirect
from incidents.forms import RelationForm
from incidents.models import Incident, Relation
from incidents.permissions import can_edit
from incidents.relating import NotRelatable, relate_incidents, related_to, unrelate_incidents
from people.requests import SignedInRequest


def related_context(request: SignedInRequest, incident: Incident, form: RelationForm | None = None) -> dict[str, Any]:
    return {
        "incident": incident,
        "related": related_to(incident, request.user),
        "may_relate": can_edit(request.user, incident),
        "relation_form": form or RelationForm(incident=incident, user=request.user, auto_id="relation_%s"),
    }


@require_safe
def related(request: SignedInRequest, number: int) -> HttpResponse:
    incident = _find(request, number)
    return part_or_redirect(request, "incidents/_related.html", related_context(request, incident), to=incident)


@require_http_methods(["GET", "HEAD", "POST"])
def relate(request: SignedInRequest, number: int) -> HttpResponse:
    incident = _find(request, number)
    if not can_edit(request.user, incident):
        raise PermissionDenied
    answer = request.POST if request.method == "POST" else None
    form = RelationForm(answer, incident=incident, user=request.user, auto_id="relation_%s")
    if form.is_valid() and _relate(request, incident, form):
        return part_or_redirect(request, "incidents/_related.html", related_context(request, incident), to=incident)
    page = "incidents/_related.html" if is_htmx(request) else "incidents/relate.html"
    status = 422 if form.is_bound else 200
    return render(request, page, related_context(request, incident, form), status=status)


def _relate(request: SignedInRequest, incident: Incident, form: RelationForm) -> bool:
    """Whether it was kept; if not, the form says why."""
    try:
        relate_incidents(incident, by=request.user, **form.cleaned_data)
    except NotRelatable as refusal:
        for name, sentence in refusal.fields.items():
            form.add_error(name, sentence)
    return form.is_valid()


@require_POST
def unrelate(request: SignedInRequest, number: int, relation: int) -> HttpResponse:
    incident = _find(request, number)
    row = get_object_or_404(Relation.objects.visible_to(request.user).of(incident), pk=relation)
    if not can_edit(request.user, incident):
        raise PermissionDenied
    unrelate_incidents(row, by=request.user)
    if is_htmx(request):
        return render(request, "incidents/_related.html", related_context(request, incident))
    return redirect(incident)


def _find(request: SignedInRequest, number: int) -> Incident:
    return get_object_or_404(Incident.objects.visible_to(request.user).select_related("team"), number=number)
