"""Actions in a real browser: what HTMX swaps must not shut or empty what a person is busy with, and rows that many keep."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from actions.commands import edit_action
from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import SignIn, Windows
from tests.browser.documents import enter, open_documents
from tests.browser.pickers import choose
from tests.factories import STARTED_AT, ActionFactory, IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


@pytest.fixture
def published(ada: User) -> Postmortem:
    incident = IncidentFactory(number=7)
    return PostmortemFactory(incident=incident, opened_by=ada, status="published", published_at=STARTED_AT)


def test_a_refused_step_stays_open_with_what_was_typed_and_then_succeeds(sign_in: SignIn) -> None:
    member = UserFactory(name="Mira Member")
    action = ActionFactory(number=45, owner=member)
    page = sign_in(member)
    page.goto(action.get_absolute_url())

    page.get_by_text("Finish", exact=True).click()
    page.get_by_label("Link to the evidence").fill("trust me")
    page.get_by_role("button", name="It is done").click()

    expect(page.get_by_text("Enter a valid URL.")).to_be_visible()
    expect(page.get_by_label("Link to the evidence")).to_have_value("trust me")

    page.get_by_label("Link to the evidence").fill("https://code.harbour.example/pull/7")
    page.get_by_role("button", name="It is done").click()

    expect(page.get_by_text("finished it, with evidence")).to_be_visible()


def test_an_action_that_one_adds_appears_for_the_other_and_leaves_a_half_typed_one(
    published: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    hers, his = open_documents(enter(windows, ada), enter(windows, bo))
    his.get_by_label("What is to be done").fill("half typed")

    hers.get_by_label("What is to be done").fill("Alert on queue depth")
    choose(hers.locator("form.action-add").get_by_label("Owner"), "Bo Madsen")
    hers.locator("input[name='action-due_on']").fill("2026-12-24")
    hers.get_by_role("button", name="Take it on").click()

    expect(hers.get_by_label("What is to be done")).to_have_value("")
    expect(his.get_by_role("button", name="Alert on queue depth")).to_be_visible()
    expect(his.get_by_label("What is to be done")).to_have_value("half typed")


def field(page: Page, name: str, number: int = 45) -> Locator:
    return page.locator(f"#action-{number} [data-field='{name}']")


def edit(page: Page, name: str, number: int = 45) -> Locator:
    """What stands in the place of a field while it is edited."""
    field(page, name, number).click()
    return page.locator(f"#action-{number} [data-row-editor='{name}']")


def test_an_action_is_edited_in_its_place_and_closing_waits_for_what_is_open(
    published: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    action = ActionFactory(postmortem=published, number=45, owner=ada, due_on=STARTED_AT.date())
    other = ActionFactory(postmortem=published, number=46, owner=ada)
    hers, his = open_documents(enter(windows, ada), enter(windows, bo))
    expect(his.locator(".status-panel")).to_contain_text("ACT-45 is still open")
    expect(his.locator("[data-rows='actions'] [data-rows-open]")).to_have_text("2 open")

    # Two people in one title choose.
    title = edit(his, "title").locator("input")
    title.fill("His")
    expect(his.locator("[data-row-editor='title'] .smart-check[data-passed='no']").first).to_be_visible()
    edit_action(action, by=ada, seen={}, wanted={"title": "Hers"})
    expect(his.locator(".action-row .row-note")).to_contain_text("Ada Lind has changed this to “Hers”.")
    title.press("Enter")
    his.get_by_role("button", name="Keep mine").click()
    expect(field(hers, "title")).to_have_text("His")

    # A changed owner and a changed date need a reason.
    owner = edit(hers, "owner")
    choose(owner.get_by_label("Owner", exact=True), "Bo Madsen")
    hers.keyboard.press("Enter")
    expect(owner).to_contain_text("Not saved: A changed owner needs a reason.")
    owner.get_by_label("Why the owner changes").fill("Bo knows the queue.")
    hers.keyboard.press("Enter")
    expect(field(his, "owner")).to_contain_text("Bo Madsen")
    due = edit(hers, "due_on")
    due.locator("input[type='date']").fill("2030-01-31")
    due.get_by_role("button", name="Save").click()
    expect(due).to_contain_text("Not saved: A changed due date needs a reason.")
    due.get_by_label("Why the date changes").fill("The vendor is late.")
    due.get_by_role("button", name="Save").click()
    expect(field(his, "due_on")).to_have_text(re.compile("due 31 Jan 2030"))

    # What is blocked waits for a person of the house.
    step = edit(hers, "status", 46)
    step.get_by_label("Status").select_option(label="It is blocked")
    choose(step.get_by_label("Waits for"), "Bo Madsen")
    step.get_by_label("Why").fill("Bo has the keys.")
    hers.keyboard.press("Enter")
    expect(field(his, "status", 46)).to_have_text(re.compile("Blocked"))

    # What is finished or dropped stands in the way of closing no longer.
    step = edit(hers, "status")
    step.get_by_label("Status").select_option(label="It is done")
    step.get_by_label("Link to the evidence").fill("https://code.example/pull/7")
    hers.keyboard.press("Enter")
    expect(field(his, "status")).to_have_text(re.compile("Done"))
    expect(field(his, "due_on")).to_be_hidden()
    expect(his.locator("[data-rows='actions'] [data-rows-open]")).to_have_text("1 open")
    step = edit(hers, "status", 46)
    step.get_by_label("Status").select_option(label="Drop it")
    step.get_by_label("Why").fill("The service goes away.")
    hers.keyboard.press("Enter")
    expect(his.locator("[data-rows='actions'] [data-rows-open]")).to_be_hidden()
    for page in (hers, his):
        expect(page.locator(".status-panel")).not_to_contain_text("is still open")
    other.refresh_from_db()
    assert (other.status, other.drop_reason) == ("dropped", "The service goes away.")
