"""The log of rooms as the socket's event loop uses it: PostgreSQL through psycopg, past Django's threads.

One connection is for the writer alone, so that nothing stands between a keystroke and its commit.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connections

from live.append import Appender, Row, has_hung_up
from live.errors import CannotLoad, NotStored
from live.limits import LOAD_TIMEOUT, STORE_TIMEOUT
from live.models import identity_of

ROOM = """
    select room.created_at, newest.data, coalesce(newest.upto, 0),
           array(select name::text from live_sharedtext where room_id = room.id order by id)
    from live_room room
    left join lateral (
        select data, upto from live_snapshot where room_id = room.id order by upto desc limit 1
    ) newest on true
    where room.id = %s
"""
ROWS_AFTER = "select id, data from live_update where room_id = %s and id > %s order by id"
NAMES = "select name from live_sharedtext where room_id = %s order by id"
MISSED = """
    select u.room_id, u.id, u.data
    from unnest(%b::bigint[], %b::bigint[]) as room (id, floor)
    join live_update u on u.room_id = room.id and u.id > room.floor
    where not u.id = any (%b::bigint[])
    order by u.id
"""
WRITE_TEXT = """
    update live_sharedtext set text = %s, upto = %s, updated_at = clock_timestamp()
    where room_id = %s and name = %s and upto <= %s
"""

# What psycopg raises, and what a broken or silent connection looks like from outside it.
FAILURES = (psycopg.Error, OSError, TimeoutError)


@dataclass(frozen=True)
class Loaded:
    identity: str
    snapshot: bytes | None
    upto: int
    rows: list[tuple[int, bytes]]
    names: list[str]


class Store:
    def __init__(self) -> None:
        self._writer: Appender | None = None
        self._readers: list[psycopg.AsyncConnection[Any]] = []
        self._reading = asyncio.Semaphore(4)

    async def append(self, rows: Sequence[Row]) -> list[int]:
        """Commit rows of whatever rooms, all or none; their ids come in the same order. Raises NotStored."""
        try:
            async with asyncio.timeout(STORE_TIMEOUT):
                if self._writer is not None and has_hung_up(self._writer.connection):
                    await self._give_up_writer()
                if self._writer is None:
                    self._writer = Appender(await self._connect())
                return await self._writer.append(rows)
        except psycopg.IntegrityError as error:
            raise NotStored(str(error), is_refusal=True) from error
        except FAILURES as error:
            # Whether it was committed is unknown; the rooms are read again, and this connection is not trusted again.
            await self._give_up_writer()
            raise NotStored(str(error)) from error

    async def _give_up_writer(self) -> None:
        if self._writer is not None:
            await _discard(self._writer.connection)
            self._writer = None

    async def load(self, room_id: int) -> Loaded:
        """Everything a room is made of. Raises CannotLoad, so that nobody takes a failure for an empty document."""
        try:
            async with asyncio.timeout(LOAD_TIMEOUT), self._reader() as reader:
                room = await (await reader.execute(ROOM, [room_id], binary=True)).fetchone()
                if room is None:
                    raise CannotLoad("there is no such room")
                born_at, snapshot, upto, names = room
                rows = await (await reader.execute(ROWS_AFTER, [room_id, upto], binary=True)).fetchall()
        except FAILURES as error:
            raise CannotLoad(str(error)) from error
        return Loaded(identity_of(room_id, born_at), snapshot, upto, rows, names)

    async def names(self, room_id: int) -> list[str]:
        try:
            async with asyncio.timeout(LOAD_TIMEOUT), self._reader() as reader:
                return [name for (name,) in await (await reader.execute(NAMES, [room_id])).fetchall()]
        except FAILURES as error:
            raise CannotLoad(str(error)) from error

    async def missed(self, floors: dict[int, int], known: Sequence[int]) -> list[tuple[int, int, bytes]]:
        """(room, id, data) of rows above each room's floor that are not among the known ones."""
        async with asyncio.timeout(LOAD_TIMEOUT), self._reader() as reader:
            arguments = list(floors), list(floors.values()), list(known)
            return await (await reader.execute(MISSED, arguments, binary=True)).fetchall()

    async def write_texts(self, room_id: int, texts: dict[str, str], upto: int) -> None:
        async with asyncio.timeout(STORE_TIMEOUT), self._reader() as reader:
            for name, text in texts.items():
                await reader.execute(WRITE_TEXT, [text, upto, room_id, name, upto])

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        async with self._reading:
            reader = await self._idle_reader() or await self._connect()
            try:
                yield reader
            except BaseException:
                await _discard(reader)
                raise
            self._readers.append(reader)

    async def _idle_reader(self) -> psycopg.AsyncConnection[Any] | None:
        """After PostgreSQL was away all of them have ended, and nobody should be sent away for each."""
        while self._readers:
            reader = self._readers.pop()
            if not has_hung_up(reader):
                return reader
            await _discard(reader)
        return None

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        parameters = connections["default"].get_connection_params()
        for key in ("cursor_factory", "context", "pool"):
            parameters.pop(key, None)
        return await psycopg.AsyncConnection.connect(
            **{**parameters, "autocommit": True, "connect_timeout": STORE_TIMEOUT, "prepare_threshold": 0}
        )

    async def close(self) -> None:
        for connection in [*self._readers, *([self._writer.connection] if self._writer else [])]:
            await _discard(connection)


async def _discard(connection: psycopg.AsyncConnection[Any]) -> None:
    try:
        await asyncio.wait_for(connection.close(), 1)
    except FAILURES:
        return
