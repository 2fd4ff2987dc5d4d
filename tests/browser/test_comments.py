"""Comments and mentions with two people at once: what one says the other sees, and nobody is disturbed."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from people.models import User
from postmortems.commands import open_thread, reply, resolve_thread
from postmortems.models import Postmortem, Thread
from tests.browser.conftest import Windows
from tests.browser.documents import ADDRESS, be, enter, open_document, open_documents
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import MailServer, Stack, wait_until

TEXT = "The queue 🚢 grew for an hour. Nobody saw it."


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    return PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada, texts={"summary": TEXT})


@pytest.fixture
def pages(postmortem: Postmortem, ada: User, bo: User, windows: Windows) -> list[Page]:
    return open_documents(enter(windows, ada), enter(windows, bo))


def editor(page: Page) -> Locator:
    return page.locator('live-editor[name="summary"] .cm-content')


def choose(page: Page, start: int, length: int) -> None:
    """Select by keyboard, counted in steps of the arrow key."""
    editor(page).click()
    page.keyboard.press("Control+Home")
    for _ in range(start):
        page.keyboard.press("ArrowRight")
    for _ in range(length):
        page.keyboard.press("Shift+ArrowRight")


def comment(page: Page, words: str) -> None:
    page.keyboard.press("Control+Alt+m")
    box = page.locator("[data-composer] textarea")
    expect(box).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")


def marks(page: Page) -> Locator:
    return page.locator(".comment-mark")


def test_a_comment_on_a_passage_shows_at_the_other_and_stays_with_its_words(pages: list[Page]) -> None:
    ada, bo = pages
    choose(ada, 12, 16)
    expect(ada.get_by_role("button", name="Comment", exact=True).first).to_be_visible()
    comment(ada, "How do we know?")

    expect(bo.locator(".thread-gist")).to_contain_text("Ada Lind: How do we know?", timeout=10_000)
    expect(marks(bo)).to_have_text(["grew for an hour"])
    editor(bo).click()
    bo.keyboard.press("Control+Home")
    bo.keyboard.type("At noon: ")
    bo.keyboard.press("Control+End")
    bo.keyboard.type(" Until ten.")

    for page in (ada, bo):
        expect(editor(page)).to_contain_text("At noon: The queue 🚢 grew for an hour. Nobody saw it. Until ten.")
        expect(marks(page)).to_have_text(["grew for an hour"])
    bo.locator(".thread > summary").click()
    bo.get_by_role("button", name="Resolve").click()
    for page in (ada, bo):
        expect(marks(page)).to_have_count(0)
        expect(page.locator("#comments-heading")).to_contain_text("0 open")
    ada.get_by_role("navigation", name="Which comments").get_by_role("link", name="Resolved").click()
    expect(ada.locator(".thread-step")).to_contain_text("Bo Madsen resolved this")
    # Whoever resolved it still has it in front of her, should it have been a slip.
    bo.get_by_role("button", name="Reopen").click()
    expect(marks(ada)).to_have_text(["grew for an hour"])


def test_a_passage_that_is_deleted_says_so_and_stands_again_when_that_is_undone(
    pages: list[Page], postmortem: Postmortem, ada: User
) -> None:
    open_thread(postmortem.sections.get(), by=ada, text="How do we know?", quote="grew for an hour")
    for page in pages:
        expect(marks(page)).to_have_text(["grew for an hour"])
        page.locator(".thread > summary").click()
    other = pages[1]

    choose(other, 12, 16)
    other.keyboard.press("Delete")

    for page in pages:
        expect(page.locator("[data-lost-note]")).to_be_visible()
        expect(page.locator("[data-lost-note] q")).to_have_text("grew for an hour")
    other.keyboard.press("Control+z")
    for page in pages:
        expect(marks(page)).to_have_text(["grew for an hour"])
        expect(page.locator("[data-lost-note]")).to_be_hidden()


def test_what_others_say_and_resolve_leaves_alone_what_i_am_answering(
    pages: list[Page], postmortem: Postmortem, ada: User, bo: User
) -> None:
    thread = open_thread(postmortem.sections.get(), by=ada, text="How do we know?", quote="grew")
    mine = pages[1]
    mine.locator(".thread > summary").click()
    box = mine.get_by_role("textbox", name="Reply")
    box.fill("From the gra")
    box.press("End")

    reply(thread, by=ada, text="Anybody?")
    expect(mine.locator(".comment-text")).to_have_text(["How do we know?", "Anybody?"])
    resolve_thread(thread, by=ada)
    expect(mine.locator(".thread-step")).to_contain_text("Ada Lind resolved this")

    expect(box).to_be_focused()
    mine.keyboard.type("ph")
    expect(box).to_have_value("From the graph")
    mine.keyboard.press("Control+Enter")
    expect(mine.locator(".comment-text")).to_have_text(["How do we know?", "Anybody?", "From the graph"])
    expect(box).to_have_value("")


def test_a_mention_is_made_by_keyboard_and_in_a_comment_brings_one_mail_with_a_link_to_it(
    pages: list[Page], bo: User, mail: MailServer
) -> None:
    ada = pages[0]
    choose(ada, 12, 16)
    ada.keyboard.press("Control+Alt+m")
    ada.keyboard.type("Could you look, @bo")
    expect(ada.locator("#people-picker li")).to_have_text(["BMBo Madsen"])
    ada.keyboard.press("Enter")
    expect(ada.locator("[data-composer] textarea")).to_have_value("Could you look, @Bo Madsen ")
    ada.keyboard.press("Control+Enter")
    expect(ada.locator(".comment .mention")).to_have_text("@Bo Madsen")
    ada.get_by_role("textbox", name="Reply").fill(f"Really, [@Bo Madsen](person:{bo.pk}).")
    ada.get_by_role("button", name="Reply").click()
    expect(ada.locator(".comment")).to_have_count(2)

    wait_until(lambda: len(mail.messages) == 1, seconds=30)

    message = mail.messages[0]
    body = message.get_body(("plain",)).get_content()
    thread = Thread.objects.get()
    assert message["To"] == "bo@harbour.example"
    assert "Could you look, @Bo Madsen" in body
    assert f"{ADDRESS}?thread={thread.pk}#thread-{thread.pk}" in body
    his = pages[1]
    his.goto(f"{ADDRESS}?thread={thread.pk}#thread-{thread.pk}")
    expect(his.locator(f"#thread-{thread.pk} .comment-text").first).to_be_visible()

    # In the text, by the keyboard too.
    editor(ada).click()
    ada.keyboard.press("Control+End")
    ada.keyboard.type(" Ask @mad")
    expect(ada.locator("#people-picker")).to_be_visible()
    expect(ada.locator("#people-picker li")).to_have_text(["BMBo Madsen"])
    ada.keyboard.press("Tab")
    ada.keyboard.type("about it.")

    for page in pages:
        expect(editor(page)).to_contain_text(f"Ask [@Bo Madsen](person:{bo.pk}) about it.")
        expect(editor(page).locator(".mention", has_text="@Bo Madsen")).to_have_count(1)
    his.goto(f"{ADDRESS}?mode=read")
    expect(his.locator("#summary .mention")).to_have_text("@Bo Madsen")


def test_a_reader_without_the_right_to_write_comments_on_what_she_reads(
    postmortem: Postmortem, ada: User, windows: Windows, viewer: User
) -> None:
    page = open_document(enter(windows, viewer))
    expect(page.locator("live-editor")).to_have_count(0)
    page.locator("#summary .prose p").evaluate(
        "p => { const r = document.createRange(); r.setStart(p.firstChild, 13); r.setEnd(p.firstChild, 29);"
        " getSelection().removeAllRanges(); getSelection().addRange(r); }"
    )
    page.locator(".comment-tip[data-floating] button").click()
    page.locator("[data-composer] textarea").fill("Who noticed?")
    page.locator("[data-composer]").get_by_role("button", name="Comment").click()

    expect(page.locator(".thread-quote")).to_have_text("grew for an hour")
    assert Thread.objects.get().quote == "grew for an hour"
    shown = "() => [...(CSS.highlights.get('comment') ?? [])].map(String).join()"
    wait_until(lambda: page.evaluate(shown) == "grew for an hour", what="the mark on the passage")


def test_walking_through_comments_by_keyboard_opens_each_in_the_order_of_the_text(
    pages: list[Page], postmortem: Postmortem, ada: User
) -> None:
    section = postmortem.sections.get()
    for quote in ("Nobody", "queue"):
        open_thread(section, by=ada, text=f"About {quote}", quote=quote)
    page = pages[0]
    expect(marks(page)).to_have_count(2)
    editor(page).click()

    seen = []
    for _ in range(3):
        page.keyboard.press("Alt+PageDown")
        seen.append(page.locator(".thread[open] .comment-text").inner_text())

    assert seen == ["About queue", "About Nobody", "About queue"]
    expect(editor(page)).to_be_focused()


def test_commenting_serves_without_a_script(postmortem: Postmortem, ada: User, stack: Stack, browser: Browser) -> None:
    context = browser.new_context(base_url=stack.url, java_script_enabled=False)
    be(ada, context, stack.url)
    page = context.new_page()
    page.goto(ADDRESS)

    page.get_by_role("link", name="Comment on a section").click()
    page.get_by_label("The words it is about").fill("grew for an hour")
    page.get_by_label("Comment", exact=True).fill("How do we know?")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".thread-quote")).to_have_text("grew for an hour")
    page.get_by_role("textbox", name="Reply").fill("From the graph.")
    page.get_by_role("button", name="Reply").click()
    expect(page.locator(".comment-text")).to_have_text(["How do we know?", "From the graph."])
    page.get_by_role("link", name="Withdraw your comment: From the graph.").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator(".comment-withdrawn")).to_contain_text("Ada Lind withdrew this comment")
    page.get_by_role("button", name="Resolve").click()

    expect(page.locator(".thread-step")).to_contain_text("Ada Lind resolved this")
    context.close()
