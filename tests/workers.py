"""Several test processes beside one another: pytest-django gives each a database of its own, and this a Valkey database.

Loaded with `-p`, so that it comes before the settings are read.
"""

import os
import re


def of_worker(url: str, worker: str) -> str:
    """The address of a database for one worker ("gw0", "gw1", …): that many after the one that the address names."""
    after = int(worker.removeprefix("gw")) + 1
    if url.startswith("unix:"):
        socket, _, database = url.partition("?db=")
        return f"{socket}?db={int(database or 0) + after}"
    server, _, database = re.fullmatch(r"(\w+://[^/]+)(/?)(\d*)", url).groups()
    return f"{server}/{int(database or 0) + after}"


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["REDIS_URL"] = of_worker(os.environ["REDIS_URL"], worker)
