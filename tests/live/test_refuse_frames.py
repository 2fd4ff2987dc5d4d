"""What a room does with bytes that no honest client sends: QUALITY row L10."""

import asyncio
import os
import random
import time
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from live.document import Change, Document, load
from live.errors import BadFrame
from live.limits import MAX_FRAME_BYTES, POLICY, TOO_BIG
from live.updates import shape_of
from live.wire import read_awareness, read_state_vector, sync_frame

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
        began = time.perf_counter()
        try:
            document.take([Change(update, shape_of(update), None)], [])
        except BadFrame:
            refused += 1
        slowest = max(slowest, time.perf_counter() - began)
        assert document.is_sound(), update.hex()

    assert refused > MUTATIONS / 2
    assert slowest < 0.25
    assert load(None, updates).text("summary") == text


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


def test_refuse_a_flood_of_messages(visit, postmortem, mira, noor):
    hostile, honest = visit(mira), visit(noor)

    async def scenario():
        async with honest, hostile:
            with suppress(ConnectionClosed):
                for _ in range(6000):
                    await hostile.socket.send(b"\x03")
            assert await hostile.is_closed() == POLICY
            assert hostile.close_reason == "too many messages"
            await honest.write("summary", "calm")
            await honest.is_saved()

    asyncio.run(scenario())
