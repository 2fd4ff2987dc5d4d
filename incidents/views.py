from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.edits import EditConflict
from core.forms import zone_in_words
from core.htmx import is_htmx
from incidents import commands, queries
from incidents.blame import blame_in
from incidents.commands import edit_incident, report_incident
from incidents.durations import instants_by_name, measured
from incidents.during import notes_context
from incidents.errors import IncidentRefused
from incidents.forms import WRITTEN_IN_WORDS, DecisionFilter, DecisionForm, IncidentFilter, IncidentForm
from incidents.guidance import guidance_for
from incidents.impact import shown_of
from incidents.lateness import clocks_of, course_with
from incidents.memory import Memory, memory_of
from incidents.models import Incident, Review
from incidents.permissions import can_decide_review, can_edit, can_report
from incidents.related_views import related_context
from incidents.reviewing import requirement_of
from incidents.vagueness import vague_words
from people.models import Organisation, User
from people.requests import SignedInRequest

ROWS_A_PAGE = 30
LONGEST_MARKED = 5000
MOST_MARKED = 8


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
    return _detail_page(request, incident)


def _detail_page(
    request: SignedInRequest, incident: Incident, *, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        **_review_of(request, incident, form),
        "instants": queries.instants_of(incident),
        "own_instants": incident.own_instants.all(),
        "measured": measured(instants_by_name(incident)),
        **notes_context(request, incident),
        **related_context(request, incident),
        "impact": shown_of(incident.impact),
        "participants": queries.participants_of(incident),
        "history": queries.history_of(incident),
        "can_edit": can_edit(request.user, incident),
    }
    return render(request, "incidents/detail.html", context, status=status)


def _review_of(request: SignedInRequest, incident: Incident, form: DecisionForm | None) -> dict[str, Any]:
    """What the part about the post-mortem shows: the policy's answer, the decision, and what this user may decide."""
    requirement = requirement_of(incident, request.user)
    decision = queries.decision_of(incident)
    answer = decision.answer if decision else requirement.answer
    account = getattr(incident, "postmortem", None)
    clocks = clocks_of(incident, requirement.policy, account, answer=answer)
    is_needed = account is not None or answer != Review.OPTIONAL
    return {
        "incident": incident,
        "guidance": guidance_for(incident),
        "course": course_with(incident, clocks, account, is_needed=is_needed),
        "policy": requirement.policy,
        "clocks": clocks,
        "memory": _memory_of(incident),
        "requirement": requirement,
        "decision": decision,
        "explained_by": queries.explanation_of(decision, request.user) if decision else None,
        "can_decide": can_decide_review(request.user, incident),
        "form": form or DecisionForm(incident=incident, user=request.user, initial={"answer": requirement.answer}),
    }


def _memory_of(incident: Incident) -> Memory | None:
    """Until there is a published account, people have to remember."""
    if getattr(incident, "postmortem", None) and incident.postmortem.published_at:
        return None
    return memory_of(incident.resolved_at, now=timezone.now(), zone=Organisation.load().zone)


@require_POST
def decide_review(request: SignedInRequest, number: int) -> HttpResponse:
    found = Incident.objects.visible_to(request.user).select_related("team", "reported_by", "impact", "postmortem")
    incident = get_object_or_404(found.prefetch_related("services"), number=number)
    if not can_decide_review(request.user, incident):
        raise PermissionDenied
    form = DecisionForm(request.POST, incident=incident, user=request.user)
    if not form.is_valid() or not _decide(form, incident, request.user):
        return _refused_decision(request, incident, form)
    if is_htmx(request):
        return render(request, "incidents/detail.html#review", _review_of(request, incident, None))
    return redirect(incident)


def _decide(form: DecisionForm, incident: Incident, by: User) -> bool:
    """Whether the decision was kept; if not, the form says why."""
    try:
        commands.decide_review(incident, by=by, **form.cleaned_data)
    except IncidentRefused as refusal:
        form.show_refusal(refusal)
        return False
    return True


def _refused_decision(request: SignedInRequest, incident: Incident, form: DecisionForm) -> HttpResponse:
    if is_htmx(request):
        return render(request, "incidents/detail.html#review", _review_of(request, incident, form), status=422)
    return _detail_page(request, incident, form=form, status=422)


@require_safe
def decisions(request: SignedInRequest) -> HttpResponse:
    """The log: what was decided about the post-mortems of incidents, by whom and why."""
    filters = DecisionFilter(request.GET)
    page = Paginator(queries.decided(request.user, filters.wishes), ROWS_A_PAGE).get_page(request.GET.get("page"))
    address = request.GET.copy()
    address.pop("page", None)
    return render(request, "incidents/decisions.html", {"filters": filters, "page": page, "query": address.urlencode()})


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


@require_POST
def mark_vague(request: SignedInRequest) -> HttpResponse:
    """Words of a field that say who, or less than a number would; asked for while somebody writes; nothing is kept."""
    name = request.GET.get("field", "")
    words = request.POST.get(name, "")[:LONGEST_MARKED] if name in WRITTEN_IN_WORDS else ""
    return render(request, "incidents/_vague.html", {"vague": vague_words(words) + blame_in(words)})


@require_POST
def mark_blame(request: SignedInRequest) -> HttpResponse:
    """The words of a paragraph that ask who instead of what, for whoever is typing it; nothing is kept."""
    marked = blame_in(request.POST.get("text", "")[:LONGEST_MARKED])
    return render(request, "incidents/_vague.html", {"vague": marked[:MOST_MARKED]})


def _form_page(
    request: SignedInRequest, template: str, form: IncidentForm, *, incident: Incident | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "incident": incident, "zone": zone_in_words(timezone.get_current_timezone())}
    return render(request, template, context, status=status)
