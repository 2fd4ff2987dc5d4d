"""Rows of a post-mortem that several people keep at once: edited in their place, added, moved, and never lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from actions.commands import edit_action
from people.models import User
from postmortems.commands import add_event, close_postmortem, edit_event, remove_event
from postmortems.models import Postmortem
from tests.browser.conftest import SignIn
from tests.factories import (
    STARTED_AT,
    ActionFactory,
    IncidentFactory,
    PostmortemFactory,
    TimelineEventFactory,
    UserFactory,
)
from tests.stack import Stack

PAGE = "/postmortems/7/"


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
def visit(postmortem: Postmortem, sign_in: SignIn) -> Callable[[User], Page]:
    """The post-mortem in front of somebody, connected."""

    def open_page(user: User) -> Page:
        page = sign_in(user)
        page.goto(PAGE)
        expect(page.locator("[data-live-state]")).to_have_attribute(
            "data-state", re.compile("saved|readonly"), timeout=20_000
        )
        return page

    return open_page


@pytest.fixture
def pages(visit: Callable[[User], Page], ada: User, bo: User) -> tuple[Page, Page]:
    return visit(ada), visit(bo)


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


def test_a_click_edits_a_field_and_leaving_it_saves_it_for_everybody(pages: tuple[Page, Page]) -> None:
    ada, bo = pages

    words = edit(ada, "text")
    expect(words).to_be_focused()
    words.fill("Two alerts fire.")
    add_words(ada).focus()

    expect(field(bo, "text")).to_have_text("Two alerts fire.")
    expect(field(ada, "text")).to_have_text("Two alerts fire.")
    expect(row(ada).locator("[data-row-state]")).to_have_text("Saved")
    expect(add_words(ada)).to_be_focused()


def test_escape_takes_back_what_was_typed(pages: tuple[Page, Page]) -> None:
    ada = pages[0]

    edit(ada, "text").fill("A slip")
    ada.keyboard.press("Escape")

    expect(field(ada, "text")).to_have_text("The first alert fires.")
    expect(field(ada, "text")).to_be_focused()


def test_every_field_of_an_event_is_edited_by_the_keyboard_alone(pages: tuple[Page, Page]) -> None:
    ada, bo = pages
    row(ada).focus()
    ada.keyboard.press("F2")
    ada.keyboard.type(" Again.")
    ada.keyboard.press("Enter")
    expect(field(bo, "text")).to_have_text("The first alert fires. Again.")

    field(ada, "occurred_at").focus()
    ada.keyboard.press("Enter")
    ada.locator("[data-row-editor='occurred_at'] input").fill("2026-03-02T16:45")
    ada.keyboard.press("Enter")
    expect(field(bo, "occurred_at")).to_contain_text("16:45 15:45 UTC")

    field(ada, "kind").focus()
    ada.keyboard.press("Enter")
    ada.keyboard.type("Dete")
    ada.keyboard.press("Enter")
    expect(field(bo, "kind")).to_have_text("Detection")

    for name, value in {"who": "pager", "effect": "On-call is paged", "source": "https://pager.example/7"}.items():
        field(ada, name).focus()
        ada.keyboard.press("Enter")
        ada.keyboard.press("Control+A")
        ada.keyboard.type(value)
        ada.keyboard.press("Enter")
        expect(field(bo, name)).to_have_text({"source": "pager.example"}.get(name, value))
        expect(field(ada, name)).to_be_focused()


def test_two_people_in_different_fields_both_win(pages: tuple[Page, Page]) -> None:
    ada, bo = pages
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


@pytest.mark.parametrize("choice", ["Keep mine", "Take theirs", "Edit further"])
def test_two_people_in_the_same_field_see_both_values_and_choose(pages: tuple[Page, Page], choice: str) -> None:
    ada, bo = pages
    his = edit(bo, "text")
    his.fill("His")
    hers = edit(ada, "text")
    hers.fill("Hers")
    hers.press("Enter")
    expect(note(bo)).to_contain_text("Ada Lind has changed this to “Hers”.")
    expect(his).to_have_value("His")

    his.press("Enter")
    expect(note(bo)).to_contain_text("Ada Lind wrote “Hers” meanwhile. You wrote “His”.")
    add_words(bo).click()
    expect(his).to_have_value("His")
    bo.get_by_role("button", name=choice).click()
    if choice == "Edit further":
        expect(his).to_be_focused()
        his.fill("Hers and his")
        his.press("Enter")

    expected = {"Keep mine": "His", "Take theirs": "Hers", "Edit further": "Hers and his"}[choice]
    for page in pages:
        expect(texts(page)).to_have_text([expected])
    expect(bo.locator("[data-row-editor]")).to_have_count(0)


def test_a_refused_value_stays_with_the_sentence_why(pages: tuple[Page, Page]) -> None:
    ada = pages[0]

    words = edit(ada, "text")
    words.fill("   ")
    add_words(ada).focus()

    expect(note(ada)).to_have_text("Not saved: This field is required.")
    expect(words).to_have_value("   ")
    words.fill("Something")
    words.press("Enter")
    expect(field(ada, "text")).to_have_text("Something")


def test_half_typed_words_survive_while_another_adds_ten(
    pages: tuple[Page, Page], postmortem: Postmortem, ada: User
) -> None:
    bo = pages[1]
    typing = add_words(bo)
    typing.fill("Half a sentce")
    typing.evaluate("area => area.setSelectionRange(11, 11)")

    for number in range(10):
        add_event(postmortem, by=ada, text=f"Event {number}", occurred_at=STARTED_AT.replace(minute=59 - number))

    expect(texts(bo)).to_have_text(["The first alert fires.", *(f"Event {number}" for number in reversed(range(10)))])
    expect(bo.locator("[data-rows='timeline'] [data-rows-count]")).to_have_text("11")
    bo.keyboard.type("en")
    expect(typing).to_have_value("Half a sentence")


def test_two_people_type_a_timeline_at_once_by_the_keyboard_alone(pages: tuple[Page, Page]) -> None:
    ada, bo = pages
    for page in pages:
        add_words(page).focus()

    # Each at another end, and quicker than the server answers: nothing of it may be lost.
    for number in range(4):
        ada.keyboard.type(f"15:{number + 10} Ada's {number}")
        bo.keyboard.type(f"16:{number + 10} @Ada does {number} *")
        ada.keyboard.press("Enter")
        bo.keyboard.press("Enter")
    ada.keyboard.type("+5 min decided to go on => calm")
    expect(ada.locator("[data-line-understood]")).to_contain_text("→ 2 Mar 14:18 UTC (15:18 your time)")
    ada.keyboard.press("Enter")

    expected = ["The first alert fires."]
    expected += [
        *(f"Ada's {number}" for number in range(4)),
        "decided to go on",
        *(f"does {number}" for number in range(4)),
    ]
    for page in pages:
        expect(texts(page)).to_have_text(expected)
        expect(add_words(page)).to_be_focused()
        expect(add_words(page)).to_have_value("")
        expect(page.locator(".row-pending")).to_have_count(0)
    expect(field(ada, "who", 6)).to_have_text("Ada Lind")
    expect(field(ada, "is_key", 6)).to_contain_text("★")
    ada.keyboard.press("Escape")
    expect(row(ada, 9)).to_be_focused()
    ada.keyboard.press("*")
    expect(field(bo, "is_key", 9)).to_have_text("")


def test_what_cannot_be_added_comes_back_with_the_sentence_why(pages: tuple[Page, Page]) -> None:
    ada = pages[0]
    add_words(ada).fill("14:75 the clocks go back")
    expect(ada.locator("[data-line-understood]")).to_contain_text("“14:75” is no time of day.")

    add_words(ada).press("Enter")

    expect(ada.locator("form.event-line .field-errors")).to_contain_text("“14:75” is no time of day.")
    expect(add_words(ada)).to_have_value("14:75 the clocks go back")
    expect(add_words(ada)).to_be_focused()
    add_words(ada).fill("25 Oct 2026 02:30 CET the clocks go back")
    add_words(ada).press("Enter")
    expect(texts(ada)).to_have_text(["The first alert fires.", "the clocks go back"])
    expect(row(ada, 1)).to_contain_text("01:30 UTC")
    expect(ada.locator("form.event-line .field-errors")).to_have_count(0)


def test_events_of_one_time_change_places_by_keys_and_by_dragging(
    visit: Callable[[User], Page], postmortem: Postmortem, ada: User, bo: User
) -> None:
    for text in ("Two", "Three"):
        TimelineEventFactory(postmortem=postmortem, added_by=ada, text=text)
    hers, his = visit(ada), visit(bo)

    row(hers, 2).focus()
    hers.keyboard.press("Alt+ArrowUp")
    expect(texts(his)).to_have_text(["The first alert fires.", "Three", "Two"])
    expect(texts(hers)).to_have_text(["The first alert fires.", "Three", "Two"])
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

    for page in (his, hers):
        expect(texts(page)).to_have_text(["The first alert fires.", "Two", "Three"])


def test_an_event_of_another_time_stays_and_says_why(pages: tuple[Page, Page]) -> None:
    ada = pages[0]
    row(ada).focus()

    ada.keyboard.press("Alt+ArrowDown")

    expect(row(ada).locator("[data-row-state]")).to_have_text("Its time decides where it stands")


def test_a_changed_time_moves_the_row_to_its_day_without_losing_the_focus(
    pages: tuple[Page, Page], postmortem: Postmortem, ada: User
) -> None:
    add_event(postmortem, by=ada, text="Later", occurred_at=STARTED_AT.replace(hour=20))
    hers, his = pages
    expect(texts(his)).to_have_count(2)
    edit(his, "who").fill("half")
    other = his.locator("[data-row-editor='who'] input")

    when = edit(hers, "occurred_at")
    when.fill("2026-03-03T00:30")
    when.press("Enter")

    expect(texts(his)).to_have_text(["Later", "The first alert fires."])
    expect(his.locator(".timeline-day")).to_have_text(["Monday, 2 Mar 2026", "Tuesday, 3 Mar 2026"])
    expect(other).to_be_focused()
    his.keyboard.type(" typed")
    expect(other).to_have_value("half typed")


def test_a_row_that_another_removes_stays_while_i_type_in_it(
    pages: tuple[Page, Page], postmortem: Postmortem, ada: User
) -> None:
    bo = pages[1]
    his = edit(bo, "text")
    his.fill("Half a thought")

    remove_event(postmortem.timeline_events.get(), by=ada)

    expect(note(bo)).to_contain_text("Ada Lind has removed this. What you typed still stands here.")
    expect(his).to_have_value("Half a thought")
    bo.get_by_role("button", name="Let it go").click()
    expect(bo.get_by_text("No event yet")).to_be_visible()


def test_what_happened_while_the_connection_was_away_is_there_when_it_is_back(
    pages: tuple[Page, Page], postmortem: Postmortem, ada: User
) -> None:
    bo = pages[1]
    bo.context.set_offline(True)
    expect(bo.locator("[data-live-state]")).to_have_attribute("data-state", "offline", timeout=20_000)
    add_event(postmortem, by=ada, text="While Bo was away", occurred_at=STARTED_AT)
    words = edit(bo, "who")
    words.fill("Bo, offline")
    words.press("Enter")
    expect(note(bo)).to_contain_text("Not saved: the server cannot be reached.")

    bo.context.set_offline(False)

    expect(texts(bo)).to_have_text(["The first alert fires.", "While Bo was away"], timeout=20_000)
    expect(field(pages[0], "who")).to_have_text("Bo, offline")


def test_words_of_others_run_nothing_and_stay_words(
    pages: tuple[Page, Page], postmortem: Postmortem, ada: User
) -> None:
    bo = pages[1]
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}"

    for name in ("text", "who", "effect", "source"):
        event = postmortem.timeline_events.get()
        edit_event(event, by=ada, seen={}, wanted={name: hostile})
        expect(field(bo, name)).to_have_text(hostile)
    expect(edit(bo, "effect")).to_have_value(hostile)
    assert bo.locator("[data-rows='timeline'] :is(img, script)").count() == 0


def test_a_viewer_sees_changes_and_is_offered_none(
    visit: Callable[[User], Page], postmortem: Postmortem, ada: User
) -> None:
    viewer = visit(UserFactory(name="Vito", role=User.Role.VIEWER))

    event = edit_event(postmortem.timeline_events.get(), by=ada, seen={}, wanted={"text": "Changed"})

    expect(texts(viewer)).to_have_text(["Changed"])
    viewer.locator(f"#event-{event.pk}").hover()
    expect(viewer.locator("[data-row-remove]")).to_be_hidden()
    field(viewer, "text").click()
    expect(viewer.locator("[data-row-editor]")).to_have_count(0)


def test_somebody_typing_while_another_closes_is_told_so_and_keeps_the_words(
    visit: Callable[[User], Page], ada: User, bo: User, postmortem: Postmortem
) -> None:
    Postmortem.objects.update(status="published", published_at=STARTED_AT)
    his = visit(bo)
    words = edit(his, "text")
    words.fill("Too late")

    close_postmortem(postmortem, by=ada)
    expect(his.locator("[data-rows-page]")).not_to_have_attribute("data-may-write", re.compile(".*"), timeout=15_000)
    words.press("Enter")

    expect(note(his)).to_have_text("Not saved: This post-mortem is closed: reopen it first.")
    expect(words).to_have_value("Too late")


def test_the_line_of_time_is_zoomed_by_the_keyboard_and_follows_what_others_add(
    visit: Callable[[User], Page], postmortem: Postmortem, ada: User
) -> None:
    for minute in (10, 20, 30, 40):
        TimelineEventFactory(postmortem=postmortem, added_by=ada, occurred_at=STARTED_AT.replace(minute=minute))
    page = visit(ada)
    page.goto(f"{PAGE}timeline/")
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


# Actions.


def action_field(page: Page, name: str) -> Locator:
    return page.locator(f".action-row [data-field='{name}']")


def test_an_action_is_edited_in_its_place(
    visit: Callable[[User], Page], postmortem: Postmortem, ada: User, bo: User
) -> None:
    ActionFactory(postmortem=postmortem, number=45, owner=ada, due_on=STARTED_AT.date())
    hers, his = visit(ada), visit(bo)

    action_field(hers, "title").click()
    hers.locator("[data-row-editor='title'] input").fill("Alert on queue age")
    hers.keyboard.press("Enter")
    expect(action_field(his, "title")).to_have_text("Alert on queue age")

    action_field(hers, "owner").click()
    owner = hers.locator("[data-row-editor='owner']")
    owner.get_by_label("Owner", exact=True).select_option(label="Bo Madsen")
    hers.keyboard.press("Enter")
    expect(owner).to_contain_text("Not saved: A changed owner needs a reason.")
    owner.get_by_label("Why the owner changes").fill("Bo knows the queue.")
    hers.keyboard.press("Enter")
    expect(action_field(his, "owner")).to_contain_text("Bo Madsen")

    action_field(hers, "due_on").click()
    due = hers.locator("[data-row-editor='due_on']")
    due.locator("input[type='date']").fill("2030-01-31")
    due.get_by_role("button", name="Save").click()
    expect(due).to_contain_text("Not saved: A changed due date needs a reason.")
    due.get_by_label("Why the date changes").fill("The vendor is late.")
    due.get_by_role("button", name="Save").click()
    expect(action_field(his, "due_on")).to_have_text(re.compile("due 31 Jan 2030"))

    expect(his.locator("[data-rows='actions'] [data-rows-open]")).to_have_text("1 open")
    action_field(hers, "status").click()
    step = hers.locator("[data-row-editor='status']")
    step.get_by_label("Status").select_option(label="It is done")
    step.get_by_label("Link to the evidence").fill("https://code.example/pull/7")
    hers.keyboard.press("Enter")
    expect(action_field(his, "status")).to_have_text(re.compile("Done"))
    expect(his.locator("[data-rows='actions'] [data-rows-open]")).to_be_hidden()
    expect(action_field(his, "due_on")).to_be_hidden()


def test_what_still_stands_in_the_way_of_closing_follows_the_rows(
    visit: Callable[[User], Page], postmortem: Postmortem, ada: User
) -> None:
    Postmortem.objects.update(status="published", published_at=STARTED_AT)
    action = ActionFactory(postmortem=postmortem, number=45, owner=ada)
    page = visit(ada)
    expect(page.locator(".status-panel")).to_contain_text("ACT-45 is still open")

    action_field(page, "status").click()
    step = page.locator("[data-row-editor='status']")
    step.get_by_label("Status").select_option(label="Drop it")
    step.get_by_label("Why").fill("The service goes away.")
    page.keyboard.press("Enter")

    expect(page.locator(".status-panel")).not_to_contain_text("ACT-45 is still open")
    action.refresh_from_db()
    assert (action.status, action.drop_reason) == ("dropped", "The service goes away.")


def test_two_people_in_the_title_of_an_action_choose(
    visit: Callable[[User], Page], postmortem: Postmortem, ada: User, bo: User
) -> None:
    action = ActionFactory(postmortem=postmortem, number=45, owner=ada)
    his = visit(bo)
    action_field(his, "title").click()
    title = his.locator("[data-row-editor='title'] input")
    title.fill("His")

    edit_action(action, by=ada, seen={}, wanted={"title": "Hers"})

    expect(his.locator(".action-row .row-note")).to_contain_text("Ada Lind has changed this to “Hers”.")
    title.press("Enter")
    his.get_by_role("button", name="Keep mine").click()
    expect(action_field(his, "title")).to_have_text("His")
