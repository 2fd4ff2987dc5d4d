"""From instants to a line: linear where something happens, broken where nothing does for long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median_low

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A silence is cut out where it is this long, and this many times as long as what is usual between two moments.
LONG, TIMES_THE_USUAL = 2 * HOUR, 8
# What stands for a silence takes this share of the line, and all of them together no more than that.
BREAK, BREAKS = 0.06, 0.5
SHORTEST, PADDING = 3 * MINUTE, 0.04
STEPS = [timedelta(seconds=seconds) for seconds in (10, 30)]
STEPS += [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)]
STEPS += [timedelta(days=days) for days in (1, 2, 7, 14, 30, 90, 365)]


@dataclass(frozen=True)
class Piece:
    """A piece of the line, in shares of the whole; a break stands for time in which nothing happened."""

    begins: datetime
    ends: datetime
    left: float
    right: float
    is_break: bool = False

    @property
    def middle(self) -> datetime:
        return self.begins + (self.ends - self.begins) / 2


@dataclass(frozen=True)
class Window:
    """What of the line is in sight, in shares of the whole."""

    left: float = 0.0
    right: float = 1.0

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class Tick:
    at: datetime
    share: float
    is_day: bool


class Axis:
    def __init__(self, moments: Sequence[datetime]) -> None:
        """`moments` are in order, and there is at least one."""
        self.pieces = list(_pieces(moments))

    @property
    def begins(self) -> datetime:
        return self.pieces[0].begins

    @property
    def ends(self) -> datetime:
        return self.pieces[-1].ends

    @property
    def breaks(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.is_break]

    def share(self, at: datetime) -> float:
        """Where an instant is, 0 to 1; what lies outside is at the end."""
        for piece in self.pieces:
            if at <= piece.ends:
                done = max(at - piece.begins, timedelta()) / (piece.ends - piece.begins)
                return piece.left + done * (piece.right - piece.left)
        return 1.0

    def window(self, begins: datetime, ends: datetime) -> Window:
        """These two instants in sight, with a little around them."""
        left, right = self.share(begins), self.share(ends)
        around = max((right - left) * 0.08, 0.01)
        return Window(max(0.0, left - around), min(1.0, right + around))

    def ticks(self, window: Window, zone: tzinfo, *, pixels: float, apart: float) -> Iterator[Tick]:
        """Round times of the zone's clocks, at least `apart` pixels from one another."""
        for piece in self.pieces:
            if piece.is_break or piece.right < window.left or piece.left > window.right:
                continue
            width = (piece.right - piece.left) / window.width * pixels
            step = next((one for one in STEPS if one / (piece.ends - piece.begins) * width >= apart), STEPS[-1])
            found = [Tick(at, self.share(at), step >= DAY) for at in _round_times(piece.begins, piece.ends, step, zone)]
            seen = [tick for tick in found if window.left <= tick.share <= window.right]
            # Too short for a round time: the day alone says where on the calendar it is.
            yield from seen or [Tick(piece.middle, (piece.left + piece.right) / 2, is_day=True)]


def _pieces(moments: Sequence[datetime]) -> Iterator[Piece]:
    stretches = _with_room_around(_stretches(moments))
    cut = len(stretches) - 1
    active = sum((ends - begins for begins, ends in stretches), timedelta())
    gap = min(BREAK, BREAKS / cut) if cut else 0.0
    at = 0.0
    for number, (begins, ends) in enumerate(stretches):
        if number:
            yield Piece(stretches[number - 1][1], begins, at, at + gap, is_break=True)
            at += gap
        right = at + (1 - gap * cut) * ((ends - begins) / active)
        yield Piece(begins, ends, at, 1.0 if number == cut else right)
        at = right


def _stretches(moments: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """The moments in stretches between which nothing happened for long."""
    waits = [later - earlier for earlier, later in pairwise(moments) if later > earlier]
    longest = max(LONG, TIMES_THE_USUAL * median_low(waits)) if waits else LONG
    found = [[moments[0], moments[0]]]
    for at in moments[1:]:
        if at - found[-1][1] > longest:
            found.append([at, at])
        else:
            found[-1][1] = at
    return [(begins, ends) for begins, ends in found]


def _with_room_around(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """A little before and after each, so that no mark stands on an end, and none is shorter than can be seen."""
    active = sum((ends - begins for begins, ends in stretches), timedelta())
    room = max(active * PADDING, SHORTEST / 2)
    return [(begins - room, ends + room) for begins, ends in stretches]


def _round_times(begins: datetime, ends: datetime, step: timedelta, zone: tzinfo) -> Iterator[datetime]:
    at = _rounded_up(begins, step, zone)
    while at <= ends:
        yield at
        at = _rounded_up(at + min(step, DAY) / 2 if step < DAY else at + step - 2 * HOUR, step, zone)


def _rounded_up(at: datetime, step: timedelta, zone: tzinfo) -> datetime:
    """The next round time of that zone's clocks: of the day for hours, midnight for days."""
    local = at.astimezone(zone).replace(tzinfo=None)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    unit = min(step, DAY)
    wanted = midnight + -(-(local - midnight) // unit) * unit
    found = wanted.replace(tzinfo=zone).astimezone(UTC)
    # The hour that autumn repeats lies behind: go by the instant, not by the clock.
    return found if found >= at else found + step
