"""Without a network people go on typing, and are told the truth about their words: QUALITY row L6."""

import os
import re
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
    be,
    editor,
    enter,
    expect_text,
    kept,
    open_document,
    open_documents,
    read,
    state,
    text,
    wait_until_saved,
    write,
)
from tests.factories import PASSWORD, IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack, wait_until

ON_DEVICE = "Offline — kept on this device"
EDITS = 500
# Over how long each side makes them: DEBRIEF_MINUTES_OFFLINE=10 is the form that it is held to.
MINUTES = float(os.environ.get("DEBRIEF_MINUTES_OFFLINE", "0"))
LINES = 100_000


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
    wait_until_saved(page)


def type_offline(page: Page, words: str) -> None:
    go_offline(page)
    write(page, words)
    expect(state(page)).to_have_text(ON_DEVICE)


def edit_many_times(page: Page, letter: str, count: int, *, minutes: float = 0) -> None:
    """At the end of the section, one after another; begun here, over when `wait_for_edits` comes back."""
    page.evaluate(
        """([letter, count, pause]) => {
          const { view } = document.querySelector("live-editor");
          const edit = () => {
            const from = view.state.doc.length;
            view.dispatch({ changes: { from, insert: letter }, selection: { anchor: from + 1 }, userEvent: "input.type" });
          };
          window.editing = (async () => {
            for (let done = 0; done < count; done++) {
              if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
              edit();
            }
          })();
        }""",
        [letter, count, minutes * 60_000 / count],
    )


def wait_for_edits(page: Page) -> None:
    page.evaluate("window.editing")


def seconds_until_together(pages: list[Page], *, edits: int, minutes: float = 0) -> float:
    """How long it takes, from the network being back, until two who each made so many edits without it have one text."""
    before = text(pages[0])
    for page, letter in zip(pages, "ab", strict=True):
        go_offline(page)
        edit_many_times(page, letter, edits, minutes=minutes)
    for page, letter in zip(pages, "ab", strict=True):
        wait_for_edits(page)
        assert text(page) == before + letter * edits
        expect(state(page)).to_have_text(ON_DEVICE)
    for page in pages:
        page.context.set_offline(False)
    began = time.monotonic()
    for page in pages:
        page.wait_for_function(
            "size => document.querySelector('live-editor').view.state.doc.length === size",
            arg=len(before) + 2 * edits,
            timeout=PATIENCE,
        )
    return time.monotonic() - began


@pytest.mark.timeout(300 + 60 * MINUTES)
def test_offline_500_edits_and_a_large_paste_are_one_text_when_the_network_is_back(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    pages = open_documents(enter(windows, ada), enter(windows, bo))
    # On a busy machine every way is long: two seconds are what 500 edits may take more than one.
    took_one = seconds_until_together(pages, edits=1)
    took_many = seconds_until_together(pages, edits=EDITS, minutes=MINUTES)
    print(f"{EDITS} edits on each side in {MINUTES:g} minutes without a network: one text after {took_many:.2f} s")

    one, other = (text(page) for page in pages)
    assert one == other
    assert one[7:] in ("a" * EDITS + "b" * EDITS, "b" * EDITS + "a" * EDITS)
    for page in pages:
        expect(state(page)).to_contain_text("Saved")
    assert took_many < took_one + 2
    assert text_of(postmortem.room, "summary") == one

    # The server takes frames of a mebibyte: what is larger goes in pieces.
    for page in pages:
        read(page)
    go_offline(pages[0])
    large = "a line of a log 😀\n"
    edit_many_times(pages[0], large * LINES, 1)
    wait_for_edits(pages[0])
    go_online(pages[0])
    expect_text(pages[1], one + large * LINES, within=PATIENCE)


def test_offline_words_are_kept_on_this_device_and_arrive_once(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    context = enter(windows, ada)
    page, other = open_documents(context, enter(windows, bo))

    # A page that is loaded anew before the server is there.
    type_offline(page, " kept words")
    sockets = Sockets(page)
    sockets.cut()
    context.set_offline(False)
    page.reload()
    expect(state(page)).to_have_text(ON_DEVICE, timeout=PATIENCE)
    expect_text(page, "Then: kept words")
    write(page, ", and more")
    expect(state(page)).to_have_text(ON_DEVICE)
    sockets.are_let_through = True
    expect(state(page)).to_contain_text("Saved", timeout=PATIENCE)
    assert text_of(postmortem.room, "summary") == "Then: kept words, and more"

    # A page that is closed, while somebody else writes.
    type_offline(page, " the gates stood still.")
    page.close()
    write(other, " and")
    context.set_offline(False)
    page = open_document(context)
    kept_words = "Then: kept words, and more"
    for window in (page, other):
        wait_until_says(window, [" and", " the gates stood still."], after=kept_words)
    page.reload()
    expect(state(page)).to_have_text("Everything is saved", timeout=PATIENCE)
    assert text(page) == text(other)
    assert kept(page) == {database_of(ada): []}

    # Two tabs, one of which is closed.
    second = open_document(context)
    type_offline(page, " first")
    write(second, " second")
    expect(state(second)).to_have_text(ON_DEVICE)
    page.close()
    go_online(second)
    said = sorted(text(second).split()[-2:])
    assert said == ["first", "second"]
    assert kept(second) == {database_of(ada): []}
    whole = text(second)
    second.reload()
    wait_until_saved(second)
    assert text(second) == whole


def wait_until_says(page: Page, passages: list[str], *, after: str) -> None:
    """Both passages, in whatever order, once each."""
    orders = [after + "".join(order) for order in (passages, passages[::-1])]
    page.wait_for_function(
        "orders => orders.includes(document.querySelector('live-editor').view.state.doc.toString())", arg=orders
    )


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


def somebody_waits_for(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where relation = %s::regclass and not granted)", [table])
        return bool(cursor.fetchone()[0])


def test_what_is_said_of_saving_is_true(postmortem: Postmortem, windows: Windows, ada: User) -> None:
    context = enter(windows, ada)
    context.add_init_script(
        """
        window.said = [];
        addEventListener("debrief:saving", ({ detail }) => said.push(detail.state), { capture: true });
        """
    )
    page = open_document(context)

    # Nothing is kept while the database keeps nothing.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("lock table live_update in access exclusive mode")
        write(page, " held up")
        wait_until(lambda: somebody_waits_for("live_update"))
        assert state(page).inner_text() == "Saving…"
    expect(state(page)).to_contain_text("Saved")
    assert text_of(postmortem.room, "summary") == "Then: held up"

    # A full device keeps nothing either.
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

    # Before anything is typed there is nothing to save.
    go_online(page)
    page.reload()
    wait_until_saved(page)
    assert page.evaluate("said") == ["connecting", "saved"]


# Whose words they are.


def sign_out(page: Page) -> None:
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def test_sign_out_leaves_nothing_on_the_device_and_asks_first_about_unsent_words(
    postmortem: Postmortem, windows: Windows, ada: User
) -> None:
    context = enter(windows, ada)
    page = open_document(context)
    write(page, " words")
    expect(state(page)).to_contain_text("Saved")
    page.wait_for_function("async () => (await indexedDB.databases()).length === 1")

    sign_out(page)

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert kept(page) == {}

    be(ada, context, windows.url)
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


def test_offline_words_stay_with_their_author_whoever_signs_in_meanwhile(
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
        page.close()
        page = context.new_page()
        sign_in_at(page, user)
        page.goto(ADDRESS)
        wait_until_saved(page)
        assert text(page) == expected
        context.clear_cookies()

    be(ada, context, windows.url)
    type_offline(page, ", and more")
    be(bo, context, windows.url)
    context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has signed in", timeout=PATIENCE)
    expect(page.get_by_role("alert")).to_contain_text("and more")
    expect(editor(page)).to_have_attribute("contenteditable", "false")
    assert text_of(postmortem.room, "summary") == "Then: Ada’s words"


def sign_in_at(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("mail", exact=False).first.fill(user.email)
    page.get_by_label("password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_contain_text(user.name.split()[0])


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

    # Who loses the right far below the head of the page is told there.
    ada.save()
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    ada.role = User.Role.VIEWER
    ada.save()
    strip = page.locator(".live-strip-item[data-name=saving]")
    expect(strip).to_have_text(re.compile("Read only — you can no longer write here"), timeout=PATIENCE)
    # What was an editor is prose now, and the page another one in height: only then its end stays where it is.
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(strip).to_be_visible()


def test_offline_words_for_a_document_that_one_may_no_longer_see_are_offered_there_and_on_every_page(
    postmortem: Postmortem, windows: Windows, bo: User
) -> None:
    context = enter(windows, bo)
    page = open_document(context)
    type_offline(page, " what I knew")
    postmortem.incident.is_restricted = True
    postmortem.incident.save()

    context.set_offline(False)

    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("no longer open to you", timeout=PATIENCE)
    expect(notice.locator("pre")).to_have_text("what I knew")
    expect(state(page)).to_have_text("No longer open to you")

    page.close()
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
