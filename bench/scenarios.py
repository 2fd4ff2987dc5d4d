"""What is measured: each scenario starts the target afresh, has people at work, and gives figures by name."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from bench.crowd import digest
from bench.meters import busy_seconds, cpu_seconds, forget_peak, memory, percentile
from bench.targets import Debrief, Document, Target, said
from scripts.toolchain import ROOT

TYPISTS = 10
ONLOOKERS = 12
SPACING = 0.008
EDITS_OF_ONE = 2500
GUESTS = 100
WARM_JOINS = 5
COLD_JOINS = 3
WRITES_LATE_BASE, WRITES_LATE_RATE = 5, 2000
NEARLY_ALL = 0.9  # Servers write the same document in a few bytes more or less.
SCREENS = 50
NEWS = 60
OPEN_DOCUMENTS = 1000
OPEN_DOCUMENT_LENGTH = 4000
SETTLES = 1.0

Figures = dict[str, Any]


class Crowd:
    """A process of bench.crowd at work on a job."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def of(cls, **job: Any) -> Self:
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "bench.crowd"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=256 * 1024 * 1024,
        )
        crowd = cls(process)
        await crowd.tell(json.dumps(job))
        return crowd

    @property
    def pid(self) -> int:
        return self._process.pid

    async def tell(self, line: str = "go") -> None:
        assert self._process.stdin is not None  # noqa: S101 - always piped, above
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()

    async def hear(self) -> Any:
        assert self._process.stdout is not None  # noqa: S101 - always piped, above
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of the crowd ended before its work; see what it said above")
        return json.loads(line)

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def crowds(jobs: list[dict[str, Any]]) -> AsyncIterator[list[Crowd]]:
    """One process for each job; none is left behind."""
    working = [await Crowd.of(**job) for job in jobs]
    try:
        yield working
    finally:
        await asyncio.gather(*(crowd.end() for crowd in working))


@asynccontextmanager
async def running(target: Target) -> AsyncIterator[Target]:
    await target.start()
    try:
        yield target
    finally:
        await target.stop()


# People who type.


@dataclass(frozen=True)
class Typing:
    """`people` at each of `documents`, of whom `typists` type; `seconds` is said by the command."""

    people: int
    documents: int = 1
    typists: int = TYPISTS
    cursors: bool = False


def jobs_of(
    typing: Typing, target: Target, documents: list[Document], seconds: float, seed: int
) -> list[dict[str, Any]]:
    """Who is measured has a process apart from who only makes up the number; many documents are shared out by halves."""
    people: list[dict[str, Any]] = []
    typists = spread(min(typing.people, typing.typists), typing.people)
    onlookers = spread(min(typing.people, ONLOOKERS), typing.people, shift=1)
    for index in range(typing.people * typing.documents):
        place, number = divmod(index, typing.documents)
        person = {"index": index, "document": number, "address": said(target.address(documents[number], index))}
        people.append({**person, "types": place in typists, "looks_on": place in onlookers})
    if typing.documents > 1:
        halves = [[p for p in people if p["document"] % 2 == half] for half in (0, 1)]
    else:
        watched = [p["types"] or p["looks_on"] for p in people]
        halves = [
            [p for p, is_watched in zip(people, watched, strict=True) if is_watched is want] for want in (True, False)
        ]
    common = {"do": "type", "seconds": seconds, "seed": seed, "spacing": SPACING, "cursors": typing.cursors}
    return [{**common, "acknowledges": target.acknowledges, "people": half} for half in halves if half]


def spread(count: int, among: int, *, shift: int = 0) -> set[int]:
    """So many places, evenly among all, so that nobody's place in the server's order counts."""
    return {(number * among // count + shift) % among for number in range(count)}


async def type_together(target: Target, typing: Typing, seconds: float, seed: int) -> Figures:
    documents = await target.documents(typing.documents)
    async with running(target):
        await asyncio.sleep(SETTLES)
        idle = [memory(pid, "VmRSS") for pid in target.pids()]
        for pid in target.pids():
            forget_peak(pid)
        async with crowds(jobs_of(typing, target, documents, seconds, seed)) as people:
            await asyncio.gather(*(crowd.hear() for crowd in people))
            await asyncio.sleep(SETTLES)
            cpu, web, busy = cpu_seconds(target.paid_for()), cpu_seconds(target.pids()), busy_seconds()
            own = cpu_seconds(c.pid for c in people)
            await asyncio.gather(*(crowd.tell() for crowd in people))
            quiet = await asyncio.gather(*(crowd.hear() for crowd in people))
            cpu, web = cpu_seconds(target.paid_for()) - cpu, cpu_seconds(target.pids()) - web
            busy = busy_seconds() - busy
            own = cpu_seconds(c.pid for c in people) - own
            peak = [memory(pid) for pid in target.pids()]
            await asyncio.gather(*(crowd.tell() for crowd in people))
            reports = await asyncio.gather(*(crowd.hear() for crowd in people))
        await asyncio.sleep(SETTLES)
        kept = await target.texts(documents)
    delays = sorted(delay for report in reports for delay in report["delays"])
    keys = sum(count for report in reports for _, count in report["keys"])
    deliveries = keys * (typing.people - 1)
    return {
        "p50": percentile(delays, 50),
        "p95": percentile(delays, 95),
        "p99": percentile(delays, 99),
        "most": delays[-1] if delays else 0.0,
        "samples": len(delays),
        "deliveries": deliveries,
        "cpu_per_1000": round(cpu * 1_000_000 / deliveries, 2),
        "web_cpu_per_1000": round(web * 1_000_000 / deliveries, 2),
        "cpu_load": round(cpu / seconds, 3),
        "clients_cpu_load": round(own / seconds, 3),
        "others_cpu_load": round(max(0.0, busy - cpu - own) / seconds, 3),
        "memory_idle": round(sum(idle), 1),
        "memory_peak": round(sum(peak), 1),
        "frames_per_second": round(sum(report["frames"] for report in reports) / seconds),
        "differing": differing([pair for report in reports for pair in report["texts"]], kept),
        "lost_lines": sum(report["lost_lines"] for report in reports),
        "unsaved": sum(report["unsaved"] for report in reports),
        "is_quiet": all(word["is_quiet"] for word in quiet),
    }


def differing(texts: list[list[Any]], kept: list[list[str]]) -> int:
    """How many replicas, and texts that the server has, are not what most replicas of their document are."""
    usual = {
        number: Counter(t for n, t in texts if n == number).most_common(1)[0][0] for number in {n for n, _ in texts}
    }
    wrong = sum(text != usual[number] for number, text in texts)
    return wrong + sum(digest(text) != usual[number] for number, forms in enumerate(kept) for text in forms)


# A long history, and people who come when it is there.


async def join_late(target: Target, edits: int) -> Figures:
    """Sent at full speed; stopped cleanly right after; and then the guests: the first at once, the others later."""
    document, other = await target.documents(2)
    async with running(target):
        history = await send_history(target, document, edits)
    enough = int(history["bytes"] * NEARLY_ALL)
    first = await join_cold(target, document, other, enough)
    figures: Figures = {
        "edits": history["edits"],
        "edits_per_second": round(history["edits"] / history["seconds"]),
        "first_join": milliseconds(first["readable"], 50) if first["seconds"] else None,
        "lost_by_stop": history["length"] - first["length"],
    }
    if figures["lost_by_stop"]:
        # There is nothing left to come late to: once more, with time to write down what was sent.
        document, _ = await target.documents(2)
        async with running(target):
            history = await send_history(target, document, edits)
            await asyncio.sleep(WRITES_LATE_BASE + edits / WRITES_LATE_RATE)
    if isinstance(target, Debrief):
        await target.settle(document)
    enough = int(history["bytes"] * NEARLY_ALL)
    cold = [await join_cold(target, document, other, enough) for _ in range(COLD_JOINS)]
    async with running(target), staying_guest(target, document, enough) as host:
        warm = await guests_of(target, document, WARM_JOINS, enough)
        crowd = await guests_of(target, document, GUESTS, enough, at_once=True)
        kept = await target.texts([document])
    texts = {text for join in (*cold, host, warm, crowd) for text in join["texts"]}
    texts |= {digest(text) for forms in kept for text in forms}
    return {
        **figures,
        "cold_join": milliseconds([join["readable"][0] for join in cold], 50),
        "warm_join": milliseconds(warm["readable"], 50),
        "warm_answer": milliseconds(warm["answered"], 50),
        "joins_at_once": round(crowd["seconds"] * 1000) if crowd["seconds"] else None,
        "joins_at_once_p50": milliseconds(crowd["answered"], 50),
        "differing": len(texts - {history["text"]}),
    }


def milliseconds(seconds: list[float | None], percent: int) -> float | None:
    """None when the document did not come to one of them."""
    came = [each for each in seconds if each is not None]
    return round(percentile(came, percent) * 1000, 1) if len(came) == len(seconds) else None


async def join_cold(target: Target, document: Document, other: Document, enough: int) -> Any:
    """After a restart. What a server does once, for its first guest, is done for another document before."""
    async with running(target):
        await guests_of(target, other, 1, 0)
        return await guests_of(target, document, 1, enough)


async def send_history(target: Target, document: Document, edits: int) -> Any:
    authors = max(1, edits // EDITS_OF_ONE)
    addresses = [said(target.address(document, number)) for number in range(authors + 1)]
    job = {"do": "history", "edits": edits, "observer": addresses[0], "authors": addresses[1:]}
    async with crowds([job]) as (crowd,):
        await crowd.hear()
        await crowd.tell()
        return await crowd.hear()


def guests_job(
    target: Target, document: Document, count: int, enough: int, *, at_once: bool, stay: bool
) -> dict[str, Any]:
    guests = [said(target.address(document, number)) for number in range(count)]
    return {"do": "join", "guests": guests, "bytes": enough, "at_once": at_once, "stay": stay}


async def guests_of(target: Target, document: Document, count: int, enough: int, *, at_once: bool = False) -> Any:
    async with crowds([guests_job(target, document, count, enough, at_once=at_once, stay=False)]) as (crowd,):
        await crowd.hear()
        await crowd.tell()
        return await crowd.hear()


@asynccontextmanager
async def staying_guest(target: Target, document: Document, enough: int) -> AsyncIterator[Any]:
    """Keeps the document open, so that the others come to one that is warm."""
    async with crowds([guests_job(target, document, 1, enough, at_once=False, stay=True)]) as (crowd,):
        await crowd.hear()
        await crowd.tell()
        yield await crowd.hear()


# What only ours can do.


async def hear_news(target: Debrief) -> Figures:
    """A change beside the text, from the command that makes it to fifty other screens."""
    (document,) = await target.documents(1)
    async with running(target):
        guests = [said(target.address(document, number)) for number in range(SCREENS)]
        async with crowds([{"do": "hear", "guests": guests}]) as (crowd,):
            await crowd.hear()
            await target.announce(document, NEWS)
            await crowd.tell()
            delays = (await crowd.hear())["delays"]
    figures = {f"p{percent}": round(percentile(delays, percent), 2) for percent in (50, 95, 99)}
    return {**figures, "samples": len(delays), "missing": SCREENS * NEWS - len(delays)}


async def open_many(target: Debrief) -> Figures:
    """A thousand documents of a page and a half each, open at once in one process."""
    documents = await target.documents(OPEN_DOCUMENTS, OPEN_DOCUMENT_LENGTH)
    async with running(target):
        await asyncio.sleep(SETTLES)
        idle = memory(target.pids()[0], "VmRSS")
        typing = Typing(people=1, documents=OPEN_DOCUMENTS)
        async with crowds(jobs_of(typing, target, documents, seconds=2, seed=0)) as people:
            await asyncio.gather(*(crowd.hear() for crowd in people))
            await asyncio.gather(*(crowd.tell() for crowd in people))
            await asyncio.gather(*(crowd.hear() for crowd in people))
            peak = memory(target.pids()[0])
        await asyncio.sleep(SETTLES * 3)
        after = memory(target.pids()[0], "VmRSS")
    return {"memory_idle": round(idle, 1), "memory_peak": round(peak, 1), "memory_after": round(after, 1)}
