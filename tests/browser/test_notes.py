"""While an incident goes on, two people note what they do, and each sees the other's lines."""

from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.factories import IncidentFactory, UserFactory
from tests.stack import Stack


def test_what_one_notes_the_other_sees_without_a_reload_and_in_the_middle_of_a_line(
    stack: Stack, sign_in: SignIn
) -> None:
    IncidentFactory(number=7, resolved_at=None)
    ada, bo = (UserFactory(name=name, email=f"{name[:3].lower()}@harbour.example") for name in ("Ada Lind", "Bos Mad"))
    hers, his = sign_in(ada), sign_in(bo)
    for page in (hers, his):
        page.goto("/incidents/7/")
    his.get_by_label("Note", exact=True).fill("half a tho")

    for line in ("rebooted web-3", "it is back"):
        hers.get_by_label("Note", exact=True).fill(line)
        hers.get_by_role("button", name="Note it").click()

    expect(his.locator(".note-list li")).to_contain_text(["rebooted web-3", "it is back"], timeout=10_000)
    expect(his.get_by_label("Note", exact=True)).to_have_value("half a tho")
    expect(his.get_by_label("Note", exact=True)).to_be_focused()
    his.keyboard.type("ught")
    his.keyboard.press("Enter")
    expect(hers.locator(".note-list li")).to_have_count(3, timeout=10_000)
