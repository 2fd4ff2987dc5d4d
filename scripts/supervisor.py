"""Runs programs until told to stop: restarts what crashes, prefixes what they say, stops them in reverse order."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.processes import MARK, dying_with_us, sweep

LONGEST_WAIT_SECONDS = 15.0
STEADY_SECONDS = 20.0  # Who lived this long is not crashing in a loop, and is restarted at once.
MOST_STARTS = 4  # A program that ended so often before it answered will not answer.
LAST_LINES = 12
LONGEST_LINE_BYTES = 1024 * 1024


class NotReady(Exception):
    """A program did not answer in time, or ended before it did."""


@dataclass
class Program:
    name: str
    command: list[str]
    prefix: tuple[str, ...] = ()  # changes who it runs as; the kernel forgets a death signal set before such a change
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL  # what the kernel sends it when the supervisor is killed
    stop_within_seconds: float = 10.0
    log: Path | None = None  # where its words go; the terminal, if nowhere else
    before: Callable[[], None] = lambda: None  # run before each start, the first and every restart


@dataclass
class Running:
    program: Program
    process: asyncio.subprocess.Process | None = None
    starts: int = 0
    task: asyncio.Task[None] | None = None
    stopping: bool = False


class Supervisor:
    def __init__(
        self,
        mark: str,
        environment: Mapping[str, str],
        say: Callable[[str], None] = print,
        *,
        grace_seconds: float = 10.0,
    ) -> None:
        """After a kill -9 of this very process, what it started has the grace time to stop in order."""
        self.mark = mark
        self.environment = {**environment, MARK: mark, "PYTHONUNBUFFERED": "1"}
        self.say = say
        self.running: dict[str, Running] = {}
        self.watchdog = self._start_watchdog(grace_seconds)

    def _start_watchdog(self, grace_seconds: float) -> subprocess.Popen[bytes]:
        # Its own session: Ctrl-C in the terminal must not reach it. Without the mark: it must not kill itself.
        command = [sys.executable, "-m", "scripts.watchdog", self.mark, str(grace_seconds)]
        environment = {key: value for key, value in self.environment.items() if key != MARK}
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)

    async def start(self, program: Program, is_ready: Callable[[], Awaitable[bool]], *, within_seconds: float) -> None:
        """Start a program and wait until it answers. Raises NotReady."""
        self.launch(program)
        await self.wait_until(program.name, is_ready, within_seconds=within_seconds)

    def launch(self, program: Program) -> None:
        running = self.running[program.name] = Running(program)
        running.task = asyncio.create_task(self._keep(running))

    async def wait_until(
        self, name: str, is_ready: Callable[[], Awaitable[bool]], *, within_seconds: float, every_seconds: float = 0.05
    ) -> None:
        deadline = time.monotonic() + within_seconds
        while not await is_ready():
            running = self.running.get(name)
            if running is not None and running.starts > MOST_STARTS:
                raise NotReady(f"{name} keeps ending; its last lines are above.")
            if time.monotonic() > deadline:
                raise NotReady(f"{name} did not answer within {within_seconds:.0f} seconds.")
            await asyncio.sleep(every_seconds)

    async def _keep(self, running: Running) -> None:
        wait_seconds = 0.25
        while not running.stopping:
            started = time.monotonic()
            code = await self._run_once(running)
            if running.stopping:
                return
            wait_seconds = 0.25 if time.monotonic() - started > STEADY_SECONDS else wait_seconds * 2
            wait_seconds = min(wait_seconds, LONGEST_WAIT_SECONDS)
            self._say_last_lines(running.program)
            self.say(f"{running.program.name} ended ({ending(code)}); starting it again in {wait_seconds:.1f} s")
            await asyncio.sleep(wait_seconds)

    async def _run_once(self, running: Running) -> int:
        program = running.program
        if program.log:
            program.log.unlink(missing_ok=True)
        await asyncio.to_thread(program.before)
        running.process = await asyncio.create_subprocess_exec(
            *program.prefix,
            *dying_with_us(program.command, program.death_signal),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**self.environment, **program.environment},
            limit=LONGEST_LINE_BYTES,
            start_new_session=True,
        )
        running.starts += 1
        echo = asyncio.create_task(self._echo(program.name, program.log, running.process))
        code = await running.process.wait()
        # A grandchild may hold the pipe open; what the program itself said has arrived by now.
        await asyncio.wait([echo], timeout=0.5)
        echo.cancel()
        return code

    async def _echo(self, name: str, log: Path | None, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - always piped, a line above
        with log.open("ab") if log else contextlib.nullcontext() as file:
            while line := await _next_line(process.stdout):
                if file:
                    file.write(line)
                    file.flush()
                else:
                    self._say_line(name, line)

    def _say_line(self, name: str, line: bytes) -> None:
        self.say(f"{name:<8} | {line.decode(errors='replace').rstrip()}")

    def _say_last_lines(self, program: Program) -> None:
        if program.log and program.log.exists():
            for line in program.log.read_bytes().splitlines()[-LAST_LINES:]:
                self._say_line(program.name, line)

    def pids(self) -> dict[str, int]:
        processes = {name: running.process for name, running in self.running.items()}
        return {name: process.pid for name, process in processes.items() if process and process.returncode is None}

    async def stop(self) -> None:
        """Stop every program, the last started first; whoever does not listen in time is killed."""
        for running in self.running.values():
            running.stopping = True
        for running in reversed(list(self.running.values())):
            await self._stop_one(running)
        self.running.clear()
        sweep(self.mark)
        if self.watchdog.stdin:
            self.watchdog.stdin.close()
        self.watchdog.wait()

    async def _stop_one(self, running: Running) -> None:
        process = running.process
        if process is not None and process.returncode is None:
            signal_quietly(process.pid, running.program.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), running.program.stop_within_seconds)
            except TimeoutError:
                self.say(f"{running.program.name} does not stop; killing it")
                signal_quietly(process.pid, signal.SIGKILL)
                await process.wait()
        if running.task is not None:
            running.task.cancel()
            await asyncio.gather(running.task, return_exceptions=True)


async def _next_line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # A line beyond all bounds is passed on in pieces instead of ending the log.
        return await stream.read(LONGEST_LINE_BYTES)


def signal_quietly(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def ending(code: int) -> str:
    """How a process ended, in words: an exit code, or the signal that killed it."""
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
