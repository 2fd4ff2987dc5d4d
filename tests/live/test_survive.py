"""What must not be lost, whatever ends: QUALITY rows L4, L7, L8 and L14. DEBRIEF_KILLS and DEBRIEF_VISITS are the long forms."""

import asyncio
import os
import random
import re
import sys
import threading
import time
from itertools import accumulate

import pytest
from django.db import connection, transaction

from live import store
from live.commands import replace_text, text_of
from live.hub import Hub
from live.limits import TRY_AGAIN
from live.models import SharedText, Update
from live.socket import _stay
from tests.live.conftest import sign_in
from tests.live.people import Visitor, in_a_thread, until
from tests.live.test_hold_no_memory import in_hub
from tests.live.test_hold_no_memory import visitor as somebody
from tests.live.typists import TOKEN as NUMBERED
from tests.live.typists import Typist, promised_to

KILLS = int(os.environ.get("DEBRIEF_KILLS", "2"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))
VISITS = int(os.environ.get("DEBRIEF_VISITS", "50"))
# Seconds after the new process listens; 3 on a machine with nothing else to do.
BACK_WITHIN = 10.0
TOKEN = re.compile(r"<\d+:\d+>")


async def type_tokens(number: int, visitor: Visitor, chance: random.Random) -> None:
    """Type `<number:1>`, `<number:2>` … anywhere, until the line breaks."""
    for count in range(10_000):
        tokens = [match.end() for match in TOKEN.finditer(visitor.text())]
        await visitor.write("summary", f"<{number}:{count}>", at=chance.choice([0, *tokens]))
        await asyncio.sleep(chance.uniform(0, 0.02))


async def type_until_killed(visitors: list[Visitor], kill: object, after: float, chance: random.Random) -> None:
    for visitor in visitors:
        await visitor.__aenter__()
    typing = [asyncio.create_task(type_tokens(n, visitor, chance)) for n, visitor in enumerate(visitors)]
    await asyncio.sleep(after)
    await asyncio.to_thread(kill)
    await asyncio.gather(*typing, return_exceptions=True)
    for visitor in visitors:
        await visitor.is_closed()


def tokens_shown_or_saved(visitors: list[Visitor]) -> set[str]:
    shown = set()
    for number, visitor in enumerate(visitors):
        shown |= {token for token in TOKEN.findall(visitor.text()) if not token.startswith(f"<{number}:")}
        # The first message of a visit is the answer to the server's question, the tokens follow it.
        shown |= {f"<{number}:{count}>" for count in range(visitor.saved - 1)}
    return shown


@pytest.mark.slow
def test_survive_sigkill_keeps_every_character_that_anybody_was_shown(own_web, visit, postmortem, mira, noor):
    chance = random.Random(SEED)
    for _ in range(KILLS):
        own_web.ensure_running()
        visitors = [visit(user, own_web.port) for user in (mira, noor, mira, noor, mira)]
        asyncio.run(type_until_killed(visitors, own_web.kill, chance.uniform(0.3, 1.2), chance))

        kept = set(TOKEN.findall(text_of(postmortem.room, "summary")))
        shown = tokens_shown_or_saved(visitors)
        assert len(shown) > 20
        assert shown - kept == set()
        # The next round begins with an empty text, so that tokens do not mix.
        Update.objects.all().delete()


@pytest.mark.slow
def test_survive_a_stop_right_after_heavy_typing_keeps_everything_received(own_web, visit, postmortem, mira, noor):
    writer, reader = visit(mira, own_web.port), visit(noor, own_web.port)

    async def scenario():
        async with writer, reader:
            for count in range(600):
                await writer.write("summary", f"<0:{count}>")
            stopping = asyncio.create_task(asyncio.to_thread(own_web.stop))
            assert await reader.is_closed(within=15) == 1012
            await stopping

    asyncio.run(scenario())

    kept = text_of(postmortem.room, "summary")
    assert set(TOKEN.findall(reader.text())) <= set(TOKEN.findall(kept))
    assert {f"<0:{count}>" for count in range(writer.saved - 1)} <= set(TOKEN.findall(kept))
    assert SharedText.objects.get(room=postmortem.room).text == kept

    own_web.start()
    back = visit(mira, own_web.port)
    back.document, back.waiting = writer.document, writer.waiting

    async def come_back():
        async with back:
            await back.is_saved()

    asyncio.run(come_back())
    assert text_of(postmortem.room, "summary") == writer.text()


def test_survive_a_return_brings_along_what_was_typed_without_a_line(visit, postmortem, mira, noor):
    writer, reader = visit(mira), visit(noor)

    async def scenario():
        async with reader:
            async with writer:
                await writer.write("summary", "before ")
                await reader.sees("before ")
            writer.document.edit("summary", [(7, 7, "between ")])
            await reader.write("summary", "meanwhile ", at=0)
            async with writer:
                await writer.write("summary", "after")
                await writer.is_saved()
                await reader.sees("meanwhile before between after")
                await writer.sees("meanwhile before between after")

    asyncio.run(scenario())


def test_survive_comings_and_goings_of_the_last_visitor(visit, postmortem, mira, noor):
    """The room is emptied, stored and opened again while others come in, at any distance: nothing is ever missing."""
    chance = random.Random(SEED)
    visitors = [visit(user) for user in (mira, noor) * 5]
    newcomer = visit(mira)

    async def write_one(visitor: Visitor, token: str, after: float) -> None:
        await asyncio.sleep(after)
        async with visitor:
            await visitor.write("summary", token, at=0)
            if chance.random() < 0.5:  # The others go without waiting for the answer.
                await visitor.is_saved()

    async def scenario() -> None:
        for count in range(VISITS // len(visitors)):
            afters = accumulate(chance.choice([0, 0.005, 0.02, 0.05]) for _ in visitors)
            coming = enumerate(zip(visitors, afters, strict=True))
            await asyncio.gather(*(write_one(who, f"<{number}:{count}>", after) for number, (who, after) in coming))
        async with newcomer:
            await until(lambda: len(TOKEN.findall(newcomer.text())) == VISITS)

    asyncio.run(scenario())

    tokens = [f"<{number}:{count}>" for number in range(10) for count in range(VISITS // 10)]
    assert sorted(TOKEN.findall(newcomer.text())) == sorted(tokens)
    assert text_of(postmortem.room, "summary") == newcomer.text()


@pytest.mark.slow
def test_survive_a_restart_while_people_type_has_them_back_in_a_moment(own_web, postmortem, mira, noor):
    typists = [
        Typist(number, random.Random(f"{SEED}:{number}"), own_web.port, postmortem.number, sign_in(user))
        for number, user in enumerate((mira, noor) * 2)
    ]

    async def everyone_is_told_again() -> None:
        before = [typist.is_told_saved for typist in typists]
        await until(lambda: all(now.is_told_saved > then for now, then in zip(typists, before, strict=True)), within=20)

    async def scenario() -> float:
        ending = asyncio.Event()
        typing = [asyncio.create_task(typist.type_until(ending, pause=0.02)) for typist in typists]
        for typist in typists:
            typist.may_come.set()
        await everyone_is_told_again()
        await asyncio.to_thread(own_web.stop)
        promised = promised_to(typists)
        kept = await in_a_thread(lambda: text_of(postmortem.room, "summary"))
        assert promised <= set(NUMBERED.findall(kept))
        await asyncio.to_thread(own_web.start)
        began = time.monotonic()
        await everyone_is_told_again()
        took = time.monotonic() - began
        ending.set()
        await asyncio.gather(*typing)
        return took

    took = asyncio.run(scenario())

    assert {typist.codes[0] for typist in typists} == {1012}
    typed = [f"<{typist.number}:{count}>" for typist in typists for count in range(typist.typed)]
    assert sorted(TOKEN.findall(text_of(postmortem.room, "summary"))) == sorted(typed)
    print(f"everyone was back, and told that something is saved, after {took:.1f} s", file=sys.stderr)
    assert took < BACK_WITHIN


def test_survive_a_failed_load_shows_no_document_and_changes_nothing(visit, postmortem, mira):
    visitor, again = visit(mira), visit(mira)
    with connection.cursor() as cursor:
        cursor.execute("alter table live_snapshot rename to live_snapshot_away")

    async def scenario(expected):
        await visitor.open()
        assert await visitor.is_closed() == TRY_AGAIN
        assert visitor.text() == expected

    try:
        asyncio.run(scenario(""))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("alter table live_snapshot_away rename to live_snapshot")

    async def later():
        async with again:
            await again.write("summary", "words")
            await again.is_saved()

    asyncio.run(later())
    assert text_of(postmortem.room, "summary") == "words"


def test_survive_a_load_that_hangs_shows_no_document_and_changes_nothing(postmortem, mira, monkeypatch):
    """Two who come while PostgreSQL does not answer are sent away; later the document is there."""
    monkeypatch.setattr(store, "LOAD_TIMEOUT", 0.5)
    replace_text(postmortem.room, "summary", "words", base_version=None, by=mira)
    rows = list(Update.objects.values_list("pk", "data"))
    may_end, is_locked = threading.Event(), threading.Event()

    def lock_snapshots() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("lock table live_snapshot in access exclusive mode")
            is_locked.set()
            may_end.wait(20)

    async def scenario(hub: Hub) -> tuple[list[int], dict[str, str]]:
        locking = asyncio.create_task(in_a_thread(lock_snapshots))
        await asyncio.to_thread(is_locked.wait, 5)
        both = [somebody(number) for number in (1, 2)]
        await asyncio.gather(*(_stay(hub, who, postmortem.room_id, hub.doubts_heard, never) for who in both))
        may_end.set()
        await locking
        assert hub.rooms == {}
        later = somebody(3)
        room = await hub.enter(later, postmortem.room_id, doubts_heard=hub.doubts_heard)
        texts = room.texts()
        await hub.leave(later, room)
        return [who.closing[0] for who in both if who.closing], texts

    async def never() -> dict[str, object]:
        raise AssertionError("nobody listens to somebody who was not let in")

    codes, texts = in_hub(scenario)

    assert codes == [TRY_AGAIN, TRY_AGAIN]
    assert texts == {"summary": "words"}
    assert list(Update.objects.values_list("pk", "data")) == rows
    assert SharedText.objects.get(room=postmortem.room).text == "words"


def test_survive_a_log_with_a_hole_shows_no_document(visit, postmortem, mira):
    from live.document import Document

    author: Document = Document()
    author.edit("summary", [(0, 0, "lost ")])
    Update.objects.create(room=postmortem.room, data=author.edit("summary", [(5, 5, "found")]))
    visitor = visit(mira)

    async def scenario():
        await visitor.open()
        assert await visitor.is_closed() == TRY_AGAIN
        assert visitor.text() == ""

    asyncio.run(scenario())

    assert Update.objects.count() == 1


def test_survive_a_refused_commit_closes_the_room_and_shows_nothing(visit, postmortem, mira, noor):
    writer, reader, later = visit(mira), visit(noor), visit(noor)

    def refuse_rows(no: bool):
        with connection.cursor() as cursor:
            if no:
                cursor.execute("alter table live_update add constraint closed check (id < 0) not valid")
            else:
                cursor.execute("alter table live_update drop constraint closed")

    async def scenario():
        async with writer, reader:
            await writer.write("summary", "never stored")
            assert await writer.is_closed() == TRY_AGAIN
            assert await reader.is_closed() == TRY_AGAIN
            assert reader.text() == ""
            assert writer.saved <= 1

    refuse_rows(True)
    try:
        asyncio.run(scenario())
    finally:
        refuse_rows(False)

    async def come_back():
        async with later, writer:
            await later.sees("never stored")

    asyncio.run(come_back())


def test_survive_a_slow_reader_keeps_nobody_waiting(visit, postmortem, mira, noor):
    writer, reader, slow = visit(mira), visit(noor), visit(noor)

    async def scenario():
        async with writer, reader:
            await slow.open()
            await slow.is_synced.wait()
            slow.socket.transport.pause_reading()
            for _ in range(30):
                await writer.write("summary", "x" * 500_000, at=0)
                await writer.is_saved(within=10)
            await until(lambda: len(reader.text()) == 15_000_000, within=10)
            slow.socket.transport.resume_reading()
            assert await slow.is_closed(within=10) == TRY_AGAIN
            await slow.close()

    asyncio.run(scenario())
