"""The outbox: a mail is a row first, and is sent from its row alone.

Planning twice owes nothing twice, two senders never hold the same row, and a sender that falls silent is taken over
when its lease has ended. SMTP knows no transaction, and twice is better than never: a mail goes out once more when its
sender is killed after the server took it and before that is noted, and when the server has all of a mail and its answer is
lost or takes longer than we can wait; after the third such silence it is given up. Each bears the same Message-ID, by which
most servers and mail programs know the two for one.
"""

import logging
import re
import smtplib
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice
from random import SystemRandom
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from people.models import OutboxMail, UnwantedMail, User
from people.topics import stop_address

logger = logging.getLogger(__name__)
Status = OutboxMail.Status

MOST_ATTEMPTS = 14  # with these pauses about a day: longer than a mail server is away
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
# Longer than a task may run (CELERY_TASK_TIME_LIMIT), so that nobody takes over from a sender that still lives.
LEASE = timedelta(minutes=10)
SERVER_FAILURES_BEFORE_A_BREAK = 3
# A server may look at a mail for long before it says yes, and hanging up meanwhile sends it again. With the time for the
# mails before it (`send_due_mail`) this stays within what a task may take (CELERY_TASK_SOFT_TIME_LIMIT).
VERDICT_TIMEOUT = 120
MOST_DOUBTS = 3  # Each may be one more of the same mail in somebody's box.

LEFT = "No longer at work here."
HIDDEN = "What it tells of is no longer for its recipient to see."
LATELY = timedelta(days=30)
BATCH = 500

_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Letter:
    """What one person is to read. `subject` may hold anything; it is made one line.

    `concerns` names what the words tell of, as `{"incident": [7]}`: an app that registered a check for that name is asked
    again when the mail is sent. Should the recipient no longer see all of it, `instead` is sent, or nothing. `topic`
    names what of it may be done without; who does without that topic is owed none. It leaves at `not_before`, or at once.
    """

    recipient_id: int
    subject: str
    text: str
    html: str = ""
    concerns: Mapping[str, Sequence[int]] = field(default_factory=dict)
    instead: str = ""
    topic: str = ""
    not_before: datetime | None = None


Check = Callable[[User, Sequence[int]], bool]
_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """From an app above: whether a person sees all these things of that name, by their numbers, now."""
    _checks[name] = check


Seal = Callable[[re.Match[str], OutboxMail], str]
_seals: list[tuple[re.Pattern[str], Seal]] = []


def register_seal(address: re.Pattern[str], seal: Seal) -> None:
    """From an app above: addresses of this shape become keys of their recipient, only in the mail that leaves.

    The outbox holds the plain address, for whoever reads there is not the recipient.
    """
    _seals.append((address, seal))


def plan_mails(kind: str, period: str, letters: Iterable[Letter]) -> int:
    """Owe these letters, each person at most one for a kind and period; the sender wakes on commit.

    Takes them in batches, so a generator need never be whole in memory. Returns how many are new.
    """
    made, unwanted = 0, UnwantedMail.objects.by_topic()
    for batch in _in_batches(letters):
        wanted = [letter for letter in batch if letter.recipient_id not in unwanted.get(letter.topic, ())]
        rows = [_row(kind, period, letter) for letter in wanted]
        OutboxMail.objects.bulk_create(rows, ignore_conflicts=True)
        made += OutboxMail.objects.filter(message_id__in=[row.message_id for row in rows]).count()
    transaction.on_commit(wake_the_sender)
    return made


def _in_batches(letters: Iterable[Letter]) -> Iterable[list[Letter]]:
    rest = iter(letters)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _row(kind: str, period: str, letter: Letter) -> OutboxMail:
    return OutboxMail(
        kind=kind,
        recipient_id=letter.recipient_id,
        period=period,
        subject=" ".join(letter.subject.split())[:250],
        text=letter.text,
        html=letter.html,
        concerns={name: sorted(set(numbers)) for name, numbers in letter.concerns.items()},
        instead=letter.instead,
        topic=letter.topic,
        message_id=f"<{kind}.{uuid.uuid4().hex}@{_host()}>",
        next_try_at=max(letter.not_before or timezone.now(), timezone.now()),
    )


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def wake_the_sender() -> None:
    from people.tasks import send_planned_mail

    try:
        send_planned_mail.delay()
    except OperationalError as error:
        # Nothing is lost: the rows are owed, and beat wakes the sender each minute.
        logger.warning("the sender could not be woken: %s", error)


class Outcome(Enum):
    SENT = "sent"
    GIVEN_UP = "given up"
    LATER = "to be tried later"
    SERVER_AWAY = "the mail server did not answer properly; to be tried later"


@dataclass(frozen=True)
class Delivery:
    mail: OutboxMail
    outcome: Outcome
    error: str = ""


class Postbox:
    """One connection to the mail server: opened with the first mail, and anew after it broke."""

    def __init__(self) -> None:
        self.connection: Any = get_connection(verdict_timeout=VERDICT_TIMEOUT)

    @property
    def is_in_doubt(self) -> bool:
        """Whether the server has all of a mail, and has not said that it keeps it."""
        return getattr(getattr(self.connection, "connection", None), "is_in_doubt", False)

    def put(self, message: EmailMultiAlternatives) -> None:
        self.connection.open()
        self.connection.send_messages([message])

    def hang_up(self) -> None:
        """Without a goodbye, for a server that hangs would let us wait for its answer."""
        if smtp := getattr(self.connection, "connection", None):
            smtp.close()
            self.connection.connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.connection.close()
        else:
            self.hang_up()


def send_due_mail(*, within_seconds: float = 45) -> list[Delivery]:
    """Send what is owed, one by one, until nothing is due or the time is over.

    A mail server that fails several mails in a row gets a break until the next sweep; the mails it failed wait longer,
    so that a mail which the server chokes on does not stand before the others next time.
    """
    deadline, deliveries, failures = time.monotonic() + within_seconds, [], 0
    with Postbox() as postbox:
        while time.monotonic() < deadline and failures < SERVER_FAILURES_BEFORE_A_BREAK:
            delivery = deliver(postbox)
            if delivery is None:
                break
            failures = failures + 1 if delivery.outcome is Outcome.SERVER_AWAY else 0
            deliveries.append(delivery)
    return deliveries


def deliver(postbox: Postbox, pk: int | None = None) -> Delivery | None:
    """Send one mail that is due, or the one of that number; None when there is none or others have it in hand."""
    mail = _claim(pk)
    if mail is None:
        return None
    delivery = _attempt(mail, postbox)
    _note(delivery)
    return delivery


@transaction.atomic
def _claim(pk: int | None) -> OutboxMail | None:
    now = timezone.now()
    due = OutboxMail.objects.due(now).select_related("recipient").select_for_update(skip_locked=True, of=("self",))
    mail = (due if pk is None else due.filter(pk=pk)).order_by("next_try_at", "pk").first()
    if mail is None:
        return None
    mail.status = Status.SENDING
    mail.attempt_count += 1
    mail.next_try_at = now + LEASE
    mail.save(update_fields=["status", "attempt_count", "next_try_at", "updated_at"])
    return mail


def _attempt(mail: OutboxMail, postbox: Postbox) -> Delivery:
    if not mail.recipient.is_active:
        return Delivery(mail, Outcome.GIVEN_UP, LEFT)
    if mail.attempt_count > MOST_ATTEMPTS:
        return Delivery(mail, Outcome.GIVEN_UP, mail.last_error or "Every sender of this mail fell silent.")
    try:
        if not _may_still_read(mail):
            if not mail.instead:
                return Delivery(mail, Outcome.GIVEN_UP, HIDDEN)
            mail.text, mail.html = mail.instead, ""
        message = as_message(mail)
    except Exception as error:  # whatever is wrong with one mail must not touch the others
        logger.exception("mail %s cannot be written", mail.pk)
        return Delivery(mail, Outcome.GIVEN_UP, f"It cannot be written as a mail: {error!r}")
    try:
        postbox.put(message)
    except Exception as error:  # noqa: BLE001 - as above; what it means is told apart below
        return _failure(mail, error, postbox)
    return Delivery(mail, Outcome.SENT)


def _may_still_read(mail: OutboxMail) -> bool:
    """Asked as late as can be: between planning and sending an incident may have been restricted, a person moved."""
    return all(_checks[name](mail.recipient, numbers) for name, numbers in mail.concerns.items())


def _failure(mail: OutboxMail, error: Exception, postbox: Postbox) -> Delivery:
    words = f"{type(error).__name__}: {error}"[:2000]
    code = _code_about_this_mail(error)
    if postbox.is_in_doubt:
        mail.doubt_count += 1
        words = f"It may have arrived: the server had all of it, and its answer did not come. {words}"
    if code is None:
        postbox.hang_up()
        if not isinstance(error, OSError):  # smtplib's errors are OSErrors; anything else is a bug
            logger.exception("mail %s cannot be sent", mail.pk)
    if code is not None and code >= 500:
        return Delivery(mail, Outcome.GIVEN_UP, words)
    if mail.attempt_count >= MOST_ATTEMPTS or mail.doubt_count >= MOST_DOUBTS:
        return Delivery(mail, Outcome.GIVEN_UP, words)
    return Delivery(mail, Outcome.SERVER_AWAY if code is None else Outcome.LATER, words)


def _code_about_this_mail(error: Exception) -> int | None:
    """The SMTP code when the server refused this address or these words; None when the trouble is its own."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code
    return None


def _note(delivery: Delivery) -> None:
    now, mail = timezone.now(), delivery.mail
    if delivery.outcome is Outcome.SENT:
        # Whoever else may have taken it over meanwhile: sent is sent.
        owed = OutboxMail.objects.filter(pk=mail.pk).exclude(status=Status.SENT)
        owed.update(status=Status.SENT, sent_at=now, last_error="", updated_at=now)
        return
    # The attempt's number fences: a sender whose lease has ended says nothing about its successor's attempt.
    mine = OutboxMail.objects.filter(pk=mail.pk, status=Status.SENDING, attempt_count=mail.attempt_count)
    told = {"last_error": delivery.error, "doubt_count": mail.doubt_count, "updated_at": now}
    if delivery.outcome is Outcome.GIVEN_UP:
        logger.warning("mail %s is given up: %s", mail.pk, delivery.error)
        mine.update(status=Status.FAILED, **told)
    else:
        mine.update(status=Status.PLANNED, next_try_at=now + pause_after(mail.attempt_count), **told)


def undelivered_count() -> int:
    """How many mails were given up lately that somebody should still read: none of those that were better not sent."""
    lately = OutboxMail.objects.filter(status=Status.FAILED, updated_at__gte=timezone.now() - LATELY)
    return lately.exclude(last_error__in=[LEFT, HIDDEN]).count()


def pause_after(attempts: int) -> timedelta:
    """Twice as long each time, up to hours, and never in step with the other mails that failed with it."""
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return pause * SystemRandom().uniform(0.8, 1.2)


def inlined(html: str) -> str:
    """HTML with its style sheet laid into the elements, for mail programs that drop it; media queries stay."""
    return _inliner.inline(html)


def as_message(mail: OutboxMail) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"Debrief {mail.kind} <{mail.kind}.debrief.{_host()}>",
    }
    if mail.topic:
        headers["List-Unsubscribe"] = f"<{stop_address(mail.recipient_id, mail.topic)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(mail.subject, _sealed(mail.text, mail), to=[mail.recipient.email], headers=headers)
    if mail.html:
        message.attach_alternative(_sealed(mail.html, mail), "text/html")
    message.message()  # writes it once: what is wrong with it shows here, before the server hears of it
    return message


def _sealed(words: str, mail: OutboxMail) -> str:
    for address, seal in _seals:
        words = address.sub(lambda found, seal=seal: seal(found, mail), words)  # type: ignore[misc]
    return words
