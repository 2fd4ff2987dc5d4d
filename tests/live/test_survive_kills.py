"""SIGKILL of any process at any moment while ten people type: QUALITY rows L4 and L5, and D2.

DEBRIEF_KILLS=20 DEBRIEF_SEED=3 pytest tests/live/test_survive_kills.py  is the long form; it prints what it did.
"""

import asyncio
import os
import random
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from live.document import load
from postmortems.models import Postmortem
from tests.live.conftest import sign_in
from tests.live.people import Visitor, until
from tests.live.site import PARTS, WEBS, Site, opened_site
from tests.live.typists import TOKEN, Token, Typist, promised_to

KILLS = int(os.environ.get("DEBRIEF_KILLS", "0"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))
PEOPLE = 10
EVERYTHING = PARTS
SHORT_FORM = [("postgres",), ("valkey",), EVERYTHING]
# Seconds after everything is back; 5 is what it is held to on a machine with nothing else to do. The trial prints what it took.
PAGES_ANSWER_WITHIN = 10.0


@pytest.fixture
def site(postmortem: Postmortem, mira: object, tmp_path: Path):
    cookie = sign_in(mira)
    with opened_site(tmp_path) as site:
        yield site, postmortem, cookie


class Trial:
    """Ten typists on both web processes, and what is done to them."""

    def __init__(self, site: Site, postmortem: Postmortem, cookie: str, chance: random.Random) -> None:
        self.site, self.room_id, self.chance = site, postmortem.room_id, chance
        self.number, self.cookie = postmortem.number, cookie
        self.ending = asyncio.Event()
        self.pages: dict[str, list[int]] = {name: [] for name in WEBS}
        self.typists = [
            Typist(number, random.Random(chance.random()), site.ports[WEBS[number % 2]], postmortem.number, cookie)
            for number in range(PEOPLE)
        ]
        self.typing = [asyncio.create_task(typist.type_until(self.ending, pause=0.1)) for typist in self.typists]

    async def watch_page(self, name: str) -> None:
        await watch_page(
            f"http://localhost:{self.site.ports[name]}/postmortems/{self.number}/", self.cookie, self.pages[name]
        )

    async def pages_answer(self) -> float:
        """Seconds until both processes have given a page again."""
        began, before = time.monotonic(), {name: len(self.pages[name]) for name in WEBS}
        await until(
            lambda: all(200 in self.pages[name][before[name] :] for name in WEBS),
            within=PAGES_ANSWER_WITHIN + 1,
            complaint=lambda: f"no pages yet: { {name: self.pages[name][-5:] for name in WEBS} }",
        )
        return time.monotonic() - began

    def let_in(self, yes: bool) -> None:
        for typist in self.typists:
            typist.may_come.set() if yes else typist.may_come.clear()

    async def type_for(self, seconds: float) -> None:
        """Until everyone has been told again that something is saved, and so long."""
        before = [typist.is_told_saved for typist in self.typists]
        await until(
            lambda: all(now.is_told_saved > then for now, then in zip(self.typists, before, strict=True)),
            within=20,
            complaint=lambda: f"not everyone types again: {[(t.number, t.codes[-5:]) for t in self.typists]}",
        )
        await asyncio.sleep(seconds)

    async def kill(self, victims: tuple[str, ...]) -> None:
        """Kill, look what was promised, start again, and see that all of it is there before anybody brings it back."""
        self.let_in(False)
        await asyncio.to_thread(self.site.kill, *victims)
        await asyncio.sleep(self.chance.uniform(0.1, 0.6))
        # Of now, not of the kill: what is called saved while PostgreSQL is gone would be missing from the log.
        promised = promised_to(self.typists)
        await asyncio.to_thread(self.site.start, *victims)
        kept = Counter(TOKEN.findall(self.stored()))
        assert promised - kept.keys() == set(), f"lost after SIGKILL of {victims}"
        self.let_in(True)

    def stored(self) -> str:
        """The document that the log in PostgreSQL makes, read by nobody but us."""
        found = self.site.query(
            "select data, upto from live_snapshot where room_id = %s order by upto desc limit 1", [self.room_id]
        )
        data, upto = found[0] if found else (None, 0)
        rows = self.site.query(
            "select data from live_update where room_id = %s and id > %s order by id", [self.room_id, upto]
        )
        return load(data, (bytes(row) for (row,) in rows)).text("summary")

    def plain_text(self) -> str:
        return self.site.query("select text from live_sharedtext where room_id = %s", [self.room_id])[0][0]

    async def settle(self) -> str:
        """Everyone stops, comes together once more, and sees one text; returns it."""
        self.ending.set()
        await asyncio.gather(*self.typing)
        newcomer = Visitor(self.site.ports["web"], self.number, self.cookie)
        everyone = [*self.typists, newcomer]
        for visitor in everyone:
            await visitor.__aenter__()
        for typist in self.typists:
            await typist.is_saved()
        await until(lambda: len({visitor.text() for visitor in everyone}) == 1, within=8)
        assert [visitor.waiting for visitor in everyone if visitor.waiting] == []
        await until(lambda: self.plain_text() == newcomer.text(), within=8)
        for visitor in everyone:
            await visitor.close()
        return newcomer.text()

    def typed(self) -> dict[Token, int]:
        return {(str(typist.number), str(count)): 1 for typist in self.typists for count in range(typist.typed)}


async def watch_page(address: str, cookie: str, statuses: list[int]) -> None:
    """Somebody reloads a page all the time; notes the status, 0 when nothing answers."""
    async with httpx.AsyncClient(cookies={"sessionid": cookie}, timeout=PAGES_ANSWER_WITHIN) as client:
        while True:
            try:
                statuses.append((await client.get(address)).status_code)
            except httpx.TransportError:
                statuses.append(0)
            await asyncio.sleep(0.2)


def choose(chance: random.Random) -> list[tuple[str, ...]]:
    """What is killed, one after another."""
    if not KILLS:
        return SHORT_FORM
    return [chance.choice([*((part,) for part in PARTS), ("web", "postgres"), EVERYTHING]) for _ in range(KILLS)]


@pytest.mark.slow
@pytest.mark.timeout(60 + 30 * KILLS + 240)
def test_survive_sigkill_of_any_process_loses_nothing_that_was_promised(site: tuple[Site, Postmortem, str]) -> None:
    chance = random.Random(SEED)
    plan = choose(random.Random(SEED))
    print(f"seed {SEED}: {plan}")

    async def scenario() -> tuple[str, Trial]:
        trial = Trial(*site, chance)
        watching = [asyncio.create_task(trial.watch_page(name)) for name in WEBS]
        trial.let_in(True)
        for victims in plan:
            await trial.type_for(chance.uniform(0.1, 0.7))
            await trial.kill(victims)
            waited = await trial.pages_answer()
            print(f"SIGKILL of {', '.join(victims)}: pages answered {waited:.1f} s after everything was back")
            assert waited < PAGES_ANSWER_WITHIN
        await trial.type_for(0.5)
        text = await trial.settle()
        for watch in watching:
            watch.cancel()
        return text, trial

    text, trial = asyncio.run(scenario())

    assert Counter(TOKEN.findall(text)) == trial.typed()
    assert len(trial.typed()) > 100
    for name in WEBS:
        assert set(trial.pages[name]) <= {200, 503, 0}
        assert "live.writer_stumbled" not in trial.site.log(name)
