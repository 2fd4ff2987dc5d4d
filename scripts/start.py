"""Runs all of Debrief on one machine: ./start calls it once the Python packages are there."""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import redis

from scripts import commands
from scripts.healthcheck import is_ready
from scripts.home import AlreadyRunning, free_port, lock_home, secret_key
from scripts.processes import sweep
from scripts.services import start_servers
from scripts.supervisor import NotReady, Program, Supervisor
from scripts.toolchain import ROOT, Say, build_front_end, ensure_pango

READY_WITHIN_SECONDS = 120


def say(sentence: str) -> None:
    print(sentence, flush=True)


def step(sentence: str) -> None:
    say(f"· {sentence}")


@dataclass(frozen=True)
class Ports:
    web: int
    smtp: int
    mail_page: int


def main() -> None:
    os.chdir(ROOT)
    options = parse_options(sys.argv[1:])
    folder = (ROOT / options.data).resolve()
    try:
        lock = lock_home(folder)
    except AlreadyRunning as error:
        raise SystemExit(
            f"✗ Debrief is already running from this folder{f', at {error}' if str(error) else ''}."
        ) from None
    with lock:
        raise SystemExit(asyncio.run(run_until_stopped(options, folder)))


def parse_options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./start", description="Set up what Debrief needs and run all of it.")
    parser.add_argument("--check", action="store_true", help="start everything, wait until it is ready, stop again")
    parser.add_argument("--port", type=int, default=8000, help="where the web server listens (default: 8000)")
    parser.add_argument("--data", default=".data", help="the folder that keeps the data (default: .data)")
    return parser.parse_args(words)


async def run_until_stopped(options: argparse.Namespace, folder: Path) -> int:
    """Start, stay, stop. Returns the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sweep(str(folder))  # What a killed watchdog may have left; the lock says that nobody else owns it.
    supervisor = Supervisor(str(folder), os.environ, say)
    starting = asyncio.create_task(start_everything(supervisor, options, folder))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            if not options.check:
                await stopping
        return 0 if starting.done() else 130
    except (NotReady, StepFailed) as error:
        say(f"✗ {error}")
        return 1
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        step("Stopping")
        await supervisor.stop()
        (folder / "address").unlink(missing_ok=True)


async def start_everything(supervisor: Supervisor, options: argparse.Namespace, folder: Path) -> None:
    began = time.monotonic()
    with_pdf = await asyncio.to_thread(ensure_pango, step)
    await asyncio.to_thread(build, step)
    ports = choose_ports(options.port)
    await start_data(supervisor, folder)
    supervisor.environment.update(settings_for(supervisor.environment, ports, folder))
    await prepare(supervisor.environment, folder)
    launch_programs(supervisor, ports, folder)
    await supervisor.wait_until(
        "web",
        lambda: asyncio.to_thread(is_ready, ports.web),
        within_seconds=READY_WITHIN_SECONDS,
        every_seconds=0.25,
    )
    (folder / "address").write_text(supervisor.environment["SITE_URL"])
    say(greeting(supervisor, ports, folder, seconds=time.monotonic() - began, with_pdf=with_pdf))


class StepFailed(Exception):
    """A step of the set-up ended badly; what it said is above."""


def build(say: Say) -> None:
    try:
        build_front_end(say)
    except subprocess.CalledProcessError as error:
        raise StepFailed(f"The front end could not be built: {error}") from error


def choose_ports(wanted: int) -> Ports:
    web = free_port(wanted, "Debrief", step)
    smtp = free_port(1025, "the mail catcher's SMTP server", step, taken=frozenset({web}))
    return Ports(web, smtp, free_port(8025, "the mail page", step, taken=frozenset({web, smtp})))


async def start_data(supervisor: Supervisor, folder: Path) -> None:
    """Name the two servers in the environment, starting our own where the environment names none."""
    environment = supervisor.environment
    named = [name for name in ("DATABASE_URL", "REDIS_URL") if environment.get(name)]
    if named:
        step(f"Using the servers that {' and '.join(named)} name{'s' if len(named) == 1 else ''}")
    if len(named) < 2:
        step("Starting PostgreSQL and Valkey")
        servers = await start_servers(supervisor, folder)
        if "DATABASE_URL" not in named:
            environment["DATABASE_URL"] = servers.database_url
        if "REDIS_URL" not in named:
            environment["REDIS_URL"] = servers.redis_url
            # A sign of life from before the restart must not count as one from now.
            redis.Redis.from_url(servers.redis_url).delete("debrief:alive:worker", "debrief:alive:beat")


def settings_for(environment: Mapping[str, str], ports: Ports, folder: Path) -> dict[str, str]:
    """What the settings read, filled in where the environment does not say."""
    filled = {
        "SITE_URL": f"http://localhost:{ports.web}",
        "EMAIL_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "SECRET_KEY": secret_key(folder),
        "LOG_LEVEL": "WARNING",
        "STATIC_MANIFEST": "yes",
    }
    if os.geteuid() == 0:
        # Whoever starts everything as root, on a machine of their own, needs no page of warning at each start.
        filled["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    return {name: value for name, value in filled.items() if not environment.get(name)}


async def prepare(environment: Mapping[str, str], folder: Path) -> None:
    await run_step("Bringing the database and the static files up to date", commands.PREPARE, environment)
    accounts = folder / "demo-accounts.json"
    if not accounts.exists():
        said = await run_step("Loading a demo organisation", commands.LOAD_DEMO, environment)
        accounts.write_text(said.strip().rsplit("\n", 1)[-1])


def demo_accounts(folder: Path) -> list[str]:
    """A line for each account that the demo organisation came with; none if it was not loaded here."""
    accounts = json.loads((folder / "demo-accounts.json").read_text()).get("accounts", [])
    return [f"    {account['email']:<36} {account['password']:<22} {account['role']}" for account in accounts]


async def run_step(sentence: str, command: list[str], environment: Mapping[str, str]) -> str:
    """Run one command to its end and return what it said. Raises StepFailed."""
    step(sentence)
    process = await asyncio.create_subprocess_exec(
        *with_our_python(command),
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode(errors="replace")
    if process.returncode != 0:
        say(said)
        raise StepFailed(f"“{' '.join(command)}” ended with exit code {process.returncode}.")
    return said


def with_our_python(command: list[str]) -> list[str]:
    return [sys.executable, *command[1:]]


def launch_programs(supervisor: Supervisor, ports: Ports, folder: Path) -> None:
    step("Starting web, worker, beat and the mail catcher")
    mail = commands.mail_catcher("127.0.0.1", ports.smtp, ports.mail_page, str(folder / "mail"))
    programs = {
        "mail": mail,
        "worker": commands.worker(),
        "beat": commands.beat(),
        "web": commands.web("127.0.0.1", ports.web),
    }
    for name, command in programs.items():
        supervisor.launch(Program(name, with_our_python(command)))


def greeting(supervisor: Supervisor, ports: Ports, folder: Path, *, seconds: float, with_pdf: bool) -> str:
    rows = [f"    {name:<9} pid {pid}" for name, pid in supervisor.pids().items()]
    accounts = demo_accounts(folder)
    parts = [
        f"\n✓ Debrief is ready, {seconds:.1f} s after the set-up began.",
        "\n".join(rows),
        f"  Open    {supervisor.environment['SITE_URL']}",
        f"  Mails   http://localhost:{ports.mail_page}",
        "" if with_pdf else "  PDFs are off: Pango is missing.",
        "\n".join(["  Sign in with", *accounts]) if accounts else "",
        "  Ctrl-C stops everything. LOG_LEVEL=INFO ./start says more.\n",
    ]
    return "\n".join(part for part in parts if part)


if __name__ == "__main__":
    main()
