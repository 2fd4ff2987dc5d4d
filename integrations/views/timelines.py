"""Events for a timeline out of files: brought, looked over, taken. What was brought is its owner's alone until then."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import is_htmx, part_or_redirect
from integrations import commands
from integrations.candidates import Candidate, Candidates, by_days
from integrations.commands.timelines import edits_of
from integrations.errors import DraftGone, NotTakeable
from integrations.forms import BringForm, CandidateForm, ReadAgainForm
from integrations.models import TimelineDraft
from people.requests import SignedInRequest
from postmortems.errors import NotMovable
from postmortems.models import Postmortem
from postmortems.views.finding import find_to_write

A_PAGE = 150
MOST_LEFT_OUT = 300
HERE = {"belongs_to": "postmortems"}  # Among the places of the header, these pages are not about importing documents.


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: SignedInRequest, number: int) -> HttpResponse:
    """Files or pasted words become a draft; nothing is on the timeline before its owner has looked it over."""
    postmortem = find_to_write(request, number)
    draft = _own(request, postmortem).first()
    zone = draft.zone if draft else str(timezone.get_current_timezone())
    is_bound = request.method == "POST"
    form = BringForm(request.POST if is_bound else None, request.FILES if is_bound else None, initial={"zone": zone})
    if form.is_valid():
        try:
            problems = commands.draft_timeline(
                postmortem, form.brought(), by=request.user, zone=form.cleaned_data["zone"]
            )
        except NotTakeable as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        else:
            for problem in problems:
                messages.warning(request, problem)
            return redirect("integrations:preview_timeline", number)
    context = {"postmortem": postmortem, "incident": postmortem.incident, "form": form, "draft": draft} | HERE
    return render(request, "integrations/timeline_bring.html", context, status=422 if form.is_bound else 200)


@require_safe
def preview(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    draft = _own(request, postmortem).first()
    if draft is None:
        return redirect("integrations:bring_timeline", number)
    context = _context(request, draft) | {"form": ReadAgainForm(draft=draft)}
    return render(request, "integrations/timeline_preview.html", context)


View = Callable[..., HttpResponse]


def with_draft(view: View) -> View:
    """Hands the reader's own draft to a view; another tab may have taken or put it away a moment ago."""

    @wraps(view)
    def found(request: SignedInRequest, number: int, **more: Any) -> HttpResponse:
        draft = _own(request, find_to_write(request, number)).first()
        try:
            if draft is not None:
                return view(request, draft, **more)
        except DraftGone:
            pass
        messages.error(request, "That draft is gone: it has been taken or put away.")
        to = reverse("integrations:bring_timeline", args=[number])
        return HttpResponse(headers={"HX-Redirect": to}) if is_htmx(request) else redirect(to)

    return found


@require_POST
@with_draft
def read_again(request: SignedInRequest, draft: TimelineDraft) -> HttpResponse:
    form = ReadAgainForm(request.POST, draft=draft)
    if form.is_valid():
        commands.read_again(draft, **form.wanted)
        return _back(draft)
    return render(request, "integrations/timeline_preview.html", _context(request, draft) | {"form": form}, status=422)


@require_POST
@with_draft
def choose(request: SignedInRequest, draft: TimelineDraft) -> HttpResponse:
    """Tick or untick: `shown` names the lines that were on the page, `take` those of them that stay ticked."""
    shown = request.POST.getlist("shown")
    everything = {"all": shown, "none": []}.get(request.POST.get("do", ""))
    taken = request.POST.getlist("take") if everything is None else everything
    draft = commands.choose_candidates(draft, shown=shown, taken=taken)
    context = {"candidates": Candidates(draft), "postmortem": draft.postmortem}
    return part_or_redirect(request, "integrations/_timeline_summary.html", context, to=_address(request, draft))


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def edit(request: SignedInRequest, draft: TimelineDraft, fingerprint: str) -> HttpResponse:
    """One line, worded otherwise: in its place, or on a page of its own without a script."""
    candidate = _candidate(draft, fingerprint)
    form = CandidateForm(request.POST if request.method == "POST" else None, initial=_initial(candidate), prefix="edit")
    if form.is_valid():
        draft = commands.edit_candidate(draft, fingerprint, edits=edits_of(form.cleaned_data))
        context = _row_context(draft, _candidate(draft, fingerprint))
        to = f"{_address(request, draft)}#candidate-{fingerprint[:12]}"
        return part_or_redirect(request, "integrations/_candidate_saved.html", context, to=to)
    context = _row_context(draft, candidate) | {"form": form, "incident": draft.postmortem.incident} | HERE
    template = "integrations/_candidate_edit.html" if is_htmx(request) else "integrations/candidate_edit.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
@with_draft
def take(request: SignedInRequest, draft: TimelineDraft) -> HttpResponse:
    try:
        if "shown" in request.POST:
            draft = commands.choose_candidates(
                draft, shown=request.POST.getlist("shown"), taken=request.POST.getlist("take")
            )
        added = commands.take_draft(draft, by=request.user)
    except (NotTakeable, NotMovable) as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return _back(draft)
    count = len(added)
    messages.success(request, f"{count} event{'s' if count != 1 else ''} from {draft} put on the timeline.")
    return redirect(f"{draft.postmortem.get_absolute_url()}#timeline")


@require_POST
@with_draft
def discard(request: SignedInRequest, draft: TimelineDraft) -> HttpResponse:
    commands.discard_timeline(draft)
    messages.success(request, "Put away; nothing of it is on the timeline.")
    return redirect(f"{draft.postmortem.get_absolute_url()}#timeline")


def _own(request: SignedInRequest, postmortem: Postmortem) -> Any:
    drafts = TimelineDraft.objects.visible_to(request.user).filter(postmortem=postmortem)
    return drafts.select_related("postmortem__incident", "postmortem__room")


def _candidate(draft: TimelineDraft, fingerprint: str) -> Candidate:
    candidate = Candidates(draft).named(fingerprint)
    if candidate is None:
        raise Http404
    return candidate


def _initial(candidate: Candidate) -> dict[str, Any]:
    return {"at": candidate.at, "text": candidate.text, "who": candidate.who, "kind": candidate.kind}


def _context(request: SignedInRequest, draft: TimelineDraft) -> dict[str, Any]:
    candidates = Candidates(draft)
    page = Paginator(candidates.events, A_PAGE).get_page(request.GET.get("page"))
    left_out = candidates.left_out
    return {
        "draft": draft,
        "postmortem": draft.postmortem,
        "incident": draft.postmortem.incident,
        "candidates": candidates,
        "page": page,
        "days": by_days(page.object_list),
        "left_out": left_out[:MOST_LEFT_OUT],
        "left_out_count": len(left_out),
        "files": draft.files.defer("content"),
        "zone": str(timezone.get_current_timezone()),
        **HERE,
    }


def _row_context(draft: TimelineDraft, candidate: Candidate) -> dict[str, Any]:
    return {"postmortem": draft.postmortem, "candidate": candidate, "candidates": Candidates(draft)}


def _address(request: SignedInRequest, draft: TimelineDraft) -> str:
    page = request.POST.get("page", "")
    where = reverse("integrations:preview_timeline", args=[draft.postmortem.number])
    return f"{where}?page={page}" if page.isdigit() else where


def _back(draft: TimelineDraft) -> HttpResponse:
    return redirect("integrations:preview_timeline", draft.postmortem.number)
