import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from scripts.processes import marked
from scripts.services import clear_stale_pid, socket_folder
from tests.scripts.conftest import Keeper

SERVERS = """
import asyncio, os, signal, sys
from pathlib import Path
from scripts.services import start_servers
from scripts.supervisor import Supervisor

async def main():
    supervisor = Supervisor(sys.argv[1], os.environ, lambda line: print(line, flush=True))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    servers = await start_servers(supervisor, Path(sys.argv[1]) / "with a space")
    print("serving", servers.database_url, servers.redis_url, flush=True)
    await stop.wait()
    await supervisor.stop()
    print("stopped", flush=True)

asyncio.run(main())
"""


def postmaster_of(keeper: Keeper) -> int:
    return int((keeper.folder / "with a space" / "postgres" / "postmaster.pid").read_text().split()[0])


def serving(keeper: Keeper) -> tuple[subprocess.Popen[str], str, str]:
    process = keeper.run(SERVERS)
    _, database_url, redis_url = keeper.line(process, "serving").split()
    return process, database_url, redis_url


@pytest.mark.slow
def test_start_servers_after_kill_minus_nine_finds_every_row(
    keeper: Keeper, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    process, database_url, redis_url = serving(keeper)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('still here')")
    redis.Redis.from_url(redis_url).set("kept", "too")

    postmaster = postmaster_of(keeper)
    process.send_signal(signal.SIGKILL)
    process.wait()
    # PostgreSQL overwrites its environment with its title, so the mark alone does not find it.
    eventually(lambda: not marked(str(keeper.folder)) and not Path(f"/proc/{postmaster}").exists())
    process, database_url, redis_url = serving(keeper)

    with psycopg.connect(database_url) as connection:
        assert connection.execute("select word from kept").fetchall() == [("still here",)]
    process.send_signal(signal.SIGTERM)
    keeper.line(process, "stopped")
    assert marked(str(keeper.folder)) == []


@pytest.mark.slow
def test_start_servers_comes_up_again_after_postgres_itself_was_killed(keeper: Keeper) -> None:
    process, database_url, _ = serving(keeper)

    os.kill(postmaster_of(keeper), signal.SIGKILL)
    keeper.line(process, "postgres ended")

    assert answer_again(database_url) == 1


def answer_again(database_url: str) -> int:
    for _ in range(200):
        try:
            with psycopg.connect(database_url) as connection:
                row = connection.execute("select 1").fetchone()
                return int(row[0]) if row else 0
        except psycopg.OperationalError:
            time.sleep(0.1)
    return 0


def test_clear_stale_pid_removes_the_number_of_a_stranger(tmp_path: Path) -> None:
    file = tmp_path / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{tmp_path}\n")

    clear_stale_pid(tmp_path)

    assert not file.exists()


def test_clear_stale_pid_keeps_the_number_of_a_living_server(
    tmp_path: Path, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    server = subprocess.Popen(["sh", "-c", "sleep 60; true", "postgres", "-D", str(tmp_path)])
    file = tmp_path / "postmaster.pid"
    file.write_text(f"{server.pid}\n")
    try:
        eventually(lambda: str(tmp_path) in Path(f"/proc/{server.pid}/cmdline").read_text())
        clear_stale_pid(tmp_path, wait_seconds=0.2)

        assert file.exists()
    finally:
        server.kill()
        server.wait()


def test_socket_folder_stays_inside_unless_the_path_is_long_or_needs_quoting(tmp_path: Path) -> None:
    plain = Path("/tmp") / f"debrief-test-{os.getpid()}"
    plain.mkdir()
    spaced = tmp_path / "a b"
    spaced.mkdir()
    try:
        inside, outside = socket_folder(plain), socket_folder(spaced)
        assert inside == plain / "sockets"
        assert spaced not in outside.parents
        assert [path.stat().st_mode & 0o777 for path in (inside, outside)] == [0o700, 0o700]
        outside.rmdir()
    finally:
        (plain / "sockets").rmdir()
        plain.rmdir()


def test_socket_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.services.tempfile.gettempdir", lambda: str(tmp_path))
    spaced = tmp_path / "a b"
    spaced.mkdir()
    trap = socket_folder(spaced)
    trap.rmdir()
    trap.symlink_to(spaced)

    with pytest.raises(SystemExit, match="belongs to somebody else"):
        socket_folder(spaced)
