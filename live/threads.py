"""Django's own code from the event loop: in a few threads, each with a connection to PostgreSQL that it keeps.

Channels would open a connection for every call, which costs PostgreSQL a process and us more than all the rest.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")


async def in_thread(work: Callable[..., Result], *arguments: object) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, _with_connection, work, *arguments)


def _with_connection(work: Callable[..., Result], *arguments: object) -> Result:
    # PostgreSQL may have been away since the last call.
    connection.health_check_done = False  # type: ignore[attr-defined]
    try:
        result = work(*arguments)
    except BaseException:
        connection.close()  # Whatever went wrong, the next call starts afresh.
        raise
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close()  # Gives it back, for others wait for one.
    return result
