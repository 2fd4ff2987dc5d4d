"""Candidates by impact and effort, as the grid draws them: the most impact on top, the least effort on the left."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.models import ActionCandidate, Quadrant
from actions.models.weighing import SCALE


@dataclass(frozen=True)
class Cell:
    impact: int
    effort: int
    quadrant: Quadrant
    candidates: Sequence[ActionCandidate]


@dataclass(frozen=True)
class Grid:
    rows: Sequence[Sequence[Cell]]
    unplaced: Sequence[ActionCandidate]
    open_count: int


def grid_of(candidates: Sequence[ActionCandidate]) -> Grid:
    """What is not placed stands beside it, as long as nothing is decided about it."""
    rows = [[_cell(impact, effort, candidates) for effort in SCALE] for impact in reversed(SCALE)]
    return Grid(
        rows, [one for one in candidates if one.impact is None and one.is_open], sum(one.is_open for one in candidates)
    )


def _cell(impact: int, effort: int, candidates: Sequence[ActionCandidate]) -> Cell:
    here = [one for one in candidates if (one.impact, one.effort) == (impact, effort)]
    return Cell(impact, effort, Quadrant.at(impact, effort), here)
