"""The road of a review, with those who write it and those who are asked looking at the same page."""

import pytest
from playwright.sync_api import expect

from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import Windows
from tests.browser.documents import editor, enter, open_document
from tests.browser.pickers import choose
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example", role=User.Role.VIEWER)


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    return PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada)


def test_a_reviewer_asks_for_changes_then_approves_and_everybody_sees_it(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    writing, reviewing = open_document(enter(windows, ada)), enter(windows, bo).new_page()
    writing.get_by_role("link", name="Submit for review").click()
    choose(writing.get_by_role("dialog").get_by_label("Reviewers"), "Bo Madsen")
    writing.get_by_role("button", name="Submit for review").click()
    reviews = writing.locator(".reviews")
    expect(reviews).to_contain_text("has not answered yet")

    # From his home page, with words that are asked for.
    reviewing.goto("/")
    reviewing.get_by_role("region", name="Your review is asked for").get_by_role("link").click()
    reviewing.get_by_text("Ask for changes", exact=True).click()
    reviewing.get_by_role("button", name="Send to the authors").click()
    expect(reviewing.get_by_text("Say what has to change.")).to_be_visible()
    reviewing.get_by_label("What has to change").fill("When did it end?")
    reviewing.get_by_role("button", name="Send to the authors").click()
    expect(reviews).to_contain_text("asks for changes")
    expect(reviews).to_contain_text("When did it end?")
    expect(writing.locator(".status-panel")).to_contain_text("Bo Madsen asks for changes.")

    # What she writes is seen at his page, and she asks again.
    editor(writing).click()
    writing.keyboard.press("Control+End")
    writing.keyboard.type(" It ended at 15:30.")
    reviews.get_by_role("button", name="Ask again").click()
    expect(reviewing.locator(".review-answer")).to_contain_text("Your review is asked for again.")
    reviewing.get_by_role("button", name="Approve").click()
    expect(reviews).to_contain_text("approved")
    expect(writing.locator(".status-panel")).not_to_contain_text("asks for changes")

    # The approval does not outlive a change in silence.
    editor(writing).click()
    writing.keyboard.type("!")
    expect(reviewing.locator(".reviews")).to_contain_text("approved, before later changes", timeout=15_000)
    reviewing.get_by_role("link", name="What changed since").click()
    expect(reviewing.locator("ins")).to_contain_text(["!"])
