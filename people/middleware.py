from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from people.models import Organisation


def reader_time_zone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show and read times where the reader is: the zone on the account, else the organisation's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        zone = request.user.zone if request.user.is_authenticated else ZoneInfo(Organisation.load().time_zone)
        with timezone.override(zone):
            return get_response(request)

    return middleware
