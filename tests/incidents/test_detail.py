import pytest

from incidents.commands import edit_incident, report_incident
from incidents.defaults import install_severity_policies
from incidents.models import Impact
from tests.factories import STARTED_AT, IncidentFactory, ParticipantFactory, PostmortemFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_detail_tells_facts_and_says_what_is_unknown(signed_in):
    install_severity_policies()
    incident = IncidentFactory(number=7)
    incident.impact.users_affected_count = 1200
    incident.impact.save()

    response = signed_in.get("/incidents/7/")

    shown = {figure.label: figure.text for figure in response.context["impact"].figures}
    assert shown["users affected"] == "1,200"
    assert shown["requests failed"] == "unknown"
    page = response.content.decode()
    assert page.count('<span class="unknown">unknown</span>') >= 13
    assert "1 of 14 known" in page
    assert "1 h 30 min from start to resolution" in page
    assert "Post-mortem recommended" in page


def test_detail_says_of_a_near_miss_that_no_user_felt_it(signed_in):
    IncidentFactory(number=7, is_near_miss=True)

    page = signed_in.get("/incidents/7/").text

    assert "<dt>First user impact</dt><dd>none, a near miss</dd>" in page
    assert '<dt>Detected</dt><dd>\n<span class="unknown">unknown</span>' in page


def test_detail_keeps_zero_apart_from_unknown(signed_in):
    incident = IncidentFactory(number=7)
    incident.impact.users_affected_count = 0
    incident.impact.is_data_lost = False
    incident.impact.save()

    figures = {figure.label: figure.text for figure in signed_in.get("/incidents/7/").context["impact"].figures}

    assert (figures["users affected"], figures["data lost"], figures["data exposed"]) == ("0", "no", "unknown")


def test_detail_says_of_what_nobody_can_know_that_it_cannot_be_known(signed_in):
    incident = IncidentFactory(number=7)
    incident.impact.unknowable = ["failed_requests_count"]
    incident.impact.save()

    page = signed_in.get("/incidents/7/").content.decode()

    assert '<dt>Requests failed</dt><dd><span class="unknown">cannot be known</span></dd>' in page


@pytest.mark.parametrize(
    ("kind", "asked"), [("production_outage", 14), ("security", 13), ("project", 9), ("process", 8)]
)
def test_detail_asks_for_the_numbers_that_fit_the_kind(signed_in, kind, asked):
    IncidentFactory(number=7, kind=kind)

    assert signed_in.get("/incidents/7/").context["impact"].tally == f"0 of {asked} known"


def test_detail_asks_no_more_of_what_nobody_felt_and_nothing_breached(signed_in):
    incident = IncidentFactory(number=7, kind="production_outage")
    Impact.objects.filter(incident=incident).update(users_affected_count=0, is_sla_breached=False)

    # Neither the share of users, nor how bad it was for them, nor credits for a breach.
    assert signed_in.get("/incidents/7/").context["impact"].tally == "2 of 11 known"


def test_detail_says_how_long_after_the_start_each_instant_was(signed_in):
    IncidentFactory(number=7, detected_at=STARTED_AT.replace(minute=12))

    instants = {instant.label: instant for instant in signed_in.get("/incidents/7/").context["instants"]}

    assert instants["detected"].after.total_seconds() == 12 * 60
    assert instants["mitigated"].at is None


def test_detail_offers_to_open_the_post_mortem_until_there_is_one(signed_in):
    incident = IncidentFactory(number=7)
    assert "Open the post-mortem" in signed_in.get("/incidents/7/").content.decode()

    PostmortemFactory(incident=incident)

    page = signed_in.get("/incidents/7/").content.decode()
    assert "Open the post-mortem" not in page
    assert 'href="/postmortems/7/"' in page


def test_detail_tells_who_changed_what(signed_in, member, team):
    incident = report_incident(by=member, title="Slow", severity=2, team=team)
    edit_incident(incident, by=member, severity=1, started_at=STARTED_AT, participants=[member, UserFactory(name="Bo")])

    changed, reported = signed_in.get(incident.get_absolute_url()).context["history"]

    assert (reported.words, reported.by) == ("recorded the incident", member)
    assert {(change.label, change.before, change.after) for change in changed.changes} == {
        ("severity", "SEV-2", "SEV-1"),
        ("started", "unknown", "2 Mar 2026 15:00"),
        ("participants", "Mira Member", "Bo, Mira Member"),
    }


def test_detail_offers_a_viewer_nothing_to_change(client, viewer):
    IncidentFactory(number=7)
    client.force_login(viewer)

    page = client.get("/incidents/7/").content.decode()

    assert "/incidents/7/edit/" not in page
    assert "Open the post-mortem" not in page


def test_detail_of_a_restricted_incident_is_not_there_for_strangers(client, member, administrator):
    incident = IncidentFactory(number=7, is_restricted=True)
    insider = ParticipantFactory(incident=incident).user

    statuses = {}
    for person in (member, insider, administrator):
        client.force_login(person)
        statuses[person] = client.get("/incidents/7/").status_code

    assert statuses == {member: 404, insider: 200, administrator: 200}


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999"])
def test_detail_of_a_number_that_does_not_exist_is_not_there(signed_in, number):
    assert signed_in.get(f"/incidents/{number}/").status_code == 404


@pytest.mark.parametrize("people", [1, 3])
def test_detail_asks_the_database_as_often_for_one_participant_as_for_three(
    signed_in, member, django_assert_num_queries, warm, people
):
    incident = IncidentFactory(number=7)
    for _ in range(people):
        ParticipantFactory(incident=incident)
        edit_incident(incident, by=UserFactory(), title=f"Title {_}")
    warm(signed_in)

    with django_assert_num_queries(12):
        signed_in.get("/incidents/7/")
