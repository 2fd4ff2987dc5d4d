import json
import smtplib
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from scripts import commands
from scripts.start import with_our_python
from tests.stack import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Catcher:
    smtp_port: int
    http_port: int
    folder: Path

    def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), dict(error.headers)

    def mails(self) -> list[dict[str, object]]:
        return json.loads(self.get("/messages.json")[1])

    def send(self, message: EmailMessage | bytes, to: str = "reader@harbour.example") -> None:
        content = message if isinstance(message, bytes) else message.as_bytes()
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=10) as smtp:
            smtp.sendmail("sender@harbour.example", [to], content)


@pytest.fixture(scope="module")
def catcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catcher]:
    catcher = Catcher(free_port(), free_port(), tmp_path_factory.mktemp("mail"))
    command = commands.mail_catcher("127.0.0.1", catcher.smtp_port, catcher.http_port, str(catcher.folder))
    process = subprocess.Popen(with_our_python(command), cwd=ROOT)
    try:
        wait_for(catcher)
        yield catcher
    finally:
        process.terminate()
        assert process.wait(20) == 0


def wait_for(catcher: Catcher) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            assert catcher.get("/healthz")[1] == "ok"
            return
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture
def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Two actions are overdue — Grüße"
    message["From"] = "Debrief <debrief@harbour.example>"
    message["To"] = "Reader <reader@harbour.example>"
    message.set_content("Plain words")
    message.add_alternative("<p>Rich <b>words</b></p><script>alert(1)</script>", subtype="html")
    return message


def test_catch_mail_keeps_both_parts_and_the_recipients(catcher: Catcher, letter: EmailMessage) -> None:
    catcher.send(letter)

    mail = catcher.mails()[0]
    assert mail["subject"] == "Two actions are overdue — Grüße"
    assert mail["envelope_to"] == ["reader@harbour.example"]
    assert mail["text"] == "Plain words\n"
    assert mail["html"] == "<p>Rich <b>words</b></p><script>alert(1)</script>\n"
    assert [path.suffix for path in catcher.folder.iterdir() if mail["key"] in path.name] == [".eml"]


def test_catch_mail_shows_newest_first_and_escapes_what_strangers_wrote(catcher: Catcher, letter: EmailMessage) -> None:
    catcher.send(letter)
    del letter["Subject"]
    letter["Subject"] = "<img src=x>"
    catcher.send(letter)

    page = catcher.get("/")[1]

    assert page.index("&lt;img src=x&gt;") < page.index("Two actions are overdue")
    assert "<img" not in page


def test_catch_mail_shows_html_in_a_frame_that_runs_nothing(catcher: Catcher, letter: EmailMessage) -> None:
    catcher.send(letter)
    key = catcher.mails()[0]["key"]

    page = catcher.get(f"/mails/{key}")[1]
    _, html, headers = catcher.get(f"/mails/{key}/html")

    assert f'sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mails/{key}/html"' in page
    assert "alert(1)" not in page
    assert html.startswith('<base target="_blank"><p>Rich')
    assert headers["Content-Security-Policy"].startswith(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'"
    )


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe no headers at all", b"Content-Type: text/plain; charset=no-such\r\n\r\nwords"]
)
def test_catch_mail_with_a_broken_mail_still_shows_a_page(catcher: Catcher, content: bytes) -> None:
    catcher.send(content)

    key = catcher.mails()[0]["key"]
    assert catcher.get(f"/mails/{key}")[0] == 200
    assert catcher.get("/")[0] == 200


@pytest.mark.parametrize("path", ["/nothing", "/mails/1", "/mails/..%2F..%2Fsettings", "/mails/../../manage.py"])
def test_catch_mail_has_no_page_beyond_its_mails(catcher: Catcher, path: str) -> None:
    status, page, _ = catcher.get(path)

    assert (status, "Nothing here" in page) == (404, True)


def test_catch_mail_deletes_all_only_when_its_own_page_asks(catcher: Catcher, letter: EmailMessage) -> None:
    catcher.send(letter)
    address = f"http://127.0.0.1:{catcher.http_port}/clear"
    foreign = urllib.request.Request(address, method="POST", headers={"Sec-Fetch-Site": "cross-site"})
    own = urllib.request.Request(address, method="POST")

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(foreign, timeout=10)  # noqa: S310 - our own address
    refused.value.close()
    kept = len(catcher.mails())
    with urllib.request.urlopen(own, timeout=10) as answer:  # noqa: S310 - our own address
        assert "0 mails" in answer.read().decode()

    assert kept > 0
    assert catcher.mails() == []
