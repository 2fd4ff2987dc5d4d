from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def reader_time_zone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show and read times where the reader is: the zone on the account, else the organisation's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Nobody is signed in: no times are shown, and health checks must not need the database.
        if not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(request.user.zone):
            return get_response(request)

    return middleware
