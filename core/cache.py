"""A cache that may vanish: what cannot be reached counts as empty, since nothing in it is the only copy.

But what guesses at passwords are counted by must not vanish: while Valkey is away, PostgreSQL counts.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

COUNTED = "allauth:"
SILENT_SECONDS = 5.0

_silent_until = 0.0


def is_away() -> bool:
    """Whether Valkey could not be reached just now: news from other processes comes late then."""
    cache.get("reachable")
    return time.monotonic() < _silent_until


def is_back() -> None:
    """Somebody has reached Valkey again: ask it at once."""
    global _silent_until
    _silent_until = 0.0


class ForgivingRedisCache(RedisCache):
    """After a failure it asks nobody for a few seconds: a page must not wait again and again for a silent server."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, super().get, "get", key, default, version=version)

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        self._or(None, super().set, "set", key, value, timeout, version=version)

    def add(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        return self._or(True, super().add, "add", key, value, timeout, version=version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._or(delta, super().incr, "incr", key, delta, version=version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._or(False, super().delete, "delete", key, version=version)

    def touch(self, key: Any, timeout: Any = 300, version: int | None = None) -> bool:
        return self._or(False, super().touch, "touch", key, timeout, version=version)

    def _or(self, fallback: Any, call: Callable[..., Any], name: str, key: Any, *args: Any, version: Any) -> Any:
        global _silent_until
        if time.monotonic() >= _silent_until:
            try:
                return call(key, *args, version=version)
            except (RedisError, OSError) as error:
                _silent_until = time.monotonic() + SILENT_SECONDS
                logger.warning("cache unreachable: %s", error)
        if str(key).startswith(COUNTED):
            return getattr(caches["counts"], name)(hashlib.sha256(str(key).encode()).hexdigest(), *args)
        return fallback
