"""Snapshots and plain texts stand for the log, letter by letter: QUALITY row L9."""

import asyncio
import random
from datetime import timedelta

import pytest
from django.utils import timezone

from live import log
from live.commands import create_room, read, replace_text, text_of, texts_of, version_of
from live.document import load
from live.log import Shown, fold_room, forget_old_rows, read_log, rooms_to_fold
from live.models import Room, SharedText, Snapshot, Update
from live.tasks import fold_rooms
from tests.live.people import PATIENCE, in_a_thread

pytestmark = pytest.mark.django_db(transaction=True)


def room_with_history(seed: int, edits: int = 40) -> Room:
    room = create_room("unkept", {"summary": "", "impact": "nobody"})
    chance = random.Random(seed)
    document = log.read_log(room.pk).document()
    text = ""
    rows = []
    for _ in range(edits):
        at = chance.randint(0, len(text))
        start = at if chance.random() < 0.7 else max(0, at - 3)
        new = chance.choice(["a", "é", "😀\n"]) if start == at else ""
        rows.append(document.edit("summary", [(start, at, new)]))
        text = text[:start] + new + text[at:]
    Update.objects.bulk_create(Update(room=room, data=row) for row in rows if row != b"\x00\x00")
    age_rows(room, timedelta(minutes=2))
    return room


def age_rows(room: Room, by: timedelta) -> None:
    for update in Update.objects.filter(room=room):
        Update.objects.filter(pk=update.pk).update(created_at=update.created_at - by)


@pytest.mark.parametrize("seed", range(8))
def test_fold_gives_a_snapshot_equal_to_the_log(seed: int) -> None:
    room = room_with_history(seed)
    whole = read_log(room.pk).document()

    assert fold_room(room.pk)

    again = read_log(room.pk)
    assert again.rows == []
    assert again.document().clocks() == whole.clocks()
    assert again.document().text("summary") == whole.text("summary") == text_of(room, "summary")
    assert SharedText.objects.get(room=room, name="summary").text == whole.text("summary")


def test_fold_leaves_rows_that_a_lower_id_may_still_join() -> None:
    room = room_with_history(1)
    settled = read_log(room.pk).version
    replace_text(room, "impact", "somebody", base_version=None, by=None)

    assert fold_room(room.pk)

    assert Snapshot.objects.get(room=room).upto == settled
    assert len(read_log(room.pk).rows) == 1
    assert texts_of(room)["impact"] == "somebody"


def test_fold_that_differs_from_what_an_open_room_shows_is_refused() -> None:
    room = room_with_history(1)
    log_ = read_log(room.pk)
    other = {"summary": "something else", "impact": "nobody"}

    assert not fold_room(room.pk, Shown(other, 0, len(log_.rows), log_.version))
    assert Snapshot.objects.count() == 0
    # A room that has not yet heard of every row is no witness.
    assert fold_room(room.pk, Shown(other, 0, len(log_.rows) - 1, log_.version))


def test_fold_never_passes_over_a_hole_in_the_log() -> None:
    room = room_with_history(1)
    Update.objects.filter(room=room).order_by("pk")[5].delete()

    fold_rooms()

    assert Snapshot.objects.count() == 0


def test_fold_task_takes_long_tails_and_mends_texts_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FOLD_QUIET_AFTER_ROWS", 20)
    long, short = room_with_history(1, edits=60), room_with_history(2, edits=3)
    SharedText.objects.update(text="stale", upto=0)

    assert rooms_to_fold() == [long.pk]
    fold_rooms()

    assert list(Snapshot.objects.values_list("room", flat=True)) == [long.pk]
    for room in (long, short):
        assert {text.name: text.text for text in room.texts.all()} == texts_of(room)


def test_fold_keeps_one_old_snapshot_and_forgets_what_lies_before_it() -> None:
    room = room_with_history(3)
    assert fold_room(room.pk)
    Snapshot.objects.update(created_at=timezone.now() - timedelta(days=31))
    age_rows(room, timedelta(days=31))
    replace_text(room, "impact", "somebody", base_version=None, by=None)
    texts = texts_of(room)

    assert forget_old_rows() > 20

    assert texts_of(room) == read(room).texts == texts
    assert Update.objects.filter(room=room).count() == 1
    assert Snapshot.objects.filter(room=room).count() == 1


def test_fold_leaves_a_room_readable_and_writable_when_all_its_rows_are_forgotten() -> None:
    room = room_with_history(4)
    texts, version = texts_of(room), version_of(room)
    assert fold_room(room.pk)
    Snapshot.objects.update(created_at=timezone.now() - timedelta(days=31))
    age_rows(room, timedelta(days=31))
    forget_old_rows()

    reading = read(room)
    replace_text(room, "impact", "nobody at all", base_version=reading.version, by=None)

    assert Update.objects.filter(room=room).count() == 1
    assert (reading.texts, reading.version) == (texts, version)
    assert texts_of(room) == {**texts, "impact": "nobody at all"}


def test_fold_young_rows_are_never_forgotten() -> None:
    room = room_with_history(3)
    assert fold_room(room.pk)

    assert forget_old_rows() == 0
    assert load(None, [data for _, data in Update.objects.filter(room=room).values_list("pk", "data")]).text("impact")


def test_fold_plain_texts_follow_the_typing(visit, postmortem, mira):
    visitor = visit(mira)

    def stored() -> str:
        return SharedText.objects.get(room=postmortem.room, name="summary").text

    async def until_stored() -> None:
        async with asyncio.timeout(PATIENCE):
            while not await in_a_thread(stored):
                await asyncio.sleep(0.05)

    async def scenario():
        async with visitor:
            await visitor.write("summary", "while it is open 😀")
            await visitor.is_saved()
            await until_stored()

    asyncio.run(scenario())

    assert stored() == "while it is open 😀"
