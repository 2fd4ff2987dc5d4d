"""Two web processes with one document between them: QUALITY row L2, and what Valkey may lose (D1)."""

import asyncio
import json
import os
import random

import redis
from django.conf import settings

from live.commands import text_of
from tests.live.people import Visitor, until
from tests.live.test_integrate import NODE

EDITS = int(os.environ.get("DEBRIEF_EDITS", "40"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))
LETTERS = ["a", "bc", "é", "\n", "😀", "漢"]


async def edit_at_random(visitor: Visitor, chance: random.Random) -> None:
    for _ in range(EDITS):
        if chance.random() < 0.05:
            await visitor.close()
            visitor.document.edit("summary", [(0, 0, "~")])
            await visitor.__aenter__()
        text = visitor.text()
        at = chance.randint(0, len(text))
        if chance.random() < 0.75 or len(text) < 4:
            await visitor.write("summary", chance.choice(LETTERS), at=at)
        else:
            await visitor.erase("summary", max(0, at - 2), at)
        await asyncio.sleep(chance.uniform(0, 0.01))


def test_share_random_editors_on_two_processes_end_with_one_text(web, second_web, visit, postmortem, mira, noor):
    chance = random.Random(SEED)
    ports = [web.port, second_web.port, web.port, second_web.port, second_web.port]
    visitors = [visit(user, port) for user, port in zip((mira, noor, mira, noor, mira), ports, strict=True)]

    async def scenario():
        for visitor in visitors:
            await visitor.__aenter__()
        await asyncio.gather(*(edit_at_random(visitor, random.Random(chance.random())) for visitor in visitors))
        for visitor in visitors:
            await visitor.is_saved()
        await until(lambda: len({visitor.text() for visitor in visitors}) == 1, within=8)
        await until(lambda: len({tuple(sorted(visitor.document.clocks().items())) for visitor in visitors}) == 1)
        for visitor in visitors:
            await visitor.close()

    asyncio.run(scenario())

    assert visitors[0].waiting == []
    assert text_of(postmortem.room, "summary") == visitors[0].text()


def test_share_yjs_itself_ends_with_the_text_that_is_stored(web, second_web, visit, postmortem, mira, noor):
    """Replicas that run Yjs in node, on both processes, while one of pycrdt's edits too."""
    ours = visit(noor, second_web.port)
    ports = [str(port) for port in (web.port, second_web.port, web.port, second_web.port)]
    script = settings.BASE_DIR / "tests/live/yjs_editors.mjs"
    command = [str(NODE), str(script), str(SEED), str(EDITS), visit(mira).cookie, str(postmortem.number), *ports]

    async def scenario():
        async with ours:
            editors = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            await edit_at_random(ours, random.Random(SEED))
            written, _ = await asyncio.wait_for(editors.communicate(), 60)
            await ours.is_saved()
            return json.loads(written)

    texts = asyncio.run(scenario())

    assert texts == [ours.text()] * 4
    assert text_of(postmortem.room, "summary") == ours.text()


def test_share_presence_between_processes(web, second_web, visit, postmortem, mira, noor):
    here, there, late = visit(mira, web.port), visit(noor, second_web.port), visit(noor, second_web.port)

    async def scenario():
        async with there:
            async with here:
                await here.point({})
                await until(lambda: here.client in there.states, within=2)
                async with late:
                    await until(lambda: here.client in late.states, within=2)
            await until(lambda: here.client not in there.states, within=2)

    asyncio.run(scenario())


def test_share_goes_on_without_the_bus(web, second_web, visit, postmortem, mira, noor):
    """Every connection to Valkey is cut again and again: rows are read from PostgreSQL instead."""
    here, there = visit(mira, web.port), visit(noor, second_web.port)
    valkey = redis.Redis.from_url(settings.REDIS_URL)

    async def scenario():
        async with here, there:
            for round_ in range(5):
                valkey.client_kill_filter(_type="pubsub")
                await here.write("summary", f"{round_}")
                await there.sees("".join(map(str, range(round_ + 1))), within=3)

    with valkey:
        asyncio.run(scenario())
    valkey.connection_pool.disconnect()


def published(valkey: redis.Redis) -> int:
    return valkey.info("commandstats").get("cmdstat_publish", {"calls": 0})["calls"]


def test_share_says_next_to_nothing_while_no_other_process_listens(web, visit, postmortem, mira):
    """Keys are told to Valkey once a second then, to ask whether anybody has come."""
    writer = visit(mira, web.port)
    valkey = redis.Redis.from_url(settings.REDIS_URL)

    async def scenario() -> int:
        async with writer:
            await writer.write("summary", "x")
            await writer.is_saved()
            await asyncio.sleep(0.1)  # Until Valkey has answered that nobody else is there.
            before = published(valkey)
            for _ in range(50):
                await writer.write("summary", "x")
                await writer.is_saved()
            return published(valkey) - before

    with valkey:
        assert asyncio.run(scenario()) < 25
    valkey.connection_pool.disconnect()


def test_share_with_a_process_that_comes_while_somebody_types_alone(web, second_web, visit, postmortem, mira, noor):
    """What was spared while nobody listened is read, and from then on every key is told."""
    here, *comers = visit(mira, web.port), *(visit(noor, second_web.port) for _ in range(9))

    async def scenario():
        async with here:
            typing = asyncio.create_task(type_letters(here, 150))
            for there in comers[:8]:
                async with there:
                    written = len(here.text())
                    await until(lambda: len(there.text()) >= written, within=2)  # noqa: B023
            await typing
            async with comers[8]:
                await comers[8].sees(here.text(), within=2)

    asyncio.run(scenario())


async def type_letters(visitor: Visitor, count: int) -> None:
    for _ in range(count):
        await visitor.write("summary", "x")
        await asyncio.sleep(0.01)
