import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.processes import sweep

ROOT = Path(__file__).resolve().parents[2]


class Keeper:
    """Runs a program that supervises, in a process of its own, so that a test can kill it like anybody could."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def run(self, program: str, *words: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(self.folder), *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def line(self, process: subprocess.Popen[str], containing: str) -> str:
        """The next line that holds these words; fails when the output ends without it."""
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if containing in line:
                return line.strip()
        raise AssertionError(f"“{containing}” was never said: {''.join(said)}")


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    keeper = Keeper(tmp_path)
    yield keeper
    for process in keeper.started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    sweep(str(tmp_path))


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool], seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come about in time"
            time.sleep(0.05)

    return wait
