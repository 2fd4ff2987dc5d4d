"""Processes that cannot outlive us: each carries a mark in its environment, and dies when its parent does."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

MARK = "DEBRIEF_RUN"


def dying_with_us(command: list[str], death_signal: signal.Signals) -> list[str]:
    """The command, wrapped so that the kernel signals it when the process that started it is gone (Linux)."""
    setpriv = shutil.which("setpriv")
    if not sys.platform.startswith("linux") or setpriv is None:
        return command
    return [setpriv, "--pdeathsig", death_signal.name.removeprefix("SIG"), *command]


def marked(mark: str) -> list[int]:
    """Every living process that was started, at whatever remove, with this mark; not ourselves."""
    wanted = f"{MARK}={mark}".encode()
    return [pid for pid in _processes() if pid != os.getpid() and wanted in _environment(pid)]


def sweep(mark: str, *, grace_seconds: float = 0.0) -> int:
    """Kill what still carries the mark after the grace time; returns how many processes needed it."""
    deadline = time.monotonic() + grace_seconds
    while marked(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = marked(mark)
    for pid in left:
        _kill(pid)
    deadline = time.monotonic() + 5
    while marked(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(left)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _processes() -> list[int]:
    try:
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except FileNotFoundError:  # No /proc: macOS, where the ordered stop is all there is.
        return []


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # Gone meanwhile, or somebody else's.
        return []
