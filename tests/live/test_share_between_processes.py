"""Two web processes with one document between them, and what Valkey may lose: QUALITY row D1."""

import asyncio

import redis
from django.conf import settings

from tests.live.people import Visitor, until


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
    """What those have said who publish in our database: others test beside us, and the server's own count is of all."""
    ours = str(valkey.connection_pool.connection_kwargs.get("db", 0))
    lines = [line for line in valkey.client_list() if line["db"] == ours]
    return sum(int(line["tot-cmds"]) for line in lines if line["cmd"] == "publish")


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
