"""What was freed goes back to the machine.

Every guest is sent the whole document at once and every fold reads it, in threads with heaps of their own, and C's allocator
keeps what they leave: after an hour of comings and goings a web process held a quarter more than it used.
"""

import asyncio
import ctypes

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # Only glibc has it, and only glibc needs it.


async def give_back() -> None:
    """Takes a millisecond or a few, in which nobody waits."""
    if _trim is not None:
        await asyncio.to_thread(_trim, 0)
