"""A whole Debrief of its own, to be killed piece by piece: PostgreSQL with fsync on, Valkey, two web processes, a worker."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis

from scripts import services
from scripts.commands import web, worker
from scripts.processes import dying_with_us
from scripts.start import with_our_python
from tests.live.servers import database_url, free_port

ROOT = Path(__file__).resolve().parents[2]
WEBS = ("web", "second web")
PARTS = (*WEBS, "worker", "valkey", "postgres")


class Site:
    """Holds what the test database holds when it is opened; what happens later happens here alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = services.postgres_home(folder)
        services.create_cluster(self.home)
        self.sockets = services.socket_folder(self.home.data.parent)
        self.database_url = f"postgresql://postgres@/{services.DATABASE}?host={self.sockets}"
        self.redis_url = f"unix://{self.sockets}/valkey.sock?db=0"
        self.ports = {name: free_port() for name in WEBS}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def open(self) -> None:
        self.start("postgres", "valkey")
        services.create_database(self.sockets)
        self._copy_test_database()
        self.start(*WEBS, "worker")

    def _copy_test_database(self) -> None:
        dump = [str(self.home.binaries / "pg_dump"), "--no-owner", "--dbname", database_url()]
        load = [str(self.home.binaries / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", self.database_url]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
            subprocess.run(load, stdin=dumping.stdout, stdout=subprocess.DEVNULL, check=True, timeout=60)
        assert dumping.returncode == 0

    def start(self, *names: str) -> None:
        for name in names:
            self._launch(name)
        for name in names:
            self._wait_for(name)

    def _launch(self, name: str) -> None:
        command, environment = self._command(name), {**os.environ}
        if name in (*WEBS, "worker"):
            environment |= {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
            # One keeps its connections, as docker-compose.yml has it, and one does not.
            environment["DATABASE_POOL_SIZE"] = "10" if name == "second web" else "0"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                dying_with_us(command, signal.SIGKILL), cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def _command(self, name: str) -> list[str]:
        if name == "postgres":
            program = services.postgres_program(self.home, self.sockets, self.folder / "log")
            program.before()
            return [*program.prefix, *program.command]
        if name == "valkey":
            return services.valkey_program(self.folder / "valkey", self.sockets, self.folder / "log").command
        if name == "worker":
            return with_our_python(worker())
        return with_our_python(web("127.0.0.1", self.ports[name]))

    def _wait_for(self, name: str) -> None:
        wait_until(lambda: self._answers(name), within=90, what=f"{name} in {self.folder}")

    def _answers(self, name: str) -> bool:
        assert self.processes[name].poll() is None, f"{name} ended: " + self.log(name)[-2000:]
        if name == "postgres":
            return asyncio.run(services.postgres_answers(self.home, self.sockets))
        if name == "valkey":
            return asyncio.run(services.valkey_answers(self.sockets / "valkey.sock"))
        return name == "worker" or _listens(self.ports[name])

    def kill(self, *names: str) -> None:
        """SIGKILL to all of them within the same moment, to PostgreSQL's children too."""
        victims = [pid for name in names for pid in family(self.processes[name].pid)]
        for pid in victims:
            _signal(pid, signal.SIGKILL)
        for name in names:
            self.processes.pop(name).wait(10)

    def stop(self, *names: str) -> None:
        """SIGTERM, as a deployment does it."""
        for name in names:
            self.processes[name].terminate()
        for name in names:
            self.processes.pop(name).wait(15)

    def end(self) -> None:
        self.kill(*self.processes)

    def query(self, statement: str, arguments: list[Any] | None = None) -> list[Any]:
        with psycopg.connect(self.database_url, connect_timeout=5) as connection:
            return connection.execute(statement, arguments).fetchall()

    def valkey(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis_url)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")


@contextmanager
def opened_site(folder: Path) -> Iterator[Site]:
    site = Site(folder)
    try:
        site.open()
        yield site
    finally:
        site.end()


def family(pid: int) -> list[int]:
    """The process and its children, the parent first: none of them may tidy up after another."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [pid, *(member for child in children.read_text().split() for member in family(int(child)))]
    except OSError:
        return [pid]


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(holds: Callable[[], bool], *, within: float, what: str) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come about within {within} s"
        time.sleep(0.03)
