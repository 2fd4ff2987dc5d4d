"""What every request passes through."""

import re
import uuid
from collections.abc import Callable, Iterable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import resolve_url

GetResponse = Callable[[HttpRequest], HttpResponse]
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# PostgreSQL stores neither; a browser never sends them from a keyboard.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def request_id(get_response: GetResponse) -> GetResponse:
    """Name each request, in its logs and in its answer, so that a report can be traced."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        identity = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = identity  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=identity):
            response = get_response(request)
        response.headers["X-Request-ID"] = identity
        return response

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers that Django has no setting for. Pages with other people's words are never kept by a shared cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def refuse_unstorable_text(get_response: GetResponse) -> GetResponse:
    """A NUL or half a character cannot be stored: say so, before any view meets it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if any(UNSTORABLE.search(text) for text in _texts(request)):
            return HttpResponseBadRequest(
                "The request holds a character that no text can contain (NUL, or half a character)."
            )
        return get_response(request)

    return middleware


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path
    # A cookie may hide a NUL as \\000.
    yield from request.COOKIES.values()
    for query in (request.GET, request.POST):
        for key, values in query.lists():
            yield key
            yield from values


def htmx_sign_in(get_response: GetResponse) -> GetResponse:
    """A session that ended sends the whole page to sign-in, never a login form into a panel."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        location = response.headers.get("Location", "")
        sign_in = resolve_url(settings.LOGIN_URL)
        if getattr(request, "htmx", False) and response.status_code == 302 and location.startswith(sign_in):
            answer = HttpResponse(status=204)
            answer.headers["HX-Redirect"] = sign_in
            return answer
        return response

    return middleware
