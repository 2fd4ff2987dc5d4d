"""Planning the meeting, and sharing the draft before it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.edits import EditConflict
from core.forms import zone_in_words
from core.htmx import is_htmx, part_or_redirect
from people.requests import SignedInRequest
from postmortems.commands import plan_meeting
from postmortems.commands import share_draft as share
from postmortems.errors import NotMovable
from postmortems.meeting_forms import MeetingForm
from postmortems.models import Postmortem
from postmortems.permissions import can_move
from postmortems.standing import standing_of
from postmortems.views.finding import find, find_to_write


@require_safe
def standing(request: SignedInRequest, number: int) -> HttpResponse:
    """Where it stands: clocks and memory, fetched again when one of them turns."""
    postmortem = find(request, number)
    context = standing_context(request, postmortem)
    return part_or_redirect(request, "postmortems/detail.html#standing", context, to=postmortem)


def standing_context(
    request: SignedInRequest, postmortem: Postmortem, texts: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "standing": standing_of(postmortem, texts),
        "can_plan": can_move(request.user, postmortem) and not postmortem.is_closed,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedInRequest, number: int) -> HttpResponse:
    """A dialog on the page, and a page of its own without a script."""
    postmortem = find_to_write(request, number)
    form, status = MeetingForm(*[request.POST] if request.method == "POST" else [], postmortem=postmortem), 200
    if form.is_bound:
        status = _plan(request, postmortem, form)
        if status == 200:
            return _done(request, postmortem)
    template = "postmortems/_meeting_form.html" if is_htmx(request) else "postmortems/meeting.html"
    zone = zone_in_words(timezone.get_current_timezone())
    context = {"postmortem": postmortem, "incident": postmortem.incident, "form": form, "zone": zone}
    return render(request, template, context, status=status)


def _plan(request: SignedInRequest, postmortem: Postmortem, form: MeetingForm) -> int:
    """The status of the answer; where it is not 200, the form says why."""
    if not form.is_valid():
        return 422
    try:
        plan_meeting(postmortem, by=request.user, seen=form.seen, wanted=form.cleaned_data)
    except EditConflict as conflict:
        form.show_conflicts(conflict.theirs)
        return 409
    except NotMovable as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return 422
    return 200


@require_POST
def share_draft(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_move(request.user, postmortem):
        raise PermissionDenied
    try:
        postmortem = share(postmortem, by=request.user)
    except NotMovable as refusal:
        if not is_htmx(request):
            messages.error(request, " ".join(refusal.reasons))
            return redirect(postmortem)
        context = standing_context(request, find(request, number)) | {"problems": refusal.reasons}
        return render(request, "postmortems/detail.html#standing", context, status=422)
    context = standing_context(request, postmortem)
    return part_or_redirect(request, "postmortems/detail.html#standing", context, to=postmortem)


def _done(request: SignedInRequest, postmortem: Postmortem) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "dialogDone, meetingChanged"})
    return redirect(postmortem)
