"""A Slack export becomes events on a timeline, while somebody else has the post-mortem open."""

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.factories import STARTED_AT, IncidentFactory, PostmortemFactory, UserFactory
from tests.stack import Stack


def said(minutes: int, user: str, text: str) -> dict[str, Any]:
    at = STARTED_AT + timedelta(minutes=minutes)
    return {"type": "message", "user": user, "text": text, "ts": f"{at.timestamp():.6f}"}


def slack_export() -> bytes:
    people = [{"id": "U1", "profile": {"real_name": "Ada Lind"}}, {"id": "U2", "profile": {"real_name": "Bo Madsen"}}]
    told = [
        said(2, "U1", "<@U2> the scanners refuse every pass"),
        said(3, "U2", "on it"),
        said(9, "U1", "thanks!"),
        said(30, "U2", "rolled back the gateway"),
    ]
    day = STARTED_AT.date().isoformat()
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("users.json", json.dumps(people))
        archive.writestr(f"inc-7/{day}.json", json.dumps(told))
        archive.writestr(f"general/{day}.json", json.dumps([said(0, "U1", "lunch?")]))
    return stream.getvalue()


def test_what_one_takes_from_a_slack_export_the_other_sees_at_once(stack: Stack, sign_in: SignIn) -> None:
    ada, bo = (
        UserFactory(name=name, email=f"{name[:3].strip().lower()}@harbour.example")
        for name in ("Ada Lind", "Bo Madsen")
    )
    PostmortemFactory(incident=IncidentFactory(number=7, title="Gates stand still"), opened_by=ada)
    watching, bringing = sign_in(bo), sign_in(ada)
    watching.goto("/postmortems/7/")
    expect(watching.locator("[data-live-state]")).to_have_attribute("data-state", re.compile("saved"), timeout=20_000)
    events = watching.locator("[data-rows='timeline'] .timeline-what")

    bringing.goto("/postmortems/7/")
    bringing.get_by_role("link", name="Add from files").click()
    export = {"name": "harbour.zip", "mimeType": "application/zip", "buffer": slack_export()}
    bringing.get_by_label("Files").set_input_files([export])
    bringing.get_by_role("button", name="Read and preview").click()
    expect(bringing.get_by_label("Channel")).to_have_value("inc-7")
    expect(bringing.get_by_role("button", name="Put 3 events on the timeline")).to_be_visible()
    # One key sets a line aside and goes on; another words the next one otherwise, and hands the keys back.
    for key in ("j", "j", "x"):
        bringing.keyboard.press(key)
    expect(bringing.get_by_role("checkbox", name="on it")).not_to_be_checked()
    expect(bringing.get_by_role("button", name="Put 2 events on the timeline")).to_be_visible()
    bringing.keyboard.press("e")
    expect(bringing.get_by_label("What happened")).to_be_focused()
    bringing.get_by_label("What happened").fill("The gateway is rolled back, x times")
    bringing.get_by_role("button", name="Save and tick it").press("Enter")
    expect(bringing.locator(".candidate").nth(2)).to_contain_text("The gateway is rolled back, x times")
    expect(bringing.get_by_role("checkbox", name="The gateway is rolled back")).to_be_focused()
    bringing.reload()
    expect(bringing.get_by_role("checkbox", name="on it")).not_to_be_checked()
    assert events.count() == 0
    bringing.get_by_role("button", name="Put 2 events on the timeline").click()

    expect(events).to_have_text(["@Bo Madsen the scanners refuse every pass", "The gateway is rolled back, x times"])
    expect(watching.locator("[data-rows='timeline'] [data-field='who']")).to_have_text(["Ada Lind", "Bo Madsen"])
    expect(bringing.locator("[data-rows='timeline'] .timeline-what")).to_have_count(2)
