import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from scripts.processes import marked, sweep
from tests.scripts.conftest import Keeper

Eventually = Callable[[Callable[[], bool]], None]

# Three kinds of descendant: a program, a child behind a shell, and one that left its session to be on its own.
FAMILY = """
import asyncio, os, sys
from pathlib import Path
from scripts.supervisor import Program, Supervisor

async def main():
    folder = sys.argv[1]
    supervisor = Supervisor(folder, os.environ, lambda line: print(line, flush=True), grace_seconds=0.5)
    supervisor.launch(Program("plain", ["sleep", "600"]))
    supervisor.launch(Program("shell", ["sh", "-c", "sleep 601; true"], stop_within_seconds=0.5))
    supervisor.launch(Program("loner", ["sh", "-c", "setsid sleep 602 & sleep 603"], stop_within_seconds=0.5))
    stop = asyncio.Event()
    import signal
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    while len(supervisor.pids()) < 3:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    print("running", supervisor.watchdog.pid, flush=True)
    await stop.wait()
    await supervisor.stop()
    print("stopped", flush=True)

asyncio.run(main())
"""

CRASHING = """
import asyncio, os, sys
from scripts.supervisor import NotReady, Program, Supervisor

async def never():
    return False

async def main():
    supervisor = Supervisor(sys.argv[1], os.environ, lambda line: print(line, flush=True))
    try:
        await supervisor.start(Program("crash", ["sh", "-c", "echo my last words; exit 3"]), never, within_seconds=30)
    except NotReady as error:
        print("refused:", error, flush=True)
    await supervisor.stop()

asyncio.run(main())
"""

STUBBORN = """
import asyncio, os, sys
from scripts.supervisor import Program, Supervisor

async def main():
    supervisor = Supervisor(sys.argv[1], os.environ, lambda line: print(line, flush=True))
    deaf = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"]
    supervisor.launch(Program("deaf", deaf, stop_within_seconds=0.5))
    await asyncio.sleep(1)
    await supervisor.stop()
    print("stopped", flush=True)

asyncio.run(main())
"""


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A zombie waits for its parent to look, and runs no more.
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_supervise_killed_minus_nine_leaves_nothing_behind(keeper: Keeper, eventually: Eventually) -> None:
    supervisor = keeper.run(FAMILY)
    watchdog = int(keeper.line(supervisor, "running").split()[1])
    assert len(marked(str(keeper.folder))) >= 5

    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()

    eventually(lambda: not marked(str(keeper.folder)))
    eventually(lambda: is_gone(watchdog))


def test_supervise_told_to_stop_leaves_nothing_behind(keeper: Keeper, eventually: Eventually) -> None:
    supervisor = keeper.run(FAMILY)
    watchdog = int(keeper.line(supervisor, "running").split()[1])

    supervisor.send_signal(signal.SIGTERM)
    keeper.line(supervisor, "stopped")

    assert supervisor.wait(10) == 0
    assert marked(str(keeper.folder)) == []
    assert is_gone(watchdog)


def test_supervise_restarts_what_was_killed(keeper: Keeper, eventually: Eventually) -> None:
    supervisor = keeper.run(FAMILY)
    keeper.line(supervisor, "running")
    victim = next(pid for pid in marked(str(keeper.folder)) if command_of(pid) == ["sleep", "600"])

    os.kill(victim, signal.SIGKILL)

    assert keeper.line(supervisor, "plain ended").startswith("plain ended (killed by SIGKILL); starting it again")
    eventually(lambda: ["sleep", "600"] in [command_of(pid) for pid in marked(str(keeper.folder))])


def test_supervise_says_what_a_crashing_program_said_and_gives_up(keeper: Keeper) -> None:
    supervisor = keeper.run(CRASHING)

    assert keeper.line(supervisor, "my last words") == "crash    | my last words"
    assert keeper.line(supervisor, "ended") == "crash ended (exit code 3); starting it again in 0.5 s"
    assert keeper.line(supervisor, "ended") == "crash ended (exit code 3); starting it again in 1.0 s"
    assert keeper.line(supervisor, "refused") == "refused: crash keeps ending; its last lines are above."


def test_supervise_kills_what_does_not_listen(keeper: Keeper) -> None:
    supervisor = keeper.run(STUBBORN)

    assert keeper.line(supervisor, "does not stop") == "deaf does not stop; killing it"
    keeper.line(supervisor, "stopped")
    assert supervisor.wait(10) == 0
    assert marked(str(keeper.folder)) == []


def test_sweep_leaves_those_with_another_mark_alone(tmp_path: Path) -> None:
    ours = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], "DEBRIEF_RUN": str(tmp_path)})
    other = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], "DEBRIEF_RUN": f"{tmp_path}-2"})
    try:
        assert sweep(str(tmp_path)) == 1
        assert ours.wait(5) == -signal.SIGKILL
        assert other.poll() is None
    finally:
        for process in (ours, other):
            process.kill()
            process.wait()


def command_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    except OSError:
        return []
