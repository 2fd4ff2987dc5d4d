"""Passages that stay where they are while the text around them changes.

An anchor names two letters by the ids that Yjs gave them: the first and the last of the passage. What is typed right
before the first or right after the last is outside. A letter that was deleted keeps its id and its place, so a passage
without any letter left still has a place, of no length.

pycrdt's own sticky indexes are of no use here: they mix UTF-8 bytes with UTF-16 units, and end the process's thread when
an id is unknown. So the document is copied, marks without a letter are put beside the ids asked for, which makes
each the begin of a run, where both units agree, and then pycrdt is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from pycrdt import Doc, StickyIndex, Text, TransactionEvent

from live.document import Document, byte_offset, storable
from live.updates import DELETED, HAS_ORIGIN, HAS_RIGHT_ORIGIN
from live.wire import LARGEST, read_number, write_number

Id = tuple[int, int]


@dataclass(frozen=True)
class Anchor:
    """The ids (client, clock) of a passage's first and last UTF-16 unit."""

    first: Id
    last: Id

    def as_json(self) -> dict[str, list[int]]:
        return {"first": list(self.first), "last": list(self.last)}

    @classmethod
    def from_json(cls, data: Any) -> Self | None:
        """None for anything that is no anchor: it may come from a browser."""
        try:
            first, last = ((client, clock) for client, clock in (data["first"], data["last"]))
        except (TypeError, KeyError, ValueError):
            return None
        numbers = (*first, *last)
        if all(type(number) is int and 0 <= number <= LARGEST for number in numbers):
            return cls(first, last)
        return None


@dataclass(frozen=True)
class Span:
    """Characters `start:end` of a text; of no length where nothing of the passage is left."""

    start: int
    end: int


def anchor_at(document: Document, name: str, span: Span) -> Anchor:
    """The anchor of characters that are there; the document is left as it is."""
    doc = _copy(document)
    text = doc.get(name, type=Text)
    words = str(text)
    last_letter = words[span.end - 1]
    # The last first: what is put before it moves nothing before it.
    client, clock = _id_after(doc, text, byte_offset(words, span.end - 1))
    first = _id_after(doc, text, byte_offset(words, span.start)) if span.end - 1 > span.start else (client, clock)
    return Anchor(first, (client, clock + (ord(last_letter) > 0xFFFF)))


def spans_of(document: Document, wanted: Mapping[Any, tuple[str, Anchor]]) -> dict[Any, Span | None]:
    """Where each passage stands now in the text named; None when the document does not know its letters."""
    clocks = document.clocks()
    known = {
        key: (name, anchor)
        for key, (name, anchor) in wanted.items()
        if all(clock < clocks.get(client, 0) for client, clock in (anchor.first, anchor.last))
    }
    if not known:
        return dict.fromkeys(wanted)
    doc = _copy(document)
    mark = next(number for number in range(1, len(clocks) + 2) if number not in clocks)
    doc.apply_update(_marks(mark, [anchor for _, anchor in known.values()]))
    ends: dict[str, dict[Any, tuple[Id, Id]]] = {}
    for place, (key, (name, anchor)) in enumerate(known.items()):
        ends.setdefault(name, {})[key] = (anchor.first, (mark, 2 * place + 1))
    spans: dict[Any, Span | None] = dict.fromkeys(wanted)
    for name, passages in ends.items():
        spans |= _spans_in(doc.get(name, type=Text), passages)
    return spans


def _spans_in(text: Text, passages: Mapping[Any, tuple[Id, Id]]) -> dict[Any, Span]:
    """Of each passage the ids of its first letter and of what stands right after its last."""
    bytes_of = {key: (_byte_of(text, first), _byte_of(text, after)) for key, (first, after) in passages.items()}
    at = _characters(storable(str(text)).encode(), {byte for pair in bytes_of.values() for byte in pair})
    return {key: Span(at[start], at[max(start, end)]) for key, (start, end) in bytes_of.items()}


def _characters(raw: bytes, places: set[int]) -> dict[int, int]:
    """How many whole characters end before each of these bytes: one walk through the text for however many."""
    counts, count, last = {}, 0, 0
    for place in sorted(places):
        cut = place
        while cut < len(raw) and raw[cut] & 0b11000000 == 0b10000000:  # Within a character.
            cut -= 1
        count += len(raw[last:cut].decode())
        counts[place], last = count, cut
    return counts


def _byte_of(text: Text, id: Id) -> int:
    return StickyIndex.from_json({"item": {"client": id[0], "clock": id[1]}, "assoc": 0}, text).get_index()


def _copy(document: Document) -> Doc:
    doc: Doc = Doc()
    doc.apply_update(document.missing(b"\x00"))
    return doc


def _id_after(doc: Doc, text: Text, byte: int) -> Id:
    """The id of the letter at a place: what is inserted there goes past deleted letters, and names it as its right."""
    news: list[bytes] = []

    def note(event: TransactionEvent) -> None:
        news.append(event.update)

    subscription = doc.observe(note)
    text.insert(byte, " ")
    doc.unobserve(subscription)
    update = news[0]
    at = 0
    for _ in range(4):  # clients, changes, client, clock
        _, at = read_number(update, at)
    info, at = update[at], at + 1
    for _ in range(2 if info & HAS_ORIGIN else 0):
        _, at = read_number(update, at)
    client, at = read_number(update, at)
    clock, _ = read_number(update, at)
    return client, clock


def _marks(mark: int, anchors: list[Anchor]) -> bytes:
    """An update of deleted letters: one somewhere before each first, one right after each last.

    With the lowest client id of all, the latter stands before whatever else was written after the same letter.
    """
    items = b"".join(
        bytes((DELETED | HAS_RIGHT_ORIGIN,)) + write_number(anchor.first[0]) + write_number(anchor.first[1]) + b"\x01"
        + bytes((DELETED | HAS_ORIGIN,)) + write_number(anchor.last[0]) + write_number(anchor.last[1]) + b"\x01"
        for anchor in anchors
    )  # fmt: skip
    return b"\x01" + write_number(2 * len(anchors)) + write_number(mark) + b"\x00" + items + b"\x00"
