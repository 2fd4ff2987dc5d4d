"""The page that shows the mails. A mail's HTML is somebody else's: it is shown in a frame that may run nothing."""

import json
import re
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from django.template import Context, Engine

from scripts.mailcatcher.store import Mail, MailStore

PAGES = Path(__file__).with_name("pages")
POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
# No script, no form, no address of ours; its own styles and nothing from elsewhere. Its links open in tabs of their own.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class MailPages(BaseHTTPRequestHandler):
    engine = Engine(dirs=[str(PAGES)])
    server_version = "debrief-mail"
    sys_version = ""

    def __init__(self, store: MailStore, *args: object) -> None:
        self.store = store
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        match urlsplit(self.path).path.strip("/").split("/"):
            case [""]:
                self.page("list.html", mails=[_row(mail) for mail in self.store.all()])
            case ["messages.json"]:
                self.answer(json.dumps([mail.as_json() for mail in self.store.all()]), "application/json")
            case ["style.css"]:
                self.answer((PAGES / "style.css").read_text(), "text/css")
            case ["healthz"]:
                self.answer("ok", "text/plain")
            case ["mails", key]:
                self.mail(key)
            case ["mails", key, "html"]:
                self.mail_html(key)
            case _:
                self.missing()

    do_HEAD = do_GET  # noqa: N815 - the library's

    def do_POST(self) -> None:
        if self.path != "/clear" or self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            self.missing()
            return
        self.store.clear()
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def mail(self, key: str) -> None:
        mail = self.store.one(key)
        if mail is None:
            self.missing()
            return
        self.page(
            "mail.html",
            mail=_row(mail),
            text=mail.text,
            has_html=bool(mail.html),
            sandbox=SANDBOX,
            headers=mail.headers,
        )

    def mail_html(self, key: str) -> None:
        mail = self.store.one(key)
        if mail is None or not mail.html:
            self.missing()
            return
        self.answer(_with_links_in_new_tabs(mail.html), "text/html", policy=MAIL_POLICY)

    def missing(self) -> None:
        self.page("missing.html", status=HTTPStatus.NOT_FOUND)

    def page(self, name: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> None:
        self.answer(self.engine.get_template(name).render(Context(values, use_l10n=False)), "text/html", status=status)

    def answer(self, text: str, content_type: str, *, status: HTTPStatus = HTTPStatus.OK, policy: str = POLICY) -> None:
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a page that somebody reads is no news."""


def _with_links_in_new_tabs(html: str) -> str:
    base = '<base target="_blank">'
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    return f"{html[: head.end()]}{base}{html[head.end() :]}" if head else base + html


def _row(mail: Mail) -> dict[str, str]:
    return {
        "key": mail.key,
        "subject": mail.subject,
        "sender": mail.sender,
        "to": mail.to,
        "received": f"{mail.received_at:%d %B %Y, %H:%M:%S} UTC",
        "preview": " ".join(mail.text.split())[:160],
    }


def mail_pages(store: MailStore, host: str, port: int) -> ThreadingHTTPServer:
    return ThreadingHTTPServer((host, port), partial(MailPages, store))
