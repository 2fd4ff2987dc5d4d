"""From the first minute to the meeting: notes become the timeline, and what one person plans the others see at once."""

import re

from playwright.sync_api import expect

from incidents.models import Incident
from tests.browser.conftest import SignIn
from tests.factories import IncidentFactory, TemplateFactory, TemplateSectionFactory, UserFactory
from tests.stack import Stack


def test_notes_become_the_timeline_and_a_planned_meeting_shows_at_everybody(stack: Stack, sign_in: SignIn) -> None:
    ada, bo = UserFactory(name="Ada Lind", email="ada@harbour.example"), UserFactory(email="bo@harbour.example")
    TemplateSectionFactory(template=TemplateFactory(name="Standard", position=0))
    IncidentFactory(number=7, reported_by=ada, resolved_at=None)
    writing, reading = sign_in(ada), sign_in(bo)

    writing.goto("/incidents/7/")
    line = writing.get_by_label("Note", exact=True)
    line.fill("14:32 rebooted web-3")
    line.press("Enter")
    expect(writing.locator(".note-list")).to_contain_text("rebooted web-3")
    expect(line).to_have_value("")
    Incident.objects.update(resolved_at="2026-03-02T15:30:00Z")
    writing.goto("/incidents/7/postmortem/")
    writing.get_by_role("button", name="Open the post-mortem").click()
    expect(writing.locator("#timeline")).to_contain_text("rebooted web-3")

    reading.goto("/postmortems/7/")
    state = reading.locator("[data-live-state]")
    expect(state).to_have_attribute("data-state", re.compile("saved|readonly"), timeout=20_000)
    checklist = reading.locator(".checklist")
    checklist.locator("summary").click()
    writing.get_by_role("link", name="Plan the meeting").press("Enter")
    dialog = writing.get_by_role("dialog", name="Plan the meeting")
    dialog.get_by_label("When").fill("2026-03-29T02:30")
    dialog.get_by_label("Where").fill("Room 12")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("02:30 never was on this day")
    expect(dialog.get_by_label("Where")).to_have_value("Room 12")
    dialog.get_by_label("When").fill("2026-03-04T10:00")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)

    expect(reading.locator(".meeting-line")).to_contain_text("Room 12")
    expect(checklist).to_have_attribute("open", "")
    reading.get_by_role("button", name="Share the draft").click()
    expect(writing.locator(".clock-tile", has_text="Draft")).to_have_attribute("data-state", "met")
