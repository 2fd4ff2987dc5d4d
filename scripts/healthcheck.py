"""Whether a part of Debrief lives, as an exit code: python -m scripts.healthcheck web|worker|beat|mail"""

import json
import os
import sys
import time
import urllib.request

import redis

LONGEST_SILENCE_SECONDS = 60


def our_host() -> str:
    """A name that the site answers for: asked under any other, it refuses before it looks."""
    return os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".") or "localhost"


def answers(port: int, path: str) -> bool:
    return get(port, path) is not None


def is_ready(port: int) -> bool:
    """What /readyz says: database, Valkey, worker and beat answer."""
    body = get(port, "/readyz")
    return body is not None and bool(json.loads(body)["ready"])


def get(port: int, path: str) -> bytes | None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": our_host()})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
            return bytes(answer.read())
    except OSError:
        return None


def gives_signs_of_life(part: str) -> bool:
    try:
        last = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=3).get(f"debrief:alive:{part}")
    except redis.RedisError:
        return False
    return last is not None and time.time() - float(last) <= LONGEST_SILENCE_SECONDS  # type: ignore[arg-type]


CHECKS = {
    "web": lambda: answers(8000, "/healthz"),
    "mail": lambda: answers(8025, "/healthz"),
    "worker": lambda: gives_signs_of_life("worker"),
    "beat": lambda: gives_signs_of_life("beat"),
}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
