"""The page that a room of people works on: what one of them does must not disturb what another is doing."""

import pytest
from playwright.sync_api import Browser, Page, expect

from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import Windows
from tests.browser.documents import ADDRESS, editor, enter, open_documents, wait_until_saved
from tests.factories import PASSWORD, IncidentFactory, PostmortemFactory, TimelineEventFactory, UserFactory
from tests.stack import Stack


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


def add_event(page: Page, text: str) -> None:
    form = page.locator("form.event-line")
    form.get_by_label("What happened when").fill(f"15:10 {text}")
    form.get_by_role("button", name="Add to the timeline").click()


def test_what_one_does_shows_at_the_other_and_leaves_alone_what_they_are_typing(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    hers, his = pages = open_documents(enter(windows, ada), enter(windows, bo))
    typing = his.locator("form.event-line").get_by_label("What happened when")
    typing.fill("Half a sen")
    typing.press("End")
    add_event(hers, "Card payments fail.")
    expect(his.locator(".timeline-what")).to_have_text(["The first alert fires.", "Card payments fail."])
    expect(typing).to_be_focused()
    his.keyboard.type("tence")
    expect(typing).to_have_value("Half a sentence")

    # Removing asks first.
    hers.locator(".timeline-event").first.hover()
    hers.get_by_role("link", name="Remove: The first alert fires.").click()
    question = hers.get_by_role("dialog", name="Remove this event")
    expect(question).to_be_visible()
    expect(his.locator(".timeline-what")).to_have_count(2)
    question.get_by_role("button", name="Remove").click()
    for page in pages:
        expect(page.locator(".timeline-what")).to_have_text(["Card payments fail."])

    hers.get_by_role("link", name="Submit for review").click()
    hers.get_by_role("button", name="Submit for review").click()
    for page in pages:
        expect(page.locator(".status-panel")).to_contain_text("In review")
    expect(his.get_by_role("button", name="Send back to draft")).to_be_visible()

    # Whoever reads sees what another is writing.
    typing.fill("")
    his.get_by_role("link", name="Read", exact=True).click()
    expect(his.locator("live-editor")).to_have_count(0)
    wait_until_saved(his)
    editor(hers).click()
    hers.keyboard.press("Control+Home")
    hers.keyboard.type("**Monday:** ")
    expect(his.locator("#summary strong")).to_have_text("Monday:")


def test_the_page_serves_without_a_script(postmortem: Postmortem, ada: User, stack: Stack, browser: Browser) -> None:
    page = browser.new_context(base_url=stack.url, java_script_enabled=False).new_page()
    page.goto("/accounts/login/")
    page.get_by_label("mail", exact=False).first.fill(ada.email)
    page.get_by_label("password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(ADDRESS)

    page.locator("#summary textarea").fill("Written without a script.")
    page.get_by_role("button", name="Save this section").click()
    expect(page.get_by_text("“Summary” is saved.")).to_be_visible()
    add_event(page, "Card payments fail.")
    expect(page.locator(".timeline-what")).to_have_text(["The first alert fires.", "Card payments fail."])
    page.get_by_role("link", name="Submit for review").click()
    page.get_by_role("button", name="Submit for review").click()

    expect(page.locator(".status-panel")).to_contain_text("In review")
    expect(page.locator("#summary textarea")).to_have_value("Written without a script.")
    page.context.close()
