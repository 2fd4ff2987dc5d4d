"""The folder that a running Debrief keeps its things in: one at a time, with a lock that no crash leaves behind."""

import fcntl
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another process holds this folder; carries what that one said about where it is."""


def lock_home(folder: Path) -> IO[str]:
    """Hold the folder until the returned file is closed or this process is gone. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    file = (folder / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise AlreadyRunning(_text_of(folder / "address")) from error
    return file


def _text_of(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def secret_key(folder: Path) -> str:
    """A key of this folder's own, so that sessions outlive a restart and nobody else can make them."""
    file = folder / "secret-key"
    if not _text_of(file):
        fresh = file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(60))
        fresh.rename(file)
    return _text_of(file)


def free_port(wanted: int, what: str, say: Callable[[str], None], *, taken: frozenset[int] = frozenset()) -> int:
    """The wanted port, or the next free one above it, and then says so."""
    port = next(port for port in range(wanted, 65536) if port not in taken and is_free(port))
    if port != wanted:
        say(f"Port {wanted} is taken, so {what} is at {port}.")
    return port


def is_free(port: int) -> bool:
    return all(_can_bind(family, host, port) for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "")))


def _can_bind(family: int, host: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections that just ended do not hold a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
