"""Reading an update of the Yjs format (version 1) before anything believes it.

pycrdt spends a second and a gigabyte on a dozen wrong bytes, and loses text when updates reach it before the ones they
build on. So every update is walked through here first: each count is held against the bytes that are there, only plain
text is let in, and what the update builds on is noted.
"""

from dataclasses import dataclass, field

from live.errors import BadFrame
from live.wire import read_bytes, read_number

GC, DELETED, STRING, SKIP = 0, 1, 4, 10
HAS_ORIGIN, HAS_RIGHT_ORIGIN, HAS_PARENT_KEY = 0x80, 0x40, 0x20
LARGEST_CLOCK = 2**31

EMPTY = b"\x00\x00"


@dataclass(slots=True)
class Shape:
    """What an update adds and what it builds on. Clocks count UTF-16 units of one client's writing."""

    runs: list[tuple[int, int, int]] = field(default_factory=list)  # client, first clock, clock after the last
    needs: dict[int, int] = field(default_factory=dict)  # client: the clock that must have been reached
    names: set[str] = field(default_factory=set)  # the texts it writes to, where it says so

    @property
    def weight(self) -> int:
        """How much there is to look at in it."""
        return len(self.runs) + len(self.needs)

    def need(self, client: int, clock: int) -> None:
        if clock > self.needs.get(client, 0):
            self.needs[client] = clock


def shape_of(update: bytes) -> Shape:
    """Raises BadFrame when the bytes are no update, or hold anything but plain text."""
    shape = Shape()
    count, at = read_number(update, 0)
    if count * 4 > len(update):
        raise BadFrame("more clients are announced than sent")
    for _ in range(count):
        at = _walk_client(update, at, shape)
    at = _walk_deletions(update, at, shape)
    if at != len(update):
        raise BadFrame("the update goes on after its end")
    return shape


def _walk_client(update: bytes, at: int, shape: Shape) -> int:
    count, at = read_number(update, at)
    client, at = read_number(update, at)
    clock, at = read_number(update, at)
    if count > len(update) - at:
        raise BadFrame("more changes are announced than sent")
    start = clock
    for _ in range(count):
        if at >= len(update):
            raise BadFrame("the message ends too early")
        info = update[at]
        kind = info & 31
        if kind in (GC, SKIP):
            length, at = read_number(update, at + 1)
        else:
            length, at = _walk_item(update, at + 1, info, kind, shape)
        if length < 1 or clock + length > LARGEST_CLOCK:
            raise BadFrame("a change has an impossible length")
        if kind == SKIP:
            if clock > start:
                shape.runs.append((client, start, clock))
            start = clock + length
        clock += length
    if clock > start:
        shape.runs.append((client, start, clock))
    return at


def _walk_item(update: bytes, at: int, info: int, kind: int, shape: Shape) -> tuple[int, int]:
    """The item's length, and where the next one begins."""
    if info & HAS_ORIGIN:
        at = _walk_id(update, at, shape)
    if info & HAS_RIGHT_ORIGIN:
        at = _walk_id(update, at, shape)
    if not info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN):
        named, at = read_number(update, at)
        if named != 1 or info & HAS_PARENT_KEY:
            raise BadFrame("a room holds plain texts only")
        name, at = read_bytes(update, at)
        shape.names.add(_text(name))
    if kind == STRING:
        raw, at = read_bytes(update, at)
        text = _text(raw)
        return (len(text) if len(text) == len(raw) else len(text.encode("utf-16-le")) // 2), at
    if kind == DELETED:
        return read_number(update, at)
    raise BadFrame("a room holds plain texts only")


def _walk_id(update: bytes, at: int, shape: Shape) -> int:
    client, at = read_number(update, at)
    clock, at = read_number(update, at)
    shape.need(client, clock + 1)
    return at


def _walk_deletions(update: bytes, at: int, shape: Shape) -> int:
    count, at = read_number(update, at)
    if count * 2 > len(update) - at:
        raise BadFrame("more deletions are announced than sent")
    for _ in range(count):
        client, at = read_number(update, at)
        ranges, at = read_number(update, at)
        if ranges * 2 > len(update) - at:
            raise BadFrame("more deletions are announced than sent")
        for _ in range(ranges):
            clock, at = read_number(update, at)
            length, at = read_number(update, at)
            if clock + length > LARGEST_CLOCK:
                raise BadFrame("a deletion has an impossible length")
            shape.need(client, clock + length)
    return at


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise BadFrame("text is not UTF-8") from None
