import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.asgi import get_asgi_application

from core.bodies import bounded

LARGEST = 1000


def answer_to(chunks: Iterable[bytes], **headers: str) -> tuple[int, int]:
    """The status of Django's answer or of the refusal, and how many chunks were taken before."""
    waiting = list(chunks)
    taken: list[bytes] = []
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(3600)
        taken.append(waiting.pop(0))
        return {"type": "http.request", "body": taken[-1], "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/csp-report/", "query_string": b"",
        "headers": [(b"host", b"testserver"), *((name.replace("_", "-").encode(), v.encode()) for name, v in headers.items())],
    }  # fmt: skip
    asyncio.run(bounded(get_asgi_application(), LARGEST)(scope, receive, send))
    return next(message["status"] for message in sent if "status" in message), len(taken)


@pytest.mark.django_db
def test_a_body_within_the_bound_reaches_the_page():
    assert answer_to([b"x" * 500, b"x" * 500], content_length="1000")[0] != 413


def test_a_body_that_is_announced_larger_is_refused_before_it_is_read():
    assert answer_to([b"x" * 900], content_length="4000000000") == (413, 0)


def test_a_body_that_announces_nothing_is_refused_when_it_has_grown_larger():
    assert answer_to([b"x" * 600] * 50) == (413, 2)
