"""Rows of a post-mortem that several people keep at once: edited in their place, added, moved, and never lost."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from people.models import User
from postmortems.commands import add_event, close_postmortem, edit_event, remove_event
from postmortems.models import Postmortem
from tests.browser.conftest import Windows
from tests.browser.documents import ADDRESS, PATIENCE, enter, open_document, open_documents, state
from tests.factories import STARTED_AT, IncidentFactory, PostmortemFactory, TimelineEventFactory, UserFactory
from tests.stack import Stack


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    postmortem = PostmortemFactory(incident=IncidentFactory(number=7), opened_by=ada)
    TimelineEventFactory(postmortem=postmortem, added_by=ada, who="alert")
    return postmortem


@pytest.fixture
def pages(postmortem: Postmortem, windows: Windows, ada: User, bo: User) -> list[Page]:
    """The post-mortem in front of Ada and of Bo, connected."""
    return open_documents(enter(windows, ada), enter(windows, bo))


def row(page: Page, number: int = 0) -> Locator:
    return page.locator(".timeline-event").nth(number)


def field(page: Page, name: str, number: int = 0) -> Locator:
    return row(page, number).locator(f"[data-field='{name}']")


def edit(page: Page, name: str, number: int = 0) -> Locator:
    field(page, name, number).click()
    return row(page, number).locator(f"[data-row-editor='{name}']").locator("input, select, textarea").first


def note(page: Page) -> Locator:
    return page.locator("[data-rows='timeline'] .row-note")


def add_words(page: Page) -> Locator:
    return page.locator("form.event-line").get_by_label("What happened when")


def texts(page: Page) -> Locator:
    return page.locator(".timeline-what")


def test_a_field_is_edited_in_its_place_by_mouse_and_keys_and_saved_by_leaving_it(pages: list[Page]) -> None:
    ada, bo = pages

    words = edit(ada, "text")
    expect(words).to_be_focused()
    words.fill("Two alerts fire.")
    add_words(ada).focus()
    for page in pages:
        expect(field(page, "text")).to_have_text("Two alerts fire.")
    expect(row(ada).locator("[data-row-state]")).to_have_text("Saved")
    expect(add_words(ada)).to_be_focused()

    # What is refused stays, with the sentence why.
    words = edit(ada, "text")
    words.fill("   ")
    add_words(ada).focus()
    expect(note(ada)).to_have_text("Not saved: This field is required.")
    expect(words).to_have_value("   ")
    words.fill("A slip")
    words.press("Escape")
    expect(field(ada, "text")).to_have_text("Two alerts fire.")
    expect(field(ada, "text")).to_be_focused()

    # Every field, by the keyboard alone.
    row(ada).focus()
    ada.keyboard.press("F2")
    ada.keyboard.type(" Again.")
    ada.keyboard.press("Enter")
    expect(field(bo, "text")).to_have_text("Two alerts fire. Again.")
    field(ada, "occurred_at").press("Enter")
    ada.locator("[data-row-editor='occurred_at'] input").fill("2026-03-02T16:45")
    ada.keyboard.press("Enter")
    expect(field(bo, "occurred_at")).to_contain_text("16:45 15:45 UTC")
    field(ada, "kind").press("Enter")
    ada.keyboard.type("Dete")
    ada.keyboard.press("Enter")
    expect(field(bo, "kind")).to_have_text("Detection")
    for name, value in {"who": "pager", "effect": "On-call is paged", "source": "https://pager.example/7"}.items():
        field(ada, name).press("Enter")
        ada.keyboard.press("Control+A")
        ada.keyboard.type(value)
        ada.keyboard.press("Enter")
        expect(field(bo, name)).to_have_text({"source": "pager.example"}.get(name, value))
        expect(field(ada, name)).to_be_focused()

    # Two people in different fields: both win.
    his = edit(bo, "who")
    his.fill("a cust")
    hers = edit(ada, "text")
    hers.fill("Hers")
    hers.press("Enter")
    expect(texts(bo)).to_have_text(["Hers"])
    expect(his).to_be_focused()
    bo.keyboard.type("omer")
    his.press("Enter")
    for page in pages:
        expect(field(page, "text")).to_have_text("Hers")
        expect(field(page, "who")).to_have_text("a customer")


def test_two_people_in_the_same_field_see_both_values_and_choose(
    pages: list[Page], postmortem: Postmortem, ada: User
) -> None:
    hers, his = pages

    choices = [("Keep mine", "His 1"), ("Take theirs", "Hers 2"), ("Edit further", "Hers and his")]
    for number, (choice, expected) in enumerate(choices, start=1):
        mine = edit(his, "text")
        mine.fill(f"His {number}")
        theirs = edit(hers, "text")
        theirs.fill(f"Hers {number}")
        theirs.press("Enter")
        expect(note(his)).to_contain_text(f"Ada Lind has changed this to “Hers {number}”.")
        expect(mine).to_have_value(f"His {number}")

        mine.press("Enter")
        expect(note(his)).to_contain_text(f"Ada Lind wrote “Hers {number}” meanwhile. You wrote “His {number}”.")
        add_words(his).click()
        expect(mine).to_have_value(f"His {number}")
        his.get_by_role("button", name=choice).click()
        if choice == "Edit further":
            expect(mine).to_be_focused()
            mine.fill("Hers and his")
            mine.press("Enter")

        for page in pages:
            expect(texts(page)).to_have_text([expected])
        expect(his.locator("[data-row-editor]")).to_have_count(0)

    # What another removes stays for whoever is typing in it.
    mine = edit(his, "text")
    mine.fill("Half a thought")
    remove_event(postmortem.timeline_events.get(), by=ada)
    expect(note(his)).to_contain_text("Ada Lind has removed this. What you typed still stands here.")
    expect(mine).to_have_value("Half a thought")
    his.get_by_role("button", name="Let it go").click()
    expect(his.get_by_text("No event yet", exact=True)).to_be_visible()


def test_two_people_type_a_timeline_at_once_by_the_keyboard_alone(
    pages: list[Page], postmortem: Postmortem, ada: User
) -> None:
    hers, his = pages
    for page in pages:
        add_words(page).focus()

    # Each at another end, and quicker than the server answers: nothing of it may be lost.
    for number in range(4):
        hers.keyboard.type(f"15:{number + 10} Ada's {number}")
        his.keyboard.type(f"16:{number + 10} @Ada does {number} *")
        hers.keyboard.press("Enter")
        his.keyboard.press("Enter")
    hers.keyboard.type("+5 min decided to go on => calm")
    expect(hers.locator("[data-line-understood]")).to_contain_text("→ 2 Mar 14:18 UTC (15:18 your time)")
    hers.keyboard.press("Enter")

    expected = [
        "The first alert fires.",
        *(f"Ada's {number}" for number in range(4)),
        "decided to go on",
        *(f"does {number}" for number in range(4)),
    ]
    for page in pages:
        expect(texts(page)).to_have_text(expected)
        expect(add_words(page)).to_be_focused()
        expect(add_words(page)).to_have_value("")
        expect(page.locator(".row-pending")).to_have_count(0)
    expect(field(hers, "who", 6)).to_have_text("Ada Lind")
    expect(field(hers, "is_key", 6)).to_contain_text("★")
    hers.keyboard.press("Escape")
    expect(row(hers, 9)).to_be_focused()
    hers.keyboard.press("*")
    expect(field(his, "is_key", 9)).to_have_text("")

    # What cannot be added comes back with the sentence why.
    line = add_words(hers)
    line.fill("14:75 the clocks go back")
    expect(hers.locator("[data-line-understood]")).to_contain_text("“14:75” is no time of day.")
    line.press("Enter")
    expect(hers.locator("form.event-line .field-errors")).to_contain_text("“14:75” is no time of day.")
    expect(line).to_have_value("14:75 the clocks go back")
    expect(line).to_be_focused()
    line.fill("25 Oct 2026 02:30 CET the clocks go back")
    line.press("Enter")
    expect(texts(hers)).to_have_text([*expected, "the clocks go back"])
    expect(row(hers, 10)).to_contain_text("01:30 UTC")
    expect(hers.locator("form.event-line .field-errors")).to_have_count(0)

    # Words half typed survive what another adds.
    half = add_words(his)
    half.fill("Half a sentce")
    half.evaluate("area => area.setSelectionRange(11, 11)")
    for number in range(10):
        add_event(
            postmortem, by=ada, text=f"Event {number}", occurred_at=STARTED_AT.replace(hour=9, minute=59 - number)
        )
    expect(texts(his)).to_have_text(
        [*(f"Event {number}" for number in reversed(range(10))), *expected, "the clocks go back"]
    )
    expect(his.locator("[data-rows='timeline'] [data-rows-count]")).to_have_text("21")
    his.keyboard.type("en")
    expect(half).to_have_value("Half a sentence")


def test_events_stand_in_the_order_of_their_times_and_of_one_time_as_they_are_put(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    for text in ("Two", "Three"):
        TimelineEventFactory(postmortem=postmortem, added_by=ada, text=text)
    hers, his = pages = open_documents(enter(windows, ada), enter(windows, bo))

    row(hers, 0).press("Alt+ArrowUp")
    expect(row(hers, 0).locator("[data-row-state]")).to_have_text("Its time decides where it stands")
    row(hers, 2).press("Alt+ArrowUp")
    for page in pages:
        expect(texts(page)).to_have_text(["The first alert fires.", "Three", "Two"])
    expect(row(hers, 1)).to_be_focused()
    row(hers, 1).get_by_role("button", name="Move up").click()
    expect(texts(his)).to_have_text(["Three", "The first alert fires.", "Two"])

    row(hers, 0).hover()
    row(hers, 0).locator(".row-grip").hover()
    hers.mouse.down()
    last = row(hers, 2).bounding_box()
    assert last is not None
    hers.mouse.move(last["x"] + 20, last["y"] + last["height"] - 2, steps=8)
    hers.mouse.up()
    for page in pages:
        expect(texts(page)).to_have_text(["The first alert fires.", "Two", "Three"])

    # A changed time moves the row to its day, with whoever is typing in it.
    other = edit(his, "who")
    other.fill("half")
    when = edit(hers, "occurred_at")
    when.fill("2026-03-03T00:30")
    when.press("Enter")
    expect(texts(his)).to_have_text(["Two", "Three", "The first alert fires."])
    expect(his.locator(".timeline-day")).to_have_text(["Monday, 2 Mar 2026", "Tuesday, 3 Mar 2026"])
    moved = his.locator("[data-row-editor='who'] input")
    expect(moved).to_be_focused()
    his.keyboard.type(" typed")
    expect(moved).to_have_value("half typed")


def test_words_of_others_run_nothing_and_viewers_are_offered_nothing(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}"
    his, viewer = pages = open_documents(
        enter(windows, bo), enter(windows, UserFactory(name="Vito", role=User.Role.VIEWER))
    )

    for name in ("text", "who", "effect", "source"):
        event = edit_event(postmortem.timeline_events.get(), by=ada, seen={}, wanted={name: hostile})
        for page in pages:
            expect(field(page, name)).to_have_text(hostile)
    expect(edit(his, "effect")).to_have_value(hostile)
    assert his.locator("[data-rows='timeline'] :is(img, script)").count() == 0

    viewer.locator(f"#event-{event.pk}").hover()
    expect(viewer.locator("[data-row-remove]")).to_be_hidden()
    field(viewer, "text").click()
    expect(viewer.locator("[data-row-editor]")).to_have_count(0)


def test_what_is_typed_waits_for_the_network_and_is_kept_when_the_document_closes(
    pages: list[Page], postmortem: Postmortem, ada: User
) -> None:
    hers, his = pages
    his.context.set_offline(True)
    expect(state(his)).to_have_attribute("data-state", "offline", timeout=PATIENCE)
    add_event(postmortem, by=ada, text="While Bo was away", occurred_at=STARTED_AT)
    words = edit(his, "who")
    words.fill("Bo, offline")
    words.press("Enter")
    expect(note(his)).to_contain_text("Not saved: the server cannot be reached.")
    his.context.set_offline(False)
    expect(texts(his)).to_have_text(["The first alert fires.", "While Bo was away"], timeout=PATIENCE)
    expect(field(hers, "who")).to_have_text("Bo, offline")

    Postmortem.objects.update(status="published", published_at=STARTED_AT)
    words = edit(his, "text")
    words.fill("Too late")
    close_postmortem(postmortem, by=ada)
    expect(his.locator("[data-rows-page]")).not_to_have_attribute("data-may-write", re.compile(".*"), timeout=PATIENCE)
    words.press("Enter")
    expect(note(his)).to_have_text("Not saved: This post-mortem is closed: reopen it first.")
    expect(words).to_have_value("Too late")


def test_the_line_of_time_is_zoomed_by_the_keyboard_and_follows_what_others_add(
    windows: Windows, postmortem: Postmortem, ada: User
) -> None:
    for minute in (10, 20, 30, 40):
        TimelineEventFactory(postmortem=postmortem, added_by=ada, occurred_at=STARTED_AT.replace(minute=minute))
    page = open_document(enter(windows, ada), f"{ADDRESS}timeline/")
    marks = page.locator(".lane-mark[data-kind='other'][href]")
    expect(marks).to_have_count(5)
    page.locator("[data-lane-sight]").focus()

    page.keyboard.press("+")
    expect(marks).to_have_count(3)
    expect(page.locator("[data-lane-sight]")).to_be_focused()
    page.keyboard.press("End")
    expect(marks).not_to_have_count(3)
    page.keyboard.press("0")
    expect(marks).to_have_count(5)

    add_event(postmortem, by=ada, text="Somebody's", occurred_at=STARTED_AT.replace(minute=50))
    expect(marks).to_have_count(6)
    expect(page.locator("[data-lane-sight]")).to_be_focused()
