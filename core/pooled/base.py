"""Django's PostgreSQL with a pool of connections that is back as soon as PostgreSQL is.

psycopg's pool doubles its pauses with every failure: while it opens connections anew, so that after a minute without
PostgreSQL it may sleep another one through; and while it throws dead connections away, one after another. So we cap the
first pause and leave out the second: a connection that ended is found out without waiting for anybody.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, ClassVar

import psycopg
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool
from psycopg_pool.pool import AddConnection, MaintenanceTask

LONGEST_PAUSE = (
    1.0  # Each connection of each process tries so often while PostgreSQL is away; it answers in a millisecond.
)


class Pool(ConnectionPool[psycopg.Connection[Any]]):
    def getconn(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        """One that is known to work. Raises PoolTimeout."""
        ends_at = monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            connection = super().getconn(max(0.0, ends_at - monotonic()))
            with suppress(psycopg.Error):
                self.check_connection(connection)
                return connection
            connection.close()
            self.putconn(connection)  # In its place another one is opened.

    def schedule_task(self, task: MaintenanceTask, delay: float) -> None:
        if isinstance(task, AddConnection):
            delay = min(delay, LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311 - so that processes take turns
        super().schedule_task(task, delay)


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools: ClassVar[dict[str, Pool]] = {}
    _configure_connection: Callable[[psycopg.Connection[Any]], None]

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            parameters = {**self.get_connection_params(), "autocommit": True}
            made = Pool(kwargs=parameters, open=False, configure=self._configure_connection, **options)
            self._connection_pools.setdefault(self.alias, made)  # Two threads may both have made one.
        return self._connection_pools[self.alias]
