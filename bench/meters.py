"""What a machine can say about its processes, and about its own disk and load while they work."""

import os
import statistics
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

TICK = os.sysconf("SC_CLK_TCK")
FSYNC_EVERY = 0.1
FSYNC_BYTES = 512


def family_of(pid: int) -> list[int]:
    """The process and everything below it that lives."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:  # Gone meanwhile.
                continue
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Of these processes, their living descendants, and their dead children."""
    ticks = 0
    for root in pids:
        for pid in family_of(root):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICK


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def memory(pid: int, what: str = "VmHWM") -> float:
    """In MiB: the peak since `forget_peak`, or VmRSS, what it holds now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def busy_seconds() -> float:
    """Of all cores, by whomever."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


@dataclass(frozen=True)
class Disk:
    """Milliseconds of an fsync."""

    p50: float
    p95: float
    most: float


class FsyncProbe:
    """Appends a little to a file of its own in the servers' folder, again and again, and times each fsync."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "fsync-probe"
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._probe, daemon=True)
        self._took: list[float] = []

    def _probe(self) -> None:
        with self._file.open("wb") as file:
            while not self._is_over.wait(FSYNC_EVERY):
                file.write(os.urandom(FSYNC_BYTES))
                file.flush()
                before = time.perf_counter()
                os.fsync(file.fileno())
                self._took.append((time.perf_counter() - before) * 1000)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def result(self) -> Disk:
        took = self._took or [0.0]
        return Disk(round(statistics.median(took), 2), round(percentile(took, 95), 2), round(max(took), 1))


def percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0
