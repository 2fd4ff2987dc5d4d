"""Waits for its parent to end, however it ends, and then kills whatever the parent had started.

The parent holds the other end of our standard input: a kill -9 closes it like any other end. PostgreSQL and Valkey get
the time to stop in order, in seconds; the kernel has already told them to (see processes.dying_with_us).
"""

import signal
import sys

from scripts.processes import sweep


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    mark, grace_seconds = sys.argv[1:]
    sweep(mark, grace_seconds=float(grace_seconds))


if __name__ == "__main__":
    main()
