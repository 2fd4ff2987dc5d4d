from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from people.models import User
from tests.databases import _empty_quickly  # noqa: F401 - it serves every test that commits
from tests.factories import UserFactory
from tests.log_gate import no_server_error_unnoticed  # noqa: F401 - it watches every test


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright leaves an event loop running in this thread, beside which no other test may start one: browsers go last.
    items.sort(key=lambda item: "tests/browser/" in item.nodeid)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    # Not cache.clear(): that empties the whole database, which may hold other things when REDIS_URL names one.
    client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
    if keys := list(client.scan_iter(cache.make_key("*"))):
        client.delete(*keys)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    # The real hasher is slow on purpose: half a second for each person that a test makes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_static_files(request: pytest.FixtureRequest, settings: Any) -> None:
    # Each client would look for every file anew: a quarter of a second, a thousand times. Real processes serve them.
    if "static_files" not in request.keywords:
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("servestatic.")]


@pytest.fixture(autouse=True)
def _no_notes_of_templates(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    # Django keeps every template of a page with a copy of all it was given, for tests that ask. Those of the whole site don't.
    if "world" in request.fixturenames and "templates_noted" not in request.keywords:
        monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *arguments, **words: None)


@pytest.fixture
def member(db: None) -> User:
    return UserFactory(email="member@harbour.example", name="Mira Member")


@pytest.fixture
def viewer(db: None) -> User:
    return UserFactory(email="viewer@harbour.example", name="Vito Viewer", role=User.Role.VIEWER)


@pytest.fixture
def facilitator(db: None) -> User:
    return UserFactory(email="facilitator@harbour.example", name="Fay Facilitator", role=User.Role.FACILITATOR)


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(email="administrator@harbour.example", name="Ada Administrator", role=User.Role.ADMINISTRATOR)


@pytest.fixture
def warm() -> Callable[[Client], None]:
    """Fill what is kept between requests, so that a count of queries counts the page alone."""

    def visit(client: Client) -> None:
        client.get("/people/profile/")

    return visit
