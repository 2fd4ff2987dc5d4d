"""Folding while people type, and folding that is killed in the middle: QUALITY row L9.

DEBRIEF_FOLD_KILLS=50 and DEBRIEF_DOCUMENTS=1000 are the long forms.
"""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from live.commands import texts_of
from live.log import fold_room, read_log
from live.models import Snapshot, Update
from tests.live.people import Visitor, in_a_thread
from tests.live.servers import database_url
from tests.live.test_fold import room_with_history

KILLS = int(os.environ.get("DEBRIEF_FOLD_KILLS", "6"))
DOCUMENTS = int(os.environ.get("DEBRIEF_DOCUMENTS", "50"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))
ROOT = Path(__file__).resolve().parents[2]

# Folds a room again and again, each time after the next settled row, until it is killed; the line says that it has begun.
FOLDER = """
import itertools, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django
django.setup()
from live import log
room, first, last = map(int, sys.argv[1:])
print("begun", flush=True)
for upto in itertools.cycle(range(first, last + 1)):
    log.settled_upto = lambda room_id, after: upto
    log.Snapshot.objects.filter(room_id=room, upto__gt=upto).delete()
    log.fold_room(room)
"""

pytestmark = pytest.mark.django_db(transaction=True)


def test_fold_replays_to_its_snapshot_for_random_documents() -> None:
    for seed in range(DOCUMENTS):
        chance = random.Random(f"{SEED}:{seed}")
        room = room_with_history(chance.getrandbits(32), edits=chance.randint(1, 60))
        replayed = read_log(room.pk).document()
        texts = texts_of(room)

        assert fold_room(room.pk), seed

        folded = read_log(room.pk)
        assert (folded.rows, folded.snapshot is None) == ([], False)
        assert (folded.document().clocks(), texts_of(room)) == (replayed.clocks(), texts), seed


@pytest.mark.slow
def test_fold_killed_at_any_moment_loses_nothing() -> None:
    room = room_with_history(SEED, edits=300)
    whole, texts = read_log(room.pk).document(), texts_of(room)
    ids = list(Update.objects.filter(room=room).order_by("pk").values_list("pk", flat=True))
    chance = random.Random(SEED)
    environment = {**os.environ, "DATABASE_URL": database_url()}
    snapshots = set()
    for _ in range(KILLS):
        command = [sys.executable, "-c", FOLDER, str(room.pk), str(ids[10]), str(ids[-1])]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as folder:
            assert folder.stdout is not None
            assert folder.stdout.readline() == b"begun\n"
            time.sleep(chance.uniform(0.05, 0.4))
            folder.kill()
        snapshots.add(Snapshot.objects.filter(room=room).values_list("upto", flat=True).first())

        log = read_log(room.pk)
        assert (log.document().clocks(), texts_of(room)) == (whole.clocks(), texts)
        assert Update.objects.filter(room=room).count() == len(ids)

    assert len(snapshots - {None}) > 1  # They did get somewhere, each time elsewhere.
    assert fold_room(room.pk)
    assert texts_of(room) == texts


async def times_of(writer: Visitor, count: int) -> list[float]:
    """Seconds until each of so many letters was acknowledged."""
    took = []
    for number in range(count):
        began = time.monotonic()
        await writer.write("summary", "abcdefgh "[number % 9])
        await writer.is_saved()
        took.append(time.monotonic() - began)
    return took


@pytest.mark.slow
def test_fold_goes_unnoticed_by_those_who_type(visit, postmortem, mira, noor) -> None:
    """The worker folds a long document again and again, while two people type in it and wait for each letter."""
    author = room_with_history(SEED, edits=2000)
    Update.objects.filter(room=author).update(room=postmortem.room)
    before = texts_of(postmortem.room)["summary"]
    writer, reader = visit(mira), visit(noor)

    def fold() -> bool:
        Update.objects.filter(room=postmortem.room).update(created_at=timezone.now() - timedelta(minutes=1))
        return fold_room(postmortem.room_id)

    async def fold_until(ending: asyncio.Event) -> int:
        made = 0
        while not ending.is_set():
            made += await in_a_thread(fold)
        return made

    async def scenario() -> tuple[list[float], list[float], int]:
        async with writer, reader:
            alone = await times_of(writer, 60)
            ending = asyncio.Event()
            folding = asyncio.create_task(fold_until(ending))
            meanwhile = await times_of(writer, 120)
            ending.set()
            made = await folding
            await reader.sees(writer.text())
            return alone, meanwhile, made

    alone, meanwhile, made = asyncio.run(scenario())
    connections.close_all()

    kept = texts_of(postmortem.room)["summary"]
    assert kept == writer.text() == reader.text()
    assert len(kept) == len(before) + 180
    assert made > 1
    medians = [1000 * statistics.median(times) for times in (alone, meanwhile)]
    print(f"acknowledged after {medians[0]:.1f} ms; {medians[1]:.1f} ms during {made} foldings", file=sys.stderr)
    assert medians[1] < 100
