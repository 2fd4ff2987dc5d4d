"""Who is in a room and where their cursors are. Who they are comes from the session; only cursors come from clients."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from live.connection import Connection
from live.limits import MAX_AWARENESS_BYTES, MAX_STATE_BYTES, PRESENCE_ENDS_AFTER, PRESENCE_RENEWED_AFTER
from live.wire import BadFrame, awareness_frame, read_awareness

GONE = "null"
# Rows are known to the apps above: here only the form of such a name is checked.
ROW = re.compile(r"[a-z]{1,20}-[0-9]{1,12}", re.ASCII)
# For clients that draw with a colour; ours draws with the number of a person, in the page's own light or dark one.
COLOURS = ["#2d62a8", "#a83378", "#1d7a55", "#96590f", "#6a4bb0", "#19737d", "#b03a3f", "#5c7020"]


@dataclass(slots=True)
class Seat:
    """The last word about one client; `connection` is None when it sits in another process."""

    connection: Connection | None
    clock: int
    state: str
    heard_at: float
    told_at: float


class Presence:
    def __init__(self, names: set[str]) -> None:
        self._names = names
        self._seats: dict[int, Seat] = {}
        self._clocks: dict[int, int] = {}
        self._news: dict[int, Connection | None] = {}

    def hear(self, connection: Connection, payload: bytes) -> None:
        """Take a client's word for its own cursor, and for nothing else. What it echoes of others is passed over."""
        if len(payload) > MAX_AWARENESS_BYTES:
            raise BadFrame("the awareness message is too long")
        for client, clock, raw in read_awareness(payload):
            if self._may_speak_for(connection, client):
                self._hear_own(connection, client, clock, raw)

    def _may_speak_for(self, connection: Connection, client: int) -> bool:
        if connection.client is not None:
            return connection.client == client
        seat = self._seats.get(client)
        if seat is None:
            return True
        # The same person coming back before the old socket was missed.
        return seat.connection is not None and seat.connection.person.user_id == connection.person.user_id

    def _hear_own(self, connection: Connection, client: int, clock: int, raw: bytes) -> None:
        state = _clean(raw, connection, self._names)
        now = time.monotonic()
        if state == GONE:
            if connection.client == client:
                self._take_away(client)
                connection.client = None
            return
        connection.client = client
        seat = self._seats.get(client)
        if seat and seat.connection is connection and seat.state == state:
            seat.heard_at = now
            return
        self._seats[client] = Seat(connection, self._next_clock(client, clock), state, now, now)
        self._news[client] = connection

    def hear_elsewhere(self, payload: bytes) -> None:
        """Another process has checked these; the room shows them as they are."""
        now = time.monotonic()
        for client, clock, raw in read_awareness(payload):
            state = raw.decode()
            if clock <= self._clocks.get(client, 0) or ((seat := self._seats.get(client)) and seat.connection):
                continue
            self._clocks[client] = clock
            if state == GONE:
                self._seats.pop(client, None)
            else:
                self._seats[client] = Seat(None, clock, state, now, now)

    def leave(self, connection: Connection) -> None:
        client = connection.client
        if client is not None and (seat := self._seats.get(client)) and seat.connection is connection:
            self._take_away(client)

    def _take_away(self, client: int) -> None:
        self._seats.pop(client, None)
        self._next_clock(client, 0)
        self._news[client] = None

    def _next_clock(self, client: int, clock: int) -> int:
        """Above everything said about this client, by whichever socket: clients believe only a higher clock."""
        self._clocks[client] = max(self._clocks.get(client, 0) + 1, clock)
        return self._clocks[client]

    def refresh(self) -> bytes | None:
        """Say again who is here, so that no client thinks them gone; forget processes that fell silent.

        Returns a frame for the local clients about the forgotten ones.
        """
        now = time.monotonic()
        forgotten = {}
        for client, seat in list(self._seats.items()):
            if seat.connection is None and now - seat.heard_at > PRESENCE_ENDS_AFTER:
                del self._seats[client]
                forgotten[client] = (self._next_clock(client, 0), GONE)
            elif seat.connection is not None and now - seat.told_at > PRESENCE_RENEWED_AFTER:
                seat.clock, seat.told_at = self._next_clock(client, 0), now
                self._news[client] = None
        return awareness_frame(forgotten) if forgotten else None

    def take_news(self) -> tuple[bytes, Connection | None] | None:
        """The frame about what changed here, and the one socket that knows it already, if there is one."""
        if not self._news:
            return None
        origins = set(self._news.values())
        frame = self._frame_about(self._news)
        self._news.clear()
        return frame, origins.pop() if len(origins) == 1 else None

    def frame(self) -> bytes | None:
        return self._frame_about(self._seats) if self._seats else None

    def local_frame(self) -> bytes | None:
        """What this process can answer for, to another that has just opened the room."""
        local = [client for client, seat in self._seats.items() if seat.connection]
        return self._frame_about(local) if local else None

    def _frame_about(self, clients: Any) -> bytes:
        return awareness_frame(
            {c: (s.clock, s.state) if (s := self._seats.get(c)) else (self._clocks[c], GONE) for c in clients}
        )


def _clean(raw: bytes, connection: Connection, names: set[str]) -> str:
    """The state as others may see it: identity from the session, a cursor of known shape, names of known form."""
    person = connection.person
    if len(raw) > MAX_STATE_BYTES:
        raise BadFrame("the awareness state is too long")
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadFrame("the awareness state is not JSON") from None
    if said is None:
        return GONE
    if not isinstance(said, dict):
        raise BadFrame("the awareness state is not an object")
    colour = COLOURS[person.user_id % len(COLOURS)]
    state: dict[str, Any] = {
        "user": {
            "id": person.user_id,
            "name": person.name,
            "person": person.user_id % len(COLOURS) + 1,
            "color": colour,
            "colorLight": colour + "33",
        }
    }
    cursor = said.get("cursor")
    if isinstance(cursor, dict):
        anchor, head = (_position(cursor.get(end), names) for end in ("anchor", "head"))
        if anchor and head:
            state["cursor"] = {"anchor": anchor, "head": head}
    if isinstance(section := said.get("section"), str) and section in names:
        state["section"] = section
    if isinstance(row := said.get("row"), str) and ROW.fullmatch(row):
        state["row"] = row
    if said.get("reading") is True or not connection.may_write:
        state["reading"] = True
    return json.dumps(state, separators=(",", ":"))


def _position(said: Any, names: set[str]) -> dict[str, Any] | None:
    """A Yjs relative position in one of the room's texts."""
    if not isinstance(said, dict):
        return None
    position: dict[str, Any] = {}
    for key in ("type", "item"):
        place = said.get(key)
        if isinstance(place, dict) and all(_is_count(place.get(part)) for part in ("client", "clock")):
            position[key] = {"client": place["client"], "clock": place["clock"]}
    name = said.get("tname")
    if isinstance(name, str) and name in names:
        position["tname"] = name
    if _is_count(abs(assoc) if isinstance(assoc := said.get("assoc"), int) else None):
        position["assoc"] = assoc
    return position if position.keys() - {"assoc"} else None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
