"""Who is seen in a room: names from the session, cursors from the client (QUALITY row W2)."""

import asyncio
import os

import pytest

from live.limits import POLICY
from live.wire import QUERY_AWARENESS, awareness_frame
from people.models import User
from tests.factories import UserFactory
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
        "row": 'event-1"><img src=x onerror=alert(1)>',
        "reading": "<b>yes</b>",
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


@pytest.mark.parametrize(
    "row",
    [
        "Event-1",
        "event-",
        "-1",
        "event 1",
        "event-1\n",
        "event-١",
        "e" * 21 + "-1",
        "event-1234567890123",
        1,
        ["event-1"],
    ],
)
def test_be_present_in_a_row_of_no_known_form_is_not_told(visit, postmortem, mira, noor, row):
    forger, other = visit(mira), visit(noor)

    async def scenario():
        async with forger, other:
            await forger.point({"row": row, "section": "summary"})
            await until(lambda: "section" in other.states.get(forger.client, {}))

    asyncio.run(scenario())

    assert other.states[forger.client].keys() == {"user", "section"}


def test_be_present_in_a_row_shows_it_until_it_is_left(visit, postmortem, mira, noor):
    one, other = visit(mira), visit(noor)

    async def scenario():
        async with one, other:
            await one.point({"row": "event-12"}, clock=1)
            await until(lambda: other.states.get(one.client, {}).get("row") == "event-12")
            await one.point({}, clock=2)
            await until(lambda: "row" not in other.states[one.client])

    asyncio.run(scenario())


def test_be_present_without_the_right_to_write_is_reading_whatever_one_says(visit, postmortem, noor):
    one, other = visit(UserFactory(name="Vera", role=User.Role.VIEWER)), visit(noor)

    async def scenario():
        async with one, other:
            await one.point({"reading": False})
            await until(lambda: one.client in other.states)

    asyncio.run(scenario())

    assert other.states[one.client]["reading"] is True


@pytest.mark.skipif("DEBRIEF_LIDS" not in os.environ, reason="Takes half a minute; DEBRIEF_LIDS=1 runs it.")
def test_be_present_ends_within_half_a_minute_after_the_lid_was_closed(visit, postmortem, mira, noor):
    one, other = visit(mira), visit(noor)

    async def scenario():
        async with other:
            await one.open()
            await one.point({})
            await until(lambda: one.client in other.states)
            # Nothing is read any more, so no ping is answered, and nothing is said about it.
            one.socket.transport.pause_reading()
            await until(lambda: one.client not in other.states, within=30)
            one.socket.transport.abort()

    asyncio.run(scenario())
