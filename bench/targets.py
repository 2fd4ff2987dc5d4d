"""The servers that are compared: ours as ./start runs it, and the peers, each with a store of its own on the same disk."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.line import Address
from live.wire import write_bytes, write_number
from scripts import commands
from scripts.home import is_free
from scripts.processes import dying_with_us
from scripts.services import Servers
from scripts.start import with_our_python
from scripts.toolchain import ROOT, node_folder, npm

PEERS = Path(__file__).parent / "peers"
HOCUSPOCUS_AUTH, HOCUSPOCUS_TOKEN = 2, 0
STOPS_WITHIN = 60.0
ROWS_SETTLE_WITHIN = 11.0
FIRST_PORT = 8200


def port() -> int:
    """Below the range from which the kernel takes ports for clients: none of ours can be in the way."""
    _used.append(next(port for port in range(_used[-1] + 1, 30_000) if is_free(port)))
    return _used[-1]


_used = [FIRST_PORT]


@dataclass(frozen=True)
class Document:
    """`name` is what an address needs to know; `room` is ours alone."""

    name: str
    room: int = 0


class Target(ABC):
    """A server that can be started and stopped again and again; what it stored stays."""

    name: str
    acknowledges = False
    processes_count = 1

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.folder.mkdir(parents=True)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.ports: list[int] = []

    @abstractmethod
    def command(self, port: int) -> list[str]: ...

    @abstractmethod
    async def documents(self, count: int, length: int = 0) -> list[Document]: ...

    @abstractmethod
    def address(self, document: Document, person: int) -> Address: ...

    def environment(self, port: int) -> dict[str, str]:
        return dict(os.environ)

    def pids(self) -> list[int]:
        """Of the processes that answer clients."""
        return [process.pid for process in self.processes]

    def paid_for(self) -> list[int]:
        """Of everything that works for the clients."""
        return self.pids()

    async def texts(self, documents: list[Document]) -> list[list[str]]:
        """As the server has them, each in as many forms as it keeps."""
        return []

    async def start(self) -> None:
        self.ports = [port() for _ in range(self.processes_count)]
        with (self.folder / "log").open("ab") as log:
            for number in self.ports:
                self.processes.append(
                    subprocess.Popen(
                        dying_with_us(self.command(number), signal.SIGKILL),
                        env=self.environment(number),
                        stdout=log,
                        stderr=log,
                    )
                )
        for number, process in zip(self.ports, self.processes, strict=True):
            await self._answers(number, process)

    async def _answers(self, number: int, process: subprocess.Popen[bytes]) -> None:
        async with asyncio.timeout(60):
            while True:
                if process.poll() is not None:
                    raise RuntimeError(f"{self.name} ended at once:\n{(self.folder / 'log').read_text()[-3000:]}")
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", number)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                return

    async def stop(self) -> None:
        """As an operator stops it: SIGTERM, and time to write what is left."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                await asyncio.to_thread(process.wait, STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


class Seeds:
    """The process of bench.seed, asked one thing at a time."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self._asking = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, verb: str, *numbers: int) -> Any:
        async with self._asking:
            process = self._process = self._process or await self._start()
            assert process.stdin and process.stdout  # noqa: S101 - always piped, below
            process.stdin.write(json.dumps([verb, *numbers]).encode() + b"\n")
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the process that makes rows has ended; see what it said above")
        return json.loads(line)

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *dying_with_us([sys.executable, "-m", "bench.seed"], signal.SIGKILL),
            env=environment_of(self.servers),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=64 * 1024 * 1024,
        )

    async def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


class Debrief(Target):
    name = "debrief"
    acknowledges = True

    def __init__(self, folder: Path, seeds: Seeds, server_pids: list[int], cookies: list[str]) -> None:
        super().__init__(folder)
        self.seeds = seeds
        self.server_pids = server_pids
        self.cookies = cookies

    def command(self, port: int) -> list[str]:
        return with_our_python(commands.web("127.0.0.1", port))

    def environment(self, port: int) -> dict[str, str]:
        return {**environment_of(self.seeds.servers), "SITE_URL": f"http://127.0.0.1:{port}"}

    def paid_for(self) -> list[int]:
        return [*self.pids(), *self.server_pids]

    async def documents(self, count: int, length: int = 0) -> list[Document]:
        made = await self.seeds.ask("documents", count, length)
        return [Document(str(number), room) for number, room in made]

    def address(self, document: Document, person: int) -> Address:
        port = self.ports[person % len(self.ports)]
        cookie = self.cookies[person % len(self.cookies)]
        return Address(port, f"/ws/postmortems/{document.name}/?events=1", {"Cookie": cookie})

    async def texts(self, documents: list[Document]) -> list[list[str]]:
        return await self.seeds.ask("texts", *(document.room for document in documents))

    async def settle(self, document: Document) -> None:
        """What the worker does with a document that nobody has open."""
        await asyncio.sleep(ROWS_SETTLE_WITHIN)
        await self.seeds.ask("settle", document.room)

    async def announce(self, document: Document, count: int) -> None:
        await self.seeds.ask("news", document.room, count)


class TwoProcesses(Debrief):
    """Two web processes: every second person is at the other one, and what they type goes through Valkey."""

    name = "debrief-2p"
    processes_count = 2


class Peer(Target):
    script: str

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._documents = 0

    def command(self, port: int) -> list[str]:
        return [str(node_folder() / "bin" / "node"), str(PEERS / self.script), str(port), str(self.folder)]

    async def documents(self, count: int, length: int = 0) -> list[Document]:
        first, self._documents = self._documents, self._documents + count
        return [Document(f"document-{number}") for number in range(first, self._documents)]


class YWebsocket(Peer):
    name = "y-websocket"
    script = "y-websocket.mjs"

    def address(self, document: Document, person: int) -> Address:
        return Address(self.ports[0], f"/{document.name}")


class Hocuspocus(Peer):
    name = "hocuspocus"
    script = "hocuspocus.mjs"

    def address(self, document: Document, person: int) -> Address:
        prefix = write_bytes(document.name.encode())
        greeting = write_number(HOCUSPOCUS_AUTH) + write_number(HOCUSPOCUS_TOKEN) + write_bytes(b"")
        return Address(self.ports[0], "/", {}, prefix, greeting)


PEER_KINDS: dict[str, type[Peer]] = {kind.name: kind for kind in (YWebsocket, Hocuspocus)}
OUR_KINDS: dict[str, type[Debrief]] = {kind.name: kind for kind in (Debrief, TwoProcesses)}


def environment_of(servers: Servers) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def install_peers() -> None:
    """From npm, as the lock says. One of them keeps its data by a library that must be built, or fetched, for this Node."""
    stamp = PEERS / "node_modules" / ".debrief-lock"
    lock = (PEERS / "package-lock.json").read_bytes()
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    print("· Installing the peers (building SQLite for Node takes two minutes)", file=sys.stderr, flush=True)
    npm("ci", "--ignore-scripts", "--silent", folder=PEERS)
    npm("rebuild", "better-sqlite3", "--ignore-scripts=false", "--silent", f"--nodedir={node_folder()}", folder=PEERS)
    stamp.write_bytes(lock)


def said(address: Address) -> dict[str, Any]:
    """An address as bench.crowd reads it."""
    return {**asdict(address), "prefix": address.prefix.hex(), "greeting": address.greeting.hex()}


def versions_of_peers() -> dict[str, str]:
    packages = ["@hocuspocus/server", "@hocuspocus/extension-sqlite", "@y/websocket-server", "y-leveldb", "yjs", "ws"]
    files = {name: PEERS / "node_modules" / name / "package.json" for name in packages}
    return {name: json.loads(file.read_text())["version"] for name, file in files.items() if file.exists()}


def forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
