"""How what a room says reaches people: by the server's side door, as ASGI says, and never out of order."""

import asyncio

import pytest
from websockets.frames import Frame, Opcode

from live.connection import Connection, Person, binary, text
from live.frames import BINARY, encoded
from live.limits import ACCESS_WITHDRAWN, MAX_UNSENT_BYTES, TRY_AGAIN
from tests.live.conftest import sign_in
from tests.live.people import Visitor
from tests.live.servers import WebProcess

NOBODY = Person(user_id=1, name="Mira", session_key="key", session_hash="hash")


class Line:
    """The other end of a connection: what came by the side door and what came through ASGI, in one list."""

    def __init__(self) -> None:
        self.is_quick = True
        self.came: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self.may_go_on = asyncio.Event()
        self.connection = Connection(
            NOBODY, kind="postmortems", number=1, may_write=True, wants_events=True, write_frame=self.write_frame
        )

    def write_frame(self, frame: bytes) -> bool:
        if self.is_quick:
            self.came.append(frame)
        return self.is_quick

    async def send(self, message: dict) -> None:
        await self.may_go_on.wait()
        if message["type"] == "websocket.close":
            self.closed = message["code"], message["reason"]
        else:
            self.came.append(encoded(BINARY, message["bytes"]))

    async def has_read(self, count: int) -> None:
        self.may_go_on.set()
        while len(self.came) < count:
            await asyncio.sleep(0)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_send_encodes_a_frame_as_the_standard_says(length):
    content = bytes(length)

    assert binary(content).frame == Frame(Opcode.BINARY, content).serialize(mask=False)


def test_send_encodes_words_as_the_standard_says():
    assert text("Grüße 😀").frame == Frame(Opcode.TEXT, "Grüße 😀".encode()).serialize(mask=False)


def test_send_lets_nothing_overtake_what_waits():
    messages = [binary(bytes((number,))) for number in range(6)]

    async def scenario() -> list[bytes]:
        line = Line()
        pump = asyncio.create_task(line.connection.pump(line.send))
        line.connection.push(messages[0])
        line.is_quick = False
        line.connection.push(messages[1])
        await asyncio.sleep(0)  # The pump has taken it and waits for the other side.
        line.is_quick = True
        line.connection.push(messages[2])
        line.connection.push(messages[3])
        await line.has_read(4)
        line.connection.push(messages[4])
        line.connection.push(messages[5])
        line.connection.gone(1000)
        await pump
        return line.came

    assert asyncio.run(scenario()) == [message.frame for message in messages]


def test_send_cuts_off_who_reads_nothing_and_keeps_no_more_than_the_bound():
    message = binary(bytes(1_000_000))

    async def scenario() -> Line:
        line = Line()
        line.is_quick = False
        pump = asyncio.create_task(line.connection.pump(line.send))
        for _ in range(20):
            line.connection.push(message)
            await asyncio.sleep(0)
        line.may_go_on.set()
        await pump
        return line

    line = asyncio.run(scenario())
    assert line.closed == (TRY_AGAIN, "reading too slowly")
    assert sum(map(len, line.came)) <= MAX_UNSENT_BYTES


def test_send_says_nothing_more_once_the_right_is_gone():
    async def scenario() -> Line:
        line = Line()
        pump = asyncio.create_task(line.connection.pump(line.send))
        line.is_quick = False
        line.connection.push(binary(b"waits"))
        line.connection.end(ACCESS_WITHDRAWN, "rights changed")
        line.is_quick = True
        line.connection.push(binary(b"later"))
        line.may_go_on.set()
        await pump
        return line

    line = asyncio.run(scenario())
    assert (line.came, line.closed) == ([], (ACCESS_WITHDRAWN, "rights changed"))


@pytest.mark.slow
def test_send_works_on_a_server_without_the_side_door(transactional_db, tmp_path, postmortem, mira, noor):
    with WebProcess(tmp_path / "log", flags=["--ws", "websockets-sansio"]) as plain:
        here, there = (Visitor(plain.port, postmortem.number, sign_in(user)) for user in (mira, noor))

        async def scenario():
            async with here, there:
                for count in range(20):
                    await here.write("summary", f"{count} ")
                    await there.write("summary", "x" * 10_000, at=0)
                await here.is_saved()
                await there.is_saved()
                await there.sees(here.text())
                await here.sees(there.text())

        asyncio.run(scenario())
        assert plain.complaints() == []
    assert len(here.text()) == len(there.text()) == 200_050
