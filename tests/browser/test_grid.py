"""Candidates on the grid, moved by two people at once: one by mouse, one by keyboard alone."""

from playwright.sync_api import Locator, Page, expect

from actions.commands import add_candidate
from actions.models import ActionCandidate
from tests.browser.conftest import Windows
from tests.browser.documents import enter, open_documents
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack

PLAN = "/actions/for/7/plan/"


def card(page: Page, number: int) -> Locator:
    return page.locator(f"[data-card='candidate-{number}']")


def cell(page: Page, impact: int, effort: int) -> Locator:
    return page.locator(f".weigh-cell[data-impact='{impact}'][data-effort='{effort}']")


def test_two_people_weigh_candidates_together_one_of_them_by_keys_alone(stack: Stack, windows: Windows) -> None:
    ada = UserFactory(name="Ada Lind", email="ada@harbour.example")
    bo = UserFactory(name="Bo Madsen", email="bo@harbour.example")
    postmortem = PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada)
    add_candidate(postmortem, by=ada, text="Give retries one shared budget")
    mouse, keys = open_documents(enter(windows, ada), enter(windows, bo), address=PLAN)

    # One line and Enter: it is there for both.
    keys.get_by_label("Add a candidate").focus()
    keys.keyboard.type("Improve monitoring")
    expect(keys.locator("[data-rows='candidates'] + form .smart-check[data-passed='no']")).to_have_count(2)
    keys.keyboard.press("Enter")
    expect(card(mouse, 2)).to_contain_text("Improve monitoring")

    # The mouse drags one card while the keys move the other.
    card(mouse, 1).scroll_into_view_if_needed()
    start, end = card(mouse, 1).bounding_box(), cell(mouse, 5, 1).bounding_box()
    mouse.mouse.move(start["x"] + 10, start["y"] + 10)
    mouse.mouse.down()
    mouse.mouse.move(end["x"] + 30, end["y"] + 40, steps=4)
    card(keys, 2).focus()
    keys.keyboard.press("Shift+ArrowUp")
    keys.keyboard.press("Shift+ArrowUp")
    keys.keyboard.press("Shift+ArrowRight")
    mouse.mouse.up()
    for page in (mouse, keys):
        expect(cell(page, 5, 1).locator("[data-card='candidate-1']")).to_be_visible()
        expect(cell(page, 4, 4).locator("[data-card='candidate-2']")).to_be_visible()
    expect(card(mouse, 2)).to_have_attribute("data-moved-by", "Bo Madsen")
    expect(mouse.locator("[data-grid-said]")).to_contain_text("Bo Madsen moved")
    expect(card(keys, 2)).to_be_focused()

    # The grid is one stop of Tab, and arrows go from card to card.
    expect(keys.locator("[data-grid] a[tabindex='0']")).to_have_count(1)
    keys.keyboard.press("ArrowLeft")
    expect(card(keys, 1)).to_be_focused()
    expect(keys.locator("[data-grid] a[tabindex='0']")).to_have_attribute("data-card", "candidate-1")

    # The last move of the same card wins, for both, with its name.
    keys.keyboard.press("Shift+ArrowDown")
    expect(cell(mouse, 4, 1).locator("[data-card='candidate-1']")).to_be_visible()
    keys.keyboard.press("Delete")
    expect(mouse.locator("[data-grid-unplaced] [data-card='candidate-1']")).to_be_visible()
    placed = ActionCandidate.objects.order_by("number").values_list("impact", "effort", "placed_by__name")
    expect(mouse.locator("#candidate-1 .candidate-place")).to_have_text("not placed")
    assert list(placed) == [(None, None, "Bo Madsen"), (4, 4, "Bo Madsen")]

    # What is not taken stays with its reason, without a reload.
    mouse.locator("#candidate-2").get_by_role("link", name="Not now").click()
    mouse.get_by_label("Reason").fill("Nobody can say what it means")
    mouse.get_by_role("button", name="Leave it").click()
    expect(keys.locator("#candidate-2 .candidate-reason")).to_have_text("Ada Lind: Nobody can say what it means")
