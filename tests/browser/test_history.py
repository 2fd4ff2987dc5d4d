"""One person looks back and brings a section back while another goes on typing in it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from live.commands import texts_of
from people.models import User
from postmortems.history.keeping import Reason, keep_revision
from postmortems.models import Postmortem, Revision
from tests.browser.conftest import Windows
from tests.browser.documents import be, editor, enter, open_document, wait_until_saved, write
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack

THEN = "Checkout was slow for an hour and a half."


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    """INC-7 with one version of its own."""
    postmortem = PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada)
    keep_revision(postmortem, Reason(Revision.Kind.NAMED, "After the meeting", ada))
    return postmortem


def add(page: Page, words: str) -> None:
    write(page, words)
    wait_until_saved(page)


def test_a_section_comes_back_while_another_goes_on_typing_in_it(
    postmortem: Postmortem, ada: User, bo: User, windows: Windows
) -> None:
    writing, looking = open_document(enter(windows, ada)), enter(windows, bo).new_page()
    add(writing, " It was all the fault of the pool.")

    looking.goto("/postmortems/7/history/")
    expect(looking.locator(".history-now")).to_contain_text("Summary")
    looking.get_by_role("link", name="See the changes").click()
    expect(looking.locator("ins")).to_contain_text(["It was all the fault of the pool."])
    looking.get_by_role("link", name="Bring back Summary as it was").click()
    expect(looking.get_by_label("Summary")).to_be_checked()
    add(writing, " Nobody was paged.")
    looking.get_by_role("button", name="Bring it back").click()
    expect(looking.get_by_text("Brought back from “After the meeting”").first).to_be_visible()
    add(writing, " 🚢 And so on.")

    # What stood there is back; what Ada typed after Bo had looked is there too, in both windows and in the database.
    wanted = f"{THEN} Nobody was paged. 🚢 And so on."
    for page in (writing, looking):
        expect(editor(page)).to_have_text(wanted, timeout=15_000)
    assert texts_of(postmortem.room)["summary"] == wanted
    assert list(postmortem.revisions.order_by("number").values_list("kind", flat=True)) == [
        "named", "automatic", "brought_back",
    ]  # fmt: skip


def test_a_version_that_another_makes_appears_on_the_open_page(
    postmortem: Postmortem, ada: User, bo: User, windows: Windows
) -> None:
    looking = enter(windows, bo).new_page()
    looking.goto("/postmortems/7/history/")
    expect(looking.locator(".revision")).to_have_count(1)
    writing = open_document(enter(windows, ada))

    writing.get_by_role("link", name="Submit for review").click()
    writing.get_by_role("button", name="Submit for review").click()

    expect(looking.locator(".revision").first).to_contain_text("Submitted for review", timeout=15_000)
    looking.keyboard.press("j")
    looking.keyboard.press("j")
    looking.keyboard.press("Enter")
    expect(looking.get_by_text("This is how it stood on")).to_be_visible()
    expect(looking.locator("h1")).to_be_visible()
    assert looking.url.endswith("/history/1/")


def test_history_serves_without_a_script(postmortem: Postmortem, ada: User, stack: Stack, browser: Browser) -> None:
    context = browser.new_context(base_url=stack.url, java_script_enabled=False)
    be(ada, context, stack.url)
    page = context.new_page()
    page.goto("/postmortems/7/")
    page.locator("#summary textarea").fill("All wrong.")
    page.get_by_role("button", name="Save this section").click()

    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_label("Name this version").fill("Before I think again")
    page.get_by_role("button", name="Name it").click()
    expect(page.locator(".revision")).to_have_count(2)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("del")).to_contain_text(["Checkout was slow"])
    page.get_by_role("link", name="Bring back Summary as it was").click()
    page.get_by_role("button", name="Bring it back").click()

    expect(page.locator("#summary textarea")).to_have_value(THEN)
    context.close()
