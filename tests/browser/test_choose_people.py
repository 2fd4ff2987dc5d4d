"""Choosing people in a real browser: by keys, by mouse, on a slow network, and while somebody else changes the page."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from actions.commands import add_action
from incidents.models import Incident
from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import Windows
from tests.browser.documents import enter, open_document
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack, wait_until


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def crew(stack: Stack) -> list[User]:
    return [UserFactory(name=name) for name in ["Bo Madsen", "Bo Nilsen", "Zoë Łącka"]]


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    return PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada)


class Held:
    """Questions for one beginning, which the network keeps to itself until it is told to let them go."""

    def __init__(self, page: Page, words: str) -> None:
        self.routes: list[Route] = []
        self.page = page
        page.route(re.compile(rf"/suggest/.*\?q={words}$"), lambda route: self.routes.append(route))

    def wait(self) -> None:
        for _ in range(250):
            if self.routes:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("Nobody asked.")

    def let_go(self) -> None:
        for route in self.routes:
            route.continue_()


def test_participants_are_chosen_by_keys_on_a_slow_network_and_by_mouse(
    postmortem: Postmortem, windows: Windows, ada: User, crew: list[User]
) -> None:
    page = enter(windows, ada).new_page()
    page.goto("/incidents/7/edit/")
    who, options, chips = (
        page.get_by_label("Participants"),
        page.locator(".picker-option"),
        page.locator(".picker-chip"),
    )

    # An answer to letters that are no longer all of them is not waited for, and not shown when it comes.
    early, slow = Held(page, "b"), Held(page, "zoe")
    who.press("b")
    early.wait()
    who.press_sequentially("o m")
    expect(options).to_have_text(["BMBo Madsen"])
    early.let_go()
    who.press("Enter")
    expect(chips).to_have_text(["BMBo Madsen"])

    # Enter before there is an answer takes the first of it.
    who.press_sequentially("zoe")
    who.press("Enter")
    expect(page.locator(".picker-line")).to_have_text("Looking…")
    expect(who).to_have_value("zoe")
    slow.wait()
    slow.let_go()
    expect(chips).to_have_text(["BMBo Madsen", "ZŁZoë Łącka"])

    # Backspace takes the last one out, the mouse brings her back; Escape closes the list and nothing else.
    who.press("Backspace")
    expect(chips).to_have_count(1)
    who.press("ArrowDown")
    options.filter(has_text="Zoë").click()
    expect(options.filter(has_text="Zoë")).to_have_attribute("aria-selected", "true")
    who.press("Escape")
    expect(page.locator(".picker-list")).to_be_hidden()
    who.press_sequentially("xyz")
    expect(page.locator(".picker-line")).to_have_text("Nobody goes by “xyz” here.")
    who.fill("")
    page.get_by_role("button", name="Save").click()

    page.wait_for_url("**/incidents/7/")
    assert {person.name for person in Incident.objects.get().participants.all()} == {"Bo Madsen", "Zoë Łącka"}


def test_an_owner_half_typed_stays_while_others_change_the_actions(
    postmortem: Postmortem, windows: Windows, ada: User, crew: list[User]
) -> None:
    page = open_document(enter(windows, ada))
    form, options = page.locator("form.action-add"), page.locator(".picker-option")
    form.get_by_label("What is to be done").fill("Alert on queue depth")
    form.get_by_label("Due").fill("2030-12-24")
    form.get_by_label("Owner").press_sequentially("bo")
    expect(options).to_have_count(2)

    add_action(postmortem, by=crew[0], title="Pin the default", owner=crew[0], due_on=None)

    expect(page.get_by_role("button", name="Pin the default")).to_be_visible()
    expect(form.get_by_label("Owner")).to_have_value("bo")
    expect(form.get_by_label("Owner")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(form.get_by_label("Owner")).to_have_value("Bo Nilsen")
    form.get_by_role("button", name="Take it on").click()
    row = page.locator(".action-row", has_text="Alert on queue depth")
    expect(row.locator("[data-field='owner']")).to_contain_text("Bo Nilsen")
    expect(form.get_by_label("Owner")).to_have_value("")

    # What nobody was chosen for goes as it stands, and comes back with whom it may mean.
    form.get_by_label("What is to be done").fill("Try the restore")
    form.get_by_label("Due").fill("2030-12-24")
    form.get_by_label("Owner").fill("bo")
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Take it on").click()
    expect(form).to_contain_text("Several people go by “bo”: say which of them.")
    form.get_by_text("Bo Madsen").click()
    expect(form.get_by_label("Owner")).to_have_value("Bo Madsen")
    form.get_by_role("button", name="Take it on").click()
    wait_until(lambda: postmortem.actions.filter(title="Try the restore", owner=crew[0]).exists())
