from datetime import UTC, datetime

import pytest

from core.edits import EditConflict
from incidents.commands import edit_incident
from incidents.errors import ShutsYouOut, TimesOutOfOrder
from incidents.models import Incident
from incidents.signals import incident_edited
from people.models import RecordEntry
from tests.factories import (
    STARTED_AT,
    IncidentFactory,
    ParticipantFactory,
    ServiceFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
EARLIER = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


@pytest.fixture
def incident(team):
    return IncidentFactory(number=7, title="Checkout is slow", team=team)


def opened(incident, client):
    """The answer that a form sends when its reader changes nothing."""
    form = client.get(f"/incidents/{incident.number}/edit/").context["form"]
    shown = {name: _as_sent(field.prepare_value(form.initial[name])) for name, field in form.fields.items()}
    answer = {name: value for name, value in shown.items() if value != "False"}
    return answer | {f"seen-{name}": value for name, value in shown.items()}


def _as_sent(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return [getattr(one, "pk", one) for one in value]
    return "" if value is None else "False" if value is False else value


def test_edit_keeps_what_changed_on_record_and_tells_who_listens(incident, member):
    heard = []
    incident_edited.connect(lambda sender, **news: heard.append(news["changed"]), weak=False, dispatch_uid="test")
    try:
        edit_incident(incident, by=member, title="Checkout is down", impact={"users_affected_count": 5})
    finally:
        incident_edited.disconnect(dispatch_uid="test")

    incident.refresh_from_db()
    assert incident.title == "Checkout is down"
    assert incident.impact.users_affected_count == 5
    entry = RecordEntry.objects.about(incident).get()
    assert entry.verb == "incident.edited"
    assert entry.details == {
        "changes": {"title": ["Checkout is slow", "Checkout is down"], "users_affected_count": [None, 5]}
    }
    assert heard == [{"title", "users_affected_count"}]


def test_edit_that_changes_nothing_leaves_no_trace(incident, member):
    edit_incident(incident, by=member, title="Checkout is slow")

    assert not RecordEntry.objects.exists()


def test_edit_with_times_in_a_wrong_order_changes_nothing(incident, member):
    with pytest.raises(TimesOutOfOrder) as error:
        edit_incident(incident, by=member, title="Other", mitigated_at=EARLIER)

    assert error.value.fields == {"mitigated_at": "“mitigated” is before “started”. Please correct one of the two."}
    incident.refresh_from_db()
    assert incident.title == "Checkout is slow"


def test_edits_of_different_fields_both_win(incident, member):
    seen = {"title": "Checkout is slow", "severity": 2}
    edit_incident(incident, by=member, seen=seen, title="Checkout is down", severity=2)

    edit_incident(incident, by=UserFactory(), seen=seen, title="Checkout is slow", severity=1)

    incident.refresh_from_db()
    assert (incident.title, incident.severity) == ("Checkout is down", 1)


def test_edits_of_one_field_conflict_and_the_second_changes_nothing(incident, member):
    seen = {"title": "Checkout is slow", "severity": 2}
    edit_incident(incident, by=member, seen=seen, title="Checkout is down")

    with pytest.raises(EditConflict) as error:
        edit_incident(incident, by=UserFactory(), seen=seen, title="Payments fail", severity=1)

    assert error.value.theirs == {"title": "Checkout is down"}
    incident.refresh_from_db()
    assert (incident.title, incident.severity) == ("Checkout is down", 2)


def test_two_people_who_each_add_someone_both_succeed(incident, member):
    first, second, leaving = UserFactory(name="First"), UserFactory(name="Second"), UserFactory(name="Leaving")
    ParticipantFactory(incident=incident, user=leaving)
    seen = {"participants": [leaving]}

    edit_incident(incident, by=member, seen=seen, participants=[leaving, first])
    edit_incident(incident, by=member, seen=seen, participants=[second])

    assert {person.name for person in incident.participants.all()} == {"First", "Second"}


def test_restricting_an_incident_with_oneself_shut_out_is_refused(member):
    incident = IncidentFactory()

    with pytest.raises(ShutsYouOut):
        edit_incident(incident, by=member, is_restricted=True)

    incident.refresh_from_db()
    assert not incident.is_restricted


def test_restricting_an_incident_as_its_participant_is_allowed(member):
    incident = IncidentFactory()
    ParticipantFactory(incident=incident, user=member)

    edit_incident(incident, by=member, is_restricted=True)

    assert Incident.objects.visible_to(member).get() == incident
    assert not Incident.objects.visible_to(UserFactory()).exists()


def test_the_form_saves_what_its_reader_changed(signed_in, incident):
    service = ServiceFactory()
    answer = opened(incident, signed_in) | {"title": "Checkout is down", "services": [service.pk], "detected_at": ""}

    response = signed_in.post("/incidents/7/edit/", answer)

    assert response.status_code == 302
    incident.refresh_from_db()
    assert incident.title == "Checkout is down"
    assert incident.started_at == STARTED_AT
    assert list(incident.services.all()) == [service]


def test_the_form_keeps_what_somebody_else_wrote_in_another_field_meanwhile(signed_in, incident):
    answer = opened(incident, signed_in) | {"title": "Checkout is down"}
    edit_incident(incident, by=UserFactory(), severity=1, impact={"support_tickets_count": 9})

    assert signed_in.post("/incidents/7/edit/", answer).status_code == 302

    incident.refresh_from_db()
    assert (incident.title, incident.severity, incident.impact.support_tickets_count) == ("Checkout is down", 1, 9)


def test_the_form_shows_both_values_when_two_people_changed_one_field(signed_in, incident):
    answer = opened(incident, signed_in) | {"title": "Checkout is down", "severity": 1}
    edit_incident(incident, by=UserFactory(), title="Payments fail", severity=3)

    response = signed_in.post("/incidents/7/edit/", answer)

    assert response.status_code == 409
    form = response.context["form"]
    assert "“Payments fail”" in form.errors["title"][0]
    assert "“SEV-3”" in form.errors["severity"][0]
    assert 'value="Checkout is down"' in response.content.decode()
    incident.refresh_from_db()
    assert incident.title == "Payments fail"


def test_saving_once_more_after_a_conflict_puts_ones_own_in_place_of_theirs(signed_in, incident):
    answer = opened(incident, signed_in) | {"title": "Checkout is down"}
    edit_incident(incident, by=UserFactory(), title="Payments fail")
    shown = signed_in.post("/incidents/7/edit/", answer).context["form"]
    assert any('name="seen-title" value="Payments fail"' in hidden for hidden in shown.seen_inputs())

    response = signed_in.post("/incidents/7/edit/", answer | {"seen-title": "Payments fail"})

    assert response.status_code == 302
    incident.refresh_from_db()
    assert incident.title == "Checkout is down"


def test_a_participant_who_left_stays_when_others_are_added(signed_in, incident):
    gone, new = UserFactory(name="Gone", is_active=False), UserFactory(name="New")
    ParticipantFactory(incident=incident, user=gone)
    answer = opened(incident, signed_in)
    assert answer["participants"] == [gone.pk]

    signed_in.post("/incidents/7/edit/", answer | {"participants": [gone.pk, new.pk]})

    assert {person.name for person in incident.participants.all()} == {"Gone", "New"}


def test_the_form_warns_whoever_would_shut_themselves_out(signed_in, team):
    IncidentFactory(number=8, team=TeamFactory())

    response = signed_in.post(
        "/incidents/8/edit/",
        {"title": "Checkout", "kind": "security", "severity": 2, "team": team.pk + 1, "currency": "EUR"}
        | {"team": Incident.objects.get(number=8).team_id, "is_restricted": "on"},
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["is_restricted"]
    assert not Incident.objects.get(number=8).is_restricted


def test_a_viewer_edits_nothing(client, viewer, incident):
    client.force_login(viewer)

    assert client.get("/incidents/7/edit/").status_code == 403
    assert client.post("/incidents/7/edit/", {"title": "Mine"}).status_code == 403


def test_a_stranger_to_a_restricted_incident_finds_no_form(signed_in):
    IncidentFactory(number=9, is_restricted=True)

    assert signed_in.get("/incidents/9/edit/").status_code == 404
    assert signed_in.post("/incidents/9/edit/", {"title": "Mine"}).status_code == 404
