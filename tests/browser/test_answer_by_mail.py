"""From a mail, in a browser that has no session: accepting, and the decision of the fourth week, while others look on."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import Team, User
from tests.browser.conftest import SignIn
from tests.factories import ActionFactory, IncidentFactory, OrganisationFactory, PostmortemFactory, UserFactory
from tests.stack import MailServer, Stack, wait_until


def test_an_owner_accepts_and_a_lead_decides_while_the_post_mortems_page_follows(
    stack: Stack, mail: MailServer, sign_in: SignIn
) -> None:
    OrganisationFactory()
    olga, lea = (UserFactory(email=f"{name}@harbour.example", name=name.title()) for name in ("olga", "lea"))
    postmortem = PostmortemFactory(incident=IncidentFactory(team=Team.objects.create(name="Crew", lead=lea)))
    today = timezone.localdate()
    asked = {"accepted_at": None, "asked_at": timezone.now()}
    ActionFactory(number=45, postmortem=postmortem, owner=olga, due_on=today + timedelta(days=30), **asked)
    ActionFactory(
        number=46, postmortem=postmortem, owner=olga, due_on=today - timedelta(days=30), title="Renew certificates"
    )
    follower = _follow(postmortem.get_absolute_url(), sign_in, UserFactory())
    expect(follower.locator("#action-45")).to_contain_text("not accepted yet")
    stack.manage("send_weekly_mail", "--as-of", today.isoformat())

    browser = follower.context.browser
    assert browser is not None
    page = browser.new_context(viewport={"width": 360, "height": 780}).new_page()
    page.goto(_link(mail, "olga@harbour.example", "Accept"))
    page.get_by_role("button", name="I accept").click()
    expect(page.get_by_role("heading", name="Thank you, Olga")).to_be_visible()
    expect(follower.locator("#action-45")).not_to_contain_text("not accepted yet")

    page.goto(_link(mail, "lea@harbour.example", "Decide"))
    page.get_by_label("Finish it by a new date").check()
    page.get_by_role("button", name="Put it on record").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    page.locator("input[name='decide-due_on']").fill((today + timedelta(days=10)).isoformat())
    page.get_by_label("Why", exact=True).fill("The fair comes first.")
    page.get_by_role("button", name="Put it on record").click()
    expect(page.get_by_role("heading", name="Thank you, Lea")).to_be_visible()
    expect(follower.locator("#action-46")).not_to_contain_text("overdue")

    page.goto(_link(mail, "lea@harbour.example", "Decide"))
    expect(page.get_by_role("heading", name="This link can no longer be answered")).to_be_visible()
    page.context.close()


def _follow(address: str, sign_in: SignIn, person: User) -> Page:
    page = sign_in(person)
    page.goto(address)
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "saved", timeout=20_000)
    return page


def _link(mail: MailServer, address: str, label: str) -> str:
    wait_until(lambda: bool(mail.to(address)), what=f"the mail to {address}")
    body = mail.to(address)[0].get_body(preferencelist=("plain",))
    assert body is not None
    found = re.search(rf"^  {label}: (\S+)", body.get_content(), re.MULTILINE)
    assert found is not None
    return found[1]
