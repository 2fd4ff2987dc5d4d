"""Is it alive, and can it serve? Machines ask; people read the answer when something stands still."""

import logging
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

LONGEST_SILENCE_SECONDS = 60
KEY = "debrief:alive:{}"


def note_alive(part: str) -> None:
    """Leave a sign of life of a process, for `/readyz`; silent when Valkey is away, which `/readyz` then says."""
    try:
        _valkey().set(KEY.format(part), repr(time.time()), ex=LONGEST_SILENCE_SECONDS * 10)
    except redis.RedisError as error:
        logger.warning("no sign of life left for %s: %s", part, error)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Valkey, worker and beat answer; 503 naming what does not."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "valkey": _valkey_answers,
        "worker": lambda: _silence("worker"),
        "beat": lambda: _silence("beat"),
    }
    problems = {name: problem for name, check in checks.items() if (problem := check())}
    parts = {name: problems.get(name, "ok") for name in checks}
    answer = JsonResponse({"ready": not problems, "parts": parts}, status=503 if problems else 200)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # The truth about others is no error of ours to log.
    return answer


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Exception as error:  # noqa: BLE001 - whatever the driver raises, the answer is the same
        return f"does not answer ({type(error).__name__})"
    return ""


def _valkey_answers() -> str:
    try:
        _valkey().ping()
    except redis.RedisError as error:
        return f"does not answer ({type(error).__name__})"
    return ""


def _silence(part: str) -> str:
    try:
        last = _valkey().get(KEY.format(part))
    except redis.RedisError:
        return "unknown: Valkey does not answer"
    if last is None:
        return "no sign of life"
    seconds = time.time() - float(last)
    return "" if seconds <= LONGEST_SILENCE_SECONDS else f"silent for {seconds:.0f} seconds"


def _valkey() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
