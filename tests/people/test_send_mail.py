import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from people import mail as outbox
from people.mail import Letter, Outcome, Postbox, deliver, pause_after, plan_mails, send_due_mail
from people.models import OutboxMail
from people.tasks import send_planned_mail
from tests.factories import OutboxMailFactory, UserFactory
from tests.people.smtp import ScriptedServer, cut, hang, keep_and_cut, kill_the_sender, think
from tests.stack import ROOT, database_url, free_port

NOW = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


@pytest.fixture
def server(settings, monkeypatch):
    server = ScriptedServer()
    server.controller.start()
    settings.EMAIL_BACKEND = "people.smtp.PatientBackend"
    monkeypatch.setattr(outbox, "VERDICT_TIMEOUT", 1)
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.controller.port, 1
    yield server
    server.controller.stop()


@pytest.fixture
def five(db):
    """Five mails that are owed, the first of them to `bad@`."""
    bad = OutboxMailFactory(recipient=UserFactory(email="bad@harbour.example"))
    return [bad, *(OutboxMailFactory(recipient=UserFactory(email=f"good{n}@harbour.example")) for n in range(4))]


GOOD = [f"good{n}@harbour.example" for n in range(4)]


def status_of(mail: OutboxMail) -> str:
    mail.refresh_from_db()
    return mail.status


def test_send_puts_text_and_html_under_the_planned_message_id(server, five):
    send_due_mail()

    address, message = server.accepted[0]
    five[0].refresh_from_db()
    assert address == "bad@harbour.example"
    assert (message["Message-ID"], message["Subject"]) == (five[0].message_id, "Your week: 1 overdue")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "Debrief weekly <weekly.debrief.localhost>"
    assert message["List-Unsubscribe"] is None
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert (five[0].status, five[0].attempt_count) == ("sent", 1)


def test_send_twice_sends_nothing_more(server, five):
    first, second = send_due_mail(), send_due_mail()

    assert (len(first), second, len(server.accepted)) == (5, [], 5)


@pytest.mark.parametrize(
    ("where", "answer", "status"),
    [
        ("rcpt", "550 no such person", "failed"),
        ("rcpt", "451 try later", "planned"),
        ("rcpt", "452 mailbox full", "planned"),
        ("data", "554 looks like spam", "failed"),
        ("data", "451 local error", "planned"),
        ("data", hang, "planned"),
        ("data", cut, "planned"),
    ],
)
def test_send_of_one_that_fails_holds_up_no_other(server, five, where, answer, status):
    getattr(server, where)["bad@harbour.example"] = answer

    send_due_mail()

    assert sorted(server.addresses) == GOOD
    assert status_of(five[0]) == status
    assert five[0].last_error
    assert [status_of(mail) for mail in five[1:]] == ["sent"] * 4


def test_send_is_tried_again_with_the_same_message_id_once_the_pause_is_over(server, five):
    server.data["bad@harbour.example"] = cut
    with time_machine.travel(NOW, tick=True) as clock:
        send_due_mail()
        server.data.clear()
        assert send_due_mail() == []

        clock.shift(timedelta(minutes=2))
        send_due_mail()

    address, message = server.accepted[-1]
    assert (address, message["Message-ID"]) == ("bad@harbour.example", five[0].message_id)
    assert status_of(five[0]) == "sent"


def test_send_gives_up_after_the_last_attempt_and_says_why(server, five):
    server.data["bad@harbour.example"] = "451 try later"

    with time_machine.travel(NOW, tick=True) as clock:
        for _ in range(outbox.MOST_ATTEMPTS + 3):
            send_due_mail()
            clock.shift(timedelta(hours=5))

    assert status_of(five[0]) == "failed"
    assert five[0].attempt_count == outbox.MOST_ATTEMPTS
    assert "try later" in five[0].last_error


def test_send_waits_longer_for_the_servers_word_on_a_mail_than_for_any_other(server, five, settings):
    settings.EMAIL_TIMEOUT = 0.3
    server.data["bad@harbour.example"] = think

    deliveries = send_due_mail()

    assert [delivery.outcome for delivery in deliveries] == [Outcome.SENT] * 5
    assert server.addresses == ["bad@harbour.example", *GOOD]


def test_send_is_as_impatient_as_ever_with_all_else_after_a_mail_was_taken(server, five, settings):
    settings.EMAIL_TIMEOUT = 0.3
    with Postbox() as postbox:
        deliver(postbox)

        assert postbox.connection.connection.sock.gettimeout() == 0.3
        assert not postbox.is_in_doubt


def test_send_of_a_mail_whose_answers_are_lost_is_given_up_before_it_is_one_too_many(server, five):
    server.data["bad@harbour.example"] = keep_and_cut

    with time_machine.travel(NOW, tick=True) as clock:
        for _ in range(outbox.MOST_DOUBTS + 3):
            send_due_mail()
            clock.shift(timedelta(hours=5))

    assert server.addresses.count("bad@harbour.example") == outbox.MOST_DOUBTS == 3
    assert (status_of(five[0]), five[0].doubt_count) == ("failed", 3)
    assert five[0].last_error.startswith("It may have arrived")


@pytest.mark.parametrize("sender_refused", [True, False])
def test_send_to_a_server_in_trouble_loses_nothing_and_gives_it_a_break(server, five, settings, sender_refused):
    if sender_refused:
        server.mail = "550 not you"
    else:
        settings.EMAIL_PORT = free_port()

    outcomes = [delivery.outcome for delivery in send_due_mail()]

    assert outcomes == [Outcome.SERVER_AWAY] * 3
    assert {status_of(mail) for mail in five} == {"planned"}


@pytest.mark.expects_server_errors
def test_send_of_a_mail_that_cannot_be_written_touches_no_other(server, five):
    OutboxMail.objects.filter(pk=five[0].pk).update(subject="Two\nlines: a header of its own")

    send_due_mail()

    assert status_of(five[0]) == "failed"
    assert "BadHeaderError" in five[0].last_error
    assert sorted(server.addresses) == GOOD


def test_send_to_a_person_who_left_is_given_up(server, five):
    five[0].recipient.is_active = False
    five[0].recipient.save()

    send_due_mail()

    assert (status_of(five[0]), five[0].last_error) == ("failed", "No longer at work here.")
    assert sorted(server.addresses) == GOOD


def test_a_sender_that_died_is_taken_over_after_its_lease_with_the_same_message_id(server, five, monkeypatch):
    def die(delivery: object) -> None:
        raise SystemExit

    with time_machine.travel(NOW, tick=True) as clock:
        monkeypatch.setattr(outbox, "_note", die)
        with pytest.raises(SystemExit):
            send_due_mail()
        monkeypatch.undo()
        send_due_mail()
        assert server.addresses.count("bad@harbour.example") == 1
        assert status_of(five[0]) == "sending"

        clock.shift(outbox.LEASE)
        send_due_mail()

    twice = [message["Message-ID"] for address, message in server.accepted if address == "bad@harbour.example"]
    assert twice == [five[0].message_id] * 2
    assert len(server.accepted) == 6
    assert status_of(five[0]) == "sent"


def test_a_mail_that_silences_every_sender_is_given_up_at_last(server, five):
    OutboxMail.objects.filter(pk=five[0].pk).update(status="sending", attempt_count=outbox.MOST_ATTEMPTS)

    send_due_mail()

    assert (status_of(five[0]), five[0].last_error) == ("failed", "Every sender of this mail fell silent.")
    assert sorted(server.addresses) == GOOD


def test_what_a_late_sender_says_does_not_undo_its_successor(server, five):
    late = outbox._claim(five[0].pk)
    OutboxMail.objects.filter(pk=five[0].pk).update(attempt_count=2, next_try_at=NOW)

    outbox._note(outbox.Delivery(late, Outcome.GIVEN_UP, "too late"))

    assert status_of(five[0]) == "sending"


def test_a_pause_doubles_up_to_hours_and_is_never_quite_the_same():
    minutes = [pause_after(attempt) / timedelta(minutes=1) for attempt in range(1, outbox.MOST_ATTEMPTS)]

    assert all(0.8 * 2**n <= pause <= 1.2 * 2**n for n, pause in enumerate(minutes[:7]))
    assert max(minutes) <= 1.2 * 240
    assert sum(minutes) > 0.8 * 20 * 60
    assert len({pause_after(3) for _ in range(5)}) > 1


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_mail_once(server):
    for n in range(20):
        OutboxMailFactory(recipient=UserFactory(email=f"p{n}@harbour.example"))

    def sweep() -> None:
        send_due_mail()
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(server.addresses) == sorted(f"p{n}@harbour.example" for n in range(20))


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_the_server_takes_a_mail_leaves_none_unsent(server, five_committed):
    processes: list[subprocess.Popen] = []
    server.data["bad@harbour.example"] = kill_the_sender(lambda: processes[0].pid)
    words = "import django; django.setup(); from people.tasks import send_planned_mail; send_planned_mail()"
    variables = {
        **os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.controller.port}", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip

    processes.append(subprocess.Popen([sys.executable, "-c", words], cwd=ROOT, env=variables))
    code = processes[0].wait(60)
    server.data.clear()
    send_due_mail()
    OutboxMail.objects.filter(status="sending").update(next_try_at=NOW)  # its lease ends
    send_due_mail()

    ids = {message["Message-ID"] for _, message in server.accepted}
    assert code == -9
    assert sorted(set(server.addresses)) == ["bad@harbour.example", *GOOD]
    assert len(server.accepted) <= 6
    assert ids == set(OutboxMail.objects.values_list("message_id", flat=True))
    assert set(OutboxMail.objects.values_list("status", flat=True)) == {"sent"}


@pytest.fixture
def five_committed(transactional_db):
    for name in ["bad", *(f"good{n}" for n in range(4))]:
        OutboxMailFactory(recipient=UserFactory(email=f"{name}@harbour.example"))


def test_the_task_says_how_it_went(server, five):
    server.rcpt["bad@harbour.example"] = "550 no"

    assert send_planned_mail() == {"sent": 4, "given_up": 1}


def test_deliver_of_a_mail_that_is_not_due_does_nothing(server, five):
    five[0].status, five[0].sent_at = "sent", NOW
    five[0].save()

    with Postbox() as postbox:
        assert deliver(postbox, five[0].pk) is None
    assert server.accepted == []


def test_plan_owes_a_person_one_mail_for_a_kind_and_period(db):
    person = UserFactory()

    made = [
        plan_mails("weekly", period, [Letter(person.pk, "S", "T")]) for period in ("2026-W12", "2026-W12", "2026-W13")
    ]

    assert made == [1, 0, 1]
    assert OutboxMail.objects.filter(recipient=person).count() == 2


def test_plan_makes_one_line_of_any_subject(db):
    plan_mails("weekly", "2026-W12", [Letter(UserFactory().pk, "Two\r\nBcc: all@harbour.example " + "x" * 400, "T")])

    subject = OutboxMail.objects.get().subject
    assert subject.startswith("Two Bcc: all@harbour.example xxx")
    assert len(subject) == 250


@pytest.mark.django_db(transaction=True)
def test_plan_with_the_broker_away_still_owes_the_mail(monkeypatch):
    from kombu.exceptions import OperationalError

    def no_broker(*args: object, **kwargs: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(send_planned_mail, "delay", no_broker)

    plan_mails("weekly", "2026-W12", [Letter(UserFactory().pk, "S", "T")])

    assert OutboxMail.objects.get().status == "planned"
