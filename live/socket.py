"""The WebSocket door: who comes in, and one loop a socket that hands each frame to the room."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import structlog

from live.admission import visit_of
from live.connection import Connection
from live.errors import BadFrame, CannotLoad
from live.frames import EXTENSION
from live.hub import Hub, hub_here
from live.limits import ACCESS_WITHDRAWN, MAX_FRAME_BYTES, POLICY, TOO_BIG, TRY_AGAIN
from live.room import Room

logger = structlog.get_logger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Expects `kind` and `number` from the route, `doubts_heard` from the gate."""
    await receive()  # websocket.connect
    kind, number = scope["url_route"]["kwargs"]["kind"], scope["url_route"]["kwargs"]["number"]
    admission = await hub_here().admissions.admit(visit_of(dict(scope["headers"]), kind, number))
    if admission is None:
        # Before accepting: a stranger learns no more than from an address that does not exist.
        await send({"type": "websocket.close", "code": ACCESS_WITHDRAWN})
        return
    wants_events = parse_qs(scope["query_string"].decode("latin-1")).get("events") == ["1"]
    connection = Connection(
        admission.person,
        kind=kind,
        number=number,
        may_write=admission.access.may_write,
        wants_events=wants_events,
        write_frame=scope.get("extensions", {}).get(EXTENSION, {}).get("write"),
    )
    await send({"type": "websocket.accept"})
    pump = asyncio.create_task(connection.pump(send))
    try:
        await _stay(hub_here(), connection, admission.access.room_id, scope["doubts_heard"], receive)
    finally:
        if connection.closing is None:
            connection.end(1000, "")
        await pump


async def _stay(hub: Hub, connection: Connection, room_id: int, doubts_heard: int, receive: Receive) -> None:
    try:
        room = await hub.enter(connection, room_id, doubts_heard=doubts_heard)
    except CannotLoad as error:
        logger.warning("live.cannot_load", room=room_id, error=str(error))
        connection.end(TRY_AGAIN, "the document cannot be read just now")
        return
    try:
        await _listen(room, connection, receive)
    finally:
        await hub.leave(connection, room)


async def _listen(room: Room, connection: Connection, receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            connection.gone(message.get("code", 1005))
            return
        if connection.closing:
            continue
        frame = message.get("bytes")
        if too_much := connection.budget.refuses(len(frame or b"")):
            connection.end(POLICY, too_much)
        elif not frame:
            connection.offend("frames are binary")
        elif len(frame) > MAX_FRAME_BYTES:
            connection.end(TOO_BIG, "a frame holds at most 1 MiB")
        else:
            await _hear(room, connection, frame)


async def _hear(room: Room, connection: Connection, frame: bytes) -> None:
    try:
        await room.hear(connection, frame)
    except BadFrame as error:
        connection.offend(str(error))
    except CannotLoad:
        connection.end(TRY_AGAIN, "the document cannot be read just now")
