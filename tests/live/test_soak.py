"""A meeting that does not end, as `python -m bench.soak` holds it, in seconds instead of hours: QUALITY row L12."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.line import Address
from bench.soak import ELSEWHERE, PEOPLE, Holdings, Meeting, ask_by_signal, left_behind, watched
from tests.factories import PostmortemFactory, UserFactory
from tests.live.conftest import sign_in
from tests.live.servers import WebProcess

SECONDS = 4.0


class WatchedWeb(WebProcess):
    def command(self) -> list[str]:
        return watched(super().command())


@pytest.fixture
def watched_web(transactional_db: None, tmp_path: Path) -> Iterator[WatchedWeb]:
    with WatchedWeb(tmp_path / "log", DEBRIEF_HOLDINGS=str(tmp_path / "holdings.json")) as process:
        yield process


@pytest.mark.slow
def test_soak_leaves_nothing_behind_when_all_have_left(watched_web: WatchedWeb, tmp_path: Path) -> None:
    numbers = [PostmortemFactory(texts={"summary": ""}).number for _ in range(1 + ELSEWHERE)]
    cookies = [f"sessionid={sign_in(UserFactory())}" for _ in range(PEOPLE)]

    def address_of(document: int, person: int) -> Address:
        path = f"/ws/postmortems/{numbers[document]}/?events=1"
        return Address(watched_web.port, path, {"Cookie": cookies[person]})

    async def ask() -> Holdings:
        return await ask_by_signal(watched_web.pid, tmp_path / "holdings.json")

    figures = asyncio.run(Meeting(address_of, ask, SECONDS, random.Random(7)).hold())

    assert (figures["left_behind"], figures["differing"]) == ({}, 0)
    assert figures["keys"] > 5 * SECONDS
    assert figures["comings"] > PEOPLE
    assert figures["visits"] > 1
    assert figures["growth"] < 0.1
    assert watched_web.complaints() == []


@pytest.mark.parametrize("what", ["rooms", "people", "channels", "tasks"])
def test_soak_says_what_is_left_behind(what: str) -> None:
    before = {"rooms": 0, "people": 0, "channels": 1, "tasks": 9, "files": 30, "memory": 90}

    assert left_behind(before, {**before, "files": 34, "memory": 95}) == {}
    assert left_behind(before, {**before, what: before[what] + 1}) == {what: 1}
