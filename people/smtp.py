"""How we speak to the mail server: as Django does, but with more patience for its word on a mail that it has whole."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class _Patient(smtplib.SMTP):
    is_in_doubt = False  # All of a mail has gone out, and whether the server keeps it has not been heard.
    verdict_timeout: float | None = None

    def send(self, s: Any) -> None:
        super().send(s)
        # smtplib gives commands as text; bytes are a mail, with the dot that ends it.
        if isinstance(s, bytes) and self.sock:
            self.is_in_doubt = True
            self.sock.settimeout(self.verdict_timeout or self.timeout)

    def getreply(self) -> tuple[int, bytes]:
        reply = super().getreply()
        if self.is_in_doubt and self.sock:
            self.sock.settimeout(self.timeout)
        self.is_in_doubt = False
        return reply


class _PatientOverTls(_Patient, smtplib.SMTP_SSL):
    pass


class PatientBackend(EmailBackend):
    """`verdict_timeout`, for whoever can wait: a page that sends a mail while somebody looks on cannot."""

    def __init__(self, *args: Any, verdict_timeout: float | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict_timeout = verdict_timeout

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _PatientOverTls if self.use_ssl else _Patient

    def open(self) -> bool | None:
        is_new = super().open()
        if isinstance(self.connection, _Patient):
            self.connection.verdict_timeout = self.verdict_timeout
        return is_new
