"""The page that a room of people works on: what one of them does must not disturb what another is doing."""

import pytest
from playwright.sync_api import Browser, Page, expect

from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import SignIn
from tests.factories import PASSWORD, IncidentFactory, PostmortemFactory, TimelineEventFactory, UserFactory
from tests.stack import Stack

PAGE = "/postmortems/7/"


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    postmortem = PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada)
    TimelineEventFactory(postmortem=postmortem, added_by=ada)
    return postmortem


@pytest.fixture
def pages(postmortem: Postmortem, ada: User, bo: User, sign_in: SignIn) -> tuple[Page, Page]:
    """The post-mortem in front of Ada and of Bo, each in a window of their own, connected."""
    windows = sign_in(ada), sign_in(bo)
    for window in windows:
        window.goto(PAGE)
        expect(window.locator("[data-live-state]")).to_have_attribute("data-state", "saved", timeout=20_000)
    return windows


def add_event(page: Page, text: str) -> None:
    form = page.locator("form.event-line")
    form.get_by_label("What happened when").fill(f"15:10 {text}")
    form.get_by_role("button", name="Add to the timeline").click()


def test_an_event_that_another_adds_leaves_alone_what_i_am_typing(pages: tuple[Page, Page]) -> None:
    ada, bo = pages
    typing = bo.locator("form.event-line").get_by_label("What happened when")
    typing.fill("Half a sen")
    typing.press("End")

    add_event(ada, "Card payments fail.")

    expect(bo.locator(".timeline-what")).to_have_text(["The first alert fires.", "Card payments fail."])
    expect(typing).to_be_focused()
    bo.keyboard.type("tence")
    expect(typing).to_have_value("Half a sentence")


def test_removing_asks_first(pages: tuple[Page, Page]) -> None:
    ada, bo = pages
    ada.locator(".timeline-event").hover()
    ada.get_by_role("link", name="Remove: The first alert fires.").click()
    question = ada.get_by_role("dialog", name="Remove this event")
    expect(question).to_be_visible()
    expect(ada.locator(".timeline-what")).to_have_count(1)

    question.get_by_role("button", name="Remove").click()

    for page in (ada, bo):
        expect(page.get_by_text("No event yet")).to_be_visible()


def test_a_step_that_one_takes_shows_on_the_page_of_the_other(pages: tuple[Page, Page]) -> None:
    ada, bo = pages

    ada.get_by_role("button", name="Submit for review").click()

    for page in (ada, bo):
        expect(page.locator(".status-panel")).to_contain_text("In review")
    expect(bo.get_by_role("button", name="Send back to draft")).to_be_visible()


def test_whoever_reads_sees_what_another_is_writing(pages: tuple[Page, Page]) -> None:
    ada, bo = pages
    bo.get_by_role("link", name="Read", exact=True).click()
    expect(bo.locator("live-editor")).to_have_count(0)
    expect(bo.locator("[data-live-state]")).to_have_attribute("data-state", "saved", timeout=20_000)

    ada.locator('live-editor[name="summary"] .cm-content').click()
    ada.keyboard.press("Control+Home")
    ada.keyboard.type("**Monday:** ")

    expect(bo.locator("#summary strong")).to_have_text("Monday:")


def test_the_page_serves_without_a_script(postmortem: Postmortem, ada: User, stack: Stack, browser: Browser) -> None:
    page = browser.new_context(base_url=stack.url, java_script_enabled=False).new_page()
    page.goto("/accounts/login/")
    page.get_by_label("mail", exact=False).first.fill(ada.email)
    page.get_by_label("password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(PAGE)

    page.locator("#summary textarea").fill("Written without a script.")
    page.get_by_role("button", name="Save this section").click()
    expect(page.get_by_text("“Summary” is saved.")).to_be_visible()
    add_event(page, "Card payments fail.")
    expect(page.locator(".timeline-what")).to_have_text(["The first alert fires.", "Card payments fail."])
    page.get_by_role("button", name="Submit for review").click()

    expect(page.locator(".status-panel")).to_contain_text("In review")
    expect(page.locator("#summary textarea")).to_have_value("Written without a script.")
    page.context.close()
