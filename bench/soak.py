"""A meeting that does not end: what the web process holds after hours, against what it held when it was warm.

    python -m bench.soak --minutes 120

Twenty-five people write in one document, ten keys a second between them. All the time somebody leaves it and comes back,
and somebody looks into another document, writes a word there and goes. It ends with 1 if memory has grown by a tenth after
the first quarter, or if anything is held when all have left.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.crowd import until
from bench.line import Address
from bench.replica import Replica
from bench.targets import Debrief, Seeds, environment_of
from bench.typists import DELETIONS, JUMPS, LETTERS
from scripts import commands
from scripts.services import start_servers
from scripts.start import run_step
from scripts.supervisor import Supervisor

PEOPLE = 25
ELSEWHERE = 20
KEYS_PER_SECOND = 10
SECONDS_BETWEEN_COMINGS = 2.0
SECONDS_BETWEEN_VISITS = 3.0
FULL = 8_000
SAMPLES = 200
PATIENCE = 30.0
MOST_GROWTH = 0.1
# Connections to PostgreSQL that a process keeps once it needed them: four that read rooms, four that ask for rights.
KEPT_FILES = 8

Holdings = dict[str, float]
Ask = Callable[[], Awaitable[Holdings]]
AddressOf = Callable[[int, int], Address]  # of a document and a person


@dataclass
class Writer:
    """One of the people: mostly one letter behind the other, now and then somewhere else."""

    replica: Replica
    chance: random.Random
    at: int = 0

    def strike(self) -> None:
        """Every tenth key takes a letter away; a long text stays about as long as it is."""
        length = self.replica.length()
        self.at = self.chance.randint(0, length) if self.chance.random() < JUMPS else min(self.at, length)
        if self.at and self.chance.random() < (0.5 if length > FULL else DELETIONS):
            self.at -= 1
            self.replica.erase(self.at)
        else:
            self.replica.insert(self.at, self.chance.choice(LETTERS))
            self.at += 1


@dataclass
class Meeting:
    """The meeting is document 0; the others are those that somebody looks into. `ask` says what the process holds."""

    address_of: AddressOf
    ask: Ask
    seconds: float
    chance: random.Random
    writers: dict[int, Writer] = field(default_factory=dict)
    samples: list[Holdings] = field(default_factory=list)
    keys: int = 0
    comings: int = 0
    visits: int = 0

    async def hold(self) -> dict[str, Any]:
        await self.look_elsewhere(1)
        idle = await self.wait_until_nobody_is_there()
        for person in range(PEOPLE):
            await self.come(person)
        self.ends_at = time.perf_counter() + self.seconds
        await asyncio.gather(self.write(), self.come_and_go(), self.keep_looking_elsewhere(), self.watch())
        differing = await self.agree()
        for person in list(self.writers):
            self.go(person)
        return self.figures(idle, await self.wait_until_nobody_is_there(idle), differing)

    async def come(self, person: int) -> None:
        replica = Replica(self.address_of(0, person), applies=True)
        await replica.enter(PATIENCE)
        self.writers[person] = Writer(replica, self.chance, self.chance.randint(0, replica.length()))
        self.comings += 1

    def go(self, person: int) -> None:
        """As somebody does who closes the lid."""
        self.writers.pop(person).replica.line.close()

    def is_over(self) -> bool:
        return time.perf_counter() > self.ends_at

    async def write(self) -> None:
        start = time.perf_counter()
        while not self.is_over():
            await until(start + self.keys / KEYS_PER_SECOND)
            self.chance.choice(list(self.writers.values())).strike()
            self.keys += 1

    async def come_and_go(self) -> None:
        while not self.is_over():
            await asyncio.sleep(self.chance.uniform(0, 2 * SECONDS_BETWEEN_COMINGS))
            person = self.chance.choice(list(self.writers))
            await is_saved(self.writers[person].replica)
            self.go(person)
            await asyncio.sleep(self.chance.uniform(0, 1))
            await self.come(person)

    async def keep_looking_elsewhere(self) -> None:
        while not self.is_over():
            await asyncio.sleep(self.chance.uniform(0, 2 * SECONDS_BETWEEN_VISITS))
            await self.look_elsewhere(self.chance.randint(1, ELSEWHERE))

    async def look_elsewhere(self, document: int) -> None:
        replica = Replica(self.address_of(document, self.chance.randrange(PEOPLE)), applies=True)
        await replica.enter(PATIENCE)
        Writer(replica, self.chance).strike()
        await is_saved(replica)
        replica.line.close()
        self.visits += 1

    async def watch(self) -> None:
        while not self.is_over():
            await asyncio.sleep(self.seconds / SAMPLES)
            self.samples.append(await self.ask())

    async def agree(self) -> int:
        """How many of those who are there do not see what the others see, when all is saved."""
        replicas = [writer.replica for writer in self.writers.values()]
        for replica in replicas:
            await is_saved(replica)
        deadline = time.perf_counter() + PATIENCE
        while len(texts := {str(replica.text) for replica in replicas}) > 1:
            if time.perf_counter() > deadline:
                break
            await asyncio.sleep(0.1)
        return len(texts) - 1

    async def wait_until_nobody_is_there(self, before: Holdings | None = None) -> Holdings:
        """What is held then; where it was told before what that should be, not before it is so or time is up."""
        deadline = time.perf_counter() + PATIENCE
        while True:
            await asyncio.sleep(0.2)
            held = await self.ask()
            is_calm = not held["rooms"] and not held["people"] and not (before and left_behind(before, held))
            if is_calm or time.perf_counter() > deadline:
                return held

    def figures(self, idle: Holdings, after: Holdings, differing: int) -> dict[str, Any]:
        memory = [sample["memory"] for sample in self.samples]
        warm = statistics.median(memory[len(memory) // 4 : len(memory) // 4 + len(memory) // 10 + 1])
        end = statistics.median(memory[-(len(memory) // 10 + 1) :])
        return {
            "minutes": round(self.seconds / 60, 1),
            "keys": self.keys,
            "comings": self.comings,
            "visits": self.visits,
            "memory_idle": idle["memory"],
            "memory_warm": warm,
            "memory_end": end,
            "memory_most": max(memory),
            "growth": round(end / warm - 1, 3),
            "differing": differing,
            "left_behind": left_behind(idle, after),
        }


def left_behind(before: Holdings, after: Holdings) -> Holdings:
    """What is held beyond what was held before anybody came, memory aside."""
    allowed = {**before, "files": before["files"] + KEPT_FILES}
    counted = ("rooms", "people", "channels", "tasks", "files")
    return {name: after[name] - before[name] for name in counted if after[name] > allowed[name]}


async def is_saved(replica: Replica) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while replica.saved < replica.sent:
            await asyncio.sleep(0.02)


async def ask_by_signal(pid: int, place: Path) -> Holdings:
    """What the process of bench.watched holds. Raises TimeoutError."""
    place.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR1)
    async with asyncio.timeout(PATIENCE):
        while not place.exists():
            await asyncio.sleep(0.01)
    held: Holdings = json.loads(place.read_text())
    return held


def watched(command: list[str]) -> list[str]:
    """The command of a web process, so that it can be asked."""
    return [command[0], "-m", "bench.watched", *command[command.index("uvicorn") + 1 :]]


class WatchedDebrief(Debrief):
    @property
    def place(self) -> Path:
        return self.folder / "holdings.json"

    def command(self, port: int) -> list[str]:
        return watched(super().command(port))

    def environment(self, port: int) -> dict[str, str]:
        return {**super().environment(port), "DEBRIEF_HOLDINGS": str(self.place)}

    async def ask(self) -> Holdings:
        return await ask_by_signal(self.pids()[0], self.place)


async def soak(minutes: float, seed: int, folder: Path) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    supervisor = Supervisor(str(folder), environment, lambda line: print(line, file=sys.stderr))
    seeds = None
    try:
        servers = await start_servers(supervisor, folder / "servers")
        await run_step("Creating the tables", commands.PREPARE_DATABASE, environment_of(servers))
        seeds = Seeds(servers)
        target = WatchedDebrief(folder, seeds, [], await seeds.ask("people", PEOPLE))
        documents = await target.documents(1 + ELSEWHERE)
        await target.start()
        try:
            meeting = Meeting(
                lambda number, person: target.address(documents[number], person),
                target.ask,
                minutes * 60,
                random.Random(seed),
            )
            return await meeting.hold()
        finally:
            await target.stop()
    finally:
        if seeds:
            await seeds.end()
        await supervisor.stop()


def is_fine(figures: dict[str, Any]) -> bool:
    return figures["growth"] < MOST_GROWTH and not figures["differing"] and not figures["left_behind"]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(words)
    folder = Path(tempfile.mkdtemp(prefix="debrief-soak-"))
    try:
        figures = asyncio.run(soak(options.minutes, options.seed, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures, indent=2))
    return 0 if is_fine(figures) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
