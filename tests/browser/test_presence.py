"""Who is here and where: seen at once, gone at once, and followed by whoever wants to."""

import pytest
from playwright.sync_api import Locator, Page, expect

from people.models import User
from postmortems.models import Postmortem, SectionRole
from tests.browser.conftest import Windows
from tests.browser.documents import ADDRESS, PATIENCE, editor, enter, open_document, state, write
from tests.factories import IncidentFactory, PostmortemFactory, SectionFactory, TimelineEventFactory, UserFactory
from tests.stack import Stack

LONG = "\n".join(f"Line {number} of a long account." for number in range(120))


@pytest.fixture
def ada(stack: Stack) -> User:
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(stack: Stack) -> User:
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


@pytest.fixture
def postmortem(ada: User) -> Postmortem:
    postmortem = PostmortemFactory(
        incident=IncidentFactory(number=7), opened_by=ada, texts={"summary": LONG, "impact": "Some."}
    )
    SectionFactory(postmortem=postmortem, key="impact", title="Impact", role=SectionRole.OTHER, position=200)
    TimelineEventFactory(postmortem=postmortem, added_by=ada)
    return postmortem


@pytest.fixture
def page(postmortem: Postmortem, windows: Windows, ada: User) -> Page:
    """Ada at the document."""
    return open_document(enter(windows, ada))


def avatars(page: Page) -> Locator:
    return page.locator("[data-live-people] .avatar-stack button")


def listed(page: Page) -> Locator:
    return page.locator("[data-presence] > li")


def read(page: Page, name: str = "summary") -> None:
    """Scroll to where a section begins."""
    page.evaluate("name => document.getElementById(name).scrollIntoView()", name)


def test_presence_shows_who_comes_and_forgets_who_goes(page: Page, windows: Windows, bo: User) -> None:
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "Nobody else is here."])

    other = open_document(enter(windows, bo))

    expect(avatars(page)).to_have_text(["BM"])
    read(other)
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "BMBo Madsenat Summary"])
    other.close()
    expect(avatars(page)).to_have_count(0)
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "Nobody else is here."])


def test_presence_counts_the_tabs_of_one_person_as_one(page: Page, windows: Windows, bo: User) -> None:
    context = enter(windows, bo)
    read(open_document(context))
    second = open_document(context, ADDRESS + "?mode=read")
    open_document(page.context)

    expect(avatars(page)).to_have_text(["BM"])
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "BMBo Madsenat Summary"])
    expect(avatars(second)).to_have_text(["AL"])


def test_presence_tells_those_who_only_read_from_those_who_write(page: Page, windows: Windows, bo: User) -> None:
    reader = enter(windows, UserFactory(name="Vera Read", role=User.Role.VIEWER)).new_page()
    reader.goto(ADDRESS)
    expect(state(reader)).to_have_text("Read only", timeout=PATIENCE)
    read(reader)
    other = open_document(enter(windows, bo))

    write(other, "More.", name="impact")

    expect(avatars(page).nth(0)).to_have_accessible_name("Follow Bo Madsen, writing in Impact")
    expect(avatars(page).nth(1)).to_have_accessible_name("Follow Vera Read, reading Summary")
    expect(avatars(page).nth(1)).to_have_attribute("data-reading", "")


def test_presence_names_the_cursor_of_another_where_it_stands(page: Page, windows: Windows, bo: User) -> None:
    other = open_document(enter(windows, bo))

    editor(other, "impact").click()
    other.keyboard.press("Shift+Home")

    caret = page.locator('live-editor[name="impact"] .live-caret')
    expect(caret).to_have_attribute("data-name", "Bo Madsen")
    expect(page.locator('live-editor[name="impact"] .live-selection')).to_have_text("Some.")
    expect(page.locator('live-editor[name="summary"] .live-caret')).to_have_count(0)


def test_presence_stays_small_with_forty_people(page: Page) -> None:
    page.evaluate(
        """() => {
          const { room } = document.querySelector("live-editor");
          for (let number = 1; number <= 40; number++) {
            const name = `Person ${number} von und zu Hohenlohe-Langenburg-Schillingsfürst`;
            room.awareness.states.set(number, { user: { id: 1000 + number, name, person: (number % 8) + 1 }, section: "impact" });
          }
          room.tell("presence");
        }"""
    )

    expect(avatars(page)).to_have_count(6)
    more = page.locator("[data-live-people] summary")
    expect(more).to_have_text("+34")
    more.click()
    expect(page.locator("[data-live-people] .menu-panel li")).to_have_count(34)
    expect(listed(page)).to_have_count(9)
    expect(listed(page).last).to_contain_text("33 more")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def expect_beginning(page: Page, *, in_sight: bool) -> None:
    """Whether the long section is scrolled to its beginning."""
    page.wait_for_function(
        """expected => {
          const { top } = document.querySelector('live-editor[name="summary"] .cm-content').getBoundingClientRect();
          return (top > 0 && top < innerHeight) === expected;
        }""",
        arg=in_sight,
    )


def test_follow_goes_where_the_other_goes_until_i_scroll(page: Page, windows: Windows, bo: User) -> None:
    other = open_document(enter(windows, bo))
    write(other, "!", name="summary")
    avatars(page).first.focus()

    page.keyboard.press("Enter")

    bar = page.locator(".live-strip-item[data-name=follow]")
    expect(bar).to_contain_text("Following Bo Madsen")
    expect_beginning(page, in_sight=False)
    expect(page.locator('live-editor[name="summary"] .live-caret')).to_be_in_viewport()
    other.keyboard.press("Control+Home")
    expect_beginning(page, in_sight=True)
    page.mouse.wheel(0, 50)
    expect(bar).to_be_hidden()
    editor(other, "impact").click()
    expect(page.locator("[data-presence]")).to_contain_text("writing in Impact")
    expect_beginning(page, in_sight=True)


@pytest.mark.parametrize("key", ["Escape", "a"])
def test_follow_ends_with_a_key(page: Page, windows: Windows, bo: User, key: str) -> None:
    open_document(enter(windows, bo))
    avatars(page).first.click()
    bar = page.locator(".live-strip-item[data-name=follow]")
    expect(bar).to_be_visible()

    page.keyboard.press(key)

    expect(bar).to_be_hidden()
    expect(avatars(page).first).to_have_attribute("aria-pressed", "false")


def test_follow_ends_when_the_other_leaves(page: Page, windows: Windows, bo: User) -> None:
    other = open_document(enter(windows, bo))
    avatars(page).first.click()
    expect(page.locator(".live-strip-item[data-name=follow]")).to_be_visible()

    other.close()

    expect(page.locator(".live-strip-item[data-name=follow]")).to_be_hidden()


def test_presence_outlines_the_row_that_another_is_in(page: Page, windows: Windows, bo: User) -> None:
    other = open_document(enter(windows, bo))
    other.locator(".timeline-event").focus()

    row = page.locator(".timeline-event")
    expect(row).to_have_attribute("data-edited-by", "Bo Madsen")
    expect(avatars(page)).to_have_accessible_name("Follow Bo Madsen, editing an event of the timeline")
    editor(other, "impact").click()
    expect(row).not_to_have_attribute("data-edited-by", "Bo Madsen")
