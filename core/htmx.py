"""Answers that suit both an HTMX request and a plain form."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def part_or_redirect(
    request: HttpRequest, part: str, context: Mapping[str, Any], *, to: Any, status: int = 200
) -> HttpResponse:
    """The part alone for HTMX; for a plain form a redirect to `to`, with `context["problems"]` as messages.

    `part` is a template's name, with `#part` for one partial of it. `to` is anything redirect() takes.
    """
    if is_htmx(request):
        return render(request, part, dict(context), status=status)
    for problem in context.get("problems", ()):
        messages.error(request, problem)
    return redirect(to)


def is_htmx(request: HttpRequest) -> bool:
    """Whether HTMX asks for a part; boosted links and history restores get whole pages."""
    details: Any = getattr(request, "htmx", None)
    return bool(details) and not details.boosted and not details.history_restore_request
