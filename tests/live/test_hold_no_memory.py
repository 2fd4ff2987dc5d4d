"""What open documents cost, and that closed ones cost nothing: the hub itself, in this process, without sockets.

DEBRIEF_ROOMS=1000 opens a thousand at once, DEBRIEF_ROUNDS=2000 opens and closes that often.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pycrdt import Doc

from live.bus import EVERY_ROOM, channel
from live.connection import Connection, Person
from live.document import Document
from live.hub import Hub
from live.models import Room, SharedText, Update
from live.room import Room as OpenRoom
from live.wire import UPDATE, sync_frame
from tests.live.people import until
from tests.live.servers import memory_of

ROOMS = int(os.environ.get("DEBRIEF_ROOMS", "200"))
ROUNDS = int(os.environ.get("DEBRIEF_ROUNDS", "200"))
PARAGRAPH = "What happened, in the order in which it happened, as far as anybody remembers it today. "

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rooms() -> list[int]:
    """Each with a document of some 9 kB in four texts, typed in two hundred steps."""
    author: Document = Document()
    names = ["summary", "impact", "causes", "lessons"]
    steps = [author.edit(names[at % 4], [(0, 0, PARAGRAPH[: 20 + at % 60])]) for at in range(200)]
    rooms = Room.objects.bulk_create(Room(kind="postmortems") for _ in range(ROOMS))
    SharedText.objects.bulk_create(SharedText(room=room, name=name) for room in rooms for name in names)
    Update.objects.bulk_create((Update(room=room, data=step) for room in rooms for step in steps), batch_size=5000)
    return [room.pk for room in rooms]


def visitor(number: int) -> Connection:
    person = Person(number, f"Person {number}", f"session {number}", "")
    return Connection(person, kind="postmortems", number=number, may_write=True, wants_events=True)


class QuietHub(Hub):
    """Nobody here has a session or stands before a door, and folding goes on in threads after the test has ended.

    All three are tested elsewhere; their connections would keep the test's database from being dropped.
    """

    async def _end_sessions(self) -> None:
        return None

    _ask_doors = _end_sessions

    def _fold(self, room: OpenRoom) -> None:
        return None


def in_hub(scenario: Callable[[Hub], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        hub = QuietHub()
        await until(lambda: hub.bus.is_listening)
        try:
            return await scenario(hub)
        finally:
            await end(hub)

    return asyncio.run(run())


async def end(hub: Hub) -> None:
    working = list(hub._background)
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    await hub.store.close()
    await hub.bus.close()


def kept_things() -> list[object]:
    """Whatever of a visit or a document is still in memory, pycrdt's own included."""
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, OpenRoom | Connection | Document | Doc)]


async def type_in(room: OpenRoom, connection: Connection, number: int) -> None:
    update = Document().edit("summary", [(0, 0, f"<{number}>")])
    await room.hear(connection, sync_frame(UPDATE, update))


def test_hold_no_memory_of_documents_that_nobody_has_open(rooms: list[int]) -> None:
    async def come_and_go(hub: Hub, number: int) -> None:
        connection = visitor(number)
        room = await hub.enter(connection, rooms[number % 8], doubts_heard=hub.doubts_heard)
        await type_in(room, connection, number)
        await hub.leave(connection, room)

    async def scenario(hub: Hub) -> tuple[int, int, int]:
        tasks = len(asyncio.all_tasks())
        already = len(kept_things())
        for number in range(ROUNDS):
            await come_and_go(hub, number)
        await until(lambda: len(asyncio.all_tasks()) <= tasks)
        hub._forget_budgets()
        return len(hub.rooms), len(hub.bus._subscribed), len(kept_things()) - already

    open_rooms, subscriptions, kept = in_hub(scenario)

    assert (open_rooms, subscriptions, kept) == (0, 0, 0)


def test_hold_no_subscription_of_documents_that_nobody_has_open(rooms: list[int]) -> None:
    async def scenario(hub: Hub) -> set[str]:
        connection = visitor(1)
        room = await hub.enter(connection, rooms[0], doubts_heard=hub.doubts_heard)
        assert set(hub.bus._rooms) == {channel(EVERY_ROOM), channel(rooms[0])}
        await hub.leave(connection, room)
        return set(hub.bus._rooms)

    assert in_hub(scenario) == {channel(EVERY_ROOM)}


def test_hold_many_open_documents_in_bounded_memory(rooms: list[int]) -> None:
    """A thousand open in one process stay far under 1 GiB: half a megabyte for each is the bound."""

    async def scenario(hub: Hub) -> float:
        gc.collect()
        before = memory_of(os.getpid())
        opened = []
        for number, room_id in enumerate(rooms):
            connection = visitor(number)
            room = await hub.enter(connection, room_id, doubts_heard=hub.doubts_heard)
            await type_in(room, connection, number)
            opened.append((connection, room))
        await until(lambda: not any(room.is_busy for room in hub.rooms.values()), within=30)
        grown = memory_of(os.getpid()) - before
        assert len(hub.rooms) == ROOMS
        for connection, room in opened:
            await hub.leave(connection, room)
        assert hub.rooms == {}
        return grown

    grown = in_hub(scenario)

    print(f"{ROOMS} open documents: {grown} MB, {1000 * grown / ROOMS:.0f} kB each", file=sys.stderr)
    assert grown < ROOMS / 2
