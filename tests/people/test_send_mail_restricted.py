"""Between planning a mail and sending it, its recipient may have lost sight of what it tells of."""

import pytest

from actions.weekly import plan_week
from incidents.models import Incident
from people.mail import Letter, plan_mails, send_due_mail
from people.models import OutboxMail
from tests.factories import RESOLVED_AT, ActionFactory, IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident():
    return IncidentFactory(number=7, title="Keys were exposed")


@pytest.fixture
def crew(incident):
    insider, outsider = UserFactory(email="insider@harbour.example"), UserFactory(email="outsider@harbour.example")
    incident.team.members.add(insider)
    return insider, outsider


def restrict(incident):
    Incident.objects.filter(pk=incident.pk).update(is_restricted=True)


def plan(crew, **letter):
    plan_mails("mention", "thread-1", [Letter(person.pk, "S", "Secret words", **letter) for person in crew])


def test_send_after_the_incident_was_restricted_leaves_out_who_no_longer_sees_it(incident, crew, mailoutbox):
    plan(crew, concerns={"incident": [7]})
    restrict(incident)

    send_due_mail()

    assert [mail.to for mail in mailoutbox] == [["insider@harbour.example"]]
    given_up = OutboxMail.objects.get(recipient__email="outsider@harbour.example")
    assert (given_up.status, given_up.last_error) == (
        "failed",
        "What it tells of is no longer for its recipient to see.",
    )


def test_send_of_what_everybody_sees_reaches_everybody(incident, crew, mailoutbox):
    plan(crew, concerns={"incident": [7]})

    send_due_mail()

    assert len(mailoutbox) == 2


def test_send_puts_other_words_in_place_of_those_that_may_not_be_read(incident, crew, mailoutbox):
    plan(crew, concerns={"incident": [7]}, html="<p>Secret words</p>", instead="Look there yourself.")
    restrict(incident)

    send_due_mail()

    told = {mail.to[0]: (mail.body, len(mail.alternatives)) for mail in mailoutbox}
    assert told == {
        "insider@harbour.example": ("Secret words", 1),
        "outsider@harbour.example": ("Look there yourself.", 0),
    }


def test_weekly_mail_that_was_planned_before_an_incident_was_restricted_keeps_its_actions_to_itself(mailoutbox):
    owner = UserFactory()
    incident = IncidentFactory(number=7, team=TeamFactory(lead=None, engineering_manager=None))
    ActionFactory(postmortem=PostmortemFactory(incident=incident), owner=owner, title="Rotate the leaked keys")
    plan_week(RESOLVED_AT.date().replace(day=16))
    restrict(incident)

    send_due_mail()

    assert ["Rotate" in mail.body for mail in mailoutbox] == [False]
    assert "What you own is here:" in mailoutbox[0].body
