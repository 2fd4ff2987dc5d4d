from datetime import date

import pytest
import time_machine

from actions.commands import drop_action, finish_action, reassign_action, reschedule_action
from actions.views.steps import FORMS
from people.absences import note_absence
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_detail_tells_the_story_of_an_action_in_words(member_client, action, member):
    with time_machine.travel("2026-03-12T09:00Z"):
        reassign_action(action, by=member, owner=UserFactory(name="Nora New"), reason="Olga is away.")
        reschedule_action(action, by=member, due_on=date(2026, 4, 6), reason="The parts are late.")
        finish_action(action, by=member, evidence="https://code.example/pull/7")

    story = [(line.words, line.reason) for line in member_client.get("/actions/45/").context["story"]]

    assert story == [
        ("finished it, with evidence: https://code.example/pull/7", ""),
        ("moved it from 16 Mar 2026 to 6 Apr 2026", "The parts are late."),
        ("handed it from Olga Owner to Nora New", "Olga is away."),
    ]


def test_detail_says_when_it_asks_whether_it_holds(member_client, action, member):
    with time_machine.travel("2026-03-12T09:00Z"):
        finish_action(action, by=member, evidence="https://code.example/pull/7")

    with time_machine.travel("2026-04-20T09:00Z"):
        page = member_client.get("/actions/45/").content.decode()

    assert "30 days have passed since it was done." in page
    assert "asked since 11 Apr 2026" in page
    assert "will be asked on 10 Jun 2026" in page


def test_detail_of_a_restricted_incident_is_not_there_for_strangers(member_client, client, secret_action, owner):
    assert member_client.get("/actions/66/").status_code == 404
    client.force_login(owner)
    assert "CANARY-ACTION" in client.get("/actions/66/").text


def test_detail_shows_a_viewer_no_step(client, viewer, action):
    client.force_login(viewer)

    page = client.get("/actions/45/").text

    assert "Alert on queue depth" in page
    assert "<form method" not in page.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("reader", "ends", "made"),
    [
        ("viewer", False, set()),
        ("member", True, {"link", "reopen"}),
        ("member", False, {"block", "drop", "finish", "link", "progress", "reassign", "reschedule"}),
    ],
)
def test_detail_makes_the_forms_that_it_shows_and_no_other(client, request, action, monkeypatch, reader, ends, made):
    """Some of them read every person of the house."""
    person, seen = request.getfixturevalue(reader), set()
    if ends:
        drop_action(action, by=person, reason="No longer needed.")
    for verb, make in FORMS.items():
        monkeypatch.setitem(
            FORMS, verb, lambda action, how, verb=verb, make=make: [seen.add(verb), make(action, how)][1]
        )
    client.force_login(person)

    with time_machine.travel("2026-03-12T09:00Z"):
        client.get("/actions/45/")

    assert seen == made


@time_machine.travel("2026-03-12T09:00Z")
def test_detail_and_advice_say_that_the_owner_is_away(member_client, action, owner):
    note_absence(owner, first_on=date(2026, 3, 10), last_on=date(2026, 3, 20), by=owner)

    number = action.postmortem.incident.number
    asked = {"action-title": "Alert on queue depth", "action-owner": owner.pk, "action-due_on": "2026-03-19"}
    advice = member_client.post(f"/actions/for/{number}/smart/", {**asked, "action-number": action.number}).json()

    assert "away until 20 Mar" in member_client.get("/actions/45/").text
    assert "Olga Owner is away then (10 Mar to 20 Mar)." in advice["html"]
