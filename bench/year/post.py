"""A mail server that fails one time in ten, and a sender that dies one time in fifty: before, and after it was heard."""

import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from people import mail as outbox


class KilledError(BaseException):
    """The process is gone: nothing after this line is done, nobody catches it, and what was not committed never was."""


class Post:
    """`received` counts by Message-ID; a sender that died after the server's yes may send one once more."""

    def __init__(self, dice: Random, *, fails: float, dies: float) -> None:
        self.dice, self.fails, self.dies = dice, fails, dies
        self.received: Counter[str] = Counter()
        self.kept: dict[str, EmailMessage] = {}
        self.failures = self.deaths = self.deaths_after_yes = 0

    def take(self, message: EmailMessage) -> None:
        if self.dice.random() < self.dies:
            self.deaths += 1
            raise KilledError
        if self.dice.random() < self.fails:
            self.failures += 1
            raise self.dice.choice([
                smtplib.SMTPServerDisconnected("gone"),
                smtplib.SMTPDataError(451, b"try later"),
                smtplib.SMTPRecipientsRefused({message.to[0]: (452, b"full")}),
                TimeoutError("hangs"),
            ])  # fmt: skip
        identity = message.extra_headers["Message-ID"]
        self.received[identity] += 1
        self.kept[identity] = message
        if self.dice.random() < self.dies / 4:
            self.deaths += 1
            self.deaths_after_yes += 1
            raise KilledError

    def planning(self, row: Callable[..., Any]) -> Callable[..., Any]:
        """Planners die too, between any two mails that they owe."""

        def row_or_death(*words: Any) -> Any:
            if self.dice.random() < self.dies / 10:
                self.deaths += 1
                raise KilledError
            return row(*words)

        return row_or_death


class Backend(BaseEmailBackend):
    post: Post

    def send_messages(self, messages: list[EmailMessage]) -> int:  # type: ignore[override]
        for message in messages:
            self.post.take(message)
        return len(messages)


@contextmanager
def delivering_to(post: Post) -> Iterator[None]:
    """Every Postbox opened meanwhile ends here."""

    class Here(Backend):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.post = post

    with patch.object(outbox, "get_connection", Here), patch.object(outbox, "_row", post.planning(outbox._row)):
        yield
