from datetime import UTC, datetime

import pytest

from core.edits import EditConflict
from incidents.commands import add_instant, assign_roles, edit_instant, remove_instant
from incidents.models import Participant
from people.models import RecordEntry
from tests.factories import STARTED_AT, IncidentFactory, ParticipantFactory, UserFactory

ADD = "/incidents/7/times/add/"
HOTFIX = {"name": "Hotfix deployed", "at": "2026-03-02T16:05"}


@pytest.fixture
def incident(db):
    return IncidentFactory(number=7)


def test_instant_gets_its_own_name_and_stands_on_the_page(signed_in, incident):
    assert signed_in.post(ADD, HOTFIX).status_code == 302

    (kept,) = incident.own_instants.all()
    assert (kept.name, kept.at) == ("Hotfix deployed", datetime(2026, 3, 2, 15, 5, tzinfo=UTC))
    assert "Hotfix deployed" in signed_in.get("/incidents/7/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"at": ""}, "This field is required."),
        ({"at": "half past nine"}, "Write a date and a time"),
        ({"at": "1806-03-02T10:00"}, "The year 1806 cannot be right."),
        ({"at": "2026-03-29T02:30"}, "02:30 never was on this day in Europe/Berlin"),
        ({"at": "2026-10-25T02:30"}, "02:30 happened twice on this day"),
        ({"name": "Detected"}, "Every incident has “detected” already"),
        ({"name": "HOTFIX rolled back"}, "This incident has “HOTFIX rolled back” already"),
    ],
)
def test_instant_that_cannot_be_is_refused_and_what_was_typed_stays(signed_in, incident, member, wrong, sentence):
    add_instant(incident, by=member, name="Hotfix rolled back", at=STARTED_AT)

    answer = signed_in.post(ADD, {**HOTFIX, **wrong})

    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (422, True)
    assert ('value="Hotfix deployed"' in page) is ("name" not in wrong)
    assert incident.own_instants.count() == 1


def test_edit_shows_what_somebody_else_wrote_meanwhile(signed_in, incident, member):
    instant = add_instant(incident, by=member, name="Hotfix", at=STARTED_AT)
    edit_instant(instant, by=UserFactory(), seen={"name": "Hotfix"}, wanted={"name": "Second hotfix"})

    with pytest.raises(EditConflict):
        edit_instant(instant, by=member, seen={"name": "Hotfix"}, wanted={"name": "First hotfix"})
    seen = {"seen-name": "Hotfix", "seen-at": STARTED_AT.isoformat()}
    answer = signed_in.post(
        f"/incidents/7/times/{instant.pk}/edit/", {**seen, "name": "Mine", "at": "2026-03-02T15:00"}
    )

    assert (answer.status_code, "Second hotfix" in answer.content.decode()) == (409, True)


def test_removed_instant_stays_on_record(incident, member):
    remove_instant(add_instant(incident, by=member, name="Hotfix", at=STARTED_AT), by=member)

    entry = RecordEntry.objects.about(incident).first()
    assert (entry.verb, entry.details["name"], incident.own_instants.count()) == (
        "incident.instant_removed",
        "Hotfix",
        0,
    )


def test_instant_of_another_incident_is_not_found(signed_in, incident, member):
    elsewhere = add_instant(IncidentFactory(number=8), by=member, name="Hotfix", at=STARTED_AT)

    assert signed_in.post(f"/incidents/7/times/{elsewhere.pk}/remove/").status_code == 404


def test_roles_are_given_and_somebody_is_added(signed_in, incident):
    first, second, third = UserFactory(name="Ada"), UserFactory(name="Bo"), UserFactory(name="Chi")
    for person in (first, second):
        ParticipantFactory(incident=incident, user=person)
    roles = {f"role-{first.pk}": "commander", f"role-{second.pk}": "responder"}

    signed_in.post("/incidents/7/roles/", {**roles, "added": third.pk, "added_as": "scribe"})

    assert dict(incident.participations.values_list("user__name", "role")) == {
        "Ada": "commander", "Bo": "responder", "Chi": "scribe",
    }  # fmt: skip
    assert "Ada: incident commander, Chi: scribe" in signed_in.get("/incidents/7/").content.decode()


def test_roles_that_two_people_give_at_once_are_told_apart(incident, member):
    ada = ParticipantFactory(incident=incident).user
    assign_roles(incident, by=member, seen={ada.pk: "responder"}, wanted={ada.pk: "commander"})

    with pytest.raises(EditConflict):
        assign_roles(incident, by=member, seen={ada.pk: "responder"}, wanted={ada.pk: "scribe"})

    assert incident.participations.get().role == Participant.Role.COMMANDER


def test_wrong_role_is_refused(signed_in, incident):
    ada = ParticipantFactory(incident=incident).user

    answer = signed_in.post("/incidents/7/roles/", {f"role-{ada.pk}": "king", "added_as": "responder"})

    assert (answer.status_code, incident.participations.get().role) == (422, "responder")
