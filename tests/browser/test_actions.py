"""Actions in a real browser: what HTMX swaps must not shut or empty what a person is busy with."""

from playwright.sync_api import Page, expect

from people.models import User
from tests.browser.conftest import SignIn
from tests.factories import ActionFactory, PostmortemFactory, UserFactory


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


def test_an_action_that_one_adds_appears_for_the_other_and_leaves_a_half_typed_one(sign_in: SignIn) -> None:
    mira, olga = UserFactory(name="Mira Member"), UserFactory(name="Olga Owner")
    postmortem = PostmortemFactory()
    hers, his = (_on(postmortem.get_absolute_url(), sign_in, person) for person in (mira, olga))
    his.get_by_label("What is to be done").fill("half typed")

    hers.get_by_label("What is to be done").fill("Alert on queue depth")
    hers.locator("select[name='action-owner']").select_option(label="Olga Owner")
    hers.locator("input[name='action-due_on']").fill("2026-12-24")
    hers.get_by_role("button", name="Take it on").click()

    expect(hers.get_by_label("What is to be done")).to_have_value("")
    expect(his.get_by_role("button", name="Alert on queue depth")).to_be_visible()
    expect(his.get_by_label("What is to be done")).to_have_value("half typed")


def _on(address: str, sign_in: SignIn, person: User) -> Page:
    page = sign_in(person)
    page.goto(address)
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "saved", timeout=20_000)
    return page
