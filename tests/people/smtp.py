"""A real SMTP server on the loopback that misbehaves as it is told."""

import asyncio
import os
import signal
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.stack import free_port


class ScriptedServer:
    """`rcpt`, `mail` and `data` map an address (or its absence, "*") to the answer, or to something to do first."""

    def __init__(self) -> None:
        self.rcpt: dict[str, str] = {}
        self.mail: str | None = None
        self.data: dict[str, str | Callable[[Any], Any]] = {}
        self.accepted: list[tuple[str, EmailMessage]] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if answer := self.rcpt.get(address, self.rcpt.get("*")):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        answer = self.data.get(address, self.data.get("*", "250 kept"))
        if not isinstance(answer, str):
            answer = await answer(server)
        if answer.startswith("250"):
            self.accepted.append((address, message_from_bytes(envelope.content, policy=policy.default)))
        return answer

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.accepted]


async def hang(server: Any) -> str:
    await asyncio.sleep(2)
    return "451 too late"


async def think(server: Any) -> str:
    await asyncio.sleep(0.6)
    return "250 kept"


async def keep_and_cut(server: Any) -> str:
    """The server has the mail; that it does is not heard."""
    server.transport.abort()
    return "250 kept"


async def cut(server: Any) -> str:
    server.transport.abort()
    return "451 gone"


def kill_the_sender(pid: Callable[[], int]) -> Callable[[Any], Any]:
    """The server takes the mail, and its sender dies before it hears so."""

    async def answer(server: Any) -> str:
        os.kill(pid(), signal.SIGKILL)
        await asyncio.sleep(0.2)
        return "250 kept"

    return answer
