"""The doors of rooms, and the keepers of their history. Live editing knows no documents: the apps above say who may
enter what, and how far they have written down what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from people.models import User


@dataclass(frozen=True)
class Access:
    """What a person may do in a room; a door answers None instead when the person may not know of it."""

    room_id: int
    may_read: bool
    may_write: bool


class Door(Protocol):
    def enter(self, user: User, number: int) -> Access | None: ...

    def enter_all(self, visits: Sequence[tuple[User, int]]) -> list[Access | None]:
        """What `enter` says to each of them: asked every few seconds about everybody in every open room."""
        ...


# Answers, for a room, the id up to which its log has been told elsewhere and may be forgotten.
Keeper = Callable[[int], int]

_keepers: dict[str, Keeper] = {}
_doors: dict[str, Door] = {}


def register(kind: str, door: Door) -> None:
    _doors[kind] = door


def door(kind: str) -> Door | None:
    return _doors.get(kind)


def register_keeper(kind: str, keeper: Keeper) -> None:
    _keepers[kind] = keeper


def keeper(kind: str) -> Keeper | None:
    return _keepers.get(kind)
