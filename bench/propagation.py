"""How long a keystroke takes to another person's document, the commit in between.

    python -m bench.propagation [--clients 10 50] [--seconds 8]

Starts one web process on a database of its own, beside that of DATABASE_URL and deleted afterwards, and prints
milliseconds and the server's CPU. Ten people at most type, five letters a second each, every tenth key a deletion.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402

from live.updates import shape_of  # noqa: E402
from tests.factories import PostmortemFactory, UserFactory  # noqa: E402
from tests.live.conftest import sign_in  # noqa: E402
from tests.live.people import Visitor, until  # noqa: E402
from tests.live.servers import WebProcess  # noqa: E402

KEYS_PER_SECOND = 5
WRITERS = 10


class Meter:
    """When each letter was typed, and how long it took to each of the others."""

    def __init__(self) -> None:
        self.typed_at: dict[tuple[int, int], float] = {}
        self.took: list[float] = []


class Watcher(Visitor):
    meter: Meter

    def take(self, update: bytes) -> None:
        super().take(update)
        now = time.perf_counter()
        for client, start, end in shape_of(update).runs:
            for clock in range(start, end):
                if typed_at := self.meter.typed_at.get((client, clock)):
                    self.meter.took.append(now - typed_at)


async def type_for(watcher: Watcher, seconds: float, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0, 1 / KEYS_PER_SECOND))
    author, clock = None, 0
    until_ = time.perf_counter() + seconds
    while time.perf_counter() < until_:
        length = len(watcher.text())
        if chance.random() < 0.1 and length:
            at = chance.randrange(length)
            await watcher.erase("summary", at, at + 1)
        else:
            if author is None:
                author = watcher.document.client
            watcher.meter.typed_at[author, clock] = time.perf_counter()
            await watcher.write("summary", "x", at=chance.randint(0, length))
            clock += 1
        await asyncio.sleep(1 / KEYS_PER_SECOND)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def run(watchers: list[Watcher], seconds: float, pid: int) -> float:
    for watcher in watchers:
        await watcher.__aenter__()
    before = cpu_seconds(pid)
    await asyncio.gather(*(type_for(w, seconds, random.Random(n)) for n, w in enumerate(watchers[:WRITERS])))
    await until(lambda: len({watcher.text() for watcher in watchers}) == 1, 10, lambda: "replicas differ")
    spent = cpu_seconds(pid) - before
    for watcher in watchers:
        await watcher.close()
    return spent


def measure(web: WebProcess, clients: int, seconds: float) -> str:
    postmortem = PostmortemFactory(texts={"summary": ""})
    cookies = [sign_in(UserFactory()) for _ in range(clients)]
    meter = Meter()
    watchers = [Watcher(web.port, postmortem.number, cookie) for cookie in cookies]
    for watcher in watchers:
        watcher.meter = meter
    spent = asyncio.run(run(watchers, seconds, web.process.pid))
    cuts = statistics.quantiles(meter.took, n=100)
    times = " | ".join(f"{cuts[at - 1] * 1000:6.1f}" for at in (50, 95, 99))
    return f"{clients:>7} | {len(meter.took):>10} | {times} | {spent / len(meter.took) * 1_000_000:6.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[10, 50])
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    connection.settings_dict["TEST"]["NAME"] = f"bench_{connection.settings_dict['NAME']}"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        measure_all(options.clients, options.seconds)
    finally:
        runner.teardown_databases(databases)


def measure_all(sizes: list[int], seconds: float) -> None:
    print("clients | deliveries | p50 ms | p95 ms | p99 ms | web process: CPU ms per 1,000 deliveries")
    with tempfile.TemporaryDirectory() as folder, WebProcess(Path(folder) / "log") as web:
        for clients in sizes:
            print(measure(web, clients, seconds), flush=True)


if __name__ == "__main__":
    main()
