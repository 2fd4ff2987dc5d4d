"""What the tests of timelines from files share: a payload in, short lines out."""

import json
from typing import Any

from integrations.timelines import Reading, Setting, read_bytes
from integrations.timelines.moments import written


def reading_of(payload: Any, **setting: Any) -> Reading:
    content = payload if isinstance(payload, bytes) else payload if isinstance(payload, str) else json.dumps(payload)
    return read_bytes(content.encode() if isinstance(content, str) else content, Setting(**setting))


def told(reading: Reading) -> list[tuple[str, str, str]]:
    """(instant, who, text) of every event."""
    return [(written(entry.at) if entry.at else "", entry.who, entry.text) for entry in reading.events]


def clocks(reading: Reading) -> list[str]:
    return [entry.at.strftime("%m-%d %H:%M:%S") for entry in reading.events if entry.at]


def left_out(reading: Reading) -> list[tuple[str, str]]:
    return [(entry.text, entry.left_out) for entry in reading.skipped]
