"""A document with a long history opens quickly, and one that is just being sent survives a stop.

DEBRIEF_LONG_EDITS=100000 is the long form.
"""

import asyncio
import os
import random
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from pycrdt import Doc, Text, TransactionEvent, merge_updates

from live.commands import text_of
from live.document import load
from live.log import fold_room, read_log
from live.models import SharedText, Update

EDITS = int(os.environ.get("DEBRIEF_LONG_EDITS", "10000"))
# Messages that one person may send at once, less a few.
MESSAGES = 2500
# Seconds. The goal is 0.15 with 100,000 edits on a machine with nothing else to do; this bound is for a busy one.
JOINED_WITHIN = 1.5


def edits_of(count: int) -> tuple[list[bytes], str]:
    """Updates of one keystroke each, in bursts all over the text, an eighth of them deletions; and the text they make."""
    chance = random.Random(3)
    doc: Doc = Doc()
    text = doc.get("summary", type=Text)
    updates: list[bytes] = []

    def note(event: TransactionEvent) -> None:
        updates.append(event.update)

    watching = doc.observe(note)
    place = length = 0
    for number in range(count):
        if number % 20 == 0:
            place = chance.randint(0, length)
        if place and chance.random() < 0.125:
            del text[place - 1 : place]
            place, length = place - 1, length - 1
        else:
            text.insert(place, chance.choice("abcdefgh "))
            place, length = place + 1, length + 1
    doc.unobserve(watching)
    return updates, str(text)


@pytest.mark.slow
def test_long_histories_open_quickly_for_whoever_comes_late(visit, postmortem, mira, noor):
    updates, text = edits_of(EDITS)
    room, typed_at = postmortem.room, timezone.now() - timedelta(minutes=2)
    Update.objects.bulk_create((Update(room=room, data=data) for data in updates), batch_size=5000)
    Update.objects.filter(room=room).update(created_at=typed_at)
    assert fold_room(room.pk)
    first, second = visit(mira), visit(noor)

    async def scenario() -> list[float]:
        took = []
        for visitor in (first, second):  # The first finds the room closed, the second open.
            began = time.monotonic()
            await visitor.__aenter__()
            took.append(time.monotonic() - began)
            assert visitor.text() == text
        for visitor in (first, second):
            await visitor.close()
        return took

    took = asyncio.run(scenario())

    print(f"{EDITS} edits, {len(text)} letters: joined in {[f'{1000 * t:.0f} ms' for t in took]}", file=sys.stderr)
    assert max(took) < JOINED_WITHIN


@pytest.mark.slow
def test_long_histories_sent_at_full_speed_survive_a_stop(own_web, visit, postmortem, mira, noor):
    updates, text = edits_of(EDITS)
    each = -(-EDITS // MESSAGES)
    messages = [merge_updates(*updates[at : at + each]) for at in range(0, EDITS, each)]
    writer, reader = visit(mira, own_web.port), visit(noor, own_web.port)

    async def stop_right_after_sending() -> None:
        async with writer, reader:
            for message in messages:
                writer.take(message)
                await writer._send_update(message)
            await asyncio.to_thread(own_web.stop)
            assert await reader.is_closed(within=15) == 1012
            await writer.is_closed()

    asyncio.run(stop_right_after_sending())

    (client,) = writer.document.clocks()
    kept = read_log(postmortem.room_id).document()
    promised = writer.saved - 1  # The first of a visit is the answer to the server's question.
    acknowledged = load(None, messages[: max(0, promised)]).clocks()
    assert kept.clocks()[client] >= max(acknowledged.get(client, 0), reader.document.clocks().get(client, 0))
    assert SharedText.objects.get(room=postmortem.room).text == kept.text("summary")
    print(f"{len(messages)} messages: {promised} acknowledged at the stop", file=sys.stderr)

    own_web.start()

    async def come_back() -> None:
        async with writer:
            await writer.is_saved()

    asyncio.run(come_back())
    assert text_of(postmortem.room, "summary") == writer.text() == text
