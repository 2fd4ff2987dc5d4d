"""One person's copy of a document, behind a line to the server."""

import asyncio
import json
import time
from typing import Any

from pycrdt import Doc, Text, TransactionEvent

from bench.line import BINARY, Address, Line
from live.wire import STEP_1, STEP_2, SYNC, UPDATE, awareness_frame, read_bytes, read_number, sync_frame

SYNC_REPLY = 4  # hocuspocus answers a question of the sync protocol under a number of its own
NAME = "summary"


class Replica:
    """`applies`: take what arrives into the document at once, with the time; else keep it for later.

    `expects`: how many bytes make the whole document. Some servers answer first with an empty one.
    """

    def __init__(self, address: Address, *, applies: bool, expects: int = 0) -> None:
        self.address = address
        self.applies = applies
        self.doc: Doc[Any] = Doc()
        self.text = self.doc.get(NAME, type=Text)
        self.line = Line(address, self._hear)
        self.expects = expects
        self.is_synced = asyncio.Event()
        self._bytes = 0
        self._is_answered = False
        self.answered_at = 0.0
        self.received: list[tuple[float, bytes]] = []
        self.saved = 0
        self.sent = 0
        self._kept: list[bytes] = []
        self._news: list[bytes] = []
        self._writes = False
        self._clock = 0
        self._subscription = self.doc.observe(self._note)

    def _note(self, event: TransactionEvent) -> None:
        if self._writes:
            self._news.append(event.update)

    async def enter(self, within: float = 60) -> None:
        """Connect and wait until the server has sent the document. Raises TimeoutError."""
        await self.line.open()
        self.line.send(sync_frame(STEP_1, self.doc.get_state()))
        async with asyncio.timeout(within):
            await self.is_synced.wait()

    def _hear(self, opcode: int, message: bytes) -> None:
        if opcode != BINARY:
            self.saved = json.loads(message).get("saved", self.saved)
            return
        kind, at = read_number(message, len(self.address.prefix))
        if kind not in (SYNC, SYNC_REPLY):
            return
        step, at = read_number(message, at)
        payload, _ = read_bytes(message, at)
        if step == STEP_1:
            self.sent += 1
            self.line.send(sync_frame(STEP_2, self.doc.get_update(payload)))
            return
        self._take(payload)
        self._bytes += len(payload)
        self._is_answered = self._is_answered or step == STEP_2
        if self._is_answered and self._bytes >= self.expects and not self.is_synced.is_set():
            self.answered_at = time.perf_counter()
            self.is_synced.set()

    def _take(self, update: bytes) -> None:
        if self.applies:
            self.doc.apply_update(update)
            self.received.append((time.perf_counter(), update))
        else:
            self._kept.append(update)

    def has_whole(self) -> bool:
        return self.is_synced.is_set()

    def catch_up(self) -> None:
        """Take in what was kept aside while the stop-watch was running."""
        kept, self._kept = self._kept, []
        for update in kept:
            self.doc.apply_update(update)

    def insert(self, at: int, letters: str) -> int:
        """Type, and send it; returns the clock of the first letter."""
        self._writes = True
        self.text.insert(at, letters)
        self._writes = False
        self._send_news()
        clock, self._clock = self._clock, self._clock + len(letters)
        return clock

    def erase(self, at: int) -> None:
        self._writes = True
        del self.text[at : at + 1]
        self._writes = False
        self._send_news()

    def point_behind(self, clock: int) -> None:
        """Put the cursor behind one's own letter of that clock."""
        item = {"type": None, "tname": NAME, "item": {"client": self.doc.client_id, "clock": clock}, "assoc": 0}
        state = {"user": {"name": "Somebody", "color": "#2d62a8"}, "cursor": {"anchor": item, "head": item}}
        self.line.send(awareness_frame({self.doc.client_id: (clock + 1, json.dumps(state, separators=(",", ":")))}))

    def _send_news(self) -> None:
        self.sent += 1
        self.line.send(sync_frame(UPDATE, self._news.pop()))

    def length(self) -> int:
        return len(self.text)
