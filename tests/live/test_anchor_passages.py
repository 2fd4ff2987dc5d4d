"""Passages stay where they are, whatever is typed, deleted or merged around them."""

import os
import random

import pytest

from live.anchors import Anchor, Span, anchor_at, spans_of
from live.document import Document, load

SEED = int(os.environ.get("DEBRIEF_SEED", "20261121"))
HISTORIES = int(os.environ.get("DEBRIEF_HISTORIES", "40"))
LETTERS = "abc éß😀🚀\n中"

Letter = tuple[str, int]


class Typed:
    """A text as a list of letters that are never taken out, only struck: what Yjs does, said plainly."""

    def __init__(self, document: Document, words: str) -> None:
        self.document, self.letters, self.struck = document, [(sign, n) for n, sign in enumerate(words)], set()
        document.edit("summary", [(0, 0, words)])

    @property
    def seen(self) -> list[Letter]:
        return [letter for letter in self.letters if letter[1] not in self.struck]

    def insert(self, at: int, words: str) -> None:
        place = len(self.letters) if at == len(self.seen) else self.letters.index(self.seen[at])
        self.document.edit("summary", [(at, at, words)])
        new = [(sign, len(self.letters) + n) for n, sign in enumerate(words)]
        self.letters[place:place] = new

    def strike(self, start: int, end: int) -> None:
        gone = self.seen[start:end]
        self.document.edit("summary", [(start, end, "")])
        self.struck |= {number for _, number in gone}

    def span(self, first: Letter, last: Letter) -> Span:
        before, upto = self.letters[: self.letters.index(first)], self.letters[: self.letters.index(last) + 1]
        return Span(*(len([one for one in part if one[1] not in self.struck]) for part in (before, upto)))


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_passage_is_found_again_after_any_edits(seed):
    chance = random.Random(SEED + seed)
    typed = Typed(Document(), "".join(chance.choices(LETTERS, k=30)))
    start = chance.randrange(30)
    end = chance.randrange(start + 1, 31)
    first, last = typed.letters[start], typed.letters[end - 1]
    anchor = anchor_at(typed.document, "summary", Span(start, end))

    for _ in range(25):
        at = chance.randrange(len(typed.seen) + 1)
        if chance.random() < 0.5:
            typed.insert(at, "".join(chance.choices(LETTERS, k=chance.randrange(1, 4))))
        else:
            typed.strike(at, at + chance.randrange(1, 8))
        assert typed.document.text("summary") == "".join(sign for sign, _ in typed.seen)
        where = spans_of(typed.document, {"mine": ("summary", anchor), "same": ("summary", anchor)})
        assert set(where.values()) == {typed.span(first, last)}, f"seed {SEED + seed}"
        if typed.seen:  # A new one is right also beside letters that were struck.
            to = chance.randrange(len(typed.seen)) + 1
            other = Span(chance.randrange(to), to)
            again = anchor_at(typed.document, "summary", other)
            assert spans_of(typed.document, {1: ("summary", again)}) == {1: other}


def test_passages_of_several_texts_are_found_together_wherever_they_stand():
    chance = random.Random(SEED)
    document = Document()
    words = {name: "".join(chance.choices(LETTERS, k=200)) for name in ("summary", "impact")}
    wanted = {}
    for name, text in words.items():
        document.edit(name, [(0, 0, text)])
    for key in range(60):
        name, end = chance.choice(list(words)), chance.randrange(1, 201)
        wanted[key] = (name, Span(chance.randrange(end), end))

    anchors = {key: (name, anchor_at(document, name, span)) for key, (name, span) in wanted.items()}

    assert spans_of(document, anchors) == {key: span for key, (_, span) in wanted.items()}


def test_words_typed_at_the_edges_stay_outside():
    document = Document()
    document.edit("summary", [(0, 0, "The queue grew.")])
    anchor = anchor_at(document, "summary", Span(4, 9))

    document.edit("summary", [(4, 4, "long "), (9, 9, "s")])

    span = spans_of(document, {1: ("summary", anchor)})[1]
    assert document.text("summary")[span.start : span.end] == "queue"


def test_a_passage_of_which_nothing_is_left_keeps_its_place():
    document = Document()
    document.edit("summary", [(0, 0, "The queue grew.")])
    anchor = anchor_at(document, "summary", Span(4, 9))

    document.edit("summary", [(2, 12, "")])

    assert spans_of(document, {1: ("summary", anchor)}) == {1: Span(2, 2)}


def test_an_anchor_outlives_folding_and_finding_it_leaves_the_document_alone():
    document = Document()
    document.edit("summary", [(0, 0, "Grüße 😀 an alle")])
    document.edit("summary", [(0, 2, "")])
    anchor = anchor_at(document, "summary", Span(4, 5))
    before = document.state(), document.missing(b"\x00")

    folded = load(document.missing(b"\x00"), [])

    assert spans_of(folded, {1: ("summary", anchor)}) == {1: Span(4, 5)}
    assert (document.state(), document.missing(b"\x00")) == before


def test_letters_that_were_never_written_are_nowhere():
    document = Document()
    document.edit("summary", [(0, 0, "The queue grew.")])
    anchor = anchor_at(document, "summary", Span(4, 9))
    client = anchor.first[0]

    foreign = {1: Anchor((7, 0), (7, 3)), 2: Anchor(anchor.first, (client, 9999)), 3: anchor}

    found = spans_of(document, {key: ("summary", one) for key, one in foreign.items()})
    assert found == {1: None, 2: None, 3: Span(4, 9)}


@pytest.mark.parametrize(
    "data",
    [
        None, 7, "x", [], {}, {"first": [1, 2]}, {"first": [1, 2], "last": [1]}, {"first": [1, 2], "last": [1, -2]},
        {"first": [1, 2], "last": [1, 2.5]}, {"first": [1, 2], "last": [True, 2]}, {"first": "ab", "last": "cd"},
        {"first": [1, 2], "last": [2**70, 2]}, {"first": {"a": 1}, "last": [1, 2]},
    ],
)  # fmt: skip
def test_what_is_no_anchor_is_taken_for_none(data):
    assert Anchor.from_json(data) is None


def test_an_anchor_comes_back_from_json():
    anchor = Anchor((2**52, 0), (3, 17))

    assert Anchor.from_json(anchor.as_json()) == anchor
