"""Runs every test of Debrief: ./check calls it once the Python packages are there."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from scripts import commands
from scripts.home import AlreadyRunning, lock_home
from scripts.processes import sweep
from scripts.services import start_servers
from scripts.start import StepFailed, build, say, step, with_our_python
from scripts.supervisor import NotReady, Supervisor, ending
from scripts.toolchain import ROOT, ensure_browser, ensure_pango

ACCEPT = "--accept-missing"
HOME = ROOT / ".data" / "check"

# A process for each core, each with databases of its own (tests/workers.py). A file stays with one of them, and the order
# holds: browsers go last.
SIDE_BY_SIDE = ["-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder"]

CHECKS = {
    "lint": ["python", "-m", "ruff", "check", "--output-format", "concise", "."],
    "format": ["python", "-m", "ruff", "format", "--check", "--output-format", "concise", "."],
    "types": ["python", "-m", "mypy"],
    "imports": ["python", "-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "templates": ["python", "-m", "djlint", "templates", "--lint", "--quiet"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "static files": commands.PREPARE_STATIC,
}


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    seconds: float


def main() -> None:
    os.chdir(ROOT)
    accepted = ACCEPT in sys.argv[1:]
    pytest_words = [word for word in sys.argv[1:] if word != ACCEPT]
    try:
        lock = lock_home(HOME)
    except AlreadyRunning:
        raise SystemExit("✗ ./check is already running in this folder.") from None
    with lock:
        raise SystemExit(asyncio.run(run(pytest_words, accepted=accepted)))


async def run(pytest_words: list[str], *, accepted: bool) -> int:
    """Everything, in order; returns the exit code. What fails does not keep the rest from running."""
    work = asyncio.current_task()
    assert work is not None  # noqa: S101 - asyncio.run made it
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    sweep(str(HOME))
    missing = await asyncio.to_thread(prepare_tools)
    supervisor = Supervisor(str(HOME), os.environ, say)
    try:
        await start_data(supervisor)
        outcomes = [await run_check(name, command, supervisor.environment) for name, command in CHECKS.items()]
        outcomes.append(await run_tests(pytest_words, supervisor.environment))
    except NotReady as error:
        say(f"✗ {error}")
        return 1
    except asyncio.CancelledError:
        say("✗ Stopped")
        return 130
    finally:
        await supervisor.stop()
    return summary(outcomes, missing, accepted=accepted)


def prepare_tools() -> list[str]:
    """Returns what could not be had, in words."""
    missing = []
    if not ensure_pango(step):
        missing.append("Pango: no test has drawn a PDF")
    if not ensure_browser(step):
        missing.append("Chromium: no end-to-end test has run")
    try:
        build(step)
    except StepFailed as error:
        raise SystemExit(f"✗ {error}") from error
    return missing


async def start_data(supervisor: Supervisor) -> None:
    """Servers of the tests' own; the ones that the environment names are taken instead, with a test database there."""
    if supervisor.environment.get("DATABASE_URL") and supervisor.environment.get("REDIS_URL"):
        step("Testing on the servers that DATABASE_URL and REDIS_URL name")
        return
    step("Starting PostgreSQL and Valkey for the tests")
    servers = await start_servers(supervisor, HOME, is_throwaway=True)
    ours = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    supervisor.environment.update({name: url for name, url in ours.items() if not supervisor.environment.get(name)})


async def run_check(name: str, command: list[str], environment: Mapping[str, str]) -> Outcome:
    """Run one check; what it says is shown only if it fails."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *with_our_python(command),
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode(errors="replace")
    outcome = Outcome(name, process.returncode == 0, time.monotonic() - began)
    step(describe(outcome))
    if not outcome.passed:
        say(said)
    return outcome


async def run_tests(words: list[str], environment: Mapping[str, str]) -> Outcome:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *words, env=dict(environment)
    )
    code = await process.wait()
    if code not in (0, 1):
        say(f"pytest ended with {ending(code)}")
    return Outcome("tests", code == 0, time.monotonic() - began)


def describe(outcome: Outcome) -> str:
    return f"{outcome.name:<13}{'passed' if outcome.passed else 'FAILED'}{outcome.seconds:7.1f} s"


def summary(outcomes: list[Outcome], missing: list[str], *, accepted: bool) -> int:
    say("\nSummary")
    for outcome in outcomes:
        say(f"  {'✓' if outcome.passed else '✗'} {describe(outcome)}")
    for sentence in missing:
        say(f"  {'!' if accepted else '✗'} left out: {sentence}{'' if accepted else f' ({ACCEPT} lets this pass)'}")
    failed = any(not outcome.passed for outcome in outcomes) or (missing and not accepted)
    say("Something failed." if failed else "All passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    main()
