"""The named owner says yes, or no with a reason."""

from datetime import date

import pytest

from actions import commands
from actions.errors import NotAllowedNow
from actions.models import Action
from people.models import OutboxMail, User
from tests.factories import ActionFactory, PostmortemFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(member, owner):
    return commands.add_action(
        PostmortemFactory(), by=member, title="Alert on queue depth", owner=owner, due_on=date(2026, 4, 6), number=45
    )


def test_whoever_is_named_by_somebody_else_is_asked(asked):
    assert asked.waits_for_acceptance
    assert list(Action.objects.unaccepted()) == [asked]


def test_whoever_takes_it_on_themselves_has_accepted(member):
    action = commands.add_action(PostmortemFactory(), by=member, title="A", owner=member, due_on=None)

    assert not action.waits_for_acceptance


def test_accept_on_the_page_is_one_button(client, asked, owner):
    client.force_login(owner)
    assert "Will you answer for it?" in client.get("/actions/45/").text

    client.post("/actions/45/accept/")

    asked.refresh_from_db()
    assert asked.accepted_at is not None
    assert "Will you answer for it?" not in client.get("/actions/45/").text


def test_nobody_accepts_for_another(asked, member):
    with pytest.raises(NotAllowedNow, match="Only its owner can accept it"):
        commands.accept_action(asked, by=member)


def test_an_owner_who_begins_has_accepted(asked, owner):
    commands.start_action(asked, by=owner)

    assert not Action.objects.unaccepted().exists()


def test_somebody_elses_start_is_no_acceptance(asked, member):
    commands.start_action(asked, by=member)

    assert list(Action.objects.unaccepted()) == [asked]


def test_decline_goes_back_to_who_added_it_with_the_reason_by_mail(asked, owner, member):
    commands.decline_action(asked, by=owner, reason="I leave the team in May.")

    asked.refresh_from_db()
    mail = OutboxMail.objects.get()
    assert (asked.owner, asked.accepted_at) == (member, None)
    assert (mail.recipient, mail.subject) == (member, "Olga Owner declined ACT-45")
    assert "I leave the team in May." in mail.text


def test_declined_by_who_added_it_finds_the_team_lead(asked, owner, member):
    commands.decline_action(asked, by=owner, reason="No time.")
    commands.decline_action(asked, by=member, reason="Neither have I.")

    asked.refresh_from_db()
    assert asked.owner == asked.postmortem.incident.team.lead


def test_declined_with_nobody_left_it_needs_an_owner(asked, owner):
    User.objects.exclude(pk=owner.pk).update(is_active=False)

    commands.decline_action(asked, by=owner, reason="No time.")

    asked.refresh_from_db()
    assert asked.owner is None
    assert not OutboxMail.objects.exists()


def test_decline_asks_why(client, asked, owner):
    client.force_login(owner)

    response = client.post("/actions/45/decline/", {"decline-reason": " "})

    asked.refresh_from_db()
    assert (response.status_code, asked.owner) == (422, owner)


def test_a_new_owner_is_asked_anew(member):
    action = ActionFactory()

    commands.reassign_action(action, by=member, owner=UserFactory(), reason="Leave.")

    action.refresh_from_db()
    assert action.waits_for_acceptance
