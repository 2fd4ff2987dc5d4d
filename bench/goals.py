"""What the benchmark must reach: ratios to a peer of the same round, and a few bounds of our own."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

OURS, TWO = "debrief", "debrief-2p"
HOCUSPOCUS, Y_WEBSOCKET = "hocuspocus", "y-websocket"
PEERS = (HOCUSPOCUS, Y_WEBSOCKET)

Figures = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One scenario with one target in one round."""

    store: str
    round: int
    scenario: str
    target: str
    figures: Figures


@dataclass(frozen=True)
class Goal:
    """`against` are the peers of whom the best counts; without any, the figure itself is held against the bounds.

    `ambitious` and `floor` are the most that is allowed, or with `more_is_better` the least.
    """

    says: str
    scenario: str
    figure: str
    ambitious: float
    floor: float
    against: tuple[str, ...] = ()
    stores: tuple[str, ...] = ("disk", "ram")
    more_is_better: bool = False
    target: str = OURS
    unit: str = ""
    of: Callable[[Figures], float] | None = None

    def is_in(self, figures: Figures) -> bool:
        """Whoever lost the document cannot be joined."""
        return self.of is not None or figures.get(self.figure) is not None

    def value(self, figures: Figures) -> float:
        return float(self.of(figures) if self.of else figures[self.figure])


@dataclass(frozen=True)
class Verdict:
    goal: Goal
    store: str
    ours: float
    peer: float | None
    ratio: float
    rounds: int

    @property
    def mark(self) -> str:
        def reaches(bound: float) -> bool:
            return self.ratio >= bound if self.goal.more_is_better else self.ratio <= bound

        return "ambitious" if reaches(self.goal.ambitious) else "floor" if reaches(self.goal.floor) else "missed"


def _grown(figures: Figures) -> float:
    return figures["memory_peak"] - figures["memory_idle"]


def _wrong(figures: Figures) -> float:
    return sum(figures.get(name, 0) for name in ("differing", "lost_lines", "unsaved", "lost_by_stop", "missing"))


HOCUS = (HOCUSPOCUS,)
GOALS = [
    *(
        Goal(f"propagation p50, {people} people", f"people-{people}", "p50", ambitious, floor, PEERS, (store,))
        for store, ambitious, floor in (("disk", 1.2, 1.75), ("ram", 1.1, 1.5))
        for people in (10, 50)
    ),
    Goal("propagation p50, 200 people", "people-200", "p50", 1.0, 1.5, PEERS, ("ram",)),
    Goal("propagation p95, 200 people", "people-200", "p95", 1.0, 1.5, PEERS, ("ram",)),
    Goal("CPU for a delivery, 50 people", "people-50", "cpu_per_1000", 1.0, 1.75, HOCUS),
    Goal("CPU for a delivery, 200 people", "people-200", "cpu_per_1000", 1.0, 1.75, HOCUS),
    Goal("CPU for a delivery with cursors, 50 people", "cursors-50", "cpu_per_1000", 0.9, 1.25, HOCUS),
    Goal("CPU for a delivery, 50 documents of 4", "documents-50", "cpu_per_1000", 1.0, 2.0, HOCUS),
    Goal("propagation p95, 50 documents of 4", "documents-50", "p95", 1.5, 3.0, HOCUS, ("ram",)),
    *(
        Goal(
            f"taking a history of {edits:,} in",
            f"history-{edits}",
            "edits_per_second",
            2.0,
            1.0,
            PEERS,
            more_is_better=True,
        )
        for edits in (10_000, 100_000)
    ),
    Goal("joining a warm document of 10,000 edits", "history-10000", "warm_join", 0.8, 1.1, HOCUS),
    *(
        Goal(f"100 joins at once, {edits:,} edits", f"history-{edits}", "joins_at_once", 0.5, 1.0, PEERS)
        for edits in (10_000, 100_000)
    ),
    *(
        Goal(f"joining a cold document of {edits:,} edits", f"history-{edits}", "cold_join", 1.0, 1.5, HOCUS)
        for edits in (10_000, 100_000)
    ),
    Goal("joining a warm document of 100,000 edits", "history-100000", "warm_join", 150, 150, unit="ms"),
    Goal("memory that 200 people add to the web process", "people-200", "", 15, 40, unit="MiB", of=_grown),
    Goal("a change of a row on 50 other screens, p95", "news-50", "p95", 200, 200, unit="ms"),
    Goal("1,000 open documents in one web process", "documents-1000", "memory_peak", 1024, 1024, unit="MiB"),
]


def verdicts(runs: list[Run]) -> list[Verdict]:
    found = [judge(goal, store, runs) for goal in GOALS for store in goal.stores]
    return [verdict for verdict in found if verdict]


def judge(goal: Goal, store: str, runs: list[Run]) -> Verdict | None:
    """The median over the rounds; a ratio is taken within each round. None when it was not measured."""
    ours, peers, ratios = [], [], []
    for number in sorted({run.round for run in runs}):
        here = {
            run.target: goal.value(run.figures)
            for run in runs
            if (run.store, run.round, run.scenario) == (store, number, goal.scenario) and goal.is_in(run.figures)
        }
        against = [here[peer] for peer in goal.against if peer in here]
        if goal.target not in here or (goal.against and not against):
            continue
        ours.append(here[goal.target])
        if against:
            peers.append(max(against) if goal.more_is_better else min(against))
            ratios.append(here[goal.target] / peers[-1])
    if not ours:
        return None
    middle = statistics.median(ours)
    peer = statistics.median(peers) if peers else None
    return Verdict(goal, store, middle, peer, statistics.median(ratios) if ratios else middle, len(ours))


def wrongs(runs: list[Run]) -> list[Run]:
    """Runs in which replicas differed, or something was lost: there must be none of ours."""
    return [run for run in runs if _wrong(run.figures)]
