"""The list, the board and the weekly review: what a filter in the address shows."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.boards import pages
from actions.filters import ActionFilter, suggestions
from actions.models import SavedFilter
from core.htmx import is_htmx
from people.models import Team
from people.requests import SignedInRequest


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    filters, today = ActionFilter(request.GET), timezone.localdate()
    if filters.wishes.get("group"):
        filling = pages.grouped(request.user, filters, on=today)
        context = {**_frame(request, filters, filling.counts), "filling": filling, "count": filling.count}
    else:
        listed = pages.listed(request.user, filters, request.GET.get("page"), on=today)
        context = {**_frame(request, filters, listed.counts), "page": listed.page, "count": listed.count}
    return render(request, "actions/index.html", context)


@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """Open boards ask for their columns again every few seconds: mostly the answer is that they are as they were."""
    filters = ActionFilter(request.GET)
    filling = pages.board_of(request.user, filters, on=timezone.localdate(), only_columns=is_htmx(request))
    etag = f'"{filling.etag}"'
    if is_htmx(request) and request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    context = {
        "filling": filling,
        "query": filters.query,
        "may_move": request.user.can_write,
        "back": request.get_full_path(),
        "etag": filling.etag,
    }
    if is_htmx(request):
        answer = render(request, "actions/_columns.html", context)
        answer["ETag"] = etag
        return answer
    return render(request, "actions/board.html", {**_frame(request, filters, filling.counts), **context})


@require_safe
def weekly(request: SignedInRequest) -> HttpResponse:
    """Without a team in the address, the reader's first one, which is the meeting they most likely are in."""
    teams = list(Team.objects.of(request.user))
    address = request.GET.copy()
    if "team" not in address and teams:
        address["team"] = str(teams[0].pk)
    filters = ActionFilter(address)
    filling = pages.week_of(request.user, filters, on=timezone.localdate())
    context = {"filling": filling, "teams": teams, "query": filters.query, "filters": filters, "view": "weekly"}
    return render(request, "actions/weekly.html", context)


def _frame(request: SignedInRequest, filters: ActionFilter, counts: dict[str, int]) -> dict[str, Any]:
    """What stands around the actions: the filter, its chips and counts, and the filters that were kept."""
    return {
        "filters": filters,
        "query": filters.query,
        "quick": pages.quick_filters(filters, counts),
        "saved": SavedFilter.objects.visible_to(request.user).select_related("owner", "team"),
        "suggestions": suggestions(),
        "view": request.resolver_match.url_name if request.resolver_match else "index",
        "here": request.path,
        "clear_url": reverse("actions:board" if request.path.endswith("/board/") else "actions:index"),
        "teams": Team.objects.of(request.user),
    }
