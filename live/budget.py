"""What one person may send, whatever number of pages they have open: more is no typing, and others must not pay for it."""

import time
from dataclasses import dataclass, field

from live.limits import BYTE_BURST, BYTES_PER_SECOND, MESSAGE_BURST, MESSAGES_PER_SECOND


@dataclass(slots=True)
class Bucket:
    """Fills at a steady rate up to a brim; what is taken from it may not exceed what is in it."""

    brim: float
    per_second: float
    level: float = field(init=False)
    filled_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level, self.filled_at = self.brim, time.monotonic()

    def takes(self, amount: float) -> bool:
        now = time.monotonic()
        self.level = min(self.brim, self.level + (now - self.filled_at) * self.per_second) - amount
        self.filled_at = now
        return self.level >= 0

    @property
    def is_full(self) -> bool:
        return self.level + (time.monotonic() - self.filled_at) * self.per_second >= self.brim


class Budget:
    """Shared by all sockets of a person in this process; `sockets` counts them."""

    def __init__(self) -> None:
        self.sockets = 0
        self._messages = Bucket(MESSAGE_BURST, MESSAGES_PER_SECOND)
        self._bytes = Bucket(BYTE_BURST, BYTES_PER_SECOND)

    @property
    def is_whole(self) -> bool:
        return self._messages.is_full and self._bytes.is_full

    def refuses(self, size: int) -> str:
        """Why a message of this size is one too many; empty when it is not."""
        if not self._messages.takes(1):
            return "too many messages"
        return "" if self._bytes.takes(size) else "too many bytes"
