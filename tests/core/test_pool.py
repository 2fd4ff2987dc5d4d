"""The pool of connections after PostgreSQL was away: QUALITY row D2."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from core.pooled import base
from core.pooled.base import DatabaseWrapper, Pool

IDLE = 6


@pytest.fixture
def pooled(db: None) -> Iterator[DatabaseWrapper]:
    """Our database by way of a pool."""
    options = {"pool": {"min_size": 1, "max_size": IDLE, "timeout": 5}}
    wrapper = DatabaseWrapper({**connection.settings_dict, "OPTIONS": options}, alias="pooled")
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def hold_several(pool: Pool) -> list[int]:
    """Open so many connections and let them lie in the pool; returns PostgreSQL's ids of them."""
    held = [pool.getconn() for _ in range(IDLE)]
    for each in held:
        pool.putconn(each)
    return [each.info.backend_pid for each in held]


def test_pool_whose_connections_have_all_ended_gives_a_living_one_at_once(pooled: DatabaseWrapper) -> None:
    assert pooled.pool is not None
    pooled.pool.open()
    with connection.cursor() as cursor:
        cursor.execute("select count(pg_terminate_backend(pid)) from unnest(%s) as pid", [hold_several(pooled.pool)])
        assert cursor.fetchone() == (IDLE,)
    began = time.monotonic()

    with pooled.pool.connection() as found:
        assert found.execute("select 1").fetchone() == (1,)

    assert time.monotonic() - began < 1


def test_pool_looks_again_soon_however_long_postgresql_was_away(
    pooled: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "LONGEST_PAUSE", 0.05)
    tried_at: list[float] = []

    def where() -> dict[str, Any]:
        tried_at.append(time.monotonic())
        return {**pooled.get_connection_params(), **({"host": "/nowhere"} if len(tried_at) < 10 else {})}

    with Pool(kwargs=where, min_size=1, max_size=1, timeout=5, open=True) as pool, pool.connection() as found:
        assert found.execute("select 1").fetchone() == (1,)

    assert tried_at[-1] - tried_at[0] < 0.9  # The library's own first pause is longer.
