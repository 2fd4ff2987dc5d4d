"""uvicorn as `python -m uvicorn` runs it, that says what it holds when it is asked with SIGUSR1: one line of JSON to a file.

The file is named by DEBRIEF_HOLDINGS. Nothing else differs from the web process that production runs.
"""

import asyncio
import json
import os
import signal
import threading
from pathlib import Path
from types import FrameType

import uvicorn

from bench.meters import memory


def holdings() -> dict[str, float]:
    from live.hub import _hubs  # Only once the application has been loaded: asked before, it holds nothing.

    loops, hubs = list(_hubs.keys()), list(_hubs.values())
    rooms = [room for hub in hubs for room in hub.rooms.values()]
    return {
        "rooms": len(rooms),
        "people": sum(len(room.connections) for room in rooms),
        "channels": sum(len(hub.bus._rooms) for hub in hubs),
        "tasks": sum(len(asyncio.all_tasks(loop)) for loop in loops),
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),
        "memory": round(memory(os.getpid(), "VmRSS"), 1),
    }


def tell(signal_number: int, frame: FrameType | None) -> None:
    place = Path(os.environ["DEBRIEF_HOLDINGS"])
    unfinished = place.with_suffix(".new")
    unfinished.write_text(json.dumps(holdings()))
    unfinished.replace(place)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, tell)
    uvicorn.main()
