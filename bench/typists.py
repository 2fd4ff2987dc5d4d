"""People who type in documents, and people who look on."""

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Any

from bench.crowd import address_of, digest, say, until, wait_for_a_word
from bench.replica import Replica
from live.updates import shape_of

KEYS_PER_SECOND = 5
DELETIONS = 0.1
JUMPS = 0.03
LETTERS = "etaoinshrdlucmfwypvbgkjqxz     "
QUIET_SECONDS = 0.4
LONGEST_WAIT = 20.0

Letter = tuple[int, int]  # its author's client id, and its clock


class Person:
    def __init__(self, said: dict[str, Any]) -> None:
        self.index: int = said["index"]
        self.document: int = said["document"]
        self.types: bool = said["types"]
        self.replica = Replica(address_of(said["address"]), applies=said["types"] or said["looks_on"])
        self.typed: dict[int, float] = {}
        self.keys = 0

    async def type_for(self, seconds: float, chance: random.Random, *, with_cursor: bool) -> None:
        """Mostly one letter behind the other, now and then somewhere else; every tenth key takes a letter away."""
        replica, at = self.replica, 0
        start = time.perf_counter() + chance.uniform(0, 1 / KEYS_PER_SECOND)
        for beat in range(int(seconds * KEYS_PER_SECOND)):
            await until(start + beat / KEYS_PER_SECOND)
            length = replica.length()
            at = chance.randint(0, length) if chance.random() < JUMPS else min(at, length)
            self.keys += 1
            if at and chance.random() < DELETIONS:
                at -= 1
                replica.erase(at)
                continue
            now = time.perf_counter()
            clock = replica.insert(at, chance.choice(LETTERS))
            self.typed[clock] = now
            at += 1
            if with_cursor:
                replica.point_behind(clock)


async def type_together(job: dict[str, Any]) -> None:
    people = [Person(said) for said in job["people"]]
    await enter_in_turn(people, job["spacing"])
    say(ready=True)
    await wait_for_a_word()
    frames = sum(person.replica.line.frames for person in people)
    typists = [person for person in people if person.types]
    chances = [random.Random(f"{job['seed']}:{typist.index}") for typist in typists]
    await asyncio.gather(
        *(
            typist.type_for(job["seconds"], chance, with_cursor=job["cursors"])
            for typist, chance in zip(typists, chances, strict=True)
        )
    )
    say(is_quiet=await wait_for_quiet(people))
    await wait_for_a_word()  # The server's meters are read before the reckoning below takes a core for itself.
    for person in people:
        person.replica.catch_up()
    say(
        delays=[round(delay * 1000, 3) for delay in delays_of(people)],
        keys=[[typist.document, typist.keys] for typist in typists],
        texts=[[person.document, digest(str(person.replica.text))] for person in people],
        frames=sum(person.replica.line.frames for person in people) - frames,
        lost_lines=sum(person.replica.line.close_code is not None for person in people),
        unsaved=sum(typist.replica.sent - typist.replica.saved for typist in typists) if job["acknowledges"] else 0,
    )


async def enter_in_turn(people: list[Person], spacing: float) -> None:
    """Everybody at their own moment, so that the connections of several processes alternate."""
    start = time.perf_counter()

    async def enter(person: Person) -> None:
        await until(start + person.index * spacing)
        await person.replica.enter()

    await asyncio.gather(*(enter(person) for person in people))


async def wait_for_quiet(people: list[Person]) -> bool:
    """Until nothing has arrived for a moment; False when it never stops."""
    deadline = time.perf_counter() + LONGEST_WAIT
    frames, since = -1, time.perf_counter()
    while time.perf_counter() < deadline:
        now = sum(person.replica.line.frames for person in people)
        if now != frames:
            frames, since = now, time.perf_counter()
        if time.perf_counter() - since > QUIET_SECONDS:
            return True
        await asyncio.sleep(0.02)
    return False


def delays_of(people: list[Person]) -> Iterator[float]:
    """Seconds from each letter's key to each document of somebody else that was watched."""
    typed = {(person.replica.doc.client_id, clock): at for person in people for clock, at in person.typed.items()}
    known: dict[bytes, list[Letter]] = {}
    for person in people:
        own, seen = person.replica.doc.client_id, set[Letter]()
        for arrived_at, update in person.replica.received:
            for letter in letters_in(update, known):
                if letter in typed and letter[0] != own and letter not in seen:
                    seen.add(letter)
                    yield arrived_at - typed[letter]


def letters_in(update: bytes, known: dict[bytes, list[Letter]]) -> list[Letter]:
    """What an update adds. Many people get the same bytes: they are read once."""
    if update not in known:
        known[update] = [(client, clock) for client, start, end in shape_of(update).runs for clock in range(start, end)]
    return known[update]
