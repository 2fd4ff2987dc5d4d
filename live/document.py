"""One shared document in memory: takes changes in in an order in which none can be lost."""

import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from pycrdt import Doc, Subscription, Text, TextEvent, TransactionEvent, merge_updates

from live.errors import BadFrame, CannotLoad
from live.updates import EMPTY, Shape, shape_of
from live.wire import read_state_vector

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

Tag = TypeVar("Tag")


@dataclass(slots=True)
class Change(Generic[Tag]):
    """An update on its way in; `tag` is the caller's own, to know it again."""

    update: bytes
    shape: Shape
    tag: Tag


@dataclass(slots=True)
class Outcome(Generic[Tag]):
    """What became of changes: `news` is what the document did not know before, or None."""

    news: bytes | None
    integrated: list[Change[Tag]]
    refused: list[Change[Tag]]


class Document(Generic[Tag]):
    """Hands pycrdt only what builds on changes it already has; what does not is left in the caller's `waiting`.

    Given a change before one it builds on, pycrdt would lose text without a word.
    """

    def __init__(self) -> None:
        self._doc: Doc = Doc()
        self._state: dict[int, int] = {}
        self._news: list[bytes] = []
        self._whole: bytes | None = None
        self._subscription = self._doc.observe(partial(_note, self._news))
        # pycrdt and its observer hold each other where no collector looks: unless they are parted, every document that was
        # ever read stays in memory. So the observer knows the list and not us, and goes when we do.
        weakref.finalize(self, self._doc.unobserve, self._subscription).atexit = False
        self._watching: list[Subscription] = []

    def begin_with(self, snapshot: bytes) -> None:
        """Start from a snapshot: it was compared with the log when it was made, and is not walked through again."""
        self._doc.apply_update(snapshot)
        self._state = self.clocks()
        self._news.clear()

    def take(self, changes: Iterable[Change[Tag]], waiting: list[Change[Tag]]) -> Outcome[Tag]:
        """Apply what is ready, in one transaction; what was waiting for it goes in with it, what is not ready waits."""
        outcome: Outcome[Tag] = Outcome(None, [], [])
        with self._doc.transaction():
            for change in changes:
                if self._is_ready(change.shape):
                    self._apply(change.update, [change], outcome)
                else:
                    waiting.append(change)
            while waiting and (closed := closed_set(self._state, waiting)):
                taken = {id(change) for change in closed}
                waiting[:] = [change for change in waiting if id(change) not in taken]
                self._apply(merge_updates(*[change.update for change in closed]), closed, outcome)
        if self._news:
            outcome.news = self._news[0] if len(self._news) == 1 else merge_updates(*self._news)
            self._news.clear()
            self._whole = None
        return outcome

    def _is_ready(self, shape: Shape) -> bool:
        state = self._state
        for client, start, _ in shape.runs:
            if start > state.get(client, 0):
                return False
        lacking = [(client, clock) for client, clock in shape.needs.items() if clock > state.get(client, 0)]
        if lacking:
            ends: dict[int, int] = {}
            for client, _, end in shape.runs:
                ends[client] = max(end, ends.get(client, 0))
            return all(clock <= ends.get(client, 0) for client, clock in lacking)
        return True

    def _apply(self, update: bytes, changes: Sequence[Change[Tag]], outcome: Outcome[Tag]) -> None:
        try:
            self._doc.apply_update(update)
        except Exception:  # noqa: BLE001  pycrdt raises five kinds for bytes that it cannot read
            outcome.refused.extend(changes)
            return
        for change in changes:
            for client, _, end in change.shape.runs:
                if end > self._state.get(client, 0):
                    self._state[client] = end
        outcome.integrated.extend(changes)

    def is_sound(self) -> bool:
        """Whether pycrdt holds exactly what we gave it."""
        return self.clocks() == {client: clock for client, clock in self._state.items() if clock}

    def clocks(self) -> dict[int, int]:
        """How far each client's writing goes. The bytes of `state` name the clients in no fixed order."""
        return read_state_vector(self._doc.get_state())

    @property
    def client(self) -> int:
        """The id under which `edit` writes."""
        return self._doc.client_id

    def state(self) -> bytes:
        return self._doc.get_state()

    def missing(self, state_vector: bytes) -> bytes:
        """What the other side lacks. Most people come with nothing: their answer is the same until the next change."""
        if state_vector != b"\x00":
            return self._doc.get_update(state_vector)
        if self._whole is None:
            self._whole = self._doc.get_update()
        return self._whole

    def text(self, name: str) -> str:
        """As it can be stored anywhere: PostgreSQL takes no NUL, UTF-8 no half of a pair."""
        text = str(self._doc.get(name, type=Text))
        return storable(text)

    def watch(self, names: Iterable[str], note: Callable[[str], None]) -> None:
        """Have `note` told, after each later change, the name of every text that it touched."""

        def told_of(name: str) -> Callable[[TextEvent], None]:
            # pycrdt counts the arguments of what it calls: a second one would be given the transaction.
            return lambda event: note(name)

        for name in names:
            self._watching.append(self._doc.get(name, type=Text).observe(told_of(name)))

    def edit(self, name: str, edits: Sequence[tuple[int, int, str]]) -> bytes:
        """Put new text in place of characters `start:end`, for each edit, in rising order; returns the update."""
        text = self._doc.get(name, type=Text)
        before = str(text)
        with self._doc.transaction():
            for start, end, new in reversed(edits):
                first, last = byte_offset(before, start), byte_offset(before, end)
                if last > first:
                    del text[first:last]
                if new:
                    text.insert(first, new)
        news = merge_updates(*self._news) if self._news else EMPTY
        self._news.clear()
        self._whole = None
        self._state = self.clocks()
        return news


def _note(news: list[bytes], event: TransactionEvent) -> None:
    news.append(event.update)


def closed_set(state: dict[int, int], waiting: Sequence[Change[Tag]]) -> list[Change[Tag]]:
    """The most of what waits that builds on nothing but `state` and itself.

    Takes away what lacks something, then what built on that, looking only at the clients whose writing got shorter:
    somebody may send a long chain that lacks its first link.
    """
    runs: dict[int, list[tuple[int, int, int]]] = {}
    wanted: dict[int, list[tuple[int, int]]] = {}
    for number, change in enumerate(waiting):
        for client, start, end in change.shape.runs:
            runs.setdefault(client, []).append((start, end, number))
            wanted.setdefault(client, []).append((end, number))
        for client, clock in change.shape.needs.items():
            wanted.setdefault(client, []).append((clock, number))
    for same in runs.values():
        same.sort()
    left = set(range(len(waiting)))
    shortened = set(wanted)
    while shortened:
        client = shortened.pop()
        reached = state.get(client, 0)
        for start, end, number in runs.get(client, ()):
            if number in left and start <= reached < end:
                reached = end
        for clock, number in wanted[client]:
            if clock > reached and number in left:
                left.discard(number)
                shortened.update(other for other, _, _ in waiting[number].shape.runs)
    return [change for number, change in enumerate(waiting) if number in left]


def byte_offset(text: str, index: int) -> int:
    """pycrdt counts a text in UTF-8 bytes, Python in characters, a browser in UTF-16 units."""
    return len(text[:index].encode("utf-8", "surrogatepass"))


def storable(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def load(snapshot: bytes | None, rows: Iterable[bytes]) -> Document[Any]:
    """The document that a log makes. Raises CannotLoad rather than leave any of it out."""
    document: Document[Any] = Document()
    try:
        if snapshot is not None:
            document.begin_with(snapshot)
        waiting: list[Change[Any]] = []
        outcome = document.take((Change(row, shape_of(row), None) for row in rows), waiting)
    except (ValueError, BadFrame) as error:
        raise CannotLoad(f"the log cannot be read: {error}") from error
    if waiting or outcome.refused or not document.is_sound():
        raise CannotLoad("the log does not fold without a gap")
    return document
