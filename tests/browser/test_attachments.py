"""Pictures, logs and blocks in the editor, with two people at the same text."""

import base64
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from live.commands import text_of
from people.models import User
from postmortems.commands import edit_event
from postmortems.models import Attachment, Postmortem
from tests.browser.conftest import SignIn, Windows
from tests.browser.documents import ADDRESS, enter, open_documents
from tests.factories import IncidentFactory, PostmortemFactory, TimelineEventFactory, UserFactory
from tests.stack import Stack

LOG = "\n".join(f"2026-03-02 14:00:{second:02} ERROR gate: no answer from {second}" for second in range(20))
PASTE = """(content, { name, type, data, text }) => {
  const clipboard = new DataTransfer();
  if (data) clipboard.items.add(new File([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))], name, { type }));
  if (text) clipboard.setData("text/plain", text);
  content.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


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
def pages(postmortem: Postmortem, ada: User, bo: User, windows: Windows) -> list[Page]:
    return open_documents(enter(windows, ada), enter(windows, bo))


def editor(page: Page) -> Locator:
    return page.locator('live-editor[name="summary"] .cm-content')


def expect_text_at_end(page: Page, words: str) -> None:
    page.wait_for_function(
        "words => document.querySelector('live-editor').view.state.doc.toString().endsWith(words)", arg=words
    )


def picture() -> str:
    out = BytesIO()
    Image.new("RGB", (640, 360), "teal").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def paste(page: Page, **clipboard: str) -> None:
    editor(page).click()
    page.keyboard.press("Control+End")
    editor(page).evaluate(PASTE, clipboard)


def test_a_picture_is_seen_by_the_other_and_neither_prose_nor_what_is_refused_becomes_a_file(
    pages: list[Page],
) -> None:
    ada, bo = pages

    paste(ada, name="broken.png", type="image/png", data=base64.b64encode(b"\x89PNG\r\n\x1a\nbroken").decode())
    paste(ada, name="drawing.svg", type="image/svg+xml", data=base64.b64encode(b"<svg/>").decode())

    expect(ada.locator(".live-upload")).to_contain_text("“broken.png” cannot be read as a picture")
    expect(ada.locator(".live-notice")).to_contain_text("“drawing.svg” is not a kind of picture")
    expect(bo.locator(".live-upload")).to_have_count(0)
    ada.locator(".live-upload").get_by_role("button", name="Remove").click()
    expect(ada.locator(".live-upload")).to_have_count(0)
    expect(editor(ada)).to_have_text("Checkout was slow for an hour and a half.")

    editor(ada).click()
    ada.keyboard.press("Control+End")
    ada.evaluate("text => document.execCommand('insertText', false, text)", "\n")
    paste(ada, text="\n".join(f"14:{minute:02} gate {minute} does not answer" for minute in range(20)))

    expect(editor(ada)).to_contain_text("14:19 gate 19 does not answer")
    assert Attachment.objects.count() == 0

    paste(ada, name="Queue depth.png", type="image/png", data=picture())

    for page in pages:
        shown = page.get_by_role("img", name="Queue depth")
        expect(shown).to_be_visible()
        assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    number = Attachment.objects.get().pk
    expect(ada.locator(".live-upload")).to_have_count(0)

    # In an empty line, what is typed next stands below the picture.
    ada.keyboard.press("Control+End")
    ada.keyboard.insert_text("\n\n")
    paste(ada, name="Queue depth.png", type="image/png", data=picture())
    expect(ada.get_by_role("img", name="Queue depth")).to_have_count(2)
    ada.keyboard.type("The queue at noon.")
    expect_text_at_end(bo, f"\n\n![Queue depth](attachment:{number})\n\nThe queue at noon.")
    expect(editor(bo)).to_contain_text(f"![Queue depth](attachment:{number})")
    ada.goto(f"{ADDRESS}?mode=read")
    expect(ada.get_by_role("link").get_by_role("img", name="Queue depth").first).to_be_visible()


def test_a_pasted_log_is_folded_away_and_a_block_follows_the_timeline(
    pages: list[Page], postmortem: Postmortem, ada: User
) -> None:
    hers, his = pages

    paste(hers, text=LOG)

    expect(hers.locator(".live-notice")).to_contain_text("Logs are evidence, not narrative")
    expect(his.locator(".live-file")).to_contain_text("20 lines")
    expect(editor(his)).not_to_contain_text("no answer from 7")
    his.get_by_role("button", name="Open log-").click()
    expect(his.locator(".live-file-text")).to_contain_text("no answer from 7")

    hers.get_by_role("button", name="Keep it in the text instead").click()

    expect(editor(his)).to_contain_text("no answer from 7")
    expect(his.locator(".live-file")).to_have_count(0)
    expect(hers.locator("[data-live-state]").first).to_have_attribute("data-state", "saved")
    assert f"```\n{LOG}\n```" in text_of(postmortem.room, "summary")

    # A trace of a few lines stays in the text, as code.
    trace = 'Traceback (most recent call last):\n  File "/srv/gate.py", line 3, in call\n    return go(x)\nValueError: no gate'
    editor(hers).click()
    hers.keyboard.press("Control+End")
    hers.keyboard.insert_text("\n\n")
    paste(hers, text=trace)
    hers.keyboard.type("It is raised by every call.")
    expect_text_at_end(his, f"\n\n```\n{trace}\n```\nIt is raised by every call.")

    # A block in the text follows the records that it shows.
    editor(hers).click()
    hers.keyboard.press("Control+End")
    hers.keyboard.type("\n\n{{timeline}}\nIt took {{duration}} in all.")

    block = his.locator('.live-block [data-block="timeline"]')
    expect(block).to_contain_text("The first alert fires.")
    expect(his.locator(".live-value")).to_have_text("1 h 30 min")
    event = postmortem.timeline_events.get()
    edit_event(event, by=ada, seen={"text": event.text}, wanted={"text": "The first alert is heard."})

    expect(block).to_contain_text("The first alert is heard.")
    expect(block).not_to_contain_text("fires")

    # The caret goes over a block, whose line can be deleted.
    editor(hers).click()
    hers.keyboard.press("Control+a")
    hers.keyboard.type("Before.\n{{timeline}}\nAfter.")
    expect(hers.locator(".live-block")).to_have_count(1)

    hers.keyboard.press("ArrowUp")
    hers.keyboard.press("ArrowUp")
    hers.keyboard.press("End")
    hers.keyboard.type("!")
    expect(editor(his)).to_contain_text("Before.!")
    hers.keyboard.press("ArrowDown")
    hers.keyboard.press("Home")
    hers.keyboard.press("Shift+End")
    hers.keyboard.press("Backspace")

    for page in pages:
        expect(page.locator(".live-block")).to_have_count(0)
    expect(editor(his)).to_contain_text("After.")


def test_a_text_with_a_file_comes_from_a_plain_form(
    postmortem: Postmortem, ada: User, stack: Stack, sign_in: SignIn
) -> None:
    page = sign_in(ada)
    page.goto(f"{ADDRESS}attachments/")

    page.get_by_label("File").set_input_files(
        {"name": "gate.log", "mimeType": "text/plain", "buffer": b"14:00 gate 3 does not answer\n"}
    )
    page.get_by_role("button", name="Attach the file").click()

    expect(page.get_by_role("link", name="gate.log")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="gate.log").click()
    assert download.value.suggested_filename == "gate.log"
