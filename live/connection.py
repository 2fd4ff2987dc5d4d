"""One socket, as a room sees it: who it is, what it still owes them, and a bounded queue towards them."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from live.budget import Budget
from live.frames import BINARY, TEXT, encoded
from live.limits import (
    ACCESS_WITHDRAWN,
    BAD_FRAMES_BEFORE_CLOSING,
    MAX_UNSENT_BYTES,
    POLICY,
    TRY_AGAIN,
)

Send = Callable[[dict[str, Any]], Awaitable[None]]
WriteFrame = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one or to many people: made once, as ASGI takes it and as it goes over the wire."""

    asgi: dict[str, Any]
    frame: bytes


def binary(content: bytes) -> Message:
    return Message({"type": "websocket.send", "bytes": content}, encoded(BINARY, content))


def text(content: str) -> Message:
    return Message({"type": "websocket.send", "text": content}, encoded(TEXT, content.encode()))


@dataclass(frozen=True)
class Person:
    """Who sits at the other end, by the session and never by what the client says."""

    user_id: int
    name: str
    session_key: str
    session_hash: str


class Connection:
    """`write_frame` is the server's side door, if it has one: see live.frames."""

    def __init__(
        self,
        person: Person,
        *,
        kind: str,
        number: int,
        may_write: bool,
        wants_events: bool,
        write_frame: WriteFrame | None = None,
    ) -> None:
        self.person = person
        self.kind = kind
        self.number = number
        self.may_write = may_write
        self.wants_events = wants_events
        self.budget = Budget()
        self.client: int | None = None
        self.was_asked = False
        self.is_gone = False
        self.closing: tuple[int, str] | None = None
        self._write_frame = write_frame
        self._outbox: deque[Message] = deque()
        self._unsent_bytes = 0
        self._wake = asyncio.Event()
        self._received = 0
        self._unsaved: dict[int, None] = {}
        self._bad_frames = 0
        self._doubts = 0

    # Towards the person.

    def push(self, message: Message) -> None:
        if self.closing:
            return
        # Nothing may overtake what waits: the side door is for those who have read everything.
        has_way = not self._unsent_bytes and not self._doubts
        if has_way and self._write_frame is not None and self._write_frame(message.frame):
            return
        size = len(message.frame)
        if self._unsent_bytes + size > MAX_UNSENT_BYTES:
            # Whoever reads too slowly comes back and gets all of it in one message.
            self._outbox.clear()
            self.end(TRY_AGAIN, "reading too slowly")
            return
        self._unsent_bytes += size
        self._outbox.append(message)
        self._wake.set()

    def say(self, **message: Any) -> None:
        if self.wants_events:
            self.push(text(json.dumps(message)))

    def hold(self) -> None:
        """Keep back what is to be sent: whether this person may still have it is being asked. `let_go` once for each."""
        self._doubts += 1

    def let_go(self) -> None:
        self._doubts -= 1
        self._wake.set()

    def end(self, code: int, reason: str) -> None:
        if not self.closing:
            if code == ACCESS_WITHDRAWN:
                self._outbox.clear()  # What is still on its way is no longer meant for this person.
            self.closing = (code, reason)
            self._wake.set()

    def gone(self, code: int) -> None:
        """The other side has closed: nothing more can be said."""
        self._outbox.clear()
        self.closing = (code, "gone")
        self.is_gone = True
        self._wake.set()

    async def pump(self, send: Send) -> None:
        """Send what is queued, and at the end the reason for it. One task a socket: a slow one keeps nobody waiting."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._outbox and not self._doubts:
                    message = self._outbox.popleft()
                    await send(message.asgi)
                    self._unsent_bytes -= len(message.frame)
                if self.is_gone:
                    return
                if self.closing:
                    code, reason = self.closing
                    await send({"type": "websocket.close", "code": code, "reason": reason})
                    return
        except (OSError, RuntimeError):
            # The other side went away in the middle of a send, or the server ended the socket for a frame too large.
            self.closing = self.closing or (1006, "gone")

    # From the person.

    @property
    def is_withdrawn(self) -> bool:
        """Whether the right to be here is gone; what was sent before and is not yet taken in goes with it."""
        return self.closing is not None and self.closing[0] == ACCESS_WITHDRAWN

    def offend(self, reason: str) -> None:
        """A frame that no honest client sends. One may be an accident."""
        self._bad_frames += 1
        if self._bad_frames >= BAD_FRAMES_BEFORE_CLOSING:
            self.end(POLICY, reason)

    def expect(self) -> int:
        """Count a message that must be saved; its number is given back to `saved`."""
        self._received += 1
        self._unsaved[self._received] = None
        return self._received

    def saved(self, number: int) -> None:
        self._unsaved.pop(number, None)

    def acknowledge(self) -> None:
        """Say how many of this socket's changes are committed: all of the first `saved`, none left out."""
        self.say(saved=next(iter(self._unsaved)) - 1 if self._unsaved else self._received)
