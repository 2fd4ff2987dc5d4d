"""Runs the renderer in a process of its own, with limits: whatever a document does to it, the worker lives on."""

import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Timer

from core.errors import DomainError
from postmortems.exporting.renderer import LIBRARIES_MISSING, OUT_OF_MEMORY, Order

logger = logging.getLogger(__name__)
RENDERER = Path(__file__).with_name("renderer.py")
# What the renderer needs of the environment; the rest holds secrets.
PASSED_ON = ["PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LANG"]
# Any one name of each will do; they differ between systems.
LIBRARIES = [
    ["libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0.dylib"],
    ["libpango-1.0.so.0", "libpango-1.0.dylib"],
    ["libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"],
    ["libharfbuzz.so.0", "libharfbuzz.0.dylib"],
    ["libfontconfig.so.1", "libfontconfig.1.dylib"],
]

NO_PANGO = (
    "This server cannot make PDFs: the library Pango is missing on it. Take the Markdown file, or print the page "
    "from your browser, and ask an administrator to install Pango."
)

Report = Callable[[int, str], None]


class NotRenderable(DomainError):
    """This document cannot be made into a PDF here; trying again would end the same way."""


class RendererCrashed(RuntimeError):
    """The renderer ended for a reason that is nobody's limit: a bug, worth a traceback."""


@dataclass(frozen=True)
class Limits:
    memory_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 90
    wall_seconds: int = 200


@cache
def pdf_problem() -> str:
    """Why no PDF can be made on this machine, for the person who would like one; empty when it can."""
    return "" if all(_loads(names) for names in LIBRARIES) else NO_PANGO


def _loads(names: list[str]) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def render_pdf(
    html: str,
    *,
    sheets: list[str],
    fonts: dict[str, str],
    base_url: str,
    report: Report,
    limits: Limits | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The PDF of our own HTML around anybody's words; `pictures` are bytes by the address that the page names.

    Raises NotRenderable, with a sentence for the reader.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="debrief-pdf-") as name:
        folder = Path(name)
        files = {address: str(folder / f"picture-{place}") for place, address in enumerate(pictures or {})}
        for address, content in (pictures or {}).items():
            Path(files[address]).write_bytes(content)
        order = Order(html, sheets, fonts, base_url, limits.memory_bytes, limits.cpu_seconds, files)
        (folder / "order.json").write_text(json.dumps(asdict(order)), encoding="utf-8")
        ended = _run(folder, limits, report)
        if ended.code == 0:
            return (folder / "document.pdf").read_bytes()
    raise _failure(ended, limits)


@dataclass(frozen=True)
class _Ended:
    code: int
    is_timed_out: bool
    complaint: str


def _run(folder: Path, limits: Limits, report: Report) -> _Ended:
    environment = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    environment |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder), "TMPDIR": str(folder)}
    with (folder / "complaint.txt").open("w+", encoding="utf-8", errors="replace") as complaint:
        process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(RENDERER), str(folder)],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaint, text=True,
        )  # fmt: skip
        with _killed_after(process, limits.wall_seconds) as timer:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            for line in process.stdout:
                percent, _, what = line.rstrip("\n").partition("\t")
                if what:
                    report(int(percent), what)
            code = process.wait()
        complaint.seek(0)
        return _Ended(code, timer.has_struck, complaint.read()[-2000:])


class _killed_after:  # noqa: N801 - reads as what it does
    """Ends the process when the time is up, and also when the caller leaves for another reason."""

    def __init__(self, process: subprocess.Popen[str], seconds: float) -> None:
        self.process = process
        self.has_struck = False
        self.timer = Timer(seconds, self._strike)
        self.timer.daemon = True

    def _strike(self) -> None:
        self.has_struck = True
        self.process.kill()

    def __enter__(self) -> "_killed_after":
        self.timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.timer.cancel()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def _failure(ended: _Ended, limits: Limits) -> Exception:
    if ended.is_timed_out or ended.code == -signal.SIGXCPU:
        seconds = limits.wall_seconds if ended.is_timed_out else limits.cpu_seconds
        return NotRenderable(
            f"Making the PDF took longer than {seconds} seconds, so it was stopped. "
            "Shorten the longest section or table, or take the Markdown file."
        )
    if ended.code == OUT_OF_MEMORY or "MemoryError" in ended.complaint:
        return NotRenderable(
            f"Making the PDF needed more than {limits.memory_bytes // 1024**2} MB of memory, so it was stopped. "
            "Shorten the longest section or table, or take the Markdown file."
        )
    if ended.code == LIBRARIES_MISSING:
        return NotRenderable(NO_PANGO)
    return RendererCrashed(f"The renderer ended with {ended.code}: {ended.complaint}")
