"""Yjs in node on one side, pycrdt on the other, two web processes between them: QUALITY row L2.

DEBRIEF_SHARED_SCHEDULES=200 DEBRIEF_SEED=3 pytest tests/live/test_agree_with_yjs.py  is the long form.
"""

import asyncio
import base64
import json
import os
import random
from asyncio.subprocess import PIPE, Process
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings

from live.log import read_log
from live.wire import read_state_vector
from tests.factories import PostmortemFactory, UserFactory
from tests.live.conftest import sign_in
from tests.live.people import PATIENCE, Visitor, in_a_thread
from tests.live.test_integrate import LETTERS, NODE

SCHEDULES = int(os.environ.get("DEBRIEF_SHARED_SCHEDULES", "12"))
EDITS = int(os.environ.get("DEBRIEF_EDITS", "30"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))
AT_ONCE = 6
LONGEST_PAUSE = 0.012
LINE_BREAKS = 0.06
MOST_WITHOUT_A_LINE = 5

# How a replica stands: its text, and how far each client's writing goes in it.
Stand = tuple[str, dict[int, int]]


class YjsEditors:
    """The process of yjs_editors.mjs: several schedules at once, each asked and answered by its number."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._answers: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._hearing = asyncio.create_task(self._hear())

    async def ask(self, number: int, **words: Any) -> dict[str, Any]:
        answers = self._answers.setdefault(number, asyncio.Queue())
        self.tell(number, **words)
        async with asyncio.timeout(60):
            return await answers.get()

    def tell(self, number: int, **words: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, **words}).encode() + b"\n")

    async def stands(self, number: int) -> list[Stand]:
        said = (await self.ask(number))["stands"]
        return [(text, read_state_vector(base64.b64decode(vector))) for text, vector in said]

    async def _hear(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            self._answers[said["id"]].put_nowait(said)

    async def end(self) -> None:
        self._process.kill()
        await self._process.wait()
        await self._hearing


@dataclass(frozen=True)
class Schedule:
    """One document, two people, and a replica of each kind in either process."""

    number: int
    document: int
    room: int
    ports: list[int]
    cookies: tuple[str, str]

    async def run(self, editors: YjsEditors) -> list[Stand]:
        """Everybody types; returns how all stand once they are told nothing new."""
        chance = random.Random(f"{SEED}:{self.number}")
        in_node, in_python = self.cookies
        told = {"seed": chance.getrandbits(30), "edits": EDITS, "cookie": in_node, "document": self.document}
        async with AsyncExitStack() as stack:
            visitors = [await stack.enter_async_context(Visitor(port, self.document, in_python)) for port in self.ports]
            typing = [edit_at_random(visitor, random.Random(chance.random())) for visitor in visitors]
            await asyncio.gather(editors.ask(self.number, **told, ports=self.ports), *typing)
            for visitor in visitors:
                await visitor.is_saved()
            stands = await self._settle(editors, visitors)
        editors.tell(self.number, ends=True)
        return stands

    async def _settle(self, editors: YjsEditors, visitors: list[Visitor]) -> list[Stand]:
        """As they stand when all are alike, or when time is up."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            ours = [(visitor.text(), visitor.document.clocks()) for visitor in visitors]
            stands = [*ours, *await editors.stands(self.number)]
            if all(stand == stands[0] for stand in stands) or asyncio.get_running_loop().time() > deadline:
                return stands
            await asyncio.sleep(0.03)

    def stored(self) -> Stand:
        """What the log in PostgreSQL makes."""
        document = read_log(self.room).document()
        return document.text("summary"), document.clocks()


async def edit_at_random(visitor: Visitor, chance: random.Random) -> None:
    for _ in range(EDITS):
        if chance.random() < LINE_BREAKS:
            await visitor.close()
            for _ in range(chance.randint(0, MOST_WITHOUT_A_LINE)):
                visitor.document.edit("summary", [(0, 0, "~")])
            await visitor.__aenter__()
        text = visitor.text()
        at = chance.randint(0, len(text))
        if chance.random() < 0.75 or len(text) < 4:
            await visitor.write("summary", chance.choice(LETTERS), at=at)
        else:
            await visitor.erase("summary", max(0, at - 2), at)
        await asyncio.sleep(chance.uniform(0, LONGEST_PAUSE))


async def differences(schedules: list[Schedule]) -> dict[int, list[Stand]]:
    """How those stand, by number, whose replicas and log are not all alike."""
    script = settings.BASE_DIR / "tests/live/yjs_editors.mjs"
    editors = YjsEditors(await asyncio.create_subprocess_exec(str(NODE), str(script), stdin=PIPE, stdout=PIPE))
    turns, found = asyncio.Semaphore(AT_ONCE), {}

    async def run(schedule: Schedule) -> None:
        async with turns:
            stands = [*await schedule.run(editors), await in_a_thread(schedule.stored)]
        if any(stand != stands[0] for stand in stands) or len(stands[0][1]) < 4:
            found[schedule.number] = stands

    try:
        await asyncio.gather(*(run(schedule) for schedule in schedules))
    finally:
        await editors.end()
    return found


@pytest.mark.slow
@pytest.mark.timeout(60 + 3 * SCHEDULES)
def test_agree_with_yjs_on_two_processes_in_every_schedule(web, second_web, transactional_db):
    ports = [web.port, second_web.port]
    people = [(sign_in(UserFactory()), sign_in(UserFactory())) for _ in range(AT_ONCE)]
    made = [PostmortemFactory(texts={"summary": ""}) for _ in range(SCHEDULES)]
    schedules = [
        Schedule(number, postmortem.number, postmortem.room_id, ports, people[number % AT_ONCE])
        for number, postmortem in enumerate(made)
    ]
    print(f"seed {SEED}: {SCHEDULES} schedules of four replicas, {EDITS} edits each")

    assert asyncio.run(differences(schedules)) == {}
