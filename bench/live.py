"""Live editing against its peers, all doing the same work in turn.

    python -m bench.live                          three rounds of everything, PostgreSQL on disk
    python -m bench.live --store disk ram         the same, then again with every store on tmpfs
    python -m bench.live --only people-50 --targets debrief hocuspocus --rounds 1 --seconds 4
    python -m bench.live --list                   the scenarios

It starts PostgreSQL and Valkey from the wheels, each target afresh for every measurement, and installs the peers from npm
below bench/peers when they are not there. The tables go to stdout, and with --out FOLDER to live.md and live.json in it.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.goals import Run
from bench.meters import FsyncProbe
from bench.report import as_json, as_markdown, machine
from bench.scenarios import Figures, Typing, hear_news, join_late, open_many, type_together
from bench.targets import OUR_KINDS, PEER_KINDS, Debrief, Seeds, Target, environment_of, install_peers
from scripts import commands
from scripts.services import start_servers
from scripts.start import run_step
from scripts.supervisor import Supervisor

PEOPLE = 200
FOLDERS = {"disk": None, "ram": "/dev/shm"}  # noqa: S108 - tmpfs is what is asked for
EVERYBODY = [*OUR_KINDS, *PEER_KINDS]

TYPING = {
    "people-2": Typing(2),
    "people-10": Typing(10),
    "people-50": Typing(50),
    "people-200": Typing(200),
    "cursors-50": Typing(50, cursors=True),
    "documents-50": Typing(4, documents=50),
}
HISTORIES = {"history-10000": 10_000, "history-100000": 100_000}
OURS_ALONE: dict[str, Callable[[Debrief], Awaitable[Figures]]] = {"news-50": hear_news, "documents-1000": open_many}
# What takes long, or does not scatter, is measured in the first round only.
ONCE = {"history-100000", *OURS_ALONE}
# Where two processes of ours are of interest.
SHARED = {"people-50", "people-200"}


@dataclass(frozen=True)
class Plan:
    """What a measurement is: which scenario with which target in which round."""

    round: int
    scenario: str
    target: str


def plans(rounds: int, only: list[str], targets: list[str]) -> list[Plan]:
    """Targets take turns within a scenario, and each round begins with another of them."""
    found = []
    for number in range(rounds):
        turn = targets[number % len(targets) :] + targets[: number % len(targets)]
        for scenario in only:
            if number and scenario in ONCE:
                continue
            found += [Plan(number + 1, scenario, target) for target in turn if concerns(scenario, target)]
    return found


def concerns(scenario: str, target: str) -> bool:
    if target == "debrief-2p":
        return scenario in SHARED
    return target == "debrief" or scenario not in OURS_ALONE


async def measure(plan: Plan, target: Target, seconds: float) -> Figures:
    if plan.scenario in TYPING:
        return await type_together(target, TYPING[plan.scenario], seconds, seed=plan.round)
    if plan.scenario in HISTORIES:
        return await join_late(target, HISTORIES[plan.scenario])
    assert isinstance(target, Debrief)  # noqa: S101 - as `concerns` says
    return await OURS_ALONE[plan.scenario](target)


async def run_store(store: str, options: argparse.Namespace, runs: list[Run]) -> None:
    """All that is planned, with every store in one folder on disk or on tmpfs; each run is added when it is over."""
    folder = Path(tempfile.mkdtemp(prefix="debrief-bench-", dir=options.folder or FOLDERS[store]))
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    supervisor = Supervisor(str(folder), environment, lambda line: print(line, file=sys.stderr))
    seeds = None
    try:
        servers = await start_servers(supervisor, folder / "servers")
        await run_step("Creating the tables", commands.PREPARE_DATABASE, environment_of(servers))
        seeds = Seeds(servers)
        cookies = await seeds.ask("people", PEOPLE)
        server_pids = list(supervisor.pids().values())
        targets: dict[str, Target] = {
            name: kind(folder, seeds, server_pids, cookies)
            for name, kind in OUR_KINDS.items()
            if name in options.targets
        }
        targets |= {name: kind(folder) for name, kind in PEER_KINDS.items() if name in options.targets}
        for plan in plans(options.rounds, options.only, options.targets):
            runs.append(await run_one(store, plan, targets[plan.target], folder, options.seconds))
    finally:
        if seeds:
            await seeds.end()
        await supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def run_one(store: str, plan: Plan, target: Target, folder: Path, seconds: float) -> Run:
    with FsyncProbe(folder) as disk:
        figures = await measure(plan, target, seconds)
    fsync = disk.result()
    figures |= {"fsync_p50": fsync.p50, "fsync_p95": fsync.p95, "fsync_most": fsync.most, "load": os.getloadavg()[0]}
    shown = {
        name: figures[name] for name in ("p50", "p95", "cpu_per_1000", "cold_join", "differing") if name in figures
    }
    print(f"{store} round {plan.round} {plan.scenario:<15} {plan.target:<12} {shown}", file=sys.stderr, flush=True)
    return Run(store, plan.round, plan.scenario, plan.target, figures)


def options_of(words: list[str]) -> argparse.Namespace:
    scenarios = [*TYPING, *HISTORIES, *OURS_ALONE]
    parser = argparse.ArgumentParser(
        prog="python -m bench.live", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", nargs="+", choices=list(FOLDERS), default=["disk"])
    parser.add_argument("--only", nargs="+", choices=scenarios, default=scenarios, metavar="SCENARIO")
    parser.add_argument("--targets", nargs="+", choices=EVERYBODY, default=EVERYBODY)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8, help="how long people type (default: 8)")
    parser.add_argument("--folder", type=Path, help="where the stores are, if not in the system's temporary folder")
    parser.add_argument("--out", type=Path, help="a folder for live.md and live.json")
    parser.add_argument("--list", action="store_true", help="name the scenarios and end")
    options = parser.parse_args(words)
    if options.list:
        print("\n".join(scenarios))
        raise SystemExit(0)
    return options


def main(words: list[str]) -> list[Run]:
    options = options_of(words)
    if set(options.targets) & set(PEER_KINDS):
        install_peers()
    started = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    runs: list[Run] = []
    try:
        for store in options.store:
            asyncio.run(run_store(store, options, runs))
    finally:  # What was measured before something failed is worth as much.
        facts = {"command": " ".join(["python -m bench.live", *words]), "started": started, "machine": machine()}
        report(runs, facts, options.out)
    return runs


def report(runs: list[Run], facts: dict[str, Any], folder: Path | None) -> None:
    markdown = as_markdown(runs, facts)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "live.md").write_text(markdown)
        (folder / "live.json").write_text(as_json(runs, facts))
    print(markdown)


if __name__ == "__main__":
    main(sys.argv[1:])
