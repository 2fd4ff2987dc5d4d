"""People who come late, and people who wait for news beside the text."""

import asyncio
import json
import time
from typing import Any

from bench.crowd import address_of, digest, say, wait_for_a_word
from bench.line import TEXT, Line
from bench.replica import Replica

COMES_WITHIN = 15.0


async def join(job: dict[str, Any]) -> None:
    """One after the other or all at once: how long until the whole document has come, and until it can be read."""
    guests = [Replica(address_of(said), applies=False, expects=job["bytes"]) for said in job["guests"]]
    say(ready=True)
    await wait_for_a_word()
    began_at = time.perf_counter()
    if job["at_once"]:
        answered = await asyncio.gather(*(answer_time(guest) for guest in guests))
        readable = list(answered)
    else:
        answered, readable = [], []
        for guest in guests:
            start = time.perf_counter()
            answered.append(await answer_time(guest))
            guest.catch_up()
            readable.append(time.perf_counter() - start)
    seconds = max(guest.answered_at for guest in guests) - began_at
    for guest in guests:
        guest.catch_up()
    say(
        answered=answered,
        readable=readable,
        seconds=seconds if all(guest.has_whole() for guest in guests) else None,
        texts=sorted({digest(str(guest.text)) for guest in guests}),
        length=guests[0].length(),
    )
    if job["stay"]:
        await wait_for_a_word()


async def answer_time(guest: Replica) -> float | None:
    """None for a document that never comes: the server has lost it, or part of it."""
    start = time.perf_counter()
    try:
        await guest.enter(COMES_WITHIN)
    except TimeoutError:
        return None
    return guest.answered_at - start


async def hear(job: dict[str, Any]) -> None:
    """How long each piece of news, stamped with the moment it was made, takes to each of these people."""
    delays: list[float] = []
    seated = 0

    def note(opcode: int, message: bytes) -> None:
        nonlocal seated
        said = json.loads(message) if opcode == TEXT else {}
        seated += "hello" in said
        if made_at := said.get("made_at"):
            delays.append((time.perf_counter() - made_at) * 1000)

    lines = [Line(address_of(said), note) for said in job["guests"]]
    await asyncio.gather(*(line.open() for line in lines))
    while seated < len(lines):  # The handshake is over before somebody is in the room.
        await asyncio.sleep(0.01)
    say(ready=True)
    await wait_for_a_word()
    say(delays=delays)
