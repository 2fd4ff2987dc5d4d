from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.edits import EditConflict
from core.forms import zone_in_words
from incidents import queries
from incidents.clocks import clocks
from incidents.commands import edit_incident, report_incident
from incidents.errors import IncidentRefused
from incidents.forms import IncidentFilter, IncidentForm
from incidents.models import Incident
from incidents.permissions import can_edit, can_report
from people.requests import SignedInRequest

ROWS_A_PAGE = 30


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    filters = IncidentFilter(request.GET)
    page = Paginator(queries.listed(request.user, filters.wishes), ROWS_A_PAGE).get_page(request.GET.get("page"))
    address = request.GET.copy()
    address.pop("page", None)
    context = {"filters": filters, "page": page, "query": address.urlencode(), "can_report": can_report(request.user)}
    return render(request, "incidents/index.html", context)


@require_safe
def detail(request: SignedInRequest, number: int) -> HttpResponse:
    found = Incident.objects.visible_to(request.user).select_related("team", "reported_by", "impact", "postmortem")
    incident = get_object_or_404(found.prefetch_related("services"), number=number)
    policy = queries.policy_of(incident)
    context = {
        "incident": incident,
        "policy": policy,
        "clocks": clocks(incident, policy),
        "now": timezone.now(),
        "instants": queries.instants_of(incident),
        "figures": queries.figures_of(incident.impact),
        "participants": queries.participants_of(incident),
        "history": queries.history_of(incident),
        "can_edit": can_edit(request.user, incident),
    }
    return render(request, "incidents/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    if not can_report(request.user):
        raise PermissionDenied
    form = IncidentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect(report_incident(by=request.user, **form.wishes))
        except IncidentRefused as refusal:
            form.show_refusal(refusal)
    return _form_page(request, "incidents/create.html", form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int) -> HttpResponse:
    found = Incident.objects.visible_to(request.user).select_related("team", "impact")
    incident = get_object_or_404(found, number=number)
    if not can_edit(request.user, incident):
        raise PermissionDenied
    if request.method != "POST":
        return _form_page(request, "incidents/edit.html", IncidentForm(incident=incident), incident=incident)
    form, status = IncidentForm(request.POST, incident=incident), 422
    if form.is_valid():
        try:
            return redirect(edit_incident(incident, by=request.user, seen=form.seen, **form.wishes))
        except IncidentRefused as refusal:
            form.show_refusal(refusal)
        except EditConflict as conflict:
            form.show_conflicts(conflict.theirs)
            status = 409
    return _form_page(request, "incidents/edit.html", form, incident=incident, status=status)


def _form_page(
    request: SignedInRequest, template: str, form: IncidentForm, *, incident: Incident | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "incident": incident, "zone": zone_in_words(timezone.get_current_timezone())}
    return render(request, template, context, status=status)
