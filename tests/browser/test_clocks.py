"""Policy and clocks by a clock of the tests, over the night in which summer time begins: 29 March has 23 hours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from incidents.commands import apply_preset
from incidents.defaults import PRESETS
from incidents.models import SeverityPolicy
from people.models import User
from tests.browser.conftest import Windows, session_of
from tests.factories import IncidentFactory, UserFactory
from tests.stack import Stack

Visit = Callable[[datetime], Page]


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", role=User.Role.FACILITATOR, time_zone="Europe/Berlin")


@pytest.fixture
def incident_page_at(stack: Stack, windows: Windows, ada: User, tmp_path: Path) -> Iterator[Visit]:
    """The page of the incident as a server shows it at that moment, to a browser that lives in it too."""
    servers: list[Stack] = []

    def visit(moment: datetime) -> Page:
        server = Stack(tmp_path, stack.mail_url)
        servers.append(server)
        server.start_web(at=moment)
        context = windows.open(ada)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(ada), "url": server.url}])
        page = context.new_page()
        page.clock.install(time=moment)
        page.goto(f"{server.url}/incidents/7/")
        return page

    yield visit
    for server in servers:
        server.stop()


def test_clocks_run_in_real_hours_through_the_night_in_which_one_is_missing(incident_page_at: Visit, ada: User) -> None:
    apply_preset(SeverityPolicy.objects.get(severity=1), PRESETS["fast"], by=ada)
    IncidentFactory(
        number=7, severity=1, reported_by=ada,
        started_at=datetime(2026, 3, 27, 9, tzinfo=UTC), resolved_at=datetime(2026, 3, 27, 11, tzinfo=UTC),
    )  # fmt: skip

    page = incident_page_at(datetime(2026, 3, 28, 11, tzinfo=UTC))
    meeting = page.locator(".clock-tile", has_text="Meeting")
    expect(page.get_by_text("Full post-mortem required")).not_to_have_count(0)
    expect(meeting).to_have_attribute("data-state", "soon")
    expect(meeting).to_contain_text("due in 23 hours")
    expect(meeting).to_contain_text("29 Mar 2026, 13:00")
    expect(page.locator(".clock-tile", has_text="Publishing")).to_contain_text("30 Mar 2026, 13:00")

    page = incident_page_at(datetime(2026, 3, 29, 11, 30, tzinfo=UTC))
    meeting = page.locator(".clock-tile", has_text="Meeting")
    expect(meeting).to_have_attribute("data-state", "late")
    expect(meeting).to_contain_text("late by 30 min")
    expect(meeting).to_contain_text("29 Mar 2026, 13:00")
