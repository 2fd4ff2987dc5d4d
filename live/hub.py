"""The rooms that are open in this process, and the one writer that commits what happens in all of them."""

import asyncio
import json
import time
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from core import cache
from live import bus, rights
from live.admission import Admissions
from live.budget import Budget
from live.bus import Bus
from live.connection import Connection
from live.errors import BadFrame, CannotLoad, NotStored, RoomSealed
from live.limits import (
    ACCESS_WITHDRAWN,
    DOORS_EVERY,
    FLUSH_WITHIN,
    FOLD_AFTER_ROWS,
    FOLD_QUIET_AFTER_ROWS,
    GIVE_BACK_EVERY,
    POLICY,
    REREAD_EVERY,
    REREAD_EVERY_WITHOUT_BUS,
    RIGHTS_EVERY,
    SOCKETS_PER_PERSON,
    SOCKETS_PER_PERSON_AND_ROOM,
    TEXTS_WITHIN,
)
from live.log import Reading, Shown, fold_room
from live.memory import give_back, keep_little
from live.room import Batch, Room
from live.store import FAILURES, Store
from live.threads import in_thread

logger = structlog.get_logger(__name__)

_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()


def hub_here() -> "Hub":
    """The hub of this event loop: a web process has one of each."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


class Hub:
    def __init__(self) -> None:
        self.store = Store()
        self.admissions = Admissions()
        self.bus = Bus(self._deliver, self._notice_bus)
        self.rooms: dict[int, Room] = {}
        self._loop = asyncio.get_running_loop()
        self._budgets: dict[int, Budget] = {}
        self._opening: dict[int, asyncio.Task[Room]] = {}
        self._changed_while_opening: set[int] = set()
        self._marked: dict[int, Room] = {}
        self._has_work = asyncio.Event()
        self._reread_now = asyncio.Event()
        self.doubts_heard = 0
        self._doubts: list[list[Connection]] = []
        self._has_doubts = asyncio.Event()
        self._folding: set[int] = set()
        self._background: set[asyncio.Task[Any]] = set()
        bus.local_hubs.add(self)
        keep_little()
        for work in (self._write, self.bus.listen, self.bus.speak, self._reread, self._dispel_doubts):
            self._spawn(work())
        self._spawn(self._every(TEXTS_WITHIN, self._look_after_rooms))
        self._spawn(self._every(RIGHTS_EVERY, self._end_sessions))
        self._spawn(self._every(DOORS_EVERY, self._ask_doors))
        self._spawn(self._every(GIVE_BACK_EVERY, give_back))

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _every(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await act()
            except Exception:  # The next round may fare better; a watch that ends would watch nobody.
                logger.exception("live.round_failed", act=act.__name__)

    # Coming and going.

    async def enter(self, connection: Connection, room_id: int, *, doubts_heard: int) -> Room:
        """`doubts_heard` as it was before the door was asked. Raises CannotLoad."""
        while True:
            room = self.rooms.get(room_id) or await self._open(room_id)
            if self.rooms.get(room_id) is room:  # Not emptied and closed again in between.
                break
        person = connection.person.user_id
        connection.budget = self._budgets.setdefault(person, connection.budget)
        connection.budget.sockets += 1
        if connection.budget.sockets > SOCKETS_PER_PERSON:
            connection.end(POLICY, "too many pages are open")
            return room
        if sum(other.person.user_id == person for other in room.connections) >= SOCKETS_PER_PERSON_AND_ROOM:
            connection.end(POLICY, "too many pages of this document are open")
            return room
        room.greet(connection)
        if doubts_heard != self.doubts_heard:  # Rights changed between the door's answer and this moment.
            self._doubt(room_id, {person})
        return room

    async def _open(self, room_id: int) -> Room:
        """Several who come at once wait for the same load."""
        opening = self._opening.get(room_id)
        if opening is None:
            opening = self._opening[room_id] = self._loop.create_task(self._load(room_id))
            opening.add_done_callback(lambda _: self._opening.pop(room_id, None))
        return await asyncio.shield(opening)

    async def _load(self, room_id: int) -> Room:
        await self.bus.open(room_id)  # Before loading: what is committed from here on is heard or loaded.
        try:
            room = Room(room_id, await self.store.load(room_id), self)
        except CannotLoad:
            self._changed_while_opening.discard(room_id)
            await self.bus.close_room(room_id)
            raise
        self.rooms[room_id] = room
        self.bus.publish(room_id, bus.WHO, b"")
        if room_id in self._changed_while_opening:
            self._changed_while_opening.discard(room_id)
            self._read_again_soon()
        return room

    async def leave(self, connection: Connection, room: Room) -> None:
        """Comes back when everything that was received is committed, so that a process may end after it."""
        connection.budget.sockets -= 1
        room.dismiss(connection)
        try:
            async with asyncio.timeout(FLUSH_WITHIN):
                while room.is_busy and not room.has_failed:
                    settled = self._loop.create_future()
                    self.mark(room)
                    room.when_finished(settled)
                    await settled
                if not room.connections:
                    await self._store_texts(room)
        except (TimeoutError, *FAILURES):
            logger.warning("live.left_without_storing_texts", room=room.id)
        if not room.connections and not room.is_busy:
            await self._close(room)

    async def _close(self, room: Room) -> None:
        if self.rooms.get(room.id) is room:
            del self.rooms[room.id]
            if room.rows_since_snapshot >= FOLD_QUIET_AFTER_ROWS:
                self._fold(room)
            await self.bus.close_room(room.id)
            if room.id in self.rooms or room.id in self._opening:  # Somebody came back meanwhile.
                await self.bus.open(room.id)

    # The writer.

    def mark(self, room: Room) -> None:
        self._marked[room.id] = room
        self._has_work.set()

    def publish(self, room_id: int, kind: bytes, content: bytes) -> None:
        self.bus.publish(room_id, kind, content)

    async def names_in(self, room_id: int) -> list[str]:
        return await self.store.names(room_id)

    async def _write(self) -> None:
        """Commit what gathered during the last commit: no timer, for batches are as large as the disk is slow."""
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            await self._write_marked()  # A call of its own: while this waits it must hold no document.

    async def _write_marked(self) -> None:
        rooms, self._marked = self._marked, {}
        try:
            await self._commit([batch for room in rooms.values() if (batch := self._begin(room))])
        except Exception:
            logger.exception("live.writer_stumbled")
            for room in rooms.values():
                self._fail(room, "the server stumbled")

    def _begin(self, room: Room) -> Batch | None:
        try:
            return None if room.has_failed else room.begin()
        except CannotLoad:
            self._fail(room, "the document must be read again")
            return None

    async def _commit(self, batches: list[Batch]) -> None:
        rows = [row for batch in batches for row in batch.rows]
        try:
            ids = await self.store.append(rows) if rows else []
        except NotStored as error:
            await self._commit_apart(batches, error)
            return
        self._finish(batches, ids)

    async def _commit_apart(self, batches: list[Batch], error: NotStored) -> None:
        """One row that PostgreSQL refuses must not keep the other rooms from being saved."""
        with_rows = [batch for batch in batches if batch.rows]
        self._finish([batch for batch in batches if not batch.rows], [])
        if len(with_rows) == 1 and isinstance(error, RoomSealed):
            logger.info("live.came_too_late", room=with_rows[0].room.id)
            self._fail(with_rows[0].room, "the document is being closed")
            return
        if len(with_rows) == 1 or not error.is_refusal:
            logger.error("live.not_stored", error=str(error), rooms=[batch.room.id for batch in with_rows])
            for batch in with_rows:
                self._fail(batch.room, "the changes could not be stored")
            return
        for batch in with_rows:
            await self._commit([batch])

    def _finish(self, batches: list[Batch], ids: list[int]) -> None:
        at = 0
        for batch in batches:
            count = len(batch.rows)
            batch.room.finish(batch, ids[at : at + count])
            at += count

    def _fail(self, room: Room, reason: str) -> None:
        room.fail(reason)
        if self.rooms.get(room.id) is room:
            del self.rooms[room.id]

    # News from elsewhere.

    def deliver_from_thread(self, room_id: int, kind: bytes, content: bytes) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, room_id, kind, content)

    def _deliver(self, room_id: int, kind: bytes, content: bytes) -> None:
        if kind == bus.DOUBT:
            people = json.loads(content)["people"]
            self._doubt(room_id, None if people is None else set(people))
            return
        room = self.rooms.get(room_id)
        if room is None:
            if kind in (bus.ROW, bus.MISSED) and room_id in self._opening:
                self._changed_while_opening.add(room_id)
            return
        if kind == bus.ROW:
            self._take_row(room, int.from_bytes(content[:8], "big"), content[8:])
        elif kind == bus.PRESENCE:
            room.hear_presence(content)
        elif kind == bus.WHO and (present := room.presence.local_frame()):
            self.publish(room_id, bus.PRESENCE, present)
        elif kind == bus.EVENT:
            room.announce(content.decode())
        elif kind == bus.MISSED:
            self._read_again_soon()
        elif kind == bus.NAMES:
            room.names.update(json.loads(content))
        elif kind == bus.EJECT:
            self._eject(room, **json.loads(content))

    def _take_row(self, room: Room, row_id: int, data: bytes) -> None:
        try:
            room.receive_row(row_id, data)
        except BadFrame as error:
            logger.error("live.row_unreadable", room=room.id, row=row_id, error=str(error))
            self._fail(room, "the document must be read again")
            return
        if room.late_rows:
            self._read_again_soon()

    def _eject(self, room: Room, user_id: int | None, reason: str) -> None:
        for connection in room.connections:
            if user_id is None or connection.person.user_id == user_id:
                connection.end(ACCESS_WITHDRAWN, reason)

    def _notice_bus(self) -> None:
        """Valkey is there, or is gone: read what it lost, and let open pages ask whether to say so."""
        if self.bus.is_listening:
            cache.is_back()
        for room in self.rooms.values():
            room.announce(json.dumps({"event": "latenessChanged"}))
            if self.bus.is_listening:
                self.bus.publish(room.id, bus.WHO, b"")
        self._read_again_soon()

    def _read_again_soon(self) -> None:
        self._reread_now.set()

    async def _reread(self) -> None:
        """Look for rows that the bus lost: when it comes back, every few seconds while it works, oftener while not."""
        while True:
            pause = REREAD_EVERY if self.bus.is_listening else REREAD_EVERY_WITHOUT_BUS
            try:
                async with asyncio.timeout(pause):
                    await self._reread_now.wait()
            except TimeoutError:
                pass
            self._reread_now.clear()
            try:
                await self._take_missed_rows()
            except FAILURES as error:
                logger.warning("live.rows_not_reread", error=str(error))

    async def _take_missed_rows(self) -> None:
        seen = {room.id: room.seen_lately() for room in self.rooms.values()}
        if not seen:
            return
        floors = {room_id: floor for room_id, (floor, _) in seen.items()}
        for room_id, row_id, data in await self.store.missed(floors, [i for _, known in seen.values() for i in known]):
            if room := self.rooms.get(room_id):
                self._take_row(room, row_id, data)

    # Looking after rooms and rights.

    async def _look_after_rooms(self) -> None:
        for room in list(self.rooms.values()):
            room.refresh_presence()
            if room.unstored_since is not None:
                await self._store_texts(room)
            if room.rows_since_snapshot > FOLD_AFTER_ROWS:
                self._fold(room)
            if not room.connections and not room.is_busy:
                await self._close(room)

    async def _store_texts(self, room: Room) -> None:
        """Write the plain texts beside the log, as they are when all of the document is committed."""
        if room.unstored_since is None or room.has_failed:
            return
        reading: asyncio.Future[Reading] = self._loop.create_future()

        def read() -> None:
            if not reading.done():
                room.unstored_since = None
                reading.set_result(Reading(room.changed_texts(), room.version))

        room.when_settled(read)
        try:
            texts = await asyncio.wait_for(reading, FLUSH_WITHIN)
            await self.store.write_texts(room.id, texts.texts, texts.version)
        except FAILURES:
            room.unstored_since = time.monotonic()
            room.forget_stored_texts()
            raise

    def _fold(self, room: Room) -> None:
        """Shorten the log beside the event loop, comparing with what the room shows."""
        if room.id in self._folding:
            return
        self._folding.add(room.id)
        shown = room.shown() if room.is_settled and not room.late_rows else None
        room.rows_since_snapshot = 0
        self._spawn(self._fold_in_thread(room.id, shown))

    async def _fold_in_thread(self, room_id: int, shown: Shown | None) -> None:
        try:
            await in_thread(fold_room, room_id, shown)
        except Exception:
            logger.exception("live.fold_failed", room=room_id)
        finally:
            self._folding.discard(room_id)

    def _doubt(self, room_id: int, people: set[int] | None) -> None:
        """Nothing more goes to those concerned until their doors have answered."""
        self.doubts_heard += 1
        doubted = [
            connection
            for room in self.rooms.values()
            if room_id in (bus.EVERY_ROOM, room.id)
            for connection in room.connections
            if people is None or connection.person.user_id in people
        ]
        for connection in doubted:
            connection.hold()
        self._doubts.append(doubted)
        self._has_doubts.set()

    async def _dispel_doubts(self) -> None:
        """Somebody's session or rights may have ended just now: ask, and end what must end within the same moment."""
        while True:
            await self._has_doubts.wait()
            self._has_doubts.clear()
            doubts, self._doubts = self._doubts, []
            try:
                concerned = list({connection for doubted in doubts for connection in doubted})
                await self._end_sessions_of(concerned)
                await self._ask_doors_of(concerned)
            except Exception:
                logger.exception("live.doubts_remain")
                self._doubts += doubts
                await asyncio.sleep(0.5)
                self._has_doubts.set()
                continue
            for connection in [connection for doubted in doubts for connection in doubted]:
                connection.let_go()

    def _connections(self) -> list[Connection]:
        return [connection for room in self.rooms.values() for connection in room.connections]

    def _forget_budgets(self) -> None:
        """Of people with no page open, once they are whole again: leaving and coming back fills nobody's up."""
        for person, budget in list(self._budgets.items()):
            if not budget.sockets and budget.is_whole:
                del self._budgets[person]

    async def _end_sessions(self) -> None:
        """Signed out, password changed, switched off: we hear of it at once; this is for the word that got lost."""
        self._forget_budgets()
        await self._end_sessions_of(self._connections())

    async def _ask_doors(self) -> None:
        await self._ask_doors_of(self._connections())

    async def _end_sessions_of(self, connections: list[Connection]) -> None:
        if not connections:
            return
        people = {connection.person for connection in connections}
        alive = await in_thread(rights.still_signed_in, people)
        for connection in connections:
            if connection.person not in alive:
                connection.end(ACCESS_WITHDRAWN, "signed out")

    async def _ask_doors_of(self, connections: list[Connection]) -> None:
        asked: dict[tuple[str, int, int], list[Connection]] = {}
        for connection in connections:
            if not connection.closing:
                asked.setdefault((connection.kind, connection.person.user_id, connection.number), []).append(connection)
        answers = await in_thread(rights.ask, asked) if asked else {}
        for key, access in answers.items():
            for connection in asked[key]:
                if access is None or not access.may_read or access.may_write != connection.may_write:
                    connection.end(ACCESS_WITHDRAWN, "rights changed")
