"""The one line below the timeline, on which people write events down while they talk."""

from functools import partial
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from core.rows import is_row_edit, problems_of, row_refused
from people.requests import SignedInRequest
from postmortems import queries
from postmortems.commands import add_line
from postmortems.errors import NotMovable
from postmortems.forms import LineForm
from postmortems.models import Postmortem
from postmortems.views.finding import find_to_write


def line_form(request: SignedInRequest, postmortem: Postmortem, data: Any = None) -> LineForm:
    zones = queries.line_zones(postmortem, request.user)
    around = partial(queries.around_line, postmortem, request.user)
    return LineForm(data, zones=zones, around=around, auto_id="line-%s")


@require_POST
def add(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    form = line_form(request, postmortem, request.POST)
    if not form.is_valid():
        return _refused(request, postmortem, form)
    try:
        event = add_line(postmortem, form.line, zone=form.cleaned_data["zone"], by=request.user)
    except NotMovable as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _refused(request, postmortem, form)
    return JsonResponse(event.told) if is_row_edit(request) else redirect(f"{postmortem.get_absolute_url()}#line-words")


def _refused(request: SignedInRequest, postmortem: Postmortem, form: LineForm) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "line_form": form}
    if is_row_edit(request):
        html = render_to_string("postmortems/_event_line.html", context, request)
        return row_refused(problems_of(form), form=html)
    return render(request, "postmortems/event_line.html", context, status=422)


@require_POST
def preview(request: SignedInRequest, number: int) -> JsonResponse:
    """How a line would be understood. A POST, so that what people type stands in no log of addresses; it writes nothing."""
    postmortem = find_to_write(request, number)
    form = line_form(request, postmortem, request.POST)
    if form.is_valid():
        return JsonResponse({"html": render_to_string("postmortems/_line_preview.html", {"line": form.line})})
    return JsonResponse({"html": render_to_string("postmortems/_line_preview.html", {"problems": problems_of(form)})})
