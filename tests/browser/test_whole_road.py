"""From an incident to a shared document, a PDF and an inbox, as two people walk it."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from people.models import User
from tests.browser.conftest import SignIn
from tests.browser.pickers import choose
from tests.factories import OrganisationFactory, TeamFactory, UserFactory
from tests.stack import MailServer, Stack, wait_until


@pytest.fixture
def people(stack: Stack) -> dict[str, User]:
    OrganisationFactory()
    ada = UserFactory(name="Ada Lind", email="ada@harbour.example", role=User.Role.FACILITATOR)
    bo = UserFactory(name="Bo Madsen", email="bo@harbour.example")
    lead = UserFactory(name="Lea Holm", email="lea@harbour.example")
    TeamFactory(name="Booking", lead=lead, members=[ada, bo, lead])
    return {"ada": ada, "bo": bo, "lead": lead}


def record_incident(page: Page) -> None:
    page.goto("/incidents/new/")
    page.get_by_label("Title").fill("Bookings fail for card payments")
    page.get_by_label("SEV-1").check()
    page.get_by_label("Team").select_option(label="Booking")
    for name, at in {"started": "14:00", "detected": "14:04", "mitigated": "15:10", "resolved": "15:30"}.items():
        page.locator(f"input[name={name}_at]").fill(f"2026-03-02T{at}")
    page.locator("input[name=users_affected_count]").fill("1200")
    page.get_by_label("How bad it was").first.select_option("complete")
    page.get_by_role("button", name="Record the incident").click()
    expect(page.get_by_role("heading", name="Bookings fail for card payments")).to_be_visible()


def open_postmortem(page: Page) -> None:
    page.get_by_role("link", name="Open the post-mortem").first.click()
    page.get_by_role("button", name="Open the post-mortem").click()
    expect(page.locator("live-editor .cm-content").first).to_be_visible()


def write(page: Page, section: str, text: str) -> None:
    editor = page.locator(f'live-editor[name="{section}"] .cm-content')
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text, delay=5)


def text_of(page: Page, section: str) -> str:
    lines = page.locator(f'live-editor[name="{section}"] .cm-line').all_text_contents()
    return "\n".join(lines)


def add_event(page: Page, at: str, text: str) -> None:
    form = page.locator("form.event-line")
    form.get_by_label("What happened when").fill(f"{at} {text}")
    form.get_by_role("button", name="Add to the timeline").click()


def add_action(page: Page, title: str, owner: str, due: str) -> None:
    form = page.locator("form.action-add")
    form.get_by_label("What").first.fill(title)
    choose(form.get_by_label("Owner"), owner)
    form.get_by_label("Due").fill(due)
    form.get_by_role("button", name="Take it on").click()


def actions(page: Page) -> Locator:
    return page.locator("[data-rows='actions']")


def test_two_people_take_an_incident_to_a_pdf_and_an_inbox(
    people: dict[str, User], stack: Stack, mail: MailServer, sign_in: SignIn, screenshots: Path, tmp_path: Path
) -> None:
    ada, bo = sign_in(people["ada"]), sign_in(people["bo"])
    due = (timezone.localdate() - timedelta(days=9)).isoformat()

    record_incident(ada)
    open_postmortem(ada)
    bo.goto(ada.url)
    expect(bo.locator("live-editor .cm-content").first).to_be_visible()

    # Both type in one section at once.
    write(ada, "summary", "Card payments failed. ")
    expect(bo.locator('live-editor[name="summary"]')).to_contain_text("Card payments failed.")
    bo.locator('live-editor[name="summary"] .cm-content').click()
    bo.keyboard.press("Control+End")
    for left, right in zip("A certificate had expired. ", "We renewed it by hand. 🚢", strict=False):
        ada.keyboard.insert_text(left)
        bo.keyboard.insert_text(right)
    wait_until(lambda: text_of(ada, "summary") == text_of(bo, "summary"), what="the same text on both pages")
    assert sorted(text_of(ada, "summary")) == sorted(
        "Card payments failed. " + "".join(
            left + right for left, right in zip("A certificate had expired. ", "We renewed it by hand. 🚢", strict=False)
        )
    )  # fmt: skip
    expect(bo.locator("live-editor .live-caret").first).to_have_attribute("data-name", "Ada Lind")
    expect(ada.locator("[data-presence]")).to_contain_text("Bo Madsen")

    # A row that one adds appears at the other, who is in the middle of writing another.
    bo.locator("form.event-line").get_by_label("What happened when").fill("half a thought")
    add_event(ada, "2026-03-02T14:05", "The first alert fires.")
    expect(bo.locator(".timeline")).to_contain_text("The first alert fires.")
    expect(bo.locator("form.event-line").get_by_label("What happened when")).to_have_value("half a thought")
    add_action(bo, "Renew certificates by themselves", "Bo Madsen", due)
    expect(actions(ada)).to_contain_text("Renew certificates by themselves")

    # Reload, and it is all there.
    write(ada, "root-causes", "Nothing watched the expiry date.")
    expect(ada.locator("[data-live-state]")).to_contain_text("Saved")
    before = text_of(ada, "summary")
    bo.reload()
    expect(bo.locator('live-editor[name="root-causes"]')).to_contain_text("Nothing watched the expiry date.")
    wait_until(lambda: text_of(bo, "summary") == before, what="the same text after a reload")
    ada.screenshot(path=screenshots / "postmortem.png", full_page=False)

    # Publish.
    ada.get_by_role("link", name="Submit for review").click()
    ada.get_by_role("button", name="Submit for review").click()
    ada.get_by_role("button", name="Publish").click()
    expect(ada.locator(".status-panel")).to_contain_text("published")
    expect(bo.locator(".status-panel")).to_contain_text("published")

    # One page for leadership.
    with ada.expect_download(timeout=60_000) as download:
        ada.get_by_text("Export").first.click()
        ada.get_by_role("button", name="PDF").click()
        ada.get_by_role("link", name="Download").click(timeout=60_000)
    reader = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    first_page = reader.pages[0].extract_text()
    assert "Bookings fail for card payments" in first_page
    assert "Nothing watched the expiry date." in first_page
    assert "Renew certificates by themselves" in first_page
    assert "The first alert fires." in "".join(page.extract_text() for page in reader.pages)

    # It was due nine days ago: one mail says so, however often it is asked for.
    said = stack.manage("send_weekly_mail", "--as-of", timezone.localdate().isoformat())

    wait_until(
        lambda: bool(mail.to("bo@harbour.example") and mail.to("lea@harbour.example")), what=f"both mails ({said})"
    )
    message = mail.to("bo@harbour.example")[0]
    assert message.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        body = message.get_body(preferencelist=(kind,))
        assert body is not None
        assert "Renew certificates by themselves" in body.get_content()

    stack.manage("send_weekly_mail", "--as-of", timezone.localdate().isoformat())
    assert len(mail.to("bo@harbour.example")) == 1
