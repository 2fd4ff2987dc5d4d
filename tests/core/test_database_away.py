"""While PostgreSQL restarts, pages say so and come back by themselves: QUALITY row D2."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError
from django.test import AsyncClient, Client


@pytest.fixture(params=[OperationalError, InterfaceError, RuntimeError])
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """What every look at a session raises."""

    def load(self: SessionStore) -> Any:
        raise request.param

    monkeypatch.setattr(SessionStore, "load", load)
    return request.param


def expected(broken: type[Exception]) -> tuple[int, str | None]:
    return (500, None) if broken is RuntimeError else (503, "2")


@pytest.mark.expects_server_errors
def test_a_page_without_its_database_is_unavailable_and_not_broken(broken: type[Exception]) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "somebody"

    response = client.get("/")

    assert (response.status_code, response.headers.get("Retry-After")) == expected(broken)
    assert ("Back in a moment" in response.content.decode()) == (broken is not RuntimeError)
    assert ('http-equiv="refresh"' in response.content.decode()) == (broken is not RuntimeError)


@pytest.mark.expects_server_errors
@pytest.mark.parametrize("broken", [OperationalError], indirect=True)
def test_a_form_that_was_sent_without_a_database_is_not_left_by_itself(broken: type[Exception]) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "somebody"

    response = client.post("/accounts/logout/")

    assert response.status_code == 503
    assert 'http-equiv="refresh"' not in response.content.decode()
    assert "Go back and send it again" in response.content.decode()


@pytest.mark.expects_server_errors
def test_a_page_in_the_event_loop_is_unavailable_too(broken: type[Exception]) -> None:
    client = AsyncClient(raise_request_exception=False)
    client.cookies["sessionid"] = "somebody"

    response = async_to_sync(client.get)("/")

    assert (response.status_code, response.headers.get("Retry-After")) == expected(broken)
