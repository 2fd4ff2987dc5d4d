"""What `--ws` of uvicorn names: its own protocol, with a side door through which a room writes one encoded frame to everybody.

Through ASGI each frame would be encoded again for each person and be carried by a task of theirs: twice the work for a room of
two hundred. A server without the side door works as well; `live.connection` then sends as ASGI says.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "debrief.frames"

TEXT, BINARY = 1, 2
FINAL = 0x80


def encoded(opcode: int, content: bytes) -> bytes:
    """A message of the WebSocket protocol as a server sends it, in one frame."""
    length = len(content)
    if length < 126:
        return bytes((FINAL | opcode, length)) + content
    if length < 65536:
        return bytes((FINAL | opcode, 126)) + length.to_bytes(2, "big") + content
    return bytes((FINAL | opcode, 127)) + length.to_bytes(8, "big") + content


class Frames(WebSocketsSansIOProtocol):
    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"]  # type: ignore[assignment]
        extensions[EXTENSION] = {"write": self.write_frame}
        await super().run_asgi()

    def write_frame(self, frame: bytes) -> bool:
        """Write an encoded frame, unless the other side reads too slowly or the line is closing: then say so."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def keepalive_timeout(self) -> None:
        """Whoever does not answer reads nothing either: what is still waiting for them must not hold the line open."""
        super().keepalive_timeout()
        self.transport.abort()
