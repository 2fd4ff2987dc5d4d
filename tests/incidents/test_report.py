from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from incidents.commands import report_incident
from incidents.defaults import install_severity_policies
from incidents.errors import TimesOutOfOrder
from incidents.models import Impact, Incident, Participant
from people.models import RecordEntry
from tests.factories import ServiceFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = "/incidents/new/"
AT_TWO = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
AT_ONE = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


def test_report_puts_the_incident_its_impact_and_its_people_on_record(member):
    colleague, service, team = UserFactory(), ServiceFactory(), TeamFactory()

    incident = report_incident(
        by=member,
        title="Checkout is down",
        severity=1,
        team=team,
        services=[service],
        impact={"users_affected_count": 1200},
        participants=[colleague, member],
        started_at=AT_ONE,
    )

    assert incident.reference == "INC-1"
    assert list(incident.services.all()) == [service]
    assert [person.user for person in incident.participations.all()] == [member, colleague]
    assert incident.impact.users_affected_count == 1200
    entry = RecordEntry.objects.about(incident).get()
    assert (entry.verb, entry.by) == ("incident.reported", member)


def test_report_with_nothing_but_the_necessary_leaves_the_rest_unknown(member):
    incident = report_incident(by=member, title="Checkout is down", severity=4, team=TeamFactory())

    assert [getattr(incident, name) for name in Incident.INSTANTS] == [None] * 9
    impact = Impact.objects.get(incident=incident)
    assert (impact.users_affected_count, impact.is_sla_breached, impact.revenue_lost) == (None, None, None)


def test_report_with_times_in_a_wrong_order_keeps_nothing(member):
    with pytest.raises(TimesOutOfOrder) as error:
        report_incident(
            by=member, title="Checkout", severity=1, team=TeamFactory(), started_at=AT_TWO, resolved_at=AT_ONE
        )

    assert error.value.fields == {"resolved_at": "“resolved” is before “started”. Please correct one of the two."}
    assert not Incident.objects.exists()
    assert not RecordEntry.objects.exists()


def test_numbers_of_incidents_have_no_gaps_after_a_refusal(member):
    team = TeamFactory()
    report_incident(by=member, title="One", severity=3, team=team)
    with pytest.raises(TimesOutOfOrder):
        report_incident(by=member, title="No", severity=3, team=team, started_at=AT_TWO, detected_at=AT_ONE)

    assert report_incident(by=member, title="Two", severity=3, team=team).number == 2


def test_the_form_shows_what_each_severity_means_and_the_zone_of_its_times(signed_in):
    install_severity_policies()

    page = signed_in.get(NEW).content.decode()

    assert "The service is down for most users, or data is lost or exposed." in page
    assert "Full post-mortem required." in page
    assert "In your time zone, Europe/Berlin (UTC+0" in page


def test_the_form_records_an_incident_with_times_in_the_readers_zone(signed_in, member, team, answer):
    service, colleague = ServiceFactory(), UserFactory()

    response = signed_in.post(
        NEW,
        answer(
            started_at="2026-03-02T15:00",
            users_affected_count="0",
            users_affected_percent="12.5",
            is_sla_breached="true",
            services=[service.pk],
            participants=[colleague.pk],
            is_near_miss="on",
        ),
    )

    incident = Incident.objects.get()
    assert response.headers["Location"] == reverse("incidents:detail", args=[incident.number])
    assert incident.started_at == AT_TWO
    assert incident.detected_at is None
    assert (incident.is_near_miss, incident.is_restricted) == (True, False)
    assert incident.impact.users_affected_count == 0
    assert incident.impact.users_affected_percent == Decimal("12.5")
    assert (incident.impact.is_sla_breached, incident.impact.is_data_lost) == (True, None)
    assert {person.user for person in Participant.objects.all()} == {member, colleague}


def test_the_form_refuses_a_wrong_order_of_times_at_the_field_and_loses_nothing(signed_in, answer):
    response = signed_in.post(
        NEW, answer(started_at="2026-03-02T15:00", resolved_at="2026-03-02T14:00", summary="Cards fail.")
    )

    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors == {"resolved_at": ["“resolved” is before “started”. Please correct one of the two."]}
    page = response.content.decode()
    assert 'value="2026-03-02T15:00"' in page
    assert "Cards fail.</textarea>" in page
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("severity", "5"),
        ("severity", "bad"),
        ("team", "999999"),
        ("team", "9" * 30),
        ("kind", "weather"),
        ("users_affected_count", "-1"),
        ("users_affected_count", "9" * 30),
        ("users_affected_percent", "101"),
        ("revenue_lost", "NaN"),
        ("revenue_lost", "1" * 20),
        ("currency", "euro"),
        ("support_tickets_count", "99999999999"),
        ("started_at", "2026-03-29T02:30"),
        ("services", ["none"]),
        ("participants", ["999999"]),
    ],
)
def test_the_form_refuses_what_cannot_be_kept_at_its_field(signed_in, answer, field, value):
    response = signed_in.post(NEW, answer(**{field: value}))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Incident.objects.exists()


def test_a_viewer_records_nothing(client, viewer, answer):
    client.force_login(viewer)

    assert client.get(NEW).status_code == 403
    assert client.post(NEW, answer()).status_code == 403
    assert not Incident.objects.exists()


def test_a_restricted_incident_is_seen_by_the_person_who_recorded_it(signed_in, answer):
    other = TeamFactory()

    response = signed_in.post(NEW, answer(team=other.pk, is_restricted="on"), follow=True)

    assert response.status_code == 200
    assert response.context["incident"].is_restricted
