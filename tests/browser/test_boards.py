"""The board of actions in a browser: cards go by mouse and by keys, and arrive on the boards of others."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from people.models import User
from tests.factories import ActionFactory, PostmortemFactory
from tests.stack import Stack


def card(page: Page, number: int, column: str) -> None:
    expect(page.locator(f"[data-column='{column}'] [data-card='{number}']")).to_be_visible()


@pytest.mark.usefixtures("db")
def test_board_moves_cards_by_mouse_and_keys_and_others_see_it(
    stack: Stack, sign_in: Callable[..., Page], member: User, facilitator: User
) -> None:
    common = PostmortemFactory()
    for number in (1, 2):
        ActionFactory(number=number, postmortem=common, owner=member, title=f"Measure {number}")
    page, other = sign_in(member), sign_in(facilitator)
    other.goto("/actions/board/")
    page.goto("/actions/board/")

    # By keys: past the header and the filter to the cards, which are one stop.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the board")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[data-card='1'] [data-card-link]")).to_be_focused()
    expect(page.locator("[data-board] [tabindex='0'][data-card-link]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-card='2'] [data-card-link]")).to_be_focused()

    # Drawn anew between the press and the first move, with another card under the hand: that one stays.
    page.locator("[data-card='1']").hover()
    page.mouse.down()
    page.evaluate("document.querySelector('[data-card=\"1\"]').before(document.querySelector('[data-card=\"2\"]'))")
    page.mouse.move(400, 700, steps=4)
    expect(page.locator("[data-dragged]")).to_have_count(0)
    page.mouse.up()

    page.locator("[data-card='1']").drag_to(page.locator("[data-column='in_progress']"))
    card(page, 1, "in_progress")
    page.locator("[data-card='1']").drag_to(page.locator("[data-column='done']"))
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_text("This field is required")).to_be_visible()
    card(page, 1, "in_progress")
    page.get_by_label("Link to the evidence").fill("https://git.example/1")
    page.keyboard.press("Enter")
    card(page, 1, "done")
    page.get_by_role("link", name="Measure 2").focus()
    page.keyboard.press("Shift+ArrowRight")
    card(page, 2, "in_progress")
    expect(page.locator("[data-card='2'] [data-card-link]")).to_be_focused()

    # A board that one comes back to asks at once; one that stays open asks every fifteen seconds.
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    card(other, 1, "done")
    card(other, 2, "in_progress")
