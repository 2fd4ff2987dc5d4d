"""Writing in a section, as whoever writes would notice it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import SignIn
from tests.browser.documents import expect_text
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack

PAGE = "/postmortems/7/"

PASTE = """(element, data) => {
  const clipboardData = new DataTransfer();
  for (const [type, text] of Object.entries(data)) clipboardData.setData(type, text);
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    return PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada)


@pytest.fixture
def page(postmortem: Postmortem, ada: User, sign_in: SignIn) -> Page:
    return opened(sign_in(ada))


@pytest.fixture
def other(page: Page, sign_in: SignIn) -> Page:
    return opened(sign_in(UserFactory(name="Bo Madsen", email="bo@harbour.example")))


def opened(page: Page) -> Page:
    page.goto(PAGE)
    expect(page.locator("live-editor[data-live]").first).to_be_visible(timeout=20_000)
    return page


def section(page: Page, name: str = "summary") -> Locator:
    return page.locator(f'live-editor[name="{name}"]')


def text_of(page: Page, name: str = "summary") -> str:
    return section(page, name).evaluate("element => element.view.state.doc.toString()")


def start(page: Page, text: str = "") -> Locator:
    """An editor that holds this text, with the caret at its end."""
    content = section(page).locator(".cm-content")
    content.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text) if text else page.keyboard.press("Delete")
    return content


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def unseen(page: Page) -> list[str]:
    """The stretches of text that take no room on the screen."""
    return section(page).evaluate(
        """element => [...element.querySelectorAll(".md-hidden")]
             .filter((mark) => mark.getBoundingClientRect().width === 0)
             .map((mark) => mark.textContent)"""
    )


def pressed(page: Page) -> list[str]:
    buttons = page.get_by_role("toolbar").locator("[aria-pressed=true]")
    return [button.get_attribute("aria-label") or "" for button in buttons.all()]


def marks_show_only_where_the_caret_is(page: Page) -> None:
    start(page, "# Title\n\nIt was **loud** and _long_, see [the book](https://books.example/7).\n\nend")
    assert unseen(page) == ["# ", "**", "**", "_", "_", "[", "](https://books.example/7)"]

    press(page, "ArrowUp", "ArrowUp", "Home", *["ArrowRight"] * 9)
    assert unseen(page) == ["# ", "_", "_", "[", "](https://books.example/7)"]
    press(page, "Control+Home")
    assert unseen(page) == ["**", "**", "_", "_", "[", "](https://books.example/7)"]
    assert section(page).locator(".cm-line").first.text_content() == "# Title"

    page.locator("h1").click()
    # The editor hears a moment later that it has lost the caret.
    expect(section(page).locator(".cm-editor")).not_to_have_class(re.compile("cm-focused"))
    page.wait_for_timeout(50)
    assert len(unseen(page)) == 7


def blocks_look_like_what_they_become(page: Page) -> None:
    start(page, "1. one\n2. two\n\n> said\n\n```sql\nselect 1;\n```\n\n---\n\nend")

    expect(section(page).locator(".md-line-marked")).to_have_count(2)
    expect(section(page).locator(".md-line-quote")).to_have_text("> said")
    expect(section(page).locator(".md-line-code")).to_have_count(3)
    expect(section(page).locator(".md-code-opens")).to_have_attribute("data-language", "sql")
    expect(section(page).locator(".md-line-rule")).to_have_text("---")
    start(page, "שלום עולם\nleft")
    assert section(page).locator(".cm-line").evaluate_all("lines => lines.map((line) => line.dir)") == ["auto", ""]


def keys_and_toolbar_put_marks_and_take_them_away(page: Page) -> None:
    content = start(page, "one two three")
    press(page, *["Control+Shift+ArrowLeft"] * 1, "Control+b")
    assert text_of(page) == "one two **three**"
    assert pressed(page) == ["Bold"]
    press(page, "Control+b", "Control+i")
    assert (text_of(page), pressed(page)) == ("one two _three_", ["Italic"])
    toolbar = page.get_by_role("toolbar", name="Marks for Summary")
    toolbar.get_by_role("button", name="Italic").click()
    expect(content).to_be_focused()
    assert text_of(page) == "one two three"

    for key, text, name in [
        ("Control+Alt+2", "## one two three", "Subheading"),
        ("Control+Shift+8", "- one two three", "List"),
        ("Control+Shift+7", "1. one two three", "Numbered list"),
        ("Control+Shift+9", "- [ ] one two three", "Checklist"),
        ("Control+Shift+9", "one two three", None),
        ("Control+Shift+Period", "> one two three", "Quote"),
        ("Control+Shift+Period", "one two three", None),
        ("Control+Alt+c", "```\none two three\n```\n", "Code block"),
        ("Control+Alt+c", "one two three\n", None),
    ]:
        press(page, key)
        assert (text_of(page), pressed(page)) == (text, [name] if name else [])

    start(page, "one\n\n| a | b |\n| --- | --- |\n| c |  |\n\ntwo")
    press(page, "Control+a", "Control+b", "Control+Shift+8")
    assert text_of(page) == "- **one**\n\n| **a** | **b** |\n| --- | --- |\n| **c** |  |\n\n- **two**"

    start(page, "one two three")
    press(page, "Control+Alt+c", "Control+Alt+c")
    press(page, "Alt+F10", "End", "ArrowLeft", "ArrowLeft")
    expect(toolbar.get_by_role("button", name="Undo")).to_be_focused()
    press(page, "Enter")
    assert text_of(page) == "```\none two three\n```\n"
    press(page, "Alt+F10")
    expect(toolbar.get_by_role("button", name="Undo")).to_be_focused()
    press(page, "Escape")
    expect(content).to_be_focused()


def lists_go_on_move_and_end(page: Page) -> None:
    start(page, "1. one")
    press(page, "Enter")
    page.keyboard.type("two")
    press(page, "Enter")
    page.keyboard.type("three")
    press(page, "ArrowUp", "Tab")
    assert text_of(page) == "1. one\n   1. two\n2. three"
    press(page, "Shift+Tab", "ArrowDown", "Enter", "Enter")
    page.keyboard.type("after")
    assert text_of(page) == "1. one\n2. two\n3. three\n\nafter"

    start(page)
    page.keyboard.type("[] box")
    press(page, "Enter", "Enter")
    page.keyboard.type("```sql")
    press(page, "Enter")
    page.keyboard.type("select 1;")
    press(page, "ArrowDown", "ArrowDown")
    page.keyboard.type("after")
    assert text_of(page) == "- [ ] box\n\n```sql\nselect 1;\n```\nafter"

    content = start(page, "- one\n- two")
    press(page, "Home", "Backspace")
    assert text_of(page) == "- one\n\ntwo"
    # Outside of a list Tab is not the editor's, and Escape gives it back within one.
    press(page, "Tab")
    expect(content).not_to_be_focused()
    start(page, "- one\n- two")
    press(page, "Escape", "Tab")
    expect(content).not_to_be_focused()
    assert text_of(page) == "- one\n- two"


def a_box_that_one_ticks_is_ticked_at_the_other(page: Page, other: Page) -> None:
    start(page, "- [ ] call the gate")
    page.locator("h1").click()
    theirs = section(other).get_by_role("checkbox", name="call the gate")
    expect(theirs).not_to_be_checked()

    section(page).get_by_role("checkbox", name="call the gate").click()
    expect(theirs).to_be_checked()
    assert text_of(other) == "- [x] call the gate"

    section(other).locator(".cm-content").focus()
    press(other, "Control+End", "Control+Enter")
    expect(section(page).get_by_role("checkbox", name="call the gate")).not_to_be_checked()
    other.get_by_role("link", name="Read", exact=True).click()
    expect(other.locator("#summary").get_by_role("checkbox")).to_be_disabled()


def an_empty_cell_that_somebody_else_fills_stays_in_its_column(page: Page, other: Page) -> None:
    start(page, "| Region | Lost | Why |\n| --- | --- | --- |\n| North | | storm |\n\nafter")
    cells = section(other).locator(".md-line-row").last.locator(".md-cell")
    expect(cells).to_have_count(3)

    section(page).evaluate(
        "({ view }) => view.dispatch({ changes: { from: view.state.doc.line(3).from + 10, insert: '12 ' } })"
    )

    expect(cells.nth(1)).to_have_text(re.compile("12"))
    expect(cells).to_have_count(3)
    heads = section(other).locator(".md-line-row").first.locator(".md-cell")
    left = "cells => cells.map((cell) => Math.round(cell.getBoundingClientRect().left))"
    assert cells.evaluate_all(left) == heads.evaluate_all(left)


def a_table_is_written_cell_by_cell(page: Page) -> None:
    start(page)
    page.keyboard.type("/tab")
    press(page, "Enter")
    page.keyboard.type("Region")
    press(page, "Tab")
    page.keyboard.type("Lost")
    press(page, "Tab")
    page.keyboard.type("North")
    press(page, "Tab")
    page.keyboard.type("12")
    press(page, "Tab")
    page.keyboard.type("South")
    assert text_of(page) == "| Region | Lost |\n| --- | --- |\n| North | 12 |\n| South |  |\n"

    rows = section(page).locator(".md-line-row")
    edges = rows.evaluate_all(
        "rows => rows.map((row) => row.querySelectorAll('.md-cell')[1].getBoundingClientRect().left)"
    )
    assert len(edges) == 4
    assert max(edges) - min(edges) < 1
    press(page, "Shift+Tab")
    page.get_by_role("toolbar").get_by_role("button", name="Table").click()
    page.get_by_role("option", name="Column after").click()
    page.keyboard.type("Why")
    assert text_of(page).splitlines()[0] == "| Region | Lost | Why |"
    press(page, "Control+z", "Control+z", "Control+End", "ArrowUp", "End")
    page.keyboard.type("3")
    press(page, "Enter", "Enter")
    page.keyboard.type("after")
    assert text_of(page).endswith("| South | 3 |\n\nafter")


def slash_offers_what_can_be_inserted(page: Page) -> None:
    content = start(page, "and/or")
    menu = page.get_by_role("listbox", name="Insert")
    page.keyboard.type("/")
    expect(menu).to_have_count(0)

    press(page, "Enter")
    page.keyboard.type("/")
    expect(menu).to_be_visible()
    expect(content).to_have_attribute(
        "aria-activedescendant", menu.get_by_role("option").first.get_attribute("id") or "-"
    )
    page.keyboard.type("head")
    press(page, "ArrowDown")
    expect(menu.get_by_role("option", selected=True)).to_contain_text("Subheading")
    press(page, "Enter")
    page.keyboard.type("At the gate")
    assert text_of(page) == "and/or/\n## At the gate"

    press(page, "Enter")
    page.keyboard.type("/qqq")
    expect(page.get_by_text("No match for “qqq”")).to_be_visible()
    press(page, "Escape", "Enter")
    page.keyboard.type("/")
    menu.get_by_role("option", name="Impact").click()
    expect(content).to_be_focused()
    assert text_of(page) == "and/or/\n## At the gate\n/qqq\n\n{{impact}}\n"
    press(page, "Control+z")
    assert text_of(page) == "and/or/\n## At the gate\n/qqq\n"


def an_event_is_added_without_leaving_the_sentence(page: Page) -> None:
    content = start(page, "At noon ")
    page.keyboard.type("/event")
    press(page, "Enter")
    dialog = page.get_by_role("dialog", name="Add an event")
    dialog.get_by_label("When").fill("2026-03-02T15:10")
    dialog.get_by_role("button", name="Add to the timeline").click()
    expect(dialog.get_by_text("This field is required.").or_(dialog.get_by_role("alert")).first).to_be_visible()
    dialog.get_by_label("What happened").fill("Card payments fail.")
    dialog.get_by_role("button", name="Add to the timeline").click()

    expect(dialog).to_have_count(0)
    expect(page.locator(".timeline-what")).to_have_text(["Card payments fail."])
    expect(page.locator("aside form.event-add").get_by_label("What happened")).to_have_value("")
    expect(content).to_be_focused()
    page.keyboard.type("it ended")
    assert text_of(page) == "At noon it ended"


def pasting_keeps_the_form(page: Page) -> None:
    content = start(page, "read it")
    press(page, "Control+a")
    content.evaluate(PASTE, {"text/plain": "https://books.example/a(b)"})
    assert text_of(page) == "[read it](https://books.example/a%28b%29)"

    content = start(page, "Before ")
    html = "<h2>At the gate</h2><p>It was <b>loud</b>.</p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    content.evaluate(PASTE, {"text/html": html, "text/plain": "At the gate It was loud. a b 1 2"})
    table = "| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert text_of(page) == f"Before \n\n## At the gate\n\nIt was **loud**.\n\n{table}\n\n"
    press(page, "ArrowUp", "ArrowUp", "End")
    content.evaluate(PASTE, {"text/html": "<p>two</p><p>lines | and</p>", "text/plain": "x"})
    assert text_of(page).endswith("| 1 | 2two lines \\| and |\n\n")

    content = start(page, "```\n\n```")
    press(page, "ArrowUp")
    content.evaluate(PASTE, {"text/html": "<b>loud</b>", "text/plain": "loud **"})
    content.evaluate(PASTE, {"text/plain": "\r\nx" * 3 + "y" * 200_000})
    assert text_of(page) == "```\nloud **" + "\nx" * 3 + "y" * 200_000 + "\n```"


def undo_takes_back_only_what_i_wrote(page: Page, other: Page) -> None:
    start(page, "One sentence.")
    expect(section(other)).to_contain_text("One sentence.")
    section(other).locator(".cm-content").focus()
    press(other, "Control+Home")
    other.keyboard.type("Bo: ")
    expect(section(page)).to_contain_text("Bo: One sentence.")
    page.wait_for_timeout(700)  # A pause of which undo makes a step.
    page.keyboard.type(" Mine.")
    expect(section(other)).to_contain_text("Mine.")
    press(other, "End")
    other.keyboard.type(" His.")
    expect(section(page)).to_contain_text("His.")

    press(page, "Control+Home", "Control+z")
    assert text_of(page) == "Bo: One sentence. His."
    page.keyboard.type("|")
    assert text_of(page) == "Bo: One sentence.| His."
    press(page, "Control+z", "Control+z")
    assert text_of(page) == "Checkout was slow for an hour and a half.Bo:  His."
    press(page, "Control+Shift+Z")
    assert text_of(page) == "Bo: One sentence. His."
    press(other, "Control+z")
    expect(section(page)).not_to_contain_text("His.")
    expect(section(page)).to_contain_text("Bo: One sentence.")


def what_others_write_above_moves_neither_view_nor_caret(page: Page, other: Page) -> None:
    start(page, "\n\n".join(f"Paragraph {number}." for number in range(60)))
    # Only what is in sight is drawn, and the other may look at its end.
    expect_text(other, text_of(page))
    page.keyboard.type(" Here")
    line = section(page).locator(".cm-line", has_text="Paragraph 59. Here")
    expect(line).to_be_in_viewport()
    before = line.bounding_box()
    assert before is not None

    section(other).locator(".cm-content").focus()
    press(other, "Control+Home")
    other.keyboard.insert_text("Above.\n\n" * 12)
    page.wait_for_function("() => document.querySelector('live-editor').view.state.doc.toString().startsWith('Above.')")
    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")

    after = line.bounding_box()
    assert after is not None
    assert abs(after["y"] - before["y"]) < 3
    page.keyboard.type(" and on")
    assert text_of(page).endswith("Paragraph 59. Here and on")


def a_link_is_made_followed_and_mended(page: Page) -> None:
    start(page, "See the book")
    press(page, "Control+k")
    form = page.get_by_role("dialog", name="Link")
    expect(form.get_by_label("Address")).to_be_focused()
    form.get_by_label("Address").fill("javascript:alert(1)")
    press(page, "Enter")
    expect(form.get_by_label("Address")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Address").fill("books.example/7")
    press(page, "Enter")
    assert text_of(page) == "See the [book](https://books.example/7)"
    expect(page.locator("#palette")).not_to_be_visible()

    address = section(page).get_by_role("link", name="books.example/7")
    expect(address).to_have_attribute("href", "https://books.example/7")
    page.context.route("https://books.example/**", lambda route: route.fulfill(body="The book"))
    with page.expect_popup() as popup:
        section(page).locator(".md-link-words").click(modifiers=["Control"])
    assert popup.value.url == "https://books.example/7"
    popup.value.close()
    section(page).get_by_role("button", name="Remove").click()
    assert text_of(page) == "See the book"


def a_long_section_is_drawn_where_it_is_seen(page: Page) -> None:
    start(page, "\n".join(f"- **Line** {number} of a long list, with `code`" for number in range(2500)))

    assert len(text_of(page)) > 100_000
    assert section(page).locator(".cm-line").count() < 400
    milliseconds = page.evaluate(
        """async () => {
          const { view } = document.querySelector("live-editor");
          const times = [];
          for (let count = 0; count < 30; count++) {
            const started = performance.now();
            view.dispatch({ changes: { from: view.state.doc.length, insert: "x" }, userEvent: "input.type" });
            times.push(performance.now() - started);
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }
          return times.sort((one, other) => one - other)[15];
        }"""
    )
    assert milliseconds < 50


def a_phone_shows_all_of_it(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    columns = "| a | b | c | d | e |\n|---|---|---|---|---|\n| one | two | three | four | five |"
    start(page, f"# {'Wort' * 30}\n\nhttps://books.example/{'x' * 200}\n\n{columns}\n\n- end")

    assert page.evaluate("() => document.documentElement.scrollWidth") == 360
    toolbar = page.get_by_role("toolbar")
    assert toolbar.evaluate("bar => bar.getBoundingClientRect().height") < 60
    toolbar.get_by_role("button", name="Insert").click()
    menu = page.get_by_role("listbox", name="Insert")
    expect(menu).to_be_in_viewport()
    menu.get_by_role("option", name="Mention").click()
    assert text_of(page).endswith("- end@")
    labels = section(page).locator(".md-cell[data-label=e]").last
    assert labels.evaluate("cell => getComputedStyle(cell, '::before').content").startswith('"e"')


def the_sheet_behind_the_question_mark_lists_the_keys_of_the_editor(page: Page) -> None:
    page.locator("h1").click()
    page.keyboard.type("?")

    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_role("heading", name="While you write")).to_be_visible()
    expect(sheet.locator("div", has=page.get_by_text("Numbered list")).last).to_have_text(
        re.compile("Ctrl.*Shift.*7.*")
    )


def who_asks_who_is_told_and_nobody_else(page: Page, other: Page) -> None:
    start(page, "It broke at noon. ")
    page.keyboard.type("Who broke it?")

    hint = page.locator("[data-word-hints]").first
    expect(hint).to_contain_text("What in our system allowed it?", timeout=10_000)
    expect_text(other, "It broke at noon. Who broke it?")
    expect(other.locator("[data-word-hints]").first).to_be_hidden()
    start(page, "What let it break?")
    expect(hint).to_be_hidden(timeout=10_000)


def a_paste_out_of_sight_is_not_drawn(page: Page, other: Page) -> None:
    start(page, "Before.")
    expect_text(other, "Before.")
    other.set_viewport_size({"width": 360, "height": 740})
    other.locator("footer").scroll_into_view_if_needed()
    other.wait_for_function("() => !document.querySelector('live-editor').view.inView")
    paragraph = "The pool ran dry, and retries tripled the load.\n" * 10 + "\n"
    section(page).evaluate(
        "({ view }, words) => view.dispatch({ changes: { from: 0, insert: words }, userEvent: 'input.paste' })",
        paragraph * 600,
    )

    other.wait_for_function(
        f"() => document.querySelector('live-editor').view.state.doc.length > {len(paragraph) * 600}"
    )
    assert section(other).locator(".cm-line").count() < 400
    other.set_viewport_size({"width": 1280, "height": 720})


# One window, or two, in which all of it is done one after the other: each begins with a text of its own, and what fails
# bears its own name.
ALONE = [
    marks_show_only_where_the_caret_is,
    blocks_look_like_what_they_become,
    keys_and_toolbar_put_marks_and_take_them_away,
    lists_go_on_move_and_end,
    a_table_is_written_cell_by_cell,
    slash_offers_what_can_be_inserted,
    an_event_is_added_without_leaving_the_sentence,
    pasting_keeps_the_form,
    a_link_is_made_followed_and_mended,
    a_long_section_is_drawn_where_it_is_seen,
    a_phone_shows_all_of_it,
    the_sheet_behind_the_question_mark_lists_the_keys_of_the_editor,
]
TOGETHER = [
    undo_takes_back_only_what_i_wrote,
    who_asks_who_is_told_and_nobody_else,
    an_empty_cell_that_somebody_else_fills_stays_in_its_column,
    what_others_write_above_moves_neither_view_nor_caret,
    a_paste_out_of_sight_is_not_drawn,
    a_box_that_one_ticks_is_ticked_at_the_other,
]


def test_one_writes(page: Page, subtests: pytest.Subtests) -> None:
    for step in ALONE:
        with subtests.test(step.__name__):
            step(page)


def test_two_write(page: Page, other: Page, subtests: pytest.Subtests) -> None:
    for step in TOGETHER:
        with subtests.test(step.__name__):
            step(page, other)
