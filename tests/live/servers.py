"""Web processes as production runs them, on the test's own database, to be stopped or killed at will."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from scripts.commands import web
from scripts.start import with_our_python


def database_url() -> str:
    place = connection.settings_dict
    user, password = quote(place["USER"] or "", safe=""), quote(place["PASSWORD"] or "", safe="")
    return f"postgresql://{user}{':' + password if password else ''}@/{place['NAME']}?host={place['HOST']}" + (
        f"&port={place['PORT']}" if place["PORT"] else ""
    )


class WebProcess:
    def __init__(self, log: Path, *, flags: Sequence[str] = (), **environment: str) -> None:
        self.flags = flags
        self.port = free_port()
        self.log = log
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        return [*with_our_python(web("127.0.0.1", self.port)), *self.flags]

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command(), env=self.environment, stdout=log, stderr=log)
        wait_for_port(self.port, self.process, self.log)
        return self

    def ensure_running(self) -> None:
        if self.process is None:
            self.start()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=15)
            self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def complaints(self) -> list[str]:
        """Lines of its log that should not be there; a refused commit is one that tests provoke."""
        lines = self.log.read_text().splitlines()
        return [
            line
            for line in lines
            if ('"level": "error"' in line or "Traceback" in line) and "live.not_stored" not in line
        ]


def memory_of(pid: int) -> int:
    """What a process holds in memory, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1500):
        if process.poll() is not None:
            raise RuntimeError(f"the web process ended at once:\n{log.read_text()}")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"the web process does not answer:\n{log.read_text()}")
