"""The steps of a post-mortem's life, and the panel that offers them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import is_htmx, part_or_redirect
from people.requests import SignedInRequest
from postmortems.commands import (
    close_blockers,
    close_postmortem,
    publish_blockers,
    publish_postmortem,
    reopen_postmortem,
    send_back_postmortem,
    submit_blockers,
    submit_postmortem,
)
from postmortems.errors import NotMovable
from postmortems.hints import hints_of
from postmortems.models import Postmortem
from postmortems.permissions import can_close, can_move, can_publish, can_reopen
from postmortems.review_forms import PublishForm
from postmortems.reviews import Reviews, reviews_of
from postmortems.views.finding import find
from postmortems.views.reviews import Choosing, choose_reviewers

Status = Postmortem.Status


@require_safe
def status(request: SignedInRequest, number: int) -> HttpResponse:
    return status_panel(request, find(request, number))


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: SignedInRequest, number: int) -> HttpResponse:
    """GET asks who is to review it, or says what is missing before; POST asks them."""
    postmortem = find(request, number)
    if not can_move(request.user, postmortem):
        raise PermissionDenied
    return choose_reviewers(request, postmortem, SUBMITTING, problems=submit_blockers(postmortem))


@require_POST
def send_back(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_move(request.user, postmortem):
        raise PermissionDenied
    return _take_step(request, postmortem, send_back_postmortem)


@require_POST
def publish(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_publish(request.user, postmortem):
        raise PermissionDenied
    form = PublishForm(request.POST)
    if not form.is_valid():
        return status_panel(
            request, postmortem, problems=[str(problem) for problem in form.errors["reason"]], form=form, status=422
        )
    return _take_step(request, postmortem, partial(publish_postmortem, **form.cleaned_data), form=form)


@require_POST
def close(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_close(request.user, postmortem):
        raise PermissionDenied
    return _take_step(request, postmortem, close_postmortem)


@require_POST
def reopen(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_reopen(request.user, postmortem):
        raise PermissionDenied
    return _take_step(request, postmortem, reopen_postmortem)


def _take_step(
    request: SignedInRequest, postmortem: Postmortem, step: Callable[..., Postmortem], form: PublishForm | None = None
) -> HttpResponse:
    was_closed = postmortem.is_closed
    try:
        postmortem = step(postmortem, by=request.user)
    except NotMovable as error:
        return status_panel(request, postmortem, problems=error.reasons, form=form, status=422)
    response = status_panel(request, postmortem)
    if is_htmx(request) and postmortem.is_closed != was_closed:
        # The rest of the page is made for writing, or for reading: neither fits any more.
        response.headers["HX-Refresh"] = "true"
    return response


def status_panel(
    request: SignedInRequest,
    postmortem: Postmortem,
    *,
    problems: Sequence[str] = (),
    form: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The panel heading a post-mortem: its status and clocks, what stands in the way, what this user may do."""
    reviews = reviews_of(postmortem) if postmortem.status == Status.IN_REVIEW else None
    context = status_context(request, postmortem, reviews, problems=problems, form=form)
    return part_or_redirect(request, "postmortems/detail.html#status", context, to=postmortem, status=status)


def status_context(
    request: SignedInRequest,
    postmortem: Postmortem,
    reviews: Reviews | None,
    *,
    problems: Sequence[str] = (),
    form: PublishForm | None = None,
) -> dict[str, Any]:
    """`reviews` are asked for while it is in review."""
    user = request.user
    return {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "problems": problems,
        "next_step": _next_step(postmortem),
        "hints": hints_of(postmortem) if postmortem.status in (Status.DRAFT, Status.IN_REVIEW) else None,
        "open_thread_count": postmortem.threads.open().count(),
        "can_submit": can_move(user, postmortem) and postmortem.status == Status.DRAFT,
        "can_send_back": can_move(user, postmortem) and postmortem.status == Status.IN_REVIEW,
        "can_publish": can_publish(user, postmortem) and postmortem.status == Status.IN_REVIEW,
        "reviews": reviews,
        "publish_form": form or PublishForm(),
        "can_close": can_close(user, postmortem) and postmortem.status == Status.PUBLISHED,
        "can_reopen": can_reopen(user, postmortem) and postmortem.status == Status.CLOSED,
    }


SUBMITTING = Choosing(
    title="Submit for review",
    verb="Submit for review",
    address="postmortems:submit",
    command=submit_postmortem,
    news="statusChanged",
)

NEXT = {
    Status.DRAFT: ("Before it can go to review", submit_blockers),
    Status.IN_REVIEW: ("Before it can be published", publish_blockers),
    Status.PUBLISHED: ("Before it can be closed", close_blockers),
}


def _next_step(postmortem: Postmortem) -> dict[str, Any] | None:
    """What the next step still waits for; None at the end of the road."""
    if postmortem.status not in NEXT:
        return None
    title, blockers_of = NEXT[Status(postmortem.status)]
    return {"title": title, "blockers": blockers_of(postmortem)}
