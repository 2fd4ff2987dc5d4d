"""No test may log a server error unnoticed: a page that breaks behind an answer that looks right is still broken."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("django.security") or "/readyz" in record.getMessage():
            return  # A refused attack is answered with 400; /readyz says 503 when it is asked in tests: nothing runs.
        if record.name == "django.request" or record.exc_info:
            problem = f": {record.exc_info[1]!r}" if record.exc_info else ""
            self.lines.append(f"{record.name}: {record.getMessage()}{problem}")


@contextmanager
def server_errors() -> Iterator[list[str]]:
    """Fills a list with what is logged meanwhile: answers of 500 and more, and every error with a traceback."""
    errors = Errors()
    root = logging.getLogger()
    root.addHandler(errors)
    try:
        yield errors.lines
    finally:
        root.removeHandler(errors)


@pytest.fixture(autouse=True)
def no_server_error_unnoticed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test that logged one, unless it is marked `expects_server_errors`."""
    with server_errors() as lines:
        yield
    if lines and not request.node.get_closest_marker("expects_server_errors"):
        pytest.fail("The log holds server errors:\n" + "\n".join(lines), pytrace=False)
