"""People who type numbered tokens, come back whenever their line breaks, and remember what they were promised."""

import asyncio
import random
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from websockets.exceptions import InvalidHandshake, WebSocketException

from live.wire import UPDATE
from tests.live.people import Visitor

TOKEN = re.compile(r"<(\d+):(\d+)>")

Token = tuple[str, str]


class Typist(Visitor):
    def __init__(self, number: int, chance: random.Random, *where: Any, **options: Any) -> None:
        super().__init__(*where, **options)
        self.number = number
        self.chance = chance
        self.typed = 0
        self.is_told_saved = 0  # tokens, from the first on
        self.may_come = asyncio.Event()
        self.codes: list[int | None] = []
        self._typed_with: dict[int, int] = {}

    async def open(self) -> None:
        self._typed_with.clear()
        await super().open()

    async def _send_update(self, update: bytes, step: int = UPDATE) -> None:
        self._typed_with[self.sent + 1] = self.typed
        await super()._send_update(update, step)

    async def _hear(self, message: str | bytes) -> None:
        await super()._hear(message)
        for number in [number for number in self._typed_with if number <= self.saved]:
            self.is_told_saved = max(self.is_told_saved, self._typed_with.pop(number))

    async def type_until(self, ending: asyncio.Event, pause: float) -> None:
        while not ending.is_set():
            await self.may_come.wait()
            with suppress(OSError, TimeoutError, WebSocketException):
                await self._visit(ending, pause)
            self.codes.append(self.close_code)
            await asyncio.sleep(self.chance.uniform(0.05, 0.3))

    async def _visit(self, ending: asyncio.Event, pause: float) -> None:
        try:
            await self.open()
            async with asyncio.timeout(10):
                await self.is_synced.wait()
            while not ending.is_set() and self.close_code is None:
                await self.type_one()
                await asyncio.sleep(self.chance.uniform(0, 2 * pause))
            if self.close_code is None:
                await self.is_saved(within=15)
        except InvalidHandshake:  # An HTTP answer instead of a socket: the door could not be asked.
            self.close_code = 0
        finally:
            await self.leave()

    async def leave(self) -> None:
        if hasattr(self, "socket"):
            with suppress(OSError, TimeoutError, WebSocketException):
                await self.close()

    async def type_one(self) -> None:
        places = [0, *(match.end() for match in TOKEN.finditer(self.text()))]
        token = f"<{self.number}:{self.typed}>"
        self.typed += 1  # Before it is sent: what is said to be saved counts from here.
        await self.write("summary", token, at=self.chance.choice(places))

    def promised(self) -> set[Token]:
        """What was called saved, and what others typed and this person was shown."""
        own = str(self.number)
        shown = {token for token in TOKEN.findall(self.text()) if token[0] != own}
        return shown | {(own, str(count)) for count in range(self.is_told_saved)}


def promised_to(typists: Iterable[Typist]) -> set[Token]:
    return set().union(*(typist.promised() for typist in typists))
