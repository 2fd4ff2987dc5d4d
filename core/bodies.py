"""How much a request may bring. Django spools a body to disk to its end before any of our code can look at it."""

from collections.abc import Awaitable, Callable
from typing import Any

LARGEST_BODY_BYTES = 64 * 1024 * 1024
SENTENCE = b"That is more than this site takes in one go: 64 MB. Nothing of it was kept."

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def bounded(application: Any, largest: int = LARGEST_BODY_BYTES) -> Application:
    """Answers 413 to a body that is announced larger, and as soon as one that announces nothing has grown larger."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if _announced(scope) > largest:
            await _refuse(send)
            return
        received, has_answered = 0, False

        async def receive_within() -> dict[str, Any]:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return {"type": "http.disconnect"} if received > largest else message

        async def send_noted(message: dict[str, Any]) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        await application(scope, receive_within, send_noted)
        if received > largest and not has_answered:
            await _refuse(send)

    return door


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(SENTENCE)).encode()),
        (b"content-security-policy", b"default-src 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCE})
