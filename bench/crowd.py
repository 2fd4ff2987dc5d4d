"""A process full of people at work: what to do is one JSON object on stdin, what it measured goes to stdout.

It says that everybody is in, waits for a line, does its work and reports. The stop-watches of several such processes can
be compared: all read the machine's monotonic clock.
"""

import asyncio
import hashlib
import json
import sys
import time
from typing import Any

import uvloop

from bench.line import Address


def address_of(said: dict[str, Any]) -> Address:
    prefix, greeting = bytes.fromhex(said["prefix"]), bytes.fromhex(said["greeting"])
    return Address(said["port"], said["path"], said["headers"], prefix, greeting)


def say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


async def wait_for_a_word() -> None:
    await asyncio.to_thread(sys.stdin.readline)


async def until(moment: float) -> None:
    """`moment` is one of time.perf_counter."""
    await asyncio.sleep(moment - time.perf_counter())


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def main() -> None:
    from bench import guests, histories, typists

    jobs = {"type": typists.type_together, "history": histories.send_history, "join": guests.join, "hear": guests.hear}
    job = json.loads(sys.stdin.readline())
    await jobs[job["do"]](job)


if __name__ == "__main__":
    uvloop.run(main())
