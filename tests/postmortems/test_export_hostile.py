"""Whatever people write, the renderer reads no file, asks no address, and ends within its limits (QUALITY S2, P2)."""

import socketserver
import sys
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from postmortems.exporting import making, renderer
from postmortems.exporting.as_pdf import as_pdf, html_of
from postmortems.exporting.document import Document
from postmortems.exporting.sandbox import Limits, NotRenderable, RendererCrashed, pdf_problem, render_pdf
from postmortems.models import Export
from tests.factories import ActionFactory, IncidentFactory, OrganisationFactory, PostmortemFactory, TimelineEventFactory
from tests.postmortems.test_export_pdf import document

pytestmark = pytest.mark.skipif(bool(pdf_problem()), reason=pdf_problem())
SECRET = "CANARY-content-that-no-document-may-show"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[bytes]]]:
    """An address on loopback, and what was sent to it."""
    requests: list[bytes] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            requests.append(self.request.recv(4096))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", requests
        server.shutdown()
        thread.join()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


# What a writer can type anywhere; {web} is the listener, {file} the secret.
TEXTS = [
    "![picture]({web}/image.png)",
    "![picture]({file})",
    "![picture](file://{path})",
    "![x][ref]\n\n[ref]: {web}/reference.png",
    "<img src='{web}/raw.png'><img src='{file}'>",
    "<link rel='stylesheet' href='{web}/x.css'><link rel='attachment' href='{file}'>",
    "<a rel='attachment' href='{file}'>take it</a>",
    "<style>@import url({web}/import.css); body {{ background: url({web}/bg.png) }}</style>",
    "<style>@font-face {{ font-family: x; src: url({file}) }}</style>",
    "<object data='{file}'></object><embed src='{web}/embed.svg'><iframe src='{file}'></iframe>",
    "<svg xmlns='http://www.w3.org/2000/svg'><image href='{web}/svg.png'/><use href='{file}#a'/></svg>",
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{web}/data.png'/></svg>\">",
    "<p style=\"background: url('{web}/style.png'); content: url({file})\">styled</p>",
    "<base href='{web}/'><meta http-equiv='refresh' content='0; url={web}/'>",
    "<xi:include href='{file}' parse='text'/><!ENTITY x SYSTEM '{file}'>&x;",
    "<script src='{web}/script.js'></script><video poster='{web}/poster.png'></video>",
    "<input type='image' src='{web}/input.png'><table background='{web}/table.png'><tr><td>x</td></tr></table>",
    "[link](javascript:alert(1)) [file]({file}) [data](data:text/html,x) [ftp](ftp://127.0.0.1/)",
    "{{% include '/etc/passwd' %}} {{{{ settings.SECRET_KEY }}}}",
    "\u202e\u2066 bidi \u0001 control \ufffe \U000e0001 tags \ufeff",
]


def _filled(text: str, web: str, secret: Path) -> str:
    return text.format(web=web, file=secret.as_uri(), path=secret)


def _everything(reader: PdfReader) -> str:
    """The words of all pages, and every stream and string that the file holds besides."""
    parts = [page.extract_text() for page in reader.pages]
    for number in range(1, len(reader.xref_objStm) + 1 + max(reader.xref.get(0, {0: 0}), default=0)):
        thing: Any = reader.get_object(number)
        parts.append(str(thing))
        if hasattr(thing, "get_data"):
            parts.append(thing.get_data().decode("latin-1"))
    return "\n".join(parts)


@pytest.fixture
def hostile(db: None, asked: tuple[str, list[bytes]], secret: Path) -> Document:
    """A post-mortem whose every field that people can write holds every hostile text."""
    OrganisationFactory()
    texts = [_filled(text, asked[0], secret) for text in TEXTS]
    heap = "\n\n".join(texts).replace("\x01", "")
    incident = IncidentFactory(number=7, title=texts[4][:200], summary=heap)
    postmortem = PostmortemFactory(incident=incident, texts={"summary": heap})
    for number, text in enumerate(texts, start=1):
        clean = text.replace("\x01", "")
        TimelineEventFactory(postmortem=postmortem, text=clean, who=clean[:120], effect=clean[:300], source=clean[:500])
        ActionFactory(postmortem=postmortem, number=number, title=clean[:300], description=clean)
    return document(postmortem)


def test_a_hostile_document_reads_no_file_and_asks_no_address(hostile, asked):
    reader = PdfReader(BytesIO(as_pdf(hostile, report=lambda percent, step: None)))

    everything = _everything(reader)
    assert asked[1] == []
    assert SECRET not in everything
    assert "/Filespec" not in everything
    assert "/JavaScript" not in everything


def test_no_markup_of_a_writer_reaches_the_renderer(hostile):
    html = html_of(hostile).lower()

    assert html.count("<style") == 1  # how the line of time is drawn
    for forbidden in ("<img", "<link", "<object", "<embed", "<iframe", "<image", "<use", "<base", "<script"):
        assert forbidden not in html
    assert 'href="file:' not in html
    assert 'href="javascript:' not in html


@pytest.mark.parametrize("text", TEXTS)
def test_the_renderer_alone_would_not_fetch_either(text, asked, secret):
    """The second wall, without the first: raw markup, in this process, where the network is open."""
    html = f"<html><body>{_filled(text, asked[0], secret)}</body></html>"
    sheet = (
        f"@import url({asked[0]}/a.css); @font-face {{ font-family: x; src: url({secret.as_uri()}) }} "
        f"body {{ background: url({asked[0]}/b.png); font-family: x }}"
    )

    content = renderer.render(renderer.Order(html, [sheet], {}, f"{asked[0]}/base/", 0, 0))

    assert asked[1] == []
    assert SECRET not in _everything(PdfReader(BytesIO(content)))


def test_the_listener_would_have_heard():
    """The control: WeasyPrint's own fetcher does ask, so the silence above means something."""
    requests: list[bytes] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            requests.append(self.request.recv(4096))

    with socketserver.TCPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        from weasyprint import HTML

        HTML(string=f"<img src='http://127.0.0.1:{server.server_address[1]}/x.png'>").write_pdf()
        thread.join(5)
    assert requests[0].startswith(b"GET /x.png")


def _render(html: str, **limits: int) -> bytes:
    return render_pdf(
        html, sheets=[], fonts={}, base_url="https://debrief.example/", report=lambda percent, step: None,
        limits=Limits(**limits),
    )  # fmt: skip


def test_a_document_that_takes_too_long_is_stopped():
    endless = "<table>" * 60 + "<tr><td>" + "<span>x </span>" * 60_000

    with pytest.raises(NotRenderable, match="longer than 2 seconds"):
        _render(endless, cpu_seconds=2)


def test_a_renderer_that_sleeps_is_stopped_by_the_clock():
    with pytest.raises(NotRenderable, match="took longer"):
        _render("<p>x</p>" * 20_000, wall_seconds=1)


def test_a_document_that_needs_too_much_memory_is_stopped():
    with pytest.raises(NotRenderable, match="more than 200 MB of memory"):
        _render("<p>word <b>word</b></p>" * 40_000, memory_bytes=200 * 1024**2)


def test_after_a_stopped_document_the_worker_makes_the_next(db, monkeypatch):
    OrganisationFactory()
    postmortem = PostmortemFactory(incident=IncidentFactory(number=7))
    made = making.as_pdf
    tight = Limits(cpu_seconds=1, wall_seconds=1)
    exports = [
        Export.objects.create(postmortem=postmortem, format="pdf", requested_by=postmortem.opened_by) for _ in "12"
    ]

    monkeypatch.setattr(making, "as_pdf", lambda document, report: made(document, report=report, limits=tight))
    making.make(exports[0].pk)
    monkeypatch.setattr(making, "as_pdf", made)
    making.make(exports[1].pk)

    states = list(Export.objects.order_by("pk").values_list("status", "attempt_count"))
    assert states == [("failed", 1), ("ready", 1)]


def test_a_renderer_that_breaks_is_a_bug_and_no_refusal(monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('it broke')")
    monkeypatch.setattr("postmortems.exporting.sandbox.RENDERER", broken)

    with pytest.raises(RendererCrashed, match="it broke"):
        _render("<p>x</p>")


def test_the_renderer_is_given_no_secret_of_the_environment(monkeypatch, tmp_path):
    teller = tmp_path / "teller.py"
    teller.write_text("import os, sys; sys.exit(repr(sorted(os.environ)))")
    monkeypatch.setattr("postmortems.exporting.sandbox.RENDERER", teller)
    monkeypatch.setenv("SECRET_KEY", SECRET)

    with pytest.raises(RendererCrashed) as error:
        _render("<p>x</p>")

    assert "HOME" in str(error.value)
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"):
        assert name not in str(error.value)


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_the_renderer_has_no_network_where_the_system_allows_that(monkeypatch, tmp_path, asked):
    """Some systems forbid plain users a namespace: then the fetcher stands alone, and this says so by skipping."""
    caller = tmp_path / "caller.py"
    port = int(asked[0].rpartition(":")[2])
    caller.write_text(
        f"import sys; sys.path.insert(0, {str(Path(renderer.__file__).parent)!r})\n"
        "import renderer, socket\n"
        "renderer.confine(renderer.Order('', [], {}, '', 10**9, 10))\n"
        f"try: socket.create_connection(('127.0.0.1', {port}), 2)\n"
        "except OSError as error: sys.exit(f'no network: {error.errno}')\n"
        "sys.exit('it has a network')"
    )
    monkeypatch.setattr("postmortems.exporting.sandbox.RENDERER", caller)

    with pytest.raises(RendererCrashed) as error:
        _render("<p>x</p>")

    if "it has a network" in str(error.value):
        pytest.skip("this system gives plain users no network namespace")
    assert "no network" in str(error.value)
