"""An open document in this process: takes changes in, waits until they are committed, then shows them to everybody."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from pycrdt import merge_updates

from core.build import build_id
from live.append import Row
from live.bus import PRESENCE, ROW
from live.connection import Connection, binary, text
from live.document import Change, Document, load
from live.errors import BadFrame, CannotLoad
from live.limits import (
    MAX_CLIENTS_IN_UPDATE,
    MAX_DOCUMENT_BYTES,
    MAX_INBOX_BYTES,
    MAX_WAITING_BYTES,
    MAX_WAITING_RUNS,
    REREAD_MARGIN,
    TRY_AGAIN,
)
from live.log import Shown
from live.presence import Presence
from live.store import Loaded
from live.updates import EMPTY, shape_of
from live.wire import (
    AUTH,
    AWARENESS,
    QUERY_AWARENESS,
    STEP_1,
    STEP_2,
    SYNC,
    UPDATE,
    read_bytes,
    read_number,
    read_state_vector,
    sync_frame,
)

logger = structlog.get_logger(__name__)

# Walking through an update is plain Python: past this size it happens beside the event loop.
LARGE_UPDATE = 16 * 1024
# Raised when a page that was opened before a deployment can no longer speak with the server that came with it.
PROTOCOL = 1
MOST_WAITING = 500


@dataclass(slots=True)
class Origin:
    """Which of a socket's messages a change came with."""

    connection: Connection
    number: int


@dataclass(slots=True)
class Batch:
    """What one commit holds of one room."""

    room: "Room"
    rows: list[Row]
    changes: list[Change[Origin]] = field(default_factory=list)


def too_much_waits(waiting: list[Change[Origin]]) -> bool:
    return (
        len(waiting) > MOST_WAITING
        or sum(len(change.update) for change in waiting) > MAX_WAITING_BYTES
        or sum(change.shape.weight for change in waiting) > MAX_WAITING_RUNS
    )


def heaviest(waiting: list[Change[Origin]]) -> Connection:
    weights: Counter[Connection] = Counter()
    for change in waiting:
        weights[change.tag.connection] += len(change.update) + 100 * change.shape.weight
    return weights.most_common(1)[0][0]


class Outside(Protocol):
    """What a room asks of the hub it is open in."""

    def mark(self, room: "Room") -> None:
        """There is something to commit."""

    def publish(self, room_id: int, kind: bytes, content: bytes) -> None: ...

    async def names_in(self, room_id: int) -> list[str]: ...


class Room:
    def __init__(self, room_id: int, loaded: Loaded, outside: Outside) -> None:
        """Raises CannotLoad."""
        self.id = room_id
        self.identity = loaded.identity
        self.connections: set[Connection] = set()
        self.names = set(loaded.names)
        self.presence = Presence(self.names)
        self.has_failed = False
        self.unstored_since: float | None = None
        self.rows_since_snapshot = len(loaded.rows)
        self.version = loaded.rows[-1][0] if loaded.rows else loaded.upto
        self._base = loaded.upto
        self._row_count = len(loaded.rows)
        self.late_rows: list[Change[None]] = []
        self._outside = outside
        self._document: Document = load(loaded.snapshot, (data for _, data in loaded.rows))
        self._size = len(loaded.snapshot or b"") + sum(len(data) for _, data in loaded.rows)
        self._inbox: list[Change[Origin]] = []
        self._inbox_bytes = 0
        self._waiting: list[Change[Origin]] = []
        self._batch: Batch | None = None
        self._when_settled: list[Callable[[], None]] = []
        self._awaiting: list[asyncio.Future[None]] = []
        self._news_is_due = False
        self._stored_texts: dict[str, str] = {}
        # Rows seen lately, by when: a lower id may be committed later than a higher one.
        self._seen: dict[int, float] = dict.fromkeys((row_id for row_id, _ in loaded.rows[-2000:]), time.monotonic())
        self._floor = loaded.rows[-2001][0] if len(loaded.rows) > 2000 else loaded.upto

    # Messages of one socket.

    async def hear(self, connection: Connection, frame: bytes) -> None:
        """Raises BadFrame."""
        kind, at = read_number(frame, 0)
        if kind == SYNC:
            step, at = read_number(frame, at)
            payload, at = read_bytes(frame, at)
            if at != len(frame):
                raise BadFrame("the frame goes on after its end")
            if step == STEP_1:
                read_state_vector(payload)
                self.when_settled(lambda: self._answer(connection, payload))
            elif step in (STEP_2, UPDATE):
                await self._receive(connection, payload)
            else:
                raise BadFrame("an unknown step of the sync protocol")
        elif kind == AWARENESS:
            payload, _ = read_bytes(frame, at)
            self.presence.hear(connection, payload)
            self._tell_presence_soon()
        elif kind == QUERY_AWARENESS:
            if present := self.presence.frame():
                connection.push(binary(present))
        elif kind != AUTH:
            raise BadFrame("an unknown kind of message")

    async def _receive(self, connection: Connection, update: bytes) -> None:
        if update == EMPTY:
            connection.saved(connection.expect())
            connection.acknowledge()
            return
        if not connection.may_write:
            raise BadFrame("you may read this document, not change it")
        if self._size > MAX_DOCUMENT_BYTES:
            raise BadFrame("the document is full")
        if read_number(update, 0)[0] > MAX_CLIENTS_IN_UPDATE:
            raise BadFrame("an update holds the writing of too many clients")
        shape = await asyncio.to_thread(shape_of, update) if len(update) > LARGE_UPDATE else shape_of(update)
        if not shape.names <= self.names:
            self.names.update(await self._outside.names_in(self.id))
        if not shape.names <= self.names:
            raise BadFrame("there is no such text in this room")
        self._inbox.append(Change(update, shape, Origin(connection, connection.expect())))
        self._inbox_bytes += len(update)
        if self._inbox_bytes > MAX_INBOX_BYTES:
            connection.end(TRY_AGAIN, "the store is not keeping up")
        self._outside.mark(self)

    def _answer(self, connection: Connection, state_vector: bytes) -> None:
        connection.push(binary(sync_frame(STEP_2, self._document.missing(state_vector))))

    def greet(self, connection: Connection) -> None:
        """What a newcomer gets unasked: which room and which program this is, what we lack, and who is here."""
        self.connections.add(connection)
        person = connection.person
        connection.say(
            hello={
                "id": person.user_id,
                "name": person.name,
                "may_write": connection.may_write,
                "room": self.identity,
                "build": build_id(),
                "protocol": PROTOCOL,
            }
        )
        if connection.may_write:
            self.when_settled(lambda: connection.push(binary(sync_frame(STEP_1, self._document.state()))))
        if present := self.presence.frame():
            connection.push(binary(present))

    def dismiss(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.presence.leave(connection)
        self._tell_presence_soon()

    # A batch on its way through PostgreSQL.

    @property
    def is_settled(self) -> bool:
        """Whether everything that the document holds is committed."""
        return self._batch is None

    @property
    def is_busy(self) -> bool:
        return bool(self._inbox) or self._batch is not None

    def when_settled(self, act: Callable[[], None]) -> None:
        if self._batch is None:
            act()
        else:
            self._when_settled.append(act)

    def when_finished(self, settled: asyncio.Future[None]) -> None:
        """`settled` is done after the next batch, or when the room is given up."""
        self._awaiting.append(settled)

    def _release(self) -> None:
        awaiting, self._awaiting = self._awaiting, []
        for settled in awaiting:
            if not settled.done():
                settled.set_result(None)

    def begin(self) -> Batch:
        """Take the inbox into the document. Nobody is shown any of it before `finish`."""
        by_author: dict[int, list[Change[Origin]]] = {}
        for change in self._inbox:
            if change.tag.connection.is_withdrawn:
                continue
            by_author.setdefault(change.tag.connection.person.user_id, []).append(change)
        self._inbox, self._inbox_bytes = [], 0
        batch = self._batch = Batch(self, [])
        for author_id, changes in by_author.items() or [(0, [])]:
            outcome = self._document.take(changes, self._waiting)
            batch.changes += outcome.integrated
            if outcome.news is not None:
                batch.rows.append(Row(self.id, outcome.news, author_id))
            for change in outcome.refused:
                change.tag.connection.offend("the update cannot be applied")
            if outcome.refused and not self._document.is_sound():
                raise CannotLoad("the document was left half-changed")
        self._ask_for_what_is_missing()
        return batch

    def _ask_for_what_is_missing(self) -> None:
        """Whoever sent something that builds on what we lack has it: their answer closes the gap."""
        for change in self._waiting:
            connection = change.tag.connection
            if not connection.was_asked:
                connection.was_asked = True
                connection.push(binary(sync_frame(STEP_1, self._document.state())))
        while too_much_waits(self._waiting):
            self._give_up_on(heaviest(self._waiting))

    def _give_up_on(self, connection: Connection) -> None:
        """Only whoever owes the most: nobody else pays for what one sender does not complete."""
        connection.end(TRY_AGAIN, "changes are missing in between")
        self._waiting = [change for change in self._waiting if change.tag.connection is not connection]

    def finish(self, batch: Batch, ids: list[int]) -> None:
        """The batch is committed: show it, and tell its authors."""
        self._batch = None
        for row_id, row in zip(ids, batch.rows, strict=True):
            self._note_row(row_id, row.data)
            self._outside.publish(self.id, ROW, row_id.to_bytes(8, "big") + row.data)
        authors = {change.tag.connection for change in batch.changes}
        if batch.rows:
            updates = [row.data for row in batch.rows]
            update = updates[0] if len(updates) == 1 else merge_updates(*updates)
            # A lone author has it already; among several nobody is spared their own, and all get the same frame.
            self._broadcast(sync_frame(UPDATE, update), next(iter(authors)) if len(authors) == 1 else None)
        for change in batch.changes:
            change.tag.connection.saved(change.tag.number)
            change.tag.connection.was_asked = False
        for connection in authors:
            connection.acknowledge()
        acts, self._when_settled = self._when_settled, []
        for act in acts:
            act()
        self._tell_presence()
        self._release()

    def fail(self, reason: str) -> None:
        """What the document holds may not be what is stored: everyone comes back to a fresh one."""
        self.has_failed = True
        for connection in self.connections:
            connection.end(TRY_AGAIN, reason)
        self._release()

    # Rows that others have committed.

    def receive_row(self, row_id: int, data: bytes) -> None:
        if row_id in self._seen or row_id <= self._floor:
            return
        outcome = self._document.take([Change(data, shape_of(data), None)], self.late_rows)
        self._note_row(row_id, data)
        if outcome.news is not None:
            self._broadcast(sync_frame(UPDATE, outcome.news), None)
        if self._waiting:
            self._outside.mark(self)

    def _note_row(self, row_id: int, data: bytes) -> None:
        now = time.monotonic()
        if row_id not in self._seen:
            self._row_count += 1
        self._seen[row_id] = now
        self._size += len(data)
        self.version = max(self.version, row_id)
        self.rows_since_snapshot += 1
        self.unstored_since = self.unstored_since or now

    def seen_lately(self) -> tuple[int, list[int]]:
        """The id up to which every row is known, and the known ones above it."""
        before = time.monotonic() - REREAD_MARGIN
        old = [row_id for row_id, at in self._seen.items() if at < before]
        for row_id in old:
            del self._seen[row_id]
            self._floor = max(self._floor, row_id)
        return self._floor, list(self._seen)

    # Towards everybody.

    def _broadcast(self, frame: bytes, but: Connection | None) -> None:
        message = binary(frame)
        for connection in self.connections:
            if connection is not but:
                connection.push(message)

    def announce(self, news: str) -> None:
        message = text(news)
        for connection in self.connections:
            if connection.wants_events:
                connection.push(message)

    def _tell_presence_soon(self) -> None:
        """A cursor stands on a letter that others must have been shown before: what is under way goes first."""
        if not self._news_is_due and not self.is_busy:
            self._news_is_due = True
            asyncio.get_running_loop().call_soon(self._tell_presence)

    def _tell_presence(self) -> None:
        self._news_is_due = False
        if self.is_busy or (news := self.presence.take_news()) is None:
            return
        frame, origin = news
        self._broadcast(frame, origin)
        self._outside.publish(self.id, PRESENCE, frame)

    def refresh_presence(self) -> None:
        if forgotten := self.presence.refresh():
            self._broadcast(forgotten, None)
        self._tell_presence_soon()

    def hear_presence(self, frame: bytes) -> None:
        payload, _ = read_bytes(frame, 1)
        self.presence.hear_elsewhere(payload)
        self._broadcast(frame, None)

    def texts(self) -> dict[str, str]:
        return {name: self._document.text(name) for name in sorted(self.names)}

    def shown(self) -> Shown:
        return Shown(self.texts(), self._base, self._row_count, self.version)

    def changed_texts(self) -> dict[str, str]:
        """Those that differ from what was handed out last time."""
        texts = self.texts()
        changed = {name: text for name, text in texts.items() if self._stored_texts.get(name) != text}
        self._stored_texts = texts
        return changed

    def forget_stored_texts(self) -> None:
        self._stored_texts = {}
