"""Real WebSocket clients, each with a document of its own, speaking the public wire."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from django.db import connection
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from live.document import Change, Document
from live.updates import EMPTY, shape_of
from live.wire import (
    AWARENESS,
    STEP_1,
    STEP_2,
    SYNC,
    UPDATE,
    awareness_frame,
    read_awareness,
    read_bytes,
    read_number,
    sync_frame,
)

# Seconds for what happens at once: a disk that stalls, on a machine that does other things too, is no fault of ours.
PATIENCE = 20


class Visitor:
    """Somebody at a page: `async with Visitor(port, 7, cookie) as mira: await mira.write("summary", "Hello")`."""

    def __init__(self, port: int, number: int, cookie: str, *, origin: str | None = None, events: bool = True) -> None:
        self.address = f"ws://localhost:{port}/ws/postmortems/{number}/" + ("?events=1" if events else "")
        self.cookie = cookie
        self.origin = origin if origin is not None else f"http://localhost:{port}"
        self.client = random.getrandbits(32)
        self.document: Document = Document()
        self.waiting: list[Change] = []
        self.sent = self.saved = 0
        self.events: list[dict[str, Any]] = []
        self.states: dict[int, Any] = {}
        self.close_code: int | None = None
        self.close_reason = ""
        self.is_synced = asyncio.Event()
        self.socket: ClientConnection
        self._listening: asyncio.Task[None] | None = None
        self._unsent: list[bytes] = []

    async def open(self) -> None:
        """Connect; the document stays as it was, so that a returning visitor brings along what nobody has seen."""
        self.socket = await connect(
            self.address,
            additional_headers={"Cookie": f"sessionid={self.cookie}"} if self.cookie else {},
            origin=self.origin or None,
            compression=None,
            max_size=None,
        )
        self.sent = self.saved = 0
        self.close_code = None
        self.is_synced = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())
        with suppress(ConnectionClosed):  # Refused after the handshake: `close_code` says why.
            await self.socket.send(sync_frame(STEP_1, self.document.state()))

    async def __aenter__(self) -> Self:
        await self.open()
        async with asyncio.timeout(10):
            await self.is_synced.wait()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self.socket.close()
        if self._listening:
            await self._listening

    async def _listen(self) -> None:
        try:
            async for message in self.socket:
                await self._hear(message)
        except ConnectionClosed:
            pass
        finally:
            self.close_code = self.socket.close_code
            self.close_reason = self.socket.close_reason or ""
            self.is_synced.set()

    async def _hear(self, message: str | bytes) -> None:
        if isinstance(message, str):
            said = json.loads(message)
            self.saved = said.get("saved", self.saved)
            self.events.append(said)
            return
        kind, at = read_number(message, 0)
        if kind == AWARENESS:
            for client, _, state in read_awareness(read_bytes(message, at)[0]):
                self.states[client] = json.loads(state)
                if self.states[client] is None:
                    del self.states[client]
            return
        assert kind == SYNC
        step, at = read_number(message, at)
        payload, _ = read_bytes(message, at)
        if step == STEP_1:
            await self._send_update(self.document.missing(payload), STEP_2)
        else:
            self.take(payload)
            if step == STEP_2:
                self.is_synced.set()

    def take(self, update: bytes) -> None:
        self.document.take([Change(update, shape_of(update), None)], self.waiting)

    async def _send_update(self, update: bytes, step: int = UPDATE) -> None:
        if update != EMPTY or step == STEP_2:
            self.sent += 1
            await self.socket.send(sync_frame(step, update))

    async def write(self, name: str, new: str, at: int | None = None) -> None:
        text = self.text(name)
        place = len(text) if at is None else min(at, len(text))
        await self._send_update(self.document.edit(name, [(place, place, new)]))

    async def erase(self, name: str, start: int, end: int) -> None:
        await self._send_update(self.document.edit(name, [(start, end, "")]))

    async def point(self, state: dict[str, Any] | None, *, clock: int = 1, client: int | None = None) -> None:
        await self.socket.send(awareness_frame({client or self.client: (clock, json.dumps(state))}))

    def text(self, name: str = "summary") -> str:
        return self.document.text(name)

    async def sees(self, expected: str, name: str = "summary", within: float = PATIENCE) -> None:
        await until(
            lambda: self.text(name) == expected,
            within,
            lambda: f"{self.text(name)!r} != {expected!r}; {self.how_it_ended}",
        )

    async def is_saved(self, within: float = PATIENCE) -> None:
        await until(
            lambda: self.saved == self.sent,
            within,
            lambda: f"saved {self.saved} of {self.sent}; {self.how_it_ended}",
        )

    @property
    def how_it_ended(self) -> str:
        return "open" if self.close_code is None else f"closed with {self.close_code} {self.close_reason}"

    async def is_closed(self, within: float = PATIENCE) -> int | None:
        await until(lambda: self.close_code is not None, within, lambda: "the socket is still open")
        return self.close_code


async def in_a_thread(act: Callable[[], Any]) -> Any:
    """Runs `act` as a page would, and hands the database connection of the thread back."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


async def until(holds: Any, within: float = PATIENCE, complaint: Any = lambda: "it did not come about") -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while not holds():
                await asyncio.sleep(0.005)
    assert holds(), complaint()
