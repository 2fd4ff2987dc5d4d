"""The list of post-mortems, and the page on which one is read and written."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.htmx import part_or_redirect
from incidents import queries as incident_queries
from incidents.durations import instants_by_name, measured
from incidents.impact import shown_of
from incidents.models import Incident
from incidents.related_views import related_context
from people.requests import SignedInRequest
from postmortems import queries
from postmortems.agendas import agenda_of
from postmortems.blocks import OnPage
from postmortems.commands import open_postmortem
from postmortems.comment_forms import ThreadForm
from postmortems.errors import NotOpenable
from postmortems.forms import EventForm, PostmortemFilter, TemplateForm
from postmortems.headlines import headline_of
from postmortems.mentions import named_in
from postmortems.models import Postmortem, Template
from postmortems.permissions import can_comment, can_open, can_write
from postmortems.reviews import reviews_of
from postmortems.versions import latest_number
from postmortems.views.causes import causes_context
from postmortems.views.comments import comments_context
from postmortems.views.finding import find
from postmortems.views.lifecycle import status_context
from postmortems.views.lines import line_form
from postmortems.views.meeting import standing_context
from postmortems.views.reviews import reviews_context
from postmortems.views.timeline import timeline_page_context

ROWS_A_PAGE = 30


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    filters = PostmortemFilter(request.GET)
    page = Paginator(queries.listed(request.user, filters.wishes), ROWS_A_PAGE).get_page(request.GET.get("page"))
    address = request.GET.copy()
    address.pop("page", None)
    context = {"filters": filters, "page": page, "rows": queries.with_clocks(page), "query": address.urlencode()}
    return render(request, "postmortems/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, number: int) -> HttpResponse:
    """Choose the template, see what it asks, and open the post-mortem of this incident."""
    incident = get_object_or_404(Incident.objects.visible_to(request.user).select_related("team"), number=number)
    if not can_open(request.user, incident):
        raise PermissionDenied
    if existing := Postmortem.objects.filter(incident=incident).select_related("incident").first():
        return redirect(existing)
    suited = Template.objects.suited_to(incident)
    form = TemplateForm(request.POST if request.method == "POST" else None, initial={"template": suited})
    if form.is_valid():
        try:
            return redirect(open_postmortem(incident, template=form.cleaned_data["template"], by=request.user))
        except NotOpenable as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    policy = incident_queries.policy_of(incident)
    context = {
        "incident": incident,
        "form": form,
        "policy": policy,
        "because": suited.because(incident) if suited else "",
        "choices": queries.template_choices(form, incident, suited, policy),
    }
    return render(request, "postmortems/create.html", context, status=422 if form.is_bound else 200)


@require_safe
def detail(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    writing = queries.is_writing(request.user, postmortem, request.GET.get("mode", ""))
    sections = queries.sections_of(postmortem, writing=writing)
    found = reviews_of(postmortem)
    context = {
        **headline_context(postmortem),
        **facts_context(postmortem),
        **agenda_context(postmortem),
        **related_context(request, postmortem.incident),
        **reviews_context(request, postmortem, found),
        **status_context(request, postmortem, found),
        **standing_context(request, postmortem, {view.section.key: view.text for view in sections}),
        **timeline_page_context(request, postmortem),
        **comments_context(request, postmortem),
        **causes_context(request, postmortem),
        **_words(postmortem, sections),
        "writing": writing,
        "form": ThreadForm(postmortem=postmortem),
        "can_comment": can_comment(request.user, postmortem),
        "event_form": EventForm(prefix="new"),
        "line_form": line_form(request, postmortem),
        "editors": EventForm(auto_id=False),
        "can_write": can_write(request.user, postmortem),
    }
    return render(request, "postmortems/detail.html", context)


@require_safe
def outline(request: SignedInRequest, number: int) -> HttpResponse:
    """Which sections there are and which are still empty, fetched again while people write."""
    return _words_part(request, "outline", find(request, number))


@require_safe
def text(request: SignedInRequest, number: int) -> HttpResponse:
    """The words for reading, fetched again while others write them."""
    return _words_part(request, "text", find(request, number))


def _words_part(request: SignedInRequest, part: str, postmortem: Postmortem) -> HttpResponse:
    context = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        **_words(postmortem, queries.sections_of(postmortem, writing=False)),
        "writing": False,
        "can_comment": can_comment(request.user, postmortem),
    }
    return part_or_redirect(request, f"postmortems/detail.html#{part}", context, to=postmortem)


def _words(postmortem: Postmortem, sections: list[queries.SectionView]) -> dict[str, Any]:
    """The sections, and what is known where their words are read: people, files, records."""
    return {"sections": sections, "around": OnPage(postmortem, named_in(*(view.text for view in sections)))}


@require_safe
def headline(request: SignedInRequest, number: int) -> HttpResponse:
    """What is read first: when, how long, whom it hit, who wrote this; fetched again when that changes."""
    postmortem = find(request, number)
    return part_or_redirect(request, "postmortems/detail.html#headline", headline_context(postmortem), to=postmortem)


def headline_context(postmortem: Postmortem) -> dict[str, Any]:
    return {"postmortem": postmortem, "incident": postmortem.incident, "headline": headline_of(postmortem)}


@require_safe
def facts(request: SignedInRequest, number: int) -> HttpResponse:
    """The incident's facts beside the document, fetched again when somebody corrected them."""
    postmortem = find(request, number)
    return part_or_redirect(request, "postmortems/detail.html#facts", facts_context(postmortem), to=postmortem)


@require_safe
def agenda(request: SignedInRequest, number: int) -> HttpResponse:
    """The agenda of the meeting, fetched again when the severity was corrected."""
    postmortem = find(request, number)
    context = {"incident": postmortem.incident, **agenda_context(postmortem)}
    return part_or_redirect(request, "postmortems/detail.html#agenda", context, to=postmortem)


def agenda_context(postmortem: Postmortem) -> dict[str, Any]:
    policy = incident_queries.policy_of(postmortem.incident)
    return {
        "postmortem": postmortem,
        "agenda": agenda_of(postmortem, policy),
        "latest_version": latest_number(postmortem.template),
    }


def facts_context(postmortem: Postmortem) -> dict[str, Any]:
    incident = postmortem.incident
    return {
        "postmortem": postmortem,
        "incident": incident,
        "instants": incident_queries.instants_of(incident),
        "own_instants": incident.own_instants.all(),
        "measured": measured(instants_by_name(incident)),
        "impact": shown_of(incident.impact),
        "participants": incident_queries.participants_of(incident),
        "now": timezone.now(),
    }
