import logging

import pytest

from tests.log_gate import server_errors


@pytest.mark.expects_server_errors
def test_gate_notices_broken_pages_and_tracebacks_and_nothing_less() -> None:
    with server_errors() as lines:
        logging.getLogger("django.request").error("Internal Server Error: /")
        logging.getLogger("django.request").warning("Not Found: /")
        logging.getLogger("django.security.TooManyFieldsSent").error("too many", exc_info=ValueError("fields"))
        logging.getLogger("people.tasks").error("the mail server is away")
        try:
            raise RuntimeError("lost")
        except RuntimeError:
            logging.getLogger("celery.app.trace").exception("Task failed")

    assert lines == [
        "django.request: Internal Server Error: /",
        "celery.app.trace: Task failed: RuntimeError('lost')",
    ]


@pytest.mark.expects_server_errors
def test_gate_lets_a_test_expect_an_error() -> None:
    logging.getLogger("django.request").error("Internal Server Error: /on-purpose/")
