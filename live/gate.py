"""In front of the socket, before anybody is known: which page it comes from, and whether we can know people just now."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http.request import split_domain_port, validate_host

from live.hub import hub_here

logger = structlog.get_logger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def guarded(application: Application) -> Application:
    """Refuses with 403 what a page of ours did not open, and with 503 whom we cannot look up; both before accepting."""

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        if not is_from_our_pages(scope):
            await receive()
            await send({"type": "websocket.close"})
            return
        # Rights that change while somebody is on the way in are asked again when they are in.
        scope = {**scope, "doubts_heard": hub_here().doubts_heard}
        try:
            await application(scope, receive, send)
        except (OperationalError, InterfaceError) as error:
            logger.warning("live.nobody_let_in", error=str(error))
            await _say_unavailable(send)

    return gate


async def _say_unavailable(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"retry-after", b"2")]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b"The database cannot be reached just now."})


def is_from_our_pages(scope: Scope) -> bool:
    """The rule that Django holds a form's Origin to: this very address, or one that CSRF_TRUSTED_ORIGINS names.

    Scheme, host and port all count: another program on the same machine is another origin.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    scheme = "https" if _came_by_tls(scope, headers) else "http"
    return origin.lower() == f"{scheme}://{host.lower()}" or _is_trusted(origin.lower())


def _came_by_tls(scope: Scope, headers: dict[bytes, str]) -> bool:
    if settings.TRUSTED_PROXY:
        return headers.get(b"x-forwarded-proto", "") == "https"
    return scope.get("scheme") == "wss"


def _is_trusted(origin: str) -> bool:
    parts = urlsplit(origin)
    for trusted in settings.CSRF_TRUSTED_ORIGINS:
        scheme, _, place = trusted.lower().partition("://")
        if place.startswith("*."):
            if parts.scheme == scheme and parts.netloc.endswith(place[1:]):
                return True
        elif origin == f"{scheme}://{place}":
            return True
    return False
