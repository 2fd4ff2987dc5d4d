"""What was freed goes back to the machine.

Every guest is sent the whole document at once and every fold reads it, in threads with heaps of their own, and C's allocator
keeps what they leave: after an hour of comings and goings a web process held a quarter more than it used.
"""

import asyncio
import ctypes

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # as <malloc.h> numbers them
LARGE = 128 * 1024
HEAPS = 2

_c = ctypes.CDLL(None)
# Only glibc has them, and only glibc needs them.
_trim, _set = getattr(_c, "malloc_trim", None), getattr(_c, "mallopt", None)


def keep_little() -> None:
    """Few heaps for all threads, and nothing large in them: what is large is given back when it is freed."""
    if _set is not None:
        _set(M_MMAP_THRESHOLD, LARGE)
        _set(M_ARENA_MAX, HEAPS)


async def give_back() -> None:
    """Takes a millisecond or a few, in which nobody waits."""
    if _trim is not None:
        await asyncio.to_thread(_trim, 0)
