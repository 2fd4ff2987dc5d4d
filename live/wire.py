"""The public y-protocols wire: variable-length integers, and the few messages that a room speaks.

A frame is one message: its type, then, for `SYNC`, the step, then bytes with their length before them.
"""

from collections.abc import Mapping

from live.errors import BadFrame

SYNC, AWARENESS, AUTH, QUERY_AWARENESS = 0, 1, 2, 3
STEP_1, STEP_2, UPDATE = 0, 1, 2

LARGEST = 2**53


def read_number(data: bytes, at: int) -> tuple[int, int]:
    """The integer at `at`, and where the next value begins."""
    number = shift = 0
    try:
        while True:
            byte = data[at]
            at += 1
            number |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
            if shift > 56:
                raise BadFrame("a number is too long")
    except IndexError:
        raise BadFrame("the message ends too early") from None
    if number > LARGEST:
        raise BadFrame("a number is too large")
    return number, at


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = read_number(data, at)
    end = at + length
    if end > len(data):
        raise BadFrame("the message ends too early")
    return data[at:end], end


def write_number(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def write_bytes(data: bytes) -> bytes:
    return write_number(len(data)) + data


def sync_frame(step: int, payload: bytes) -> bytes:
    return bytes((SYNC, step)) + write_bytes(payload)


def awareness_frame(entries: Mapping[int, tuple[int, str]]) -> bytes:
    """`entries` maps a client id to its clock and its state as JSON; "null" takes the client away."""
    out = bytearray(write_number(len(entries)))
    for client, (clock, state) in entries.items():
        out += write_number(client) + write_number(clock) + write_bytes(state.encode())
    return bytes((AWARENESS,)) + write_bytes(bytes(out))


def read_awareness(payload: bytes) -> list[tuple[int, int, bytes]]:
    """(client id, clock, state as JSON) of each entry."""
    count, at = read_number(payload, 0)
    if count * 3 > len(payload):
        raise BadFrame("more states are announced than sent")
    entries = []
    for _ in range(count):
        client, at = read_number(payload, at)
        clock, at = read_number(payload, at)
        state, at = read_bytes(payload, at)
        entries.append((client, clock, state))
    return entries


def read_state_vector(payload: bytes) -> dict[int, int]:
    """How much of each client's writing the other side has. Checked here: pycrdt believes any count it is told."""
    count, at = read_number(payload, 0)
    if count * 2 > len(payload) - at:
        raise BadFrame("more clients are announced than sent")
    state = {}
    for _ in range(count):
        client, at = read_number(payload, at)
        state[client], at = read_number(payload, at)
    if at != len(payload):
        raise BadFrame("the state vector goes on after its end")
    return state
