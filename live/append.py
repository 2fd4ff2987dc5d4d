"""The one statement that every keystroke waits for, sent by the lowest way that psycopg offers.

Through a cursor it costs the event loop 170 microseconds, like this 35. Nothing else is worth such lines.
"""

import asyncio
import select
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from live.errors import RoomSealed

STATEMENT = b"append"
# A row is locked as its foreign key would lock it anyway, but before anything is written: whoever seals a room waits for
# the commits under way, and nobody's keystroke waits for a seal.
APPEND = b"""
    with unsealed as (
        select id from live_room where id = any ($1) and not is_sealed for key share skip locked
    )
    insert into live_update (room_id, data, author_id, created_at)
    select room_id, data, author_id, clock_timestamp()
    from unnest($1::bigint[], $2::bytea[], $3::bigint[]) with ordinality as fresh (room_id, data, author_id, place)
    where (select count(*) from unsealed) = $4
    order by place
    returning id
"""
BIGINT, BYTEA = 20, 17  # the numbers that PostgreSQL has for these types
BINARY = 1


@dataclass(frozen=True)
class Row:
    room_id: int
    data: bytes
    author_id: int


class Appender:
    """Owns its connection: whoever cancels a call must throw both away."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.connection = connection
        self._is_prepared = False

    async def append(self, rows: Sequence[Row]) -> list[int]:
        """Commit the rows, all or none; their ids come in the same order. Raises psycopg.Error and RoomSealed."""
        line = self.connection.pgconn
        if not self._is_prepared:
            line.send_prepare(STATEMENT, APPEND)
            await _answer(line)
            self._is_prepared = True
        rooms = _array(BIGINT, (row.room_id.to_bytes(8, "big") for row in rows), len(rows))
        data = _array(BYTEA, (row.data for row in rows), len(rows))
        authors = _array(BIGINT, (row.author_id.to_bytes(8, "big") for row in rows), len(rows))
        room_count = len({row.room_id for row in rows}).to_bytes(8, "big")
        line.send_query_prepared(STATEMENT, [rooms, data, authors, room_count], [BINARY] * 4, BINARY)
        result = await _answer(line)
        if result.ntuples != len(rows):
            raise RoomSealed
        return [int.from_bytes(result.get_value(place, 0) or b"", "big") for place in range(result.ntuples)]


def has_hung_up(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Whether PostgreSQL ended it while nothing was under way, so that nothing is in doubt and another one will do."""
    line, news = connection.pgconn, select.poll()  # poll, for select knows no more than 1024 sockets.
    try:
        news.register(line.socket, select.POLLIN)
        while news.poll(0):
            line.consume_input()
    except psycopg.Error:
        return True
    return line.status != ConnStatus.OK


def _array(kind: int, values: Iterable[bytes], count: int) -> bytes:
    """As PostgreSQL takes it: one dimension, no NULL, the type, how many, from 1; then each with its length."""
    parts = [struct.pack("!iiIii", 1, 0, kind, count, 1)]
    for value in values:
        parts += (struct.pack("!i", len(value)), value)
    return b"".join(parts)


async def _answer(line: PGconn) -> PGresult:
    """Send what waits and read until PostgreSQL is done; never blocks. Raises psycopg.Error."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    results: list[PGresult] = []
    socket = line.socket

    def go_on() -> None:
        if done.done():
            return
        try:
            if not line.flush():
                loop.remove_writer(socket)
            line.consume_input()
            while not line.is_busy():
                if (result := line.get_result()) is None:
                    done.set_result(None)
                    return
                results.append(result)
        except psycopg.Error as error:
            done.set_exception(error)

    loop.add_reader(socket, go_on)
    try:
        if line.flush():
            loop.add_writer(socket, go_on)
        await done
    finally:
        loop.remove_reader(socket)
        loop.remove_writer(socket)
    if not results:
        raise psycopg.OperationalError("PostgreSQL ended without an answer")
    if results[-1].status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise psycopg.errors.error_from_result(results[-1])
    return results[-1]
