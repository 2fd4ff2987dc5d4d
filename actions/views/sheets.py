from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from actions.boards.sheets import in_turn, sheet
from actions.filters import ActionFilter
from people.requests import SignedInRequest


@require_GET
def sheet_of(request: SignedInRequest) -> StreamingHttpResponse:
    today = timezone.localdate()
    lines = sheet(
        request.user, ActionFilter(request.GET), on=today, zone=timezone.get_current_timezone(), site=settings.SITE_URL
    )
    name = f"actions-{today:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    body = in_turn(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
