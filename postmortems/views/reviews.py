"""Who reviews a post-mortem, what they answer, and the panel that shows it to everybody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import is_htmx, part_or_redirect
from people.requests import SignedInRequest
from postmortems.commands import ask_again as ask_reviewers_again
from postmortems.commands import name_reviewers, review_postmortem
from postmortems.errors import NotMovable
from postmortems.models import Postmortem
from postmortems.permissions import can_move, can_name_reviewers, can_review
from postmortems.review_forms import ReviewersForm, ReviewForm
from postmortems.reviews import Reviews, published_by, reviews_of
from postmortems.views.finding import find

PANEL = "postmortems/_reviews.html"
Status = Postmortem.Status


@require_safe
def reviews(request: SignedInRequest, number: int) -> HttpResponse:
    """Fetched again when somebody answers, and when the document changes."""
    return _panel(request, find(request, number))


def _panel(
    request: SignedInRequest, postmortem: Postmortem, *, form: ReviewForm | None = None, problems: Sequence[str] = ()
) -> HttpResponse:
    context = reviews_context(request, postmortem, reviews_of(postmortem), form) | {"problems": problems}
    return part_or_redirect(request, PANEL, context, to=postmortem, status=422 if form or problems else 200)


def reviews_context(
    request: SignedInRequest, postmortem: Postmortem, found: Reviews, form: ReviewForm | None = None
) -> dict[str, Any]:
    is_in_review = postmortem.status == Status.IN_REVIEW
    return {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "reviews": found,
        "my_review": found.of(request.user) if is_in_review else None,
        "review_form": form or ReviewForm(auto_id="id_review_%s"),
        "can_name_reviewers": can_name_reviewers(request.user, postmortem),
        "published_by": published_by(postmortem) if postmortem.published_anyway else None,
        "can_ask_again": is_in_review and can_move(request.user, postmortem) and bool(found.to_ask_again),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, number: int) -> HttpResponse:
    """What a reviewer answers; a page of its own where a plain form has to be mended."""
    postmortem = find(request, number)
    if not can_review(request.user, postmortem):
        raise PermissionDenied
    form = ReviewForm(request.POST if request.method == "POST" else None, auto_id="id_review_%s")
    if form.is_valid():
        try:
            review_postmortem(postmortem, by=request.user, **form.cleaned_data)
            return _panel(request, postmortem)
        except NotMovable as refusal:
            form.add_error(None, " ".join(refusal.reasons))
    if is_htmx(request) and form.is_bound:
        return _panel(request, postmortem, form=form)
    context = {"postmortem": postmortem, "incident": postmortem.incident, "form": form}
    return render(request, "postmortems/review.html", context, status=422 if form.is_bound else 200)


@require_POST
def ask_again(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_move(request.user, postmortem):
        raise PermissionDenied
    try:
        ask_reviewers_again(postmortem, by=request.user)
    except NotMovable as refusal:
        return _panel(request, postmortem, problems=refusal.reasons)
    return _panel(request, postmortem)


@dataclass(frozen=True)
class Choosing:
    """A dialog in which reviewers are chosen: for their own sake, or as it is submitted."""

    title: str
    verb: str
    address: str
    command: Callable[..., Postmortem]
    news: str


NAMING = Choosing(
    title="Reviewers", verb="Save", address="postmortems:name_reviewers", command=name_reviewers, news="reviewsChanged"
)


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_name_reviewers(request.user, postmortem):
        raise PermissionDenied("It is published: who reviewed it stays as it was." if request.user.can_write else "")
    return choose_reviewers(request, postmortem, NAMING)


def choose_reviewers(
    request: SignedInRequest, postmortem: Postmortem, choosing: Choosing, *, problems: Sequence[str] = ()
) -> HttpResponse:
    """A dialog on the page, and a page of its own without a script. With `problems` there is nothing to choose yet."""
    form = ReviewersForm(request.POST if request.method == "POST" else None, postmortem=postmortem)
    if form.is_valid():
        try:
            choosing.command(postmortem, by=request.user, **form.wishes)
            return _done(request, postmortem, choosing)
        except NotMovable as refusal:
            problems = refusal.reasons
    template = "postmortems/_reviewers_form.html" if is_htmx(request) else "postmortems/reviewers.html"
    context = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "form": form,
        "choosing": choosing,
        "problems": problems,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def _done(request: SignedInRequest, postmortem: Postmortem, choosing: Choosing) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Trigger": f"dialogDone, {choosing.news}"})
    return redirect(postmortem)
