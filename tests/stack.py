"""The real processes of Debrief, run on the test database: web, worker, beat, and an SMTP server that keeps what it gets."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from scripts.processes import dying_with_us

ROOT = Path(__file__).resolve().parent.parent
LONGEST_START_SECONDS = 60

# A web process whose clock stands elsewhere: the moment, then what uvicorn is told.
TRAVELLING = """
import sys
from datetime import datetime
import time_machine
time_machine.travel(datetime.fromisoformat(sys.argv.pop(1)), tick=True).start()
import uvicorn
uvicorn.main()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url() -> str:
    """The test database that this test run made, for a process of its own."""
    values = connection.settings_dict
    secret = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    return f"postgresql://{values['USER']}{secret}@/{values['NAME']}?host={values['HOST']}" + (
        f"&port={values['PORT']}" if values["PORT"] else ""
    )


def wait_until(condition: Callable[[], bool], *, seconds: float = 20, what: str = "the condition") -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about within {seconds} seconds")
        time.sleep(0.05)


class MailServer:
    """A real SMTP server on the loopback; `messages` are what it accepted, oldest first."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        message = message_from_bytes(envelope.original_content or envelope.content, policy=policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)  # type: ignore[arg-type]
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in message["X-Envelope-To"]]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.controller.port}"

    def __enter__(self) -> Self:
        self.controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.controller.stop()


class Stack:
    """Starts and kills processes that share the test database, Valkey and one address."""

    def __init__(self, folder: Path, mail_url: str = "smtp://127.0.0.1:1") -> None:
        self.folder = folder
        self.port = free_port()
        self.mail_url = mail_url
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DATABASE_POOL_SIZE": "0",
            "REDIS_URL": settings.REDIS_URL,
            "EMAIL_URL": self.mail_url,
            "SITE_URL": self.url,
            "PYTHONWARNINGS": "ignore",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def start_web(self, *, at: datetime | None = None) -> None:
        """At that moment instead of now, if one is given; its clock goes on from there."""
        from scripts.commands import web

        command = web("127.0.0.1", self.port)
        self._start("web", [sys.executable, "-c", TRAVELLING, at.isoformat(), *command[3:]] if at else command)
        wait_until(self._answers, seconds=LONGEST_START_SECONDS, what="the web process")

    def start_worker(self) -> None:
        from scripts.commands import worker

        self._start("worker", worker())

    def start_beat(self) -> None:
        from scripts.commands import beat

        self._start("beat", beat())

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            return httpx.get(f"{self.url}/readyz").status_code == 200

        wait_until(ready, seconds=LONGEST_START_SECONDS, what="/readyz")

    def manage(self, *words: str) -> str:
        """Run a management command beside the running processes, as an operator would; returns what it printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, name: str) -> None:
        """SIGKILL, to the whole group: nothing gets a chance to tidy up."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
        self.processes.clear()

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                dying_with_us(command, signal.SIGKILL),
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        if self.processes["web"].poll() is not None:
            raise AssertionError("the web process ended: " + self.logs()[-2000:])
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def running_stack(folder: Path) -> Iterator[tuple[Stack, MailServer]]:
    """Web, worker and beat, ready, with a mail server of their own."""
    with MailServer() as mail:
        stack = Stack(folder, mail.url)
        try:
            stack.start_web()
            stack.start_worker()
            stack.start_beat()
            stack.wait_until_ready()
            yield stack, mail
        finally:
            stack.stop()
