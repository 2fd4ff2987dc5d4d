"""The steps of a post-mortem's life, and the panel that offers them."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

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
from postmortems.views.finding import find

Status = Postmortem.Status


@require_safe
def status(request: SignedInRequest, number: int) -> HttpResponse:
    return status_panel(request, find(request, number))


@require_POST
def submit(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_move(request.user, postmortem):
        raise PermissionDenied
    return _take_step(request, postmortem, submit_postmortem)


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
    return _take_step(request, postmortem, publish_postmortem)


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


def _take_step(request: SignedInRequest, postmortem: Postmortem, step: Callable[..., Postmortem]) -> HttpResponse:
    was_closed = postmortem.is_closed
    try:
        postmortem = step(postmortem, by=request.user)
    except NotMovable as error:
        return status_panel(request, postmortem, problems=error.reasons, status=422)
    response = status_panel(request, postmortem)
    if is_htmx(request) and postmortem.is_closed != was_closed:
        # The rest of the page is made for writing, or for reading: neither fits any more.
        response.headers["HX-Refresh"] = "true"
    return response


def status_panel(
    request: SignedInRequest, postmortem: Postmortem, *, problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    """The panel heading a post-mortem: its status and clocks, what stands in the way, what this user may do."""
    context = status_context(request, postmortem, problems=problems)
    return part_or_redirect(request, "postmortems/detail.html#status", context, to=postmortem, status=status)


def status_context(request: SignedInRequest, postmortem: Postmortem, *, problems: Sequence[str] = ()) -> dict[str, Any]:
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
        "can_close": can_close(user, postmortem) and postmortem.status == Status.PUBLISHED,
        "can_reopen": can_reopen(user, postmortem) and postmortem.status == Status.CLOSED,
    }


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
