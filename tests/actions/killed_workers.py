"""`python -m tests.actions.killed_workers QUEUE`: real workers, each killed at one step of what it does.

It loads Debrief once and forks a worker for each line that it reads, `["COMMIT", 2]`: that worker dies by SIGKILL when it passes
that mark for the second time, and at the latest when it has said that its second task is done. What it passed is printed, one
JSON list a worker. The marks are laid around Django's cursor, smtplib and Celery here, in this process alone: the product knows
nothing of them.
"""

import json
import os
import re
import signal
import smtplib
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import celery.apps.worker  # noqa: E402, F401 - loaded once, before the forks
import kombu.message  # noqa: E402
import kombu.transport.redis  # noqa: E402
from celery.signals import after_task_publish, task_prerun  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402

from actions import weekly  # noqa: E402
from config.celery import app  # noqa: E402
from people import mail, smtp  # noqa: E402

TABLE = re.compile(r'(?:FROM|INTO|UPDATE) "(\w+)"')
TASKS = 2  # the planning, and the sending that it wakes
WORKER = ["worker", "--pool", "solo", "--without-mingle", "--without-gossip", "--without-heartbeat"]


class Fuse:
    """Notes each mark that is passed, and ends the process at one of them. `doubt`: the server has a mail, and no row says so."""

    def __init__(self, at: str, time: int, out: int) -> None:
        self.at, self.time, self.out = at, time, out
        self.passed, self.acknowledged, self.doubt = Counter[str](), 0, False

    def __call__(self, mark: str) -> None:
        self.passed[mark] += 1
        os.write(self.out, f"{json.dumps([mark, self.passed[mark], self.doubt])}\n".encode())
        if (mark == self.at and self.passed[mark] == self.time) or self.acknowledged == TASKS:
            os.kill(os.getpid(), signal.SIGKILL)


def after(owner: Any, name: str, act: Callable[..., None]) -> None:
    """Call `act` with the result and the arguments whenever that function has returned."""
    whole = getattr(owner, name)

    def wrapped(*arguments: Any, **words: Any) -> Any:
        result = whole(*arguments, **words)
        act(result, *arguments)
        return result

    setattr(owner, name, wrapped)


def lay(fuse: Fuse) -> None:
    after(CursorWrapper, "execute", lambda _, cursor, sql, *rest: fuse(_in_words(sql)))
    after(BaseDatabaseWrapper, "_commit", lambda *rest: fuse("COMMIT"))
    after(weekly, "letter_to", lambda *rest: fuse("a letter is written"))
    after(mail, "as_message", lambda *rest: fuse("a mail is made of its row"))
    after(smtplib.SMTP, "connect", lambda *rest: fuse("connected to the mail server"))
    after(smtplib.SMTP, "putcmd", lambda _, server, command, *rest: fuse(f"said {command.split()[0].upper()}"))
    after(smtplib.SMTP, "getreply", lambda reply, *rest: fuse(f"heard {reply[0]}"))
    after(mail, "_note", lambda *rest: clear(fuse))
    lay_in_the_mail(fuse)
    after(kombu.message.Message, "ack", lambda *rest: acknowledge(fuse))
    task_prerun.connect(lambda task, **rest: fuse(f"begins {task.name}"), weak=False)
    after_task_publish.connect(lambda sender, **rest: fuse(f"queued {sender}"), weak=False)


def lay_in_the_mail(fuse: Fuse) -> None:
    whole = smtp._Patient.send

    def send(server: Any, words: Any) -> None:
        if not isinstance(words, bytes):
            return whole(server, words)
        half = len(words) // 2
        smtplib.SMTP.send(server, words[:half])
        fuse("half of a mail is out")
        whole(server, words[half:])
        fuse.doubt = True
        fuse("all of a mail is out")
        return None

    smtp._Patient.send = send  # type: ignore[method-assign]


def clear(fuse: Fuse) -> None:
    fuse.doubt = False
    fuse("it is noted how it went")


def acknowledge(fuse: Fuse) -> None:
    fuse.acknowledged += 1
    fuse("said that a task is done")


def _in_words(sql: Any) -> str:
    table = TABLE.search(str(sql))
    return f"{str(sql).split()[0]} {table[1] if table else ''}".strip()


def main() -> None:
    app.conf.task_default_queue = sys.argv[1]
    print("ready", flush=True)
    for line in sys.stdin:
        ours, theirs = os.pipe()
        if os.fork() == 0:
            os.close(ours)
            os.dup2(2, 1)  # What Celery greets with is not for whoever reads the marks.
            lay(Fuse(*json.loads(line), theirs))
            app.worker_main([*WORKER, "--queues", sys.argv[1]])
        os.close(theirs)
        with os.fdopen(ours) as passed:
            marks = [json.loads(mark) for mark in passed]
        _, status = os.wait()
        print(json.dumps([marks, os.waitstatus_to_exitcode(status)]), flush=True)


if __name__ == "__main__":
    main()
