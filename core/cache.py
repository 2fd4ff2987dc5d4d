"""A cache that may vanish: what cannot be reached counts as empty, since nothing in it is the only copy."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, super().get, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        self._or(None, super().set, key, value, timeout, version)

    def add(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        return self._or(True, super().add, key, value, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._or(delta, super().incr, key, delta, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._or(False, super().delete, key, version)

    def touch(self, key: Any, timeout: Any = 300, version: int | None = None) -> bool:
        return self._or(False, super().touch, key, timeout, version)

    def _or(self, fallback: Any, call: Callable[..., Any], *args: Any) -> Any:
        try:
            return call(*args)
        except (RedisError, OSError) as error:
            logger.warning("cache unreachable: %s", error)
            return fallback
