"""Who is here and where: seen at once, gone at once, and followed by whoever wants to."""

import pytest
from playwright.sync_api import Locator, Page, expect

from people.models import User
from postmortems.models import Postmortem, SectionRole
from tests.browser.conftest import Windows
from tests.browser.documents import ADDRESS, editor, enter, open_document, open_documents, read, state, write
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


def test_presence_shows_who_is_here_and_what_they_do_and_forgets_who_goes(
    page: Page, windows: Windows, bo: User
) -> None:
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "Nobody else is here."])

    context, reader = enter(windows, bo), enter(windows, UserFactory(name="Vera Read", role=User.Role.VIEWER))
    other = open_document(context)
    expect(avatars(page)).to_have_text(["BM"])
    read(other)
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "BMBo Madsenat Summary"])

    # The tabs of one person count as one.
    second = open_document(context, ADDRESS + "?mode=read")
    own = open_document(page.context)
    expect(avatars(second)).to_have_text(["AL"])
    expect(avatars(page)).to_have_text(["BM"])
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "BMBo Madsenat Summary"])
    second.close()
    own.close()

    # Those who only read are told from those who write.
    reading = open_document(reader)
    expect(state(reading)).to_have_text("Read only")
    read(reading)
    write(other, "More.", name="impact")
    expect(avatars(page).nth(0)).to_have_accessible_name("Follow Bo Madsen, writing in Impact")
    expect(avatars(page).nth(1)).to_have_accessible_name("Follow Vera Read, reading Summary")
    expect(avatars(page).nth(1)).to_have_attribute("data-reading", "")

    other.close()
    expect(avatars(page)).to_have_text(["VR"])
    reading.close()
    expect(avatars(page)).to_have_count(0)
    expect(listed(page)).to_have_text(["ALAda Lind (you)", "Nobody else is here."])


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


def test_another_is_seen_where_they_are_and_followed_until_i_want_otherwise(
    postmortem: Postmortem, windows: Windows, ada: User, bo: User
) -> None:
    page, other = open_documents(enter(windows, ada), enter(windows, bo))

    # Their row is outlined, their caret and what they select bear their name.
    other.locator(".timeline-event").focus()
    row = page.locator(".timeline-event")
    expect(row).to_have_attribute("data-edited-by", "Bo Madsen")
    expect(avatars(page)).to_have_accessible_name("Follow Bo Madsen, editing an event of the timeline")
    editor(other, "impact").click()
    expect(row).not_to_have_attribute("data-edited-by", "Bo Madsen")
    other.keyboard.press("Shift+Home")
    expect(page.locator('live-editor[name="impact"] .live-caret')).to_have_attribute("data-name", "Bo Madsen")
    expect(page.locator('live-editor[name="impact"] .live-selection')).to_have_text("Some.")
    expect(page.locator('live-editor[name="summary"] .live-caret')).to_have_count(0)
    other.keyboard.press("Home")
    other.keyboard.type("- ")
    hanging = page.locator('live-editor[name="impact"] .md-line-item .live-caret')
    expect(hanging).to_have_count(1)
    assert hanging.evaluate("caret => getComputedStyle(caret, '::after').textIndent") == "0px"

    # Followed, the page goes where they go, until I scroll.
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

    for key in ("Escape", "a"):
        avatars(page).first.click()
        expect(bar).to_be_visible()
        page.keyboard.press(key)
        expect(bar).to_be_hidden()
        expect(avatars(page).first).to_have_attribute("aria-pressed", "false")

    avatars(page).first.click()
    expect(bar).to_be_visible()
    other.close()
    expect(bar).to_be_hidden()
