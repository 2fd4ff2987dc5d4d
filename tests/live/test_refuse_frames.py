"""What a room does with bytes that no honest client sends: QUALITY row L10."""

import asyncio
import os
import random
import time
from collections.abc import Iterable
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from live.commands import text_of
from live.document import Change, Document, load
from live.errors import BadFrame
from live.limits import MAX_FRAME_BYTES, MESSAGE_BURST, POLICY, TOO_BIG, TRY_AGAIN
from live.updates import shape_of
from live.wire import read_awareness, read_state_vector, sync_frame, write_number
from people.models import User
from tests.factories import UserFactory
from tests.live.people import Visitor, until
from tests.live.servers import memory_of

MUTATIONS = int(os.environ.get("DEBRIEF_MUTATIONS", "6000"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))


def history(chance: random.Random) -> list[bytes]:
    author: Document = Document()
    updates = []
    for _ in range(60):
        text = author.text("summary")
        at = chance.randint(0, len(text))
        edit = (at, at, chance.choice(["abc", "é", "😀", "\n"])) if chance.random() < 0.7 else (max(0, at - 2), at, "")
        updates.append(author.edit("summary", [edit]))
    return [*updates, author.missing(b"\x00")]


def mutated(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.2:
        return chance.randbytes(chance.randint(0, 60))
    bytes_ = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(bytes_)) if bytes_ else 0
        match chance.randrange(5):
            case 0 | 1 if bytes_:
                bytes_[at] = chance.randrange(256)
            case 2:
                del bytes_[at:]
            case 3:
                bytes_[at:at] = chance.randbytes(3)
            case _:
                bytes_[at : at + 1] = b"\xff\xff\xff\xff\x7f"
    return bytes(bytes_)


def test_refuse_mutated_updates_quickly_and_leave_the_document_sound() -> None:
    chance = random.Random(SEED)
    updates = history(chance)
    document: Document = load(None, updates)
    text = document.text("summary")
    slowest, refused = 0.0, 0
    for _ in range(MUTATIONS):
        update = mutated(chance.choice(updates), chance)
        began = time.thread_time()  # Not by the clock: other processes want this processor too.
        try:
            document.take([Change(update, shape_of(update), None)], [])
        except BadFrame:
            refused += 1
        slowest = max(slowest, time.thread_time() - began)
        assert document.is_sound(), update.hex()

    assert refused > MUTATIONS / 2
    assert slowest < 0.005
    assert load(None, updates).text("summary") == text


def numbers(*values: int) -> bytes:
    return b"".join(map(write_number, values))


def letter(client: int, beside: int) -> bytes:
    """The first letter that a client writes, standing on the first of another."""
    return numbers(1, client, 0) + b"\x84" + numbers(beside, 0, 1) + b"x"


def chain(links: int, first: int) -> list[bytes]:
    """One letter of each of many clients, each standing on the one before; the first stands on one that nobody has."""
    return [numbers(1) + letter(first + at, first + at - 1) + numbers(0) for at in range(1, links + 1)]


def wide(clients: int) -> bytes:
    """One frame with a letter of each of many clients, each standing on the next; the last stands on nothing known."""
    return numbers(clients) + b"".join(letter(at, at + 1) for at in range(1, clients + 1)) + numbers(0)


def test_refuse_to_spend_time_on_what_waits_for_a_link_that_never_comes() -> None:
    document: Document = Document()
    waiting: list[Change] = []
    document.take([Change(update, shape_of(update), None) for update in chain(500, 1000)], waiting)
    author: Document = Document()
    honest = author.edit("summary", [(0, 0, "calm")])

    began = time.thread_time()
    document.take([Change(honest, shape_of(honest), None)], waiting)
    took = time.thread_time() - began

    assert (document.text("summary"), len(waiting)) == ("calm", 500)
    assert took < 0.02


def test_refuse_to_spend_time_on_many_clients_in_one_frame() -> None:
    """Each of 40,000 clients writes a letter beside the one of another: a megabyte that wants looking at."""
    update = wide(40_000)
    shape = shape_of(update)

    began = time.thread_time()
    outcome = Document().take([Change(update, shape, None)], waiting := [])
    took = time.thread_time() - began

    assert (outcome.news, len(waiting)) == (None, 1)
    # 0.2 s on a machine of its own; by the square of their number it would be minutes.
    assert took < 2


@pytest.mark.parametrize("read", [read_state_vector, read_awareness])
def test_refuse_mutated_vectors_and_states_with_one_kind_of_error(read: object) -> None:
    chance = random.Random(SEED)
    whole = load(None, history(chance)).state()
    for _ in range(MUTATIONS):
        try:
            read(mutated(whole, chance))
        except BadFrame:
            continue


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ("01ffffffff0f0500040107", "more changes are announced than sent"),
        ("ffffffff0f", "more clients are announced than sent"),
        ("0001ffff03", "the message ends too early"),
        ("000105ffff03", "more deletions are announced than sent"),
        ("01010500050101730122007d00", "a room holds plain texts only"),
        ("010105000401017302fffe00", "text is not UTF-8"),
        ("0101050004010173016100ff", "the update goes on after its end"),
    ],
)
def test_refuse_an_update_with_a_reason(update: str, reason: str) -> None:
    with pytest.raises(BadFrame, match=reason):
        shape_of(bytes.fromhex(update))


def test_refuse_garbage_closes_the_sender_and_nobody_else_notices(visit, postmortem, mira, noor):
    hostile, honest, reader = visit(mira), visit(noor), visit(noor)
    chance = random.Random(SEED)
    updates = history(chance)

    async def scenario():
        async with honest, reader, hostile:
            with suppress(ConnectionClosed):
                for _ in range(200):
                    await hostile.socket.send(sync_frame(2, b"\x01" + mutated(chance.choice(updates), chance)))
            assert await hostile.is_closed() == POLICY
            await honest.write("summary", "still here")
            await reader.sees("still here")
            await honest.is_saved()

    asyncio.run(scenario())


def test_refuse_an_oversized_frame_and_store_nothing_of_it(visit, postmortem, mira, noor):
    hostile, honest = visit(mira), visit(noor)

    async def scenario():
        async with hostile, honest:
            await hostile.socket.send(bytes(MAX_FRAME_BYTES + 1))
            assert await hostile.is_closed() == TOO_BIG
            await honest.write("summary", "fine")
            await honest.is_saved()

    asyncio.run(scenario())

    assert postmortem.room.updates.count() == 1


def test_refuse_a_text_that_the_room_does_not_have(visit, postmortem, mira):
    visitor = visit(mira)

    async def scenario():
        async with visitor:
            for name in ("here", "there", "elsewhere"):
                await visitor.write(name, "junk")
            assert await visitor.is_closed() == POLICY
            assert visitor.close_reason == "there is no such text in this room"

    asyncio.run(scenario())

    assert postmortem.room.updates.count() == 0


async def flood(visitor: Visitor, frames: Iterable[bytes]) -> None:
    with suppress(ConnectionClosed):
        for frame in frames:
            await visitor.socket.send(frame)


def test_refuse_a_flood_through_many_sockets_of_one_person(visit, postmortem, mira):
    pages = [visit(mira) for _ in range(8)]

    async def scenario():
        for page in pages:
            await page.__aenter__()
        await asyncio.gather(*(flood(page, [b"\x03"] * (MESSAGE_BURST // 4)) for page in pages))
        await until(lambda: any(page.close_code for page in pages))
        closed = [page for page in pages if page.close_code]
        assert {(page.close_code, page.close_reason) for page in closed} == {(POLICY, "too many messages")}
        for page in pages:
            await page.close()

    asyncio.run(scenario())


def test_refuse_a_flood_of_bytes(visit, postmortem, mira, noor):
    hostile, honest = visit(mira), visit(noor)
    known = Document()
    frame = sync_frame(2, known.edit("summary", [(0, 0, "x" * 900_000)]))

    async def scenario():
        async with honest, hostile:
            await flood(hostile, [frame] * 40)
            assert await hostile.is_closed(within=30) == POLICY
            assert hostile.close_reason == "too many bytes"
            await until(lambda: len(honest.text()) == 900_000)

    asyncio.run(scenario())

    assert postmortem.room.updates.count() == 1


def test_refuse_a_thousand_forged_updates_of_a_reader(visit, postmortem, mira):
    reader, writer = visit(UserFactory(name="Vito", role=User.Role.VIEWER)), visit(mira)
    forger = Document()
    frames = [sync_frame(2, forger.edit("summary", [(at, at, "forged")])) for at in range(1000)]

    async def scenario():
        async with writer, reader:
            await writer.write("summary", "true words")
            await writer.is_saved()
            await flood(reader, frames)
            assert await reader.is_closed() == POLICY
            assert reader.close_reason == "you may read this document, not change it"
            assert writer.text() == "true words"

    asyncio.run(scenario())

    assert (text_of(postmortem.room, "summary"), postmortem.room.updates.count()) == ("true words", 1)


def test_refuse_hostile_people_and_nobody_else_notices(web, visit, postmortem, mira, noor):
    """Garbage, giants, floods and gaps at once, again and again, while two others type: how long do letters take?"""
    chance = random.Random(SEED)
    writer, reader = visit(noor), visit(noor)
    updates = history(chance)
    giant = sync_frame(2, b"\x00" * (MAX_FRAME_BYTES - 8))
    tricks = [
        [sync_frame(2, mutated(chance.choice(updates), chance)) for _ in range(50)],
        [giant] * 6,
        [bytes(MAX_FRAME_BYTES + 1)],
        [sync_frame(2, update) for update in chain(600, 9000)],
        [sync_frame(2, wide(30_000))] * 3,
        [b"\x01" + chance.randbytes(60_000)] * 5,
        [b"\x03"] * 4000,
    ]
    visitors = [visit(person) for person in [UserFactory(name=f"Hostile {n}") for n in range(3)] for _ in tricks]
    ended: list[int | None] = []

    async def misbehave() -> None:
        for visitor, frames in zip(visitors, tricks * 3, strict=True):
            async with visitor:
                await flood(visitor, frames)
                with suppress(AssertionError):
                    await visitor.is_closed(within=10)
                ended.append(visitor.close_code)

    async def scenario() -> list[float]:
        delays = []
        async with writer, reader:
            misbehaving = asyncio.create_task(misbehave())
            while not misbehaving.done():
                began = time.perf_counter()
                await writer.write("summary", "x")
                await reader.sees("x" * (len(delays) + 1), within=10)
                delays.append(time.perf_counter() - began)
                await asyncio.sleep(0.02)
            await misbehaving
        return sorted(delays)

    before = memory_of(web.pid)
    delays = asyncio.run(scenario())
    grown = memory_of(web.pid) - before

    median = delays[len(delays) // 2]
    print(f"{len(delays)} letters: median {1000 * median:.1f} ms, longest {1000 * delays[-1]:.1f} ms; {grown} MB more")
    assert set(ended) <= {POLICY, TOO_BIG, TRY_AGAIN} and len(ended) == 21
    assert text_of(postmortem.room, "summary") == "x" * len(delays)
    assert median < 0.25
    assert grown < 64


def test_refuse_a_flood_of_messages(visit, postmortem, mira, noor):
    hostile, honest = visit(mira), visit(noor)

    async def scenario():
        async with honest, hostile:
            await flood(hostile, [b"\x03"] * 6000)
            assert await hostile.is_closed() == POLICY
            assert hostile.close_reason == "too many messages"
            await honest.write("summary", "calm")
            await honest.is_saved()

    asyncio.run(scenario())
