import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import mail as outbox
from people.commands import edit_person, send_mail_again, try_mail_again
from people.errors import NotAllowedForPerson, NotRetryable, NotSentAgain
from people.models import OutboxMail, RecordEntry, Team, UnwantedMail, User
from tests.factories import (
    ActionFactory,
    IncidentFactory,
    OutboxMailFactory,
    PostmortemFactory,
    TeamFactory,
    UserFactory,
)

CHOSEN = "_selected_action"


def facts(person: User, **others: object) -> dict[str, object]:
    return {
        "name": person.name, "email": person.email, "role": person.role, "time_zone": person.time_zone,
        "is_active": "on", **others,
    }  # fmt: skip


def entries(thing: Any) -> list[str]:
    return list(RecordEntry.objects.about(thing).values_list("verb", flat=True))


def test_add_person_mails_a_link_to_choose_a_password(client: Client, administrator: User) -> None:
    client.force_login(administrator)

    client.post(
        reverse("admin:people_user_add"),
        {"name": "Nora New", "email": "Nora@Harbour.Example", "role": "member", "time_zone": ""},
    )

    nora = User.objects.get(email="nora@harbour.example")
    assert not nora.has_usable_password()
    assert [message.to for message in mail.outbox] == [["nora@harbour.example"]]
    assert "http://localhost:8000/accounts/password/reset/key/" in mail.outbox[0].body
    assert entries(nora) == ["person.password_link_sent", "person.added"]


def test_add_person_while_the_mail_server_is_away_keeps_the_account_and_says_so(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    client.force_login(administrator)

    response = client.post(
        reverse("admin:people_user_add"),
        {"name": "Nora New", "email": "nora@harbour.example", "role": "member", "time_zone": ""},
        follow=True,
    )

    assert User.objects.filter(email="nora@harbour.example").exists()
    assert "could not be sent (ConnectionRefusedError)" in response.content.decode()


def test_change_role_goes_on_record_with_both_roles(client: Client, administrator: User, member: User) -> None:
    client.force_login(administrator)

    client.post(reverse("admin:people_user_change", args=[member.pk]), facts(member, role="facilitator"))

    member.refresh_from_db()
    assert member.role == User.Role.FACILITATOR
    entry = RecordEntry.objects.about(member).get()
    assert (entry.verb, entry.by) == ("person.role_changed", administrator)
    assert entry.details == {"before": {"role": "member"}, "after": {"role": "facilitator"}}


def test_change_of_address_closes_the_old_one(administrator: User, member: User) -> None:
    EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)

    edit_person(member, by=administrator, email="mira@harbour.example")

    assert not EmailAddress.objects.filter(user=member).exists()


def test_own_rights_are_not_ones_own_to_change(client: Client, administrator: User) -> None:
    UserFactory(role=User.Role.ADMINISTRATOR)
    client.force_login(administrator)

    response = client.post(
        reverse("admin:people_user_change", args=[administrator.pk]), facts(administrator, role="member")
    )

    administrator.refresh_from_db()
    assert administrator.is_administrator
    assert "Nobody changes their own rights" in response.content.decode()


def test_last_administrator_stays(administrator: User) -> None:
    other = UserFactory(role=User.Role.ADMINISTRATOR, is_active=False)

    with pytest.raises(NotAllowedForPerson) as error:
        edit_person(administrator, by=other, is_active=False)

    assert error.value.reasons == ("Ada Administrator is the only administrator at work: name another one first.",)


def test_people_are_never_deleted(client: Client, administrator: User, member: User) -> None:
    client.force_login(administrator)

    one = client.post(reverse("admin:people_user_delete", args=[member.pk]), {"post": "yes"})
    many = client.post(
        reverse("admin:people_user_changelist"), {"action": "delete_selected", CHOSEN: [member.pk], "post": "yes"}
    )

    assert one.status_code == 403
    assert many.status_code in (200, 302)
    assert User.objects.filter(pk=member.pk).exists()


def test_facilitator_reads_people_and_changes_none(client: Client, facilitator: User, member: User) -> None:
    client.force_login(facilitator)

    assert client.get(reverse("admin:people_user_change", args=[member.pk])).status_code == 200
    assert client.post(reverse("admin:people_user_change", args=[member.pk]), facts(member)).status_code == 403
    assert client.post(reverse("admin:people_user_send_password_link", args=[member.pk])).status_code == 403
    assert client.get(reverse("admin:people_user_add")).status_code == 403
    assert mail.outbox == []


def test_remove_second_factor_lets_the_password_do(client: Client, administrator: User, member: User) -> None:
    totp.TOTP.activate(member, "JBSWY3DPEHPK3PXP")
    client.force_login(administrator)

    client.post(reverse("admin:people_user_remove_second_factor", args=[member.pk]))

    assert not Authenticator.objects.filter(user=member).exists()
    assert entries(member) == ["person.second_factor_removed"]


def team_facts(team: Team, members: list[User]) -> dict[str, object]:
    return {
        "name": team.name, "lead": team.lead_id, "engineering_manager": team.engineering_manager_id,
        "members": [person.pk for person in members],
    }  # fmt: skip


def test_facilitator_puts_others_into_a_team_on_record(client: Client, facilitator: User, member: User) -> None:
    team = TeamFactory()
    client.force_login(facilitator)

    client.post(reverse("admin:people_team_change", args=[team.pk]), team_facts(team, [member]))

    assert list(team.members.all()) == [member]
    changed = RecordEntry.objects.about(team).get(verb="team.members_changed")
    assert changed.details == {"joined": [member.pk], "left": []}


def test_facilitator_does_not_open_a_teams_restricted_incidents_for_themselves(
    client: Client, facilitator: User
) -> None:
    team = TeamFactory()
    client.force_login(facilitator)

    response = client.post(reverse("admin:people_team_change", args=[team.pk]), team_facts(team, [facilitator]))

    assert "You cannot put yourself into a team" in response.content.decode()
    assert not team.members.exists()


def test_reassign_many_hands_over_what_can_be_and_says_why_not_the_rest(
    client: Client, facilitator: User, member: User
) -> None:
    free = ActionFactory(number=1)
    ended = ActionFactory(number=2, status="done", evidence="https://ci.example/1", finished_at=timezone.now())
    hidden_from_new_owner = ActionFactory(
        number=3,
        postmortem=PostmortemFactory(
            incident=IncidentFactory(is_restricted=True, team=TeamFactory(members=[facilitator]))
        ),
    )
    chosen = [free.pk, ended.pk, hidden_from_new_owner.pk]
    client.force_login(facilitator)
    url = reverse("admin:actions_action_changelist")

    asked = client.post(url, {"action": "reassign", CHOSEN: chosen})
    done = client.post(
        url,
        {"action": "reassign", "apply": "yes", CHOSEN: chosen, "owner": member.pk, "reason": "Fay moves on"},
        follow=True,
    )

    assert "ACT-1" in asked.content.decode()
    text = done.content.decode()
    assert "1 now with Mira Member." in text
    assert "ACT-2 stays as it is. ACT-2 has ended already: it is done." in text
    assert "ACT-3 stays as it is. Mira Member cannot see this restricted incident" in text
    for action in (free, ended, hidden_from_new_owner):
        action.refresh_from_db()
    assert [free.owner == member, ended.owner == member, hidden_from_new_owner.owner == member] == [True, False, False]
    assert RecordEntry.objects.about(free).get().details["reason"] == "Fay moves on"


def test_what_is_no_person_comes_back_with_a_sentence(client: Client, administrator: User) -> None:
    team = TeamFactory()
    client.force_login(administrator)

    teams = client.post(
        reverse("admin:people_team_change", args=[team.pk]), {"name": "Deck", "members": ["x", "9" * 30]}
    )
    handed = client.post(
        reverse("admin:actions_action_changelist"),
        {"action": "reassign", "apply": "yes", CHOSEN: [ActionFactory().pk], "owner": "nobody", "reason": "x"},
    )

    assert "is not a valid value" in teams.text
    assert "Select a valid choice" in handed.text


def test_reassign_asks_for_a_reason(client: Client, facilitator: User, member: User) -> None:
    action = ActionFactory()
    client.force_login(facilitator)

    response = client.post(
        reverse("admin:actions_action_changelist"),
        {"action": "reassign", "apply": "yes", CHOSEN: [action.pk], "owner": member.pk, "reason": " "},
    )

    assert "This field is required." in response.content.decode()
    action.refresh_from_db()
    assert action.owner != member


def test_reassign_does_not_touch_what_the_facilitator_cannot_see(
    client: Client, facilitator: User, member: User
) -> None:
    action = ActionFactory(postmortem=PostmortemFactory(incident=IncidentFactory(is_restricted=True)))
    client.force_login(facilitator)

    client.post(
        reverse("admin:actions_action_changelist"),
        {"action": "reassign", "apply": "yes", CHOSEN: [action.pk], "owner": member.pk, "reason": "Mine now"},
    )

    action.refresh_from_db()
    assert action.owner != member


@pytest.fixture
def mail_given_up(member: User) -> OutboxMail:
    return OutboxMail.objects.create(
        kind="weekly", recipient=member, period="2026-W10", subject="Restricted words", text="Hidden words",
        message_id="<1@debrief>", status=OutboxMail.Status.FAILED, attempt_count=9, next_try_at=timezone.now(),
    )  # fmt: skip


NOTICE = "1 mail could not be delivered in the last 30 days."


@pytest.mark.parametrize("address", ["/admin/", "/"])
def test_a_mail_that_was_given_up_is_told_to_facilitators_and_leads_to_it(
    client: Client, facilitator: User, mail_given_up: OutboxMail, address: str
) -> None:
    client.force_login(facilitator)

    page = client.get(address).text

    assert NOTICE in page
    (link,) = re.findall(r'href="([^"]+status__exact=failed)"', page)
    assert [mail.pk for mail in client.get(link).context["cl"].result_list] == [mail_given_up.pk]


@pytest.mark.parametrize("reason", ["LEFT", "HIDDEN", "long ago"])
def test_a_mail_that_was_better_not_sent_or_long_ago_is_told_to_nobody(
    client: Client, facilitator: User, mail_given_up: OutboxMail, reason: str
) -> None:
    client.force_login(facilitator)
    if reason == "long ago":
        OutboxMail.objects.update(updated_at=timezone.now() - timedelta(days=31))
    else:
        OutboxMail.objects.update(last_error=getattr(outbox, reason))

    assert "could not be delivered" not in client.get("/admin/").text


def test_members_are_not_told_of_mails_given_up(client: Client, member: User, mail_given_up: OutboxMail) -> None:
    client.force_login(member)

    assert "could not be delivered" not in client.get("/").text


def test_try_again_owes_a_mail_once_more(client: Client, facilitator: User, mail_given_up: OutboxMail) -> None:
    client.force_login(facilitator)

    client.post(reverse("admin:people_outboxmail_changelist"), {"action": "try_again", CHOSEN: [mail_given_up.pk]})

    mail_given_up.refresh_from_db()
    assert (mail_given_up.status, mail_given_up.attempt_count) == (OutboxMail.Status.PLANNED, 0)
    assert entries(mail_given_up) == ["mail.retried"]


def test_try_again_sends_nothing_twice(mail_given_up: OutboxMail, facilitator: User) -> None:
    mail_given_up.status = OutboxMail.Status.SENT
    mail_given_up.sent_at = timezone.now()
    mail_given_up.save()

    with pytest.raises(NotRetryable):
        try_mail_again(mail_given_up, by=facilitator)


@pytest.fixture
def mail_sent(member: User) -> OutboxMail:
    return OutboxMailFactory(
        recipient=member, status="sent", sent_at=timezone.now(), concerns={"incident": [7]}, instead="Look", topic="t"
    )


def test_send_again_owes_the_same_words_under_a_key_of_their_own(
    client: Client, facilitator: User, mail_sent: OutboxMail
) -> None:
    client.force_login(facilitator)
    address = reverse("admin:people_outboxmail_changelist")

    client.post(address, {"action": "send_again", CHOSEN: [mail_sent.pk]})

    again = OutboxMail.objects.get(period="2026-W12+1")
    kept = ["kind", "recipient_id", "subject", "text", "html", "concerns", "instead", "topic"]
    assert [getattr(again, name) for name in kept] == [getattr(mail_sent, name) for name in kept]
    assert (again.status, again.message_id == mail_sent.message_id) == ("planned", False)
    assert entries(again) == ["mail.sent_again"]
    mail_sent.refresh_from_db()
    assert mail_sent.status == "sent"


def test_send_again_of_more_than_a_page_is_refused(
    client: Client, facilitator: User, mail_sent: OutboxMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("people.admin.OutboxMailAdmin.MOST_AGAIN", 0)
    client.force_login(facilitator)

    answer = client.post(
        reverse("admin:people_outboxmail_changelist"), {"action": "send_again", CHOSEN: [mail_sent.pk]}, follow=True
    )

    assert "Choose 0 mails at most" in answer.text
    assert OutboxMail.objects.count() == 1


def test_send_again_waits_for_the_one_before_and_counts_on_from_it(mail_sent: OutboxMail, facilitator: User) -> None:
    first = send_mail_again(mail_sent, by=facilitator)
    with pytest.raises(NotSentAgain, match="on its way again already"):
        send_mail_again(mail_sent, by=facilitator)
    OutboxMail.objects.update(status="sent", sent_at=timezone.now())

    assert send_mail_again(first, by=facilitator).period == "2026-W12+2"


@pytest.mark.parametrize("reason", ["given up", "no longer at work", "does without"])
def test_send_again_refuses_what_nobody_is_to_read(mail_sent: OutboxMail, facilitator: User, reason: str) -> None:
    if reason == "given up":
        OutboxMail.objects.update(status="failed", sent_at=None)
    elif reason == "no longer at work":
        User.objects.filter(pk=mail_sent.recipient_id).update(is_active=False)
    else:
        UnwantedMail.objects.create(person=mail_sent.recipient, topic="t")

    with pytest.raises(NotSentAgain, match=reason):
        send_mail_again(mail_sent, by=facilitator)

    assert OutboxMail.objects.count() == 1


def test_facilitator_sees_who_got_mail_but_not_its_words(
    client: Client, facilitator: User, mail_given_up: OutboxMail
) -> None:
    client.force_login(facilitator)

    listed = client.get(reverse("admin:people_outboxmail_changelist")).content.decode()
    shown = client.get(reverse("admin:people_outboxmail_change", args=[mail_given_up.pk])).content.decode()

    assert "Mira Member" in listed
    assert "Mira Member" in shown
    assert "Restricted words" not in listed + shown
    assert "Hidden words" not in listed + shown


def test_administrator_reads_a_mails_words(client: Client, administrator: User, mail_given_up: OutboxMail) -> None:
    client.force_login(administrator)

    shown = client.get(reverse("admin:people_outboxmail_change", args=[mail_given_up.pk])).content.decode()

    assert "Hidden words" in shown
