import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, BrowserContext, Page

from people.models import User
from tests.databases import empty_database
from tests.stack import MailServer, Stack, running_stack

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("No Chromium on the PATH; ./check sets one up.")
    return {**browser_type_launch_args, "executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="session", autouse=True)
def _queries_beside_playwright() -> Iterator[None]:
    """Playwright keeps an event loop in this thread; the tests' own queries are plain and alone in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def _test_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that may be emptied.

    pytest-django makes one only when some chosen test asks for it in its way, and the tests here do not: run alone, they
    would empty the database that DATABASE_URL names.
    """
    with django_db_blocker.unblock():
        has_one = connection.settings_dict["NAME"].startswith(TEST_DATABASE_PREFIX)
        made = [] if has_one else setup_databases(verbosity=0, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        end_other_sessions()
        teardown_databases(made, verbosity=0)


def end_other_sessions() -> None:
    """A process that has just ended may still have its session, and with it the database cannot be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def _processes(
    _test_database: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stack, MailServer]]:
    with django_db_blocker.unblock(), running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


def empty_tables() -> None:
    if not connection.settings_dict["NAME"].startswith(TEST_DATABASE_PREFIX):
        raise AssertionError(f"{connection.settings_dict['NAME']} is not a test database, and is not emptied.")
    empty_database()


@pytest.fixture
def stack(django_db_blocker: Any, _processes: tuple[Stack, MailServer]) -> Iterator[Stack]:
    """The running processes on an empty organisation. Rows are committed, and gone after the test.

    The content types stay: the processes remember their ids, as they would between two requests of a real site.
    """
    with django_db_blocker.unblock():
        call_command("install_defaults", verbosity=0)
        yield _processes[0]
        empty_tables()


@pytest.fixture
def db(stack: Stack) -> None:
    """People made by the fixtures of all tests are for the running processes to see: committed, not in a transaction."""


@pytest.fixture
def mail(stack: Stack, _processes: tuple[Stack, MailServer]) -> MailServer:
    _processes[1].messages.clear()
    return _processes[1]


@pytest.fixture(autouse=True)
def _quick_passwords() -> None:
    """The web process checks passwords with the real hasher, so the rows here are made with it too."""


SignIn = Callable[[User], Page]


def session_of(user: User) -> str:
    """The key of a session as signing in makes it: the form and its slow hasher are for the tests that are about them."""
    client = Client()
    client.force_login(user)
    return client.session.session_key


class Windows:
    """Browser windows of people, each of their own.

    A page that breaks the content security policy or throws fails the test when it ends; of a test that failed, what
    each person saw last is kept as a picture.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, user: User) -> BrowserContext:
        context = self.browser.new_context(base_url=self.url, locale="en-GB", timezone_id="Europe/Berlin")
        self.contexts.append(context)
        context.on("page", lambda page: self._listen(page, user))
        return context

    def _listen(self, page: Page, user: User) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{user}: {error}"))
        page.on("console", lambda message: _note_violation(self.complaints, user, message.text))

    def close(self, node: pytest.Item, screenshots: Path) -> None:
        for number, context in enumerate(self.contexts, start=1):
            if has_failed(node) and context.pages:
                context.pages[-1].screenshot(path=screenshots / f"failed-{node.name}-{number}.png")
            context.close()
        assert self.complaints == []


@pytest.fixture
def windows(request: pytest.FixtureRequest, stack: Stack, browser: Browser, screenshots: Path) -> Iterator[Windows]:
    opened = Windows(browser, stack.url)
    yield opened
    opened.close(request.node, screenshots)


@pytest.fixture
def sign_in(windows: Windows, stack: Stack) -> SignIn:
    """Opens an empty browser window of their own for a person who has signed in."""

    def open_window(user: User) -> Page:
        context = windows.open(user)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": stack.url}])
        return context.new_page()

    return open_window


REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    item.stash.setdefault(REPORTS, {})[report.when] = report
    return report


def has_failed(item: pytest.Item) -> bool:
    reports = item.stash.get(REPORTS, {})
    return "call" in reports and reports["call"].failed


def _note_violation(complaints: list[str], user: User, text: str) -> None:
    if "Content Security Policy" in text:
        complaints.append(f"{user}: {text}")


@pytest.fixture
def screenshots() -> Path:
    folder = Path(os.environ.get("SCREENSHOTS", ".build/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
