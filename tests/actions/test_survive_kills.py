"""SIGKILL of a worker at each step of a weekly run: QUALITY row J2. DEBRIEF_EVERY_STEP=1 for all of them."""

import json
import os
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.conf import settings
from django.utils import timezone
from redis import Redis

from actions.models import DailyRun, WeeklyRun
from actions.tasks import plan_weekly_mail
from people import mail as outbox
from people.models import Organisation, OutboxMail
from people.tasks import send_planned_mail
from tests.actions.test_digests import Cast
from tests.stack import ROOT, MailServer, database_url

EVERY_STEP = bool(os.environ.get("DEBRIEF_EVERY_STEP"))
QUEUE = "killed-workers"
LONGEST_SECONDS = 20


class Mark(NamedTuple):
    """What a worker had just done, the how many-eth time; `in_doubt`: the server may have a mail of which no row says so."""

    words: str
    time: int
    in_doubt: bool


NEVER = Mark("", 0, False)
# The short form: before and after what is lost or doubled if it is done by halves.
TELLING = [
    ("INSERT people_outboxmail", 1), ("COMMIT", 1), ("queued people.tasks.send_planned_mail", 1), ("COMMIT", 2),
    ("half of a mail is out", 2), ("all of a mail is out", 2), ("it is noted how it went", 2),
]  # fmt: skip


class Foreman:
    """Hires workers, each of whom dies at the mark that it is told."""

    def __init__(self, mail_url: str) -> None:
        variables = {
            **os.environ, "DATABASE_URL": database_url(), "DATABASE_POOL_SIZE": "0", "EMAIL_URL": mail_url,
            "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.actions.killed_workers", QUEUE],
            cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"

    def hire(self, until: Mark) -> list[Mark]:
        """What the worker passed before it was killed."""
        plan_weekly_mail.apply_async(queue=QUEUE)
        self.process.stdin.write(f"{json.dumps(until[:2])}\n")
        assert select.select([self.process.stdout], [], [], LONGEST_SECONDS)[0], "the worker did not come to its mark"
        marks, code = json.loads(self.process.stdout.readline())
        assert code == -9
        return [Mark(*mark) for mark in marks]

    def dismiss(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "people.smtp.PatientBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.controller.port
        yield server


@pytest.fixture
def foreman(server) -> Iterator[Foreman]:
    foreman = Foreman(server.url)
    yield foreman
    foreman.dismiss()
    begin_anew()


def begin_anew() -> None:
    """Nothing is planned, and no worker has anything to do."""
    for rows in (OutboxMail, WeeklyRun, DailyRun):
        rows.objects.all().delete()
    Redis.from_url(settings.REDIS_URL).delete(QUEUE, "unacked", "unacked_index")


def live_on() -> None:
    """What beat brings in the next minutes: both ticks, each twice, as when the killed worker's task is handed on."""
    for _ in range(2):
        plan_weekly_mail()
        OutboxMail.objects.filter(status="sending").update(next_try_at=timezone.now())  # its lease has ended
        send_planned_mail()


def chosen(marks: list[Mark]) -> list[Mark]:
    """Those of TELLING, and a mail server's yes that was heard and is not noted yet."""
    if EVERY_STEP:
        return marks
    some = [mark for mark in marks if mark[:2] in TELLING]
    assert len(some) == len(TELLING)
    return [*some, next(mark for mark in marks if mark.words == "heard 250" and mark.in_doubt)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_step_of_a_weekly_run_leaves_no_mail_unsent_and_none_sent_twice(
    foreman, server, monkeypatch
):
    monkeypatch.setattr(outbox, "wake_the_sender", lambda: None)  # It is told here.
    cast = Cast()
    house = Organisation.load()
    house.time_zone, house.weekly_mail_hour = "UTC", 0
    house.save()
    Organisation.load()  # It is kept for a minute; whether a worker reads it anew is no step of its own.
    cast.action(due_on=timezone.now().date() - timedelta(days=16))
    readers = sorted(person.email for person in (cast.owner, cast.lead, cast.mate))
    marks = foreman.hire(NEVER)
    twice, wrong = 0, []

    for mark in chosen(marks):
        begin_anew()
        server.messages.clear()
        died_at = foreman.hire(mark)[-1]
        live_on()

        came = Counter(message["X-Envelope-To"] for message in server.messages)
        names = {message["Message-ID"] for message in server.messages}
        twice += came.total() - len(readers)
        is_whole = sorted(came) == readers and len(names) == len(readers)
        is_sent = set(OutboxMail.objects.values_list("status", flat=True)) == {"sent"}
        if died_at != mark or not (is_whole and is_sent) or came.total() > len(readers) + mark.in_doubt:
            wrong.append((mark, died_at, dict(came)))

    print(f"{len(chosen(marks))} of {len(marks)} steps, {twice} mails came twice")
    assert wrong == []
    assert sum(mark.in_doubt for mark in marks) >= len(readers)
    assert twice > 0
