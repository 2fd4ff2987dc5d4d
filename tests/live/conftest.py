from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from people.models import User
from postmortems.models import Postmortem
from tests.factories import PostmortemFactory, UserFactory
from tests.live.people import Visitor
from tests.live.servers import WebProcess


@pytest.fixture(scope="session")
def web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    """One web process for all tests that leave it alive."""
    with WebProcess(tmp_path_factory.mktemp("web") / "log") as process:
        yield process
    assert process.complaints() == []


@pytest.fixture(scope="session")
def second_web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    """Another one beside `web`, on the same database and Valkey."""
    with WebProcess(tmp_path_factory.mktemp("second") / "log") as process:
        yield process
    assert process.complaints() == []


@pytest.fixture(scope="session")
def _mortal_web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    process = WebProcess(tmp_path_factory.mktemp("mortal") / "log")
    yield process
    process.stop()


@pytest.fixture
def own_web(transactional_db: None, _mortal_web: WebProcess) -> WebProcess:
    """A web process to be killed or stopped; it is started again only where somebody needs it."""
    _mortal_web.ensure_running()
    return _mortal_web


@pytest.fixture
def postmortem(transactional_db: None) -> Postmortem:
    """A document with one empty text, `summary`."""
    return PostmortemFactory(texts={"summary": ""})


@pytest.fixture
def mira(transactional_db: None) -> User:
    return UserFactory(name="Mira")


@pytest.fixture
def noor(transactional_db: None) -> User:
    return UserFactory(name="Noor")


def sign_in(user: User) -> str:
    """The session cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def visit(web: WebProcess, postmortem: Postmortem) -> Callable[..., Visitor]:
    """`visit(user)` is that person at the page of `postmortem`."""

    def visitor(user: User | None, port: int | None = None, **options: object) -> Visitor:
        return Visitor(port or web.port, postmortem.number, sign_in(user) if user else "", **options)

    return visitor
