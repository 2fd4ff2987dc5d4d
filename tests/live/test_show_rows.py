"""A changed row on everybody's page: one frame for all of them, soon, and only for those who may still see it."""

import asyncio
import time
from collections.abc import Coroutine, Iterable
from typing import Any

import httpx
import pytest

from incidents.commands import edit_incident
from postmortems.commands import edit_event
from tests.factories import TimelineEventFactory, UserFactory
from tests.live.conftest import sign_in
from tests.live.people import Visitor, in_a_thread, until
from tests.live.servers import WebProcess

SCREENS = 50
CHANGES = 12
A_PERSONS_SCREENS = 10
GOAL_SECONDS = 0.2


class Screen(Visitor):
    """Somebody's page, which notes when it was told of each row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[tuple[float, str]] = []

    async def _hear(self, message: str | bytes) -> None:
        if isinstance(message, str) and '"rowChanged"' in message:
            self.rows.append((time.perf_counter(), message))
        await super()._hear(message)


class Writer:
    """The page's own way of writing one field of a row."""

    def __init__(self, port: int, cookie: str) -> None:
        self.client = httpx.AsyncClient(
            base_url=f"http://localhost:{port}", cookies={"sessionid": cookie, "csrftoken": "c" * 32},
            headers={"X-CSRFToken": "c" * 32, "Accept": "application/json"},
        )  # fmt: skip

    async def write(self, address: str, name: str, value: str) -> None:
        response = await self.client.post(address, data={"field": name, name: value})
        assert response.status_code == 200, response.text


@pytest.fixture
def fresh_web(own_web: WebProcess) -> WebProcess:
    """Emptying the tables between tests gives content types new ids; a process that wrote before remembers the old ones."""
    own_web.kill()
    return own_web.start()


def test_a_change_is_on_fifty_other_screens_in_a_blink_and_rendered_once(fresh_web, postmortem, mira, record_property):
    event = TimelineEventFactory(postmortem=postmortem, added_by=mira)
    address = f"/postmortems/{postmortem.number}/timeline/{event.pk}/edit/field/"
    people = [UserFactory() for _ in range(SCREENS // A_PERSONS_SCREENS)]
    cookies = [sign_in(person) for person in people] * A_PERSONS_SCREENS
    screens = [Screen(fresh_web.port, postmortem.number, cookie) for cookie in cookies]
    writer = Writer(fresh_web.port, sign_in(mira))

    async def scenario() -> list[float]:
        await together(screen.__aenter__() for screen in screens)
        p95 = []
        for number in range(CHANGES):
            started = time.perf_counter()
            await writer.write(address, "who", f"alert {number}")
            await until(lambda: all(len(screen.rows) > number for screen in screens), 20)  # noqa: B023 - awaited here
            delays = sorted(screen.rows[number][0] - started for screen in screens)
            p95.append(delays[SCREENS * 95 // 100])
        await together(screen.close() for screen in screens)
        await writer.client.aclose()
        return sorted(p95)

    p95 = asyncio.run(scenario())

    record_property("p95_ms", [round(seconds * 1000) for seconds in p95])
    print("p95 to 50 screens, for each change, in ms:", [round(seconds * 1000) for seconds in p95])
    assert len({message for screen in screens for _, message in screen.rows}) == CHANGES
    # A busy machine holds up some of them, and this test is busy with fifty screens itself; the way must be short.
    assert p95[0] < 2 * GOAL_SECONDS
    assert p95[CHANGES // 2] < 10 * GOAL_SECONDS


async def together(works: Iterable[Coroutine[Any, Any, Any]]) -> None:
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)


def test_two_web_processes_show_the_same_row_to_their_people(web, own_web, postmortem, mira, noor):
    event = TimelineEventFactory(postmortem=postmortem, added_by=mira)
    here, there = (Screen(port, postmortem.number, sign_in(noor)) for port in (web.port, own_web.port))

    async def scenario() -> None:
        async with here, there:
            await in_a_thread(lambda: edit_event(event, by=mira, seen={}, wanted={"who": "pager"}))
            await until(lambda: here.rows and there.rows)

    asyncio.run(scenario())

    assert here.rows[0][1] == there.rows[0][1]


@pytest.mark.parametrize("is_restricted", [False, True])
def test_rows_travel_no_further_than_the_right_to_read(web, postmortem, mira, noor, is_restricted):
    """Once an incident is restricted, those outside are gone within a second; the open one shows what they would get."""
    incident = postmortem.incident
    incident.team.members.add(mira)
    event = TimelineEventFactory(postmortem=postmortem, added_by=mira)
    outsider = Screen(web.port, postmortem.number, sign_in(noor))

    async def scenario() -> None:
        async with outsider:
            await in_a_thread(lambda: edit_incident(incident, by=mira, is_restricted=is_restricted))
            if is_restricted:
                await outsider.is_closed(within=1)
            await in_a_thread(lambda: edit_event(event, by=mira, seen={}, wanted={"text": "Written afterwards"}))
            if not is_restricted:
                await until(lambda: outsider.rows)

    asyncio.run(scenario())

    assert bool(outsider.rows) is not is_restricted
