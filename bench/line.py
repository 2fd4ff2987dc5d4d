"""A WebSocket client with as little between the kernel and the stop-watch as Python allows."""

import asyncio
import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

Hear = Callable[[int, bytes], None]


@dataclass(frozen=True)
class Address:
    """Where a document is: `prefix` stands before every message, for servers that serve several over one socket."""

    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    prefix: bytes = b""
    greeting: bytes = b""


class Line(asyncio.Protocol):
    """Calls `hear` with the opcode and the content of each message. Servers do not cut short messages into pieces."""

    def __init__(self, address: Address, hear: Hear) -> None:
        self.close_code: int | None = None
        self.frames = 0
        self._address = address
        self._hear = hear
        self._rest = b""
        self._is_upgraded = False
        self._answered = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._transport: asyncio.Transport

    async def open(self) -> None:
        """Raises ConnectionRefusedError, also when the server answers anything but 101."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._address.port)
        await self._answered.wait()
        if self.close_code is not None:
            raise ConnectionRefusedError(f"{self._address.path} was answered with {self.close_code}")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        headers = {
            "Host": f"127.0.0.1:{self._address.port}",
            "Origin": f"http://127.0.0.1:{self._address.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
            **self._address.headers,
        }
        lines = [f"GET {self._address.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        self._transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        if not self._is_upgraded:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.close_code = int(head.split(b" ", 2)[1])
                self._transport.close()
                return
            self._is_upgraded = True
            if self._address.greeting:
                self.send(self._address.greeting)
            self._answered.set()
        self._rest = self._take_frames(data)

    def _take_frames(self, data: bytes) -> bytes:
        """Hand on every whole frame; returns what is left."""
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                start = at + 4
                length = int.from_bytes(data[at + 2 : start], "big")
            elif length == 127:
                start = at + 10
                length = int.from_bytes(data[at + 2 : start], "big")
            end = start + length
            if end > size or start > size:
                break
            self._take_frame(data[at] & 15, data[start:end])
            at = end
        return data[at:]

    def _take_frame(self, opcode: int, content: bytes) -> None:
        if opcode in (BINARY, TEXT):
            self.frames += 1
            self._hear(opcode, content)
        elif opcode == PING:
            self._write(PONG, content)
        elif opcode == CLOSE:
            self.close_code = int.from_bytes(content[:2], "big")
            self._write(CLOSE, content)
            self._transport.close()

    def send(self, message: bytes) -> None:
        self._write(BINARY, self._address.prefix + message)

    def _write(self, opcode: int, content: bytes) -> None:
        length = len(content)
        if length < 126:
            head = bytes((128 | opcode, 128 | length))
        elif length < 65536:
            head = bytes((128 | opcode, 254)) + length.to_bytes(2, "big")
        else:
            head = bytes((128 | opcode, 255)) + length.to_bytes(8, "big")
        mask = os.urandom(4)
        whole = (mask * (length // 4 + 1))[:length]
        masked = (int.from_bytes(content, "big") ^ int.from_bytes(whole, "big")).to_bytes(length, "big")
        self._transport.write(head + mask + masked)

    async def drain(self) -> None:
        await self._may_write.wait()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def connection_lost(self, error: Exception | None) -> None:
        if self.close_code is None:
            self.close_code = 1006
        self._answered.set()
        self._may_write.set()

    def close(self) -> None:
        self._transport.close()
