"""Who is seen in a room: names from the session, cursors from the client (QUALITY row W2)."""

import asyncio

from live.limits import POLICY
from live.wire import QUERY_AWARENESS, awareness_frame
from tests.live.people import until

CURSOR = {"anchor": {"tname": "summary", "assoc": 0}, "head": {"tname": "summary", "assoc": 0}}


def test_be_present_shows_name_and_cursor_and_ends_with_the_socket(visit, postmortem, mira, noor):
    one, other = visit(mira), visit(noor)

    async def scenario():
        async with other:
            async with one:
                await one.point({"cursor": CURSOR, "section": "summary"})
                await until(lambda: one.client in other.states)
                state = other.states[one.client]
                assert state["user"]["name"] == "Mira"
                assert state["user"]["id"] == mira.pk
                assert state["cursor"] == CURSOR
                assert state["section"] == "summary"
            await until(lambda: other.states == {}, within=1)

    asyncio.run(scenario())


def test_be_present_takes_no_identity_from_the_client(visit, postmortem, mira, noor):
    forger, other = visit(mira), visit(noor)
    forged = {
        "user": {"id": noor.pk, "name": "<b>Noor</b>", "color": "url(https://elsewhere.example)"},
        "cursor": {"anchor": {"item": {"client": "<script>", "clock": -1}}, "head": {}},
        "section": "no such text",
        "html": "<img src=x onerror=alert(1)>",
    }

    async def scenario():
        async with forger, other:
            await forger.point(forged)
            await until(lambda: forger.client in other.states)

    asyncio.run(scenario())

    state = other.states[forger.client]
    assert state.keys() == {"user"}
    assert (state["user"]["name"], state["user"]["id"]) == ("Mira", mira.pk)
    assert state["user"]["color"].startswith("#")


def test_be_present_speaks_for_nobody_else(visit, postmortem, mira, noor):
    forger, victim, other = visit(mira), visit(noor), visit(noor)

    async def scenario():
        async with forger, victim, other:
            await victim.point({"cursor": CURSOR})
            await until(lambda: victim.client in other.states)
            await forger.point({}, client=victim.client, clock=99)
            await forger.point(None, client=victim.client, clock=100)
            await forger.point({})
            await until(lambda: forger.client in other.states)
            assert other.states[victim.client]["user"]["name"] == "Noor"
            assert other.states[forger.client]["user"]["name"] == "Mira"

    asyncio.run(scenario())


def test_be_present_again_at_once_after_coming_back(visit, postmortem, mira, noor):
    one, other = visit(mira), visit(noor)

    async def scenario():
        async with other:
            for _ in range(3):
                async with one:
                    await one.point({"cursor": CURSOR}, clock=1)
                    await until(lambda: one.client in other.states, within=1)
                await until(lambda: one.client not in other.states, within=1)

    asyncio.run(scenario())


def test_be_present_is_told_to_whoever_comes_later_or_asks(visit, postmortem, mira, noor):
    one, late = visit(mira), visit(noor)

    async def scenario():
        async with one:
            await one.point({})
            await asyncio.sleep(0.1)
            async with late:
                await until(lambda: one.client in late.states, within=1)
                late.states.clear()
                await late.socket.send(bytes((QUERY_AWARENESS,)))
                await until(lambda: one.client in late.states, within=1)

    asyncio.run(scenario())


def test_be_present_with_too_long_a_state_is_refused(visit, postmortem, mira):
    visitor = visit(mira)

    async def scenario():
        async with visitor:
            for clock in range(3):
                await visitor.socket.send(awareness_frame({visitor.client: (clock, '"' + "x" * 2049 + '"')}))
            assert await visitor.is_closed() == POLICY

    asyncio.run(scenario())
