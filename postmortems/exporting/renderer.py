"""HTML to PDF, as a program of its own: it knows neither Django nor the database, and it dies alone.

    python -I renderer.py FOLDER     reads FOLDER/order.json, writes FOLDER/document.pdf

Each line on standard output says how far it is: `percent<TAB>what is being done`.
"""

import ctypes
import json
import logging
import re
import resource
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OUT_OF_MEMORY = 3
LIBRARIES_MISSING = 4
LARGEST_FILE_BYTES = 128 * 1024 * 1024
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Order:
    """`fonts` maps the addresses that the style sheets name to files, and `pictures` those that the page shows.

    Nothing else can be fetched.
    """

    html: str
    sheets: list[str]
    fonts: dict[str, str]
    base_url: str
    memory_bytes: int
    cpu_seconds: int
    pictures: dict[str, str] = field(default_factory=dict)


def main(folder: Path) -> int:
    order = Order(**json.loads((folder / "order.json").read_text(encoding="utf-8")))
    confine(order)
    try:
        pdf = render(order)
    except MemoryError:
        return OUT_OF_MEMORY
    except OSError as error:
        if "cannot load library" in str(error):
            return LIBRARIES_MISSING
        raise
    (folder / "document.pdf").write_bytes(pdf)
    return 0


def confine(order: Order) -> None:
    """What the system can enforce, whatever the renderer has got itself into."""
    resource.setrlimit(resource.RLIMIT_AS, (order.memory_bytes, order.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE_BYTES, LARGEST_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # A worker that is killed takes its renderer along.
        # A network of its own, with nobody in it, where the kernel lets plain users have one.
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def render(order: Order) -> bytes:
    # Here and not above: the limits come first, and without Pango the import itself fails.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    _tell_progress()
    fetcher = known_files_only(order)
    fonts = FontConfiguration()
    sheets = [CSS(string=sheet, url_fetcher=fetcher, font_config=fonts) for sheet in order.sheets]
    page = HTML(string=order.html, base_url=order.base_url, url_fetcher=fetcher)
    return page.write_pdf(
        stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True, custom_metadata=False
    )


def known_files_only(order: Order) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class KnownFilesOnly(URLFetcher):
        """Knows our fonts and the attached pictures by name, and no other address in the world, `file:` included."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            for files, kind in ((order.fonts, "font/woff2"), (order.pictures, "image/png")):
                if url in files:
                    return URLFetcherResponse(url, Path(files[url]).read_bytes(), {"Content-Type": kind})
            raise ValueError("A document may fetch nothing but our own fonts and its own pictures.")

    return KnownFilesOnly(allowed_protocols={"font", "attachment"}, allow_redirects=False)


STEPS = {
    "1": (12, "Reading the text"),
    "2": (15, "Reading the style"),
    "3": (20, "Applying the style"),
    "4": (28, "Building the pages"),
    "6": (85, "Writing the file"),
    "7": (95, "Adding the contents and the tags"),
}


class _Progress(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        number = message.removeprefix("Step ")[:1]
        page = re.search(r"Page (\d+)", message)
        if page:
            # Nobody knows how many pages there will be: the bar moves on, slower and slower.
            pages = int(page[1])
            print(f"{30 + int(54 * pages / (pages + 15))}\tLaying out page {pages}", flush=True)  # noqa: T201
        elif number in STEPS:
            percent, what = STEPS[number]
            print(f"{percent}\t{what}", flush=True)  # noqa: T201


def _tell_progress() -> None:
    logger = logging.getLogger("weasyprint.progress")
    logger.handlers = [_Progress()]
    logger.setLevel(logging.INFO)
    logger.propagate = False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
