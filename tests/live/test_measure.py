"""The benchmark itself, in its shortest form, so that it cannot rot: ours alone, without the peers."""

import asyncio
import json
import math

import pytest
from django.conf import settings

from bench.goals import GOALS, OURS, Run, judge, verdicts, wrongs
from bench.live import options_of, plans
from bench.report import as_json, as_markdown
from bench.scenarios import Typing, type_together
from bench.targets import Debrief, Seeds
from scripts.services import Servers
from tests.live.servers import database_url


async def measure_ten_people(folder) -> dict:
    seeds = Seeds(Servers(database_url(), settings.REDIS_URL))
    try:
        target = Debrief(folder, seeds, [], await seeds.ask("people", 10))
        return await type_together(target, Typing(10), seconds=3, seed=1)
    finally:
        await seeds.end()


@pytest.mark.slow
def test_measure_ten_people_who_type_agree_and_are_all_counted(transactional_db, tmp_path):
    figures = asyncio.run(measure_ten_people(tmp_path))

    assert {name: figures[name] for name in ("differing", "lost_lines", "unsaved", "is_quiet")} == {
        "differing": 0,
        "lost_lines": 0,
        "unsaved": 0,
        "is_quiet": True,
    }
    assert figures["deliveries"] == 10 * 15 * 9
    assert 0.8 * figures["deliveries"] < figures["samples"] < figures["deliveries"]  # Deletions are not timed.
    assert 0 < figures["p50"] <= figures["p95"] <= figures["p99"] <= figures["most"] < 10_000
    assert figures["memory_peak"] > figures["memory_idle"] > 0 < figures["cpu_per_1000"]


def run(target: str, number: int = 1, **figures: float) -> Run:
    return Run("ram", number, "people-50", target, figures)


P50 = next(goal for goal in GOALS if (goal.scenario, goal.figure, goal.stores) == ("people-50", "p50", ("ram",)))


@pytest.mark.parametrize(("ours", "mark"), [(2.0, "ambitious"), (2.5, "floor"), (3.1, "missed")])
def test_measure_marks_a_ratio_to_the_best_peer_of_the_same_round(ours, mark):
    runs = [run(OURS, p50=ours), run("hocuspocus", p50=2.0), run("y-websocket", p50=4.0)]

    verdict = judge(P50, "ram", runs)

    assert (verdict.mark, verdict.peer) == (mark, 2.0)
    assert math.isclose(verdict.ratio, ours / 2)


def test_measure_takes_the_median_of_ratios_not_the_ratio_of_medians():
    times = {1: (1.0, 1.0), 2: (30.0, 10.0), 3: (4.0, 2.0)}
    runs = [r for n, (our, their) in times.items() for r in (run(OURS, n, p50=our), run("hocuspocus", n, p50=their))]

    assert judge(P50, "ram", runs).ratio == 2.0


def test_measure_gives_no_verdict_without_a_peer():
    assert judge(P50, "ram", [run(OURS, p50=1.0)]) is None
    assert judge(P50, "disk", [run(OURS, p50=1.0), run("hocuspocus", p50=1.0)]) is None


@pytest.mark.parametrize("figure", ["differing", "lost_lines", "unsaved", "lost_by_stop", "missing"])
def test_measure_says_where_something_was_lost(figure):
    good, bad = run(OURS, **{figure: 0}), run(OURS, 2, **{figure: 1})

    assert wrongs([good, bad]) == [bad]


def test_measure_writes_tables_that_hold_every_run():
    news = Run("ram", 1, "news-50", OURS, {"p50": 1.0, "p95": 2.5, "p99": 3.0, "samples": 100, "missing": 0})
    facts = {"command": "python -m bench.live", "started": "today", "machine": {"cores": 2}}

    said = json.loads(as_json([news], facts))
    text = as_markdown([news], facts)

    assert said["runs"] == [
        {"store": "ram", "round": 1, "scenario": "news-50", "target": OURS, "figures": news.figures}
    ]
    assert [goal["mark"] for goal in said["goals"]] == ["ambitious"] == [v.mark for v in verdicts([news])]
    assert "| news-50 | debrief | 1 | 1 | 2.50 | 3 | 0 |" in text


def test_measure_lets_targets_take_turns_and_each_begin_a_round():
    options = options_of(
        ["--only", "people-2", "history-100000", "--targets", "debrief", "hocuspocus", "--rounds", "2"]
    )

    order = [(plan.round, plan.scenario, plan.target) for plan in plans(options.rounds, options.only, options.targets)]

    assert order == [
        (1, "people-2", "debrief"),
        (1, "people-2", "hocuspocus"),
        (1, "history-100000", "debrief"),
        (1, "history-100000", "hocuspocus"),
        (2, "people-2", "hocuspocus"),
        (2, "people-2", "debrief"),
    ]
