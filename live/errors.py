"""What live editing can refuse."""

from core.errors import DomainError


class BadFrame(Exception):
    """A frame that no well-meaning client sends; the message says what is wrong with it."""


class CannotLoad(Exception):
    """The document could not be read as a whole, and part of it, or nothing, must not be shown in its place."""


class NotStored(Exception):
    """PostgreSQL did not say that the changes are safe, so nobody may be shown them.

    `is_refusal`: it said no to a row, and would take others.
    """

    def __init__(self, message: str, *, is_refusal: bool = False) -> None:
        super().__init__(message)
        self.is_refusal = is_refusal


class RoomSealed(NotStored):
    """A room takes no typing, now or for good: none of the rows is stored."""

    def __init__(self) -> None:
        super().__init__("the room is sealed", is_refusal=True)


class VersionTooOld(DomainError):
    """A form was opened so long ago that the state it started from can no longer be rebuilt."""
