"""Mails on disk, one file each, named by when they came; read back as what a reader wants to see."""

import email
import email.policy
import itertools
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import cast


@dataclass(frozen=True)
class Mail:
    key: str
    received_at: datetime
    envelope_to: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", "")) or "(no subject)"

    @property
    def sender(self) -> str:
        return str(self.message.get("From", ""))

    @property
    def to(self) -> str:
        return str(self.message.get("To", "")) or ", ".join(self.envelope_to)

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        if part is None:
            return ""
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset("utf-8")
        try:
            return cast(bytes, payload).decode(charset, errors="replace")
        except LookupError:  # An invented charset still leaves something to read.
            return cast(bytes, payload).decode("utf-8", errors="replace")

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "received_at": self.received_at.isoformat(),
            "envelope_to": self.envelope_to,
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "headers": self.headers,
        }


class MailStore:
    """Writing is atomic: a mail that was answered with 250 is whole on disk, and a reader never sees half of one."""

    KEY = re.compile(r"\d{20}-\d{6}")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counter = itertools.count()
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, envelope_to: list[str]) -> str:
        key = f"{time.time_ns():020d}-{next(self.counter):06d}"
        fresh = self.folder / f"{key}.new"
        head = "".join(f"X-Envelope-To: {address}\r\n" for address in envelope_to).encode("utf-8", "surrogateescape")
        with fresh.open("wb") as out:
            out.write(head + content)
            out.flush()
            os.fsync(out.fileno())
        fresh.rename(self.folder / f"{key}.eml")
        return key

    def all(self) -> list[Mail]:
        """Newest first."""
        return [self._read(path) for path in sorted(self.folder.glob("*.eml"), reverse=True)]

    def one(self, key: str) -> Mail | None:
        path = self.folder / f"{key}.eml"
        return self._read(path) if self.KEY.fullmatch(key) and path.exists() else None

    def clear(self) -> None:
        for path in self.folder.glob("*.eml"):
            path.unlink(missing_ok=True)

    def _read(self, path: Path) -> Mail:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        envelope_to = [str(value) for value in message.get_all("X-Envelope-To", [])]
        del message["X-Envelope-To"]
        received_at = datetime.fromtimestamp(int(path.stem.split("-")[0]) / 1e9, tz=UTC)
        return Mail(path.stem, received_at, envelope_to, message)
