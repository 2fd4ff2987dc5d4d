"""python -m scripts.mailcatcher --host H --smtp-port N --http-port N --folder F"""

import argparse
import signal
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.mailcatcher.store import MailStore
from scripts.mailcatcher.web import mail_pages

LARGEST_MAIL_BYTES = 50 * 1024 * 1024


class Keeper:
    """What aiosmtpd calls with each mail."""

    def __init__(self, store: MailStore) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's
        content = envelope.content
        self.store.keep(content if isinstance(content, bytes) else (content or "").encode(), list(envelope.rcpt_tos))
        return "250 Kept"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.mailcatcher")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    # Waited for below, so blocked in every thread started from here on.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    store = MailStore(options.folder)
    smtp = Controller(
        Keeper(store), options.host, options.smtp_port, data_size_limit=LARGEST_MAIL_BYTES, enable_SMTPUTF8=True
    )
    pages = mail_pages(store, options.host, options.http_port)
    smtp.start()
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    pages.shutdown()
    smtp.stop()


if __name__ == "__main__":
    main()
