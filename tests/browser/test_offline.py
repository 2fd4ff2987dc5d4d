"""Without a network people go on typing, and are told the truth about their words: QUALITY row L6."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from playwright.sync_api import Page, expect

from live.commands import eject, text_of
from live.models import Room
from people.models import User
from postmortems.models import Postmortem
from tests.browser.conftest import Windows
from tests.browser.documents import (
    ADDRESS,
    PATIENCE,
    Sockets,
    editor,
    enter,
    expect_text,
    kept,
    open_document,
    state,
    text,
    write,
)
from tests.factories import PASSWORD, IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack

ON_DEVICE = "Offline — kept on this device"
EDITS = 500


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    return PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada, texts={"summary": "Then:"})


def database_of(user: User) -> str:
    return f"debrief-person-{user.pk}"


def go_offline(page: Page) -> None:
    page.context.set_offline(True)
    expect(state(page)).to_have_attribute("data-state", "offline")


def go_online(page: Page) -> None:
    page.context.set_offline(False)
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=PATIENCE)


def type_offline(page: Page, words: str) -> None:
    go_offline(page)
    write(page, words)
    expect(state(page)).to_have_text(ON_DEVICE)


def test_offline_500_edits_on_each_side_are_one_text_within_two_seconds(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    pages = [open_document(enter(windows, user)) for user in (ada, bo)]
    for page, letter in zip(pages, "ab", strict=True):
        type_offline(page, letter * EDITS)
        assert text(page) == "Then:" + letter * EDITS

    for page in pages:
        page.context.set_offline(False)
    began = time.monotonic()
    for page in pages:
        page.wait_for_function(
            "size => document.querySelector('live-editor').view.state.doc.length === size", arg=5 + 2 * EDITS
        )
    took = time.monotonic() - began

    one, other = (text(page) for page in pages)
    assert one == other
    assert one in ("Then:" + "a" * EDITS + "b" * EDITS, "Then:" + "b" * EDITS + "a" * EDITS)
    for page in pages:
        expect(state(page)).to_contain_text("Saved")
    assert took < 2
    assert text_of(postmortem.room, "summary") == one


def test_offline_words_of_a_closed_tab_arrive_once_when_the_page_is_opened_again(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    other = open_document(enter(windows, bo))
    context = enter(windows, ada)
    page = open_document(context)
    type_offline(page, " the gates stood still.")
    page.close()
    write(other, " and")
    context.set_offline(False)

    page = open_document(context)

    for window in (page, other):
        assert sorted(text(window)[5:].replace(" the gates stood still.", "|").replace(" and", "&")) == ["&", "|"]
    page.reload()
    expect(state(page)).to_have_text("Everything is saved", timeout=PATIENCE)
    assert text(page) == text(other)
    assert kept(page) == {database_of(ada): []}


def test_offline_a_reload_shows_what_this_device_kept(postmortem: Postmortem, windows: Windows, ada: User) -> None:
    page = open_document(enter(windows, ada))
    type_offline(page, " kept words")
    sockets = Sockets(page)
    sockets.cut()
    page.context.set_offline(False)

    page.reload()

    expect(state(page)).to_have_text(ON_DEVICE, timeout=PATIENCE)
    expect_text(page, "Then: kept words")
    write(page, ", and more")
    expect(state(page)).to_have_text(ON_DEVICE)
    sockets.are_let_through = True
    expect(state(page)).to_contain_text("Saved", timeout=PATIENCE)
    assert text_of(postmortem.room, "summary") == "Then: kept words, and more"


def test_offline_where_nothing_can_be_kept_says_that_the_words_are_in_this_page_only(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    context = enter(windows, ada)
    context.add_init_script("indexedDB.open = () => { throw new DOMException('not here', 'SecurityError') }")
    page = open_document(context)
    go_offline(page)

    write(page, " fleeting words")

    expect(state(page)).to_have_text("Offline — kept in this page only")
    go_online(page)
    assert text_of(postmortem.room, "summary") == "Then: fleeting words"


def test_offline_on_a_full_device_says_that_the_words_are_in_this_page_only(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page = open_document(enter(windows, ada))
    go_offline(page)
    page.evaluate(
        """() => {
          window.put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError") };
        }"""
    )
    write(page, " too much")
    expect(state(page)).to_have_text("Offline — kept in this page only")

    page.evaluate("() => { IDBObjectStore.prototype.put = window.put }")

    expect(state(page)).to_have_text(ON_DEVICE, timeout=PATIENCE)


def test_offline_a_paste_larger_than_a_frame_arrives(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    page, other = (open_document(enter(windows, user)) for user in (ada, bo))
    go_offline(page)
    page.evaluate(
        """() => {
          const { view } = document.querySelector("live-editor");
          view.dispatch({ changes: { from: view.state.doc.length, insert: "a line of a log 😀\\n".repeat(120_000) } });
        }"""
    )

    go_online(page)

    expect_text(other, "Then:" + "a line of a log 😀\n" * 120_000, within=PATIENCE)


def test_offline_two_tabs_of_one_person_double_nothing(postmortem: Postmortem, windows: Windows, ada: User) -> None:
    context = enter(windows, ada)
    first, second = open_document(context), open_document(context)
    type_offline(first, " first")
    write(second, " second")
    expect(state(second)).to_have_text(ON_DEVICE)
    first.close()

    go_online(second)

    assert sorted(text(second).split()) == ["Then:", "first", "second"]
    assert kept(second) == {database_of(ada): []}
    second.reload()
    expect(state(second)).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    assert sorted(text(second).split()) == ["Then:", "first", "second"]


def test_saved_is_not_said_while_the_database_keeps_nothing(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page = open_document(enter(windows, ada))

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("lock table live_update in access exclusive mode")
        write(page, " held up")
        page.wait_for_timeout(1_500)
        said = state(page).inner_text()

    assert said == "Saving…"
    expect(state(page)).to_contain_text("Saved")
    assert text_of(postmortem.room, "summary") == "Then: held up"


def test_saving_is_not_said_before_anything_is_typed(postmortem: Postmortem, windows: Windows, ada: User) -> None:
    context = enter(windows, ada)
    context.add_init_script(
        """
        window.said = [];
        addEventListener("debrief:saving", ({ detail }) => said.push(detail.state), { capture: true });
        """
    )
    page = open_document(context)
    write(page, " x")
    page.keyboard.press("Backspace")
    expect(state(page)).to_contain_text("Saved")

    page.reload()

    expect(state(page)).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    assert page.evaluate("said") == ["connecting", "saved"]


# Whose words they are.


def sign_out(page: Page) -> None:
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def test_sign_out_leaves_nothing_on_the_device(postmortem: Postmortem, windows: Windows, ada: User) -> None:
    page = open_document(enter(windows, ada))
    write(page, " words")
    expect(state(page)).to_contain_text("Saved")
    page.wait_for_function("async () => (await indexedDB.databases()).length === 1")

    sign_out(page)

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert kept(page) == {}


def test_sign_out_with_unsent_words_asks_first(postmortem: Postmortem, windows: Windows, ada: User) -> None:
    context = enter(windows, ada)
    page = open_document(context)
    type_offline(page, " unsent")
    page.close()
    page = context.new_page()
    context.set_offline(False)
    page.goto("/incidents/")

    sign_out(page)

    question = page.get_by_role("dialog").filter(has_text="has not reached the server yet")
    expect(question).to_contain_text("INC-7")
    question.get_by_role("button", name="Sign out and lose it").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert kept(page) == {}


def test_offline_words_stay_with_their_author_when_somebody_else_signs_in(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    context = enter(windows, ada)
    page = open_document(context)
    type_offline(page, " Ada’s words")
    Session.objects.all().delete()
    context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("You have been signed out", timeout=PATIENCE)
    expect(page.get_by_role("alert")).to_contain_text("Ada’s words")

    for user, expected in ((bo, "Then:"), (ada, "Then: Ada’s words")):
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("mail", exact=False).first.fill(user.email)
        page.get_by_label("password", exact=False).first.fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("banner")).to_contain_text(user.name.split()[0])
        page.goto(ADDRESS)
        expect(state(page)).to_have_attribute("data-state", "saved", timeout=PATIENCE)
        assert text(page) == expected
        context.clear_cookies()


def test_offline_words_are_not_sent_under_the_name_of_somebody_else(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    context = enter(windows, ada)
    page = open_document(context)
    type_offline(page, " Ada’s words")
    context.clear_cookies()
    context.add_cookies(enter(windows, bo).cookies())

    context.set_offline(False)

    expect(page.get_by_role("alert")).to_contain_text("Somebody else has signed in", timeout=PATIENCE)
    expect(page.get_by_role("alert")).to_contain_text("Ada’s words")
    expect(editor(page)).to_have_attribute("contenteditable", "false")
    assert text_of(postmortem.room, "summary") == "Then:"


# A document that is not what it was.


def test_offline_words_for_a_document_closed_meanwhile_are_offered_and_then_gone(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    page = open_document(enter(windows, ada))
    type_offline(page, " too late")
    User.objects.filter(pk=ada.pk).update(role=User.Role.VIEWER)

    page.context.set_offline(False)

    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("Your last words did not arrive", timeout=PATIENCE)
    expect(notice.locator("pre")).to_have_text("too late")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notice.get_by_role("button", name="Copy these words").click()
    expect(notice.get_by_role("button", name="Copied")).to_be_visible()
    assert "too late" in page.evaluate("navigator.clipboard.readText()")
    notice.get_by_role("button", name="Remove them from this device").click()
    expect(state(page)).to_have_text("Read only", timeout=PATIENCE)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert kept(page) == {database_of(ada): []}


def test_offline_words_for_a_document_that_one_may_no_longer_see_are_offered(
    postmortem: Postmortem, windows: Windows, bo: User
) -> None:
    page = open_document(enter(windows, bo))
    type_offline(page, " what I knew")
    postmortem.incident.is_restricted = True
    postmortem.incident.save()

    page.context.set_offline(False)

    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("no longer open to you", timeout=PATIENCE)
    expect(notice.locator("pre")).to_have_text("what I knew")
    expect(state(page)).to_have_text("No longer open to you")


def test_offline_words_of_a_closed_tab_are_offered_on_every_page_even_if_the_document_is_out_of_sight(
    postmortem: Postmortem, windows: Windows, bo: User
) -> None:
    context = enter(windows, bo)
    page = open_document(context)
    type_offline(page, " what I knew")
    page.close()
    postmortem.incident.is_restricted = True
    postmortem.incident.save()
    context.set_offline(False)
    page = context.new_page()

    for address in ("/incidents/", ADDRESS):
        page.goto(address)
        notice = page.get_by_role("region", name="Unsent words for INC-7")
        expect(notice.locator("pre")).to_have_text("what I knew")

    notice.get_by_role("button", name="Remove them from this device").click()
    expect(notice).to_have_count(0)
    assert kept(page) == {database_of(bo): []}


def test_a_document_that_one_may_no_longer_see_leaves_the_device(
    postmortem: Postmortem, windows: Windows, bo: User
) -> None:
    page = open_document(enter(windows, bo))
    write(page, " words")
    expect(state(page)).to_contain_text("Saved")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(state(page)).to_contain_text("Saved")
    postmortem.incident.is_restricted = True
    postmortem.incident.save()
    eject(postmortem.room)

    expect(state(page)).to_have_text("No longer open to you", timeout=PATIENCE)

    page.wait_for_function(
        """async (name) => new Promise((resolve) => {
          indexedDB.open(name).onsuccess = ({ target: { result } }) => {
            result.transaction("updates").objectStore("updates").count().onsuccess = (event) => {
              result.close();
              resolve(event.target.result === 0);
            };
          };
        })""",
        arg=database_of(bo),
    )


def test_offline_words_for_a_document_of_another_database_are_not_mixed_in(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    witness = enter(windows, bo).new_page()
    witness.goto("/incidents/")
    context = enter(windows, ada)
    page = open_document(context)
    type_offline(page, " from before")
    Room.objects.update(created_at="2026-01-01T00:00:00Z")
    wait_until_served_anew(witness, postmortem)
    context.set_offline(False)

    expect(page.get_by_role("alert")).to_contain_text("not the one you opened", timeout=PATIENCE)
    page.close()
    page = open_document(context)

    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("Words from an earlier document")
    expect(notice.locator("pre")).to_have_text("from before")
    assert text(page) == "Then:"
    notice.get_by_role("button", name="Remove them from this device").click()
    expect(notice).to_have_count(0)
    assert text_of(postmortem.room, "summary") == "Then:"
    assert kept(page) == {database_of(ada): []}


def wait_until_served_anew(page: Page, postmortem: Postmortem) -> None:
    """Until the server reads the room again for whoever comes next, it goes on knowing it as it was."""
    postmortem.room.refresh_from_db()
    page.wait_for_function(
        """identity => new Promise((resolve) => {
          const socket = new WebSocket(`ws://${location.host}/ws/postmortems/7/?events=1`);
          socket.onmessage = ({ data }) => {
            if (typeof data !== "string") return;
            socket.onclose = () => resolve(JSON.parse(data).hello.room === identity);
            socket.close();
          };
        })""",
        arg=postmortem.room.identity,
    )
