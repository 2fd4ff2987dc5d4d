"""A block alone, for the editor: as it is now, fetched again when a record has changed."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.requests import SignedInRequest
from postmortems.blocks import DURATION, PageRecords, html_of, names
from postmortems.views.finding import find


@require_safe
def block(request: SignedInRequest, number: int, block: str) -> HttpResponse:
    postmortem = find(request, number)
    if block != DURATION and block not in names():
        raise Http404("There is no such block.")
    return HttpResponse(html_of(block, PageRecords(postmortem, today=timezone.localdate())))
