"""The figures as shapes: where each piece of a column or a bar stands. The template gives them their colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from actions.figures.reckoning import Month, Part

STEP, WIDTH, HEIGHT = 60, 34, 120
STATES = ["in_time", "late", "still_open", "dropped"]


@dataclass(frozen=True)
class Piece:
    """`at` and `length` along the column, from the top, or the bar, from the left."""

    state: str
    count: int
    at: float
    length: float


@dataclass(frozen=True)
class Column:
    month: Month
    left: float
    middle: float
    top: float
    pieces: list[Piece]

    @property
    def first(self) -> date:
        return self.month.first


@dataclass(frozen=True)
class Bar:
    """In hundredths of the longest bar."""

    part: Part
    pieces: list[Piece]


def columns_of(months: Sequence[Month]) -> list[Column]:
    """From the bottom: in time, late, still open, dropped."""
    most = max((month.in_all for month in months), default=0) or 1
    return [_column(place, month, HEIGHT / most) for place, month in enumerate(months)]


def _column(place: int, month: Month, unit: float) -> Column:
    pieces, top = [], float(HEIGHT)
    for state in STATES:
        if count := getattr(month, state):
            top -= count * unit
            pieces.append(Piece(state, count, round(top, 2), round(count * unit, 2)))
    left = place * STEP + (STEP - WIDTH) / 2
    return Column(month, left, left + WIDTH / 2, round(top, 2), pieces)


def bars_of(parts: Sequence[Part]) -> list[Bar]:
    most = max((part.in_all for part in parts), default=0) or 1
    return [Bar(part, _pieces(part, 100 / most)) for part in parts]


def _pieces(part: Part, unit: float) -> list[Piece]:
    pieces, left = [], 0.0
    for state in ("done", "open", "overdue", "dropped"):
        if count := getattr(part, state):
            pieces.append(Piece(state, count, round(left, 2), round(count * unit, 2)))
            left += count * unit
    return pieces
