"""A long history, sent as fast as the server takes it: one author after the other, each a few thousand keys in one line."""

import asyncio
import random
import time
from typing import Any

from pycrdt import Doc, Text, TransactionEvent

from bench.crowd import address_of, digest, say, wait_for_a_word
from bench.line import Line
from bench.replica import NAME, Replica
from bench.typists import DELETIONS, LETTERS
from live.wire import UPDATE, read_state_vector, sync_frame

WORD = 20
TAKES_AT_MOST = 300.0


class Author:
    """Somebody's keys as updates, made before the stop-watch starts. All build on one document with a line for each."""

    def __init__(self, beginning: bytes, line: int, edits: int, chance: random.Random) -> None:
        doc: Doc[Any] = Doc()
        doc.apply_update(beginning)
        self.client = doc.client_id
        self.updates: list[bytes] = []
        self.letters = 0
        subscription = doc.observe(self._note)
        self._type(doc.get(NAME, type=Text), line, edits, chance)
        doc.unobserve(subscription)

    def _note(self, event: TransactionEvent) -> None:
        self.updates.append(event.update)

    def _type(self, text: Text, begins: int, edits: int, chance: random.Random) -> None:
        at = length = 0
        for left in reversed(range(edits)):
            if chance.random() < 1 / WORD:
                at = chance.randint(0, length)
            # The last key is a letter: whoever has it has everything before it.
            if left and at and chance.random() < DELETIONS:
                at, length = at - 1, length - 1
                del text[begins + at : begins + at + 1]
            else:
                text.insert(begins + at, chance.choice(LETTERS))
                at, length, self.letters = at + 1, length + 1, self.letters + 1


async def send_history(job: dict[str, Any]) -> None:
    observer = Replica(address_of(job["observer"]), applies=True)
    addresses = [address_of(said) for said in job["authors"]]
    await observer.enter()
    observer.insert(0, "\n" * len(addresses))
    beginning = observer.doc.get_update()
    edits = job["edits"] // len(addresses)
    authors = [Author(beginning, line, edits, random.Random(line)) for line in range(len(addresses))]
    say(ready=True)
    await wait_for_a_word()
    seconds = 0.0
    async with asyncio.timeout(TAKES_AT_MOST):
        for author, address in zip(authors, addresses, strict=True):
            sender = Replica(address, applies=False)
            await sender.enter()  # Some servers take little from somebody who is not let in yet.
            began_at = time.perf_counter()
            await send(author, sender.line)
            await has_all_of(observer, author)
            seconds += time.perf_counter() - began_at
            sender.line.close()
    whole = len(observer.doc.get_update())
    say(
        bytes=whole,
        seconds=seconds,
        edits=edits * len(addresses),
        text=digest(str(observer.text)),
        length=observer.length(),
    )


async def send(author: Author, line: Line) -> None:
    for number, update in enumerate(author.updates):
        line.send(sync_frame(UPDATE, update))
        if number % 50 == 49:
            await asyncio.sleep(0)
            await line.drain()


async def has_all_of(observer: Replica, author: Author) -> None:
    while read_state_vector(observer.doc.get_state()).get(author.client, 0) < author.letters:
        if observer.line.close_code is not None:
            raise ConnectionError(f"the server closed with {observer.line.close_code}")
        await asyncio.sleep(0.001)
