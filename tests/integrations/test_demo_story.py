"""What Harbour shows, once it is loaded. Loading takes seconds, so these tests look at one Harbour."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from actions.models import Action
from incidents.impact import figures_of
from incidents.models import Incident, ReviewDecision
from live.commands import texts_of
from people.models import RecordEntry, User
from postmortems.hints import hints_of
from postmortems.models import Postmortem
from postmortems.reviews import reviews_of
from postmortems.standing import standing_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 11, tzinfo=UTC)
TODAY = NOW.date()
QUICK = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def load(*words: str) -> str:
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("load_demo", *words, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module", autouse=True)
def _harbour(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Each test undoes what it does, and the last of them all of Harbour."""
    with django_db_blocker.unblock(), transaction.atomic():
        with QUICK:
            load()
        yield
        transaction.set_rollback(True)


def test_load_demo_tells_a_believable_story():
    incidents = Incident.objects.all()
    assert {incident.severity for incident in incidents} == {1, 2, 3, 4}
    assert {incident.kind for incident in incidents} == set(Incident.Kind.values)
    assert [i.number for i in incidents.filter(is_restricted=True, kind="security")] == [3]
    assert [i.number for i in incidents.filter(is_near_miss=True)] == [4]
    assert [i.number for i in incidents.open()] == [8]
    statuses = dict(Postmortem.objects.values_list("incident__number", "status"))
    assert statuses == dict.fromkeys((2, 3, 4, 6), "published") | {1: "closed", 5: "in_review", 7: "draft"}
    assert [(d.incident.number, d.proposed, d.answer) for d in ReviewDecision.objects.all()] == [
        (9, "recommended", "optional")
    ]
    assert set(Action.objects.values_list("status", flat=True)) == set(Action.Status.values) - {"unconfirmed"}
    assert 25 <= Action.objects.count() <= 35
    weeks_late = {(TODAY - due).days // 7 for due in Action.objects.overdue(TODAY).values_list("due_on", flat=True)}
    assert {1, 2, 3, 5} <= weeks_late


def test_load_demo_fills_every_section_that_its_templates_ask_for():
    for postmortem in Postmortem.objects.exclude(status="draft"):
        texts = texts_of(postmortem.room)
        required = postmortem.sections.filter(is_required=True)
        assert {section.key for section in required if not texts[section.key].strip()} == set()
        assert 8 <= postmortem.timeline_events.count() <= 16
        assert 1 <= postmortem.timeline_events.filter(is_key=True).count() <= 3
        assert postmortem.observations.count() >= 2


def test_load_demo_has_a_timeline_that_came_from_files_with_its_sources():
    events = Postmortem.objects.get(incident__number=2).timeline_events.all()
    sources = {event.source.partition(",")[0] for event in events if event.fingerprint}

    assert sources == {"2026-09-22.json", "copy-places.log"}
    assert [event.text for event in events if event.source == "copy-places.log, line 2"] == [
        "WARNING copy-places: connection closed after 1214 of 2390 rows"
    ]
    assert "Emil Voss" in {event.who for event in events if event.source.startswith("2026-09-22.json")}


def test_load_demo_shows_reviews_in_every_state():
    said = {
        postmortem.incident.number: [row.state for row in reviews_of(postmortem).rows]
        for postmortem in Postmortem.objects.filter(incident__number__in=[1, 5, 6, 7])
    }

    assert said == {1: ["approved"] * 2, 5: ["outdated", "changes", "waiting"], 6: ["approved"] * 2, 7: []}


def test_load_demo_works_an_outage_a_security_incident_a_near_miss_and_a_project_through():
    for postmortem in Postmortem.objects.filter(incident__number__in=[1, 3, 4, 6]):
        assert {"root", "factor"} == {cause.kind for cause in postmortem.causes.all()}
        for root in postmortem.causes.filter(kind="root"):
            assert root.actions.exists(), f"{postmortem.incident.reference}: nothing is done about “{root}”"
        for action in postmortem.actions.all():
            assert action.hierarchy and action.purpose and action.owner and action.due_on
        assert set(postmortem.candidates.values_list("state", flat=True)) <= {"taken", "not_taken"}
        assert postmortem.candidates.filter(state="not_taken").count() >= 2
        assert not hints_of(postmortem).sections
        figures = figures_of(postmortem.incident.impact)
        assert sum(figure.is_known for figure in figures if figure.is_asked) >= 6
        assert postmortem.threads.resolved().count() == postmortem.threads.count() >= 2
        assert {observation.kind for observation in postmortem.observations.all()} >= {"well", "badly", "lucky"}


def test_load_demo_keeps_what_happened_in_order_and_nothing_of_it_in_the_future():
    for postmortem in Postmortem.objects.filter(published_at__isnull=False):
        held_at = postmortem.meeting_at
        assert postmortem.created_at < postmortem.draft_shared_at < held_at < postmortem.published_at <= NOW
        assert postmortem.timeline_events.filter(occurred_at__gt=postmortem.incident.resolved_at).count() == 0
        decided = postmortem.candidates.values_list("decided_at", flat=True)
        assert all(held_at <= moment < postmortem.published_at for moment in decided)
        resolved = postmortem.threads.values_list("resolved_at", flat=True)
        assert all(held_at < moment < postmortem.published_at for moment in resolved)
        assert not any(clock.late_by for clock in standing_of(postmortem).clocks)
        assert {held_at.weekday(), postmortem.published_at.weekday()} <= {*range(5)}
    assert not RecordEntry.objects.filter(at__gt=NOW).exists()


def test_load_demo_goes_through_the_commands_and_is_on_record():
    assert RecordEntry.objects.filter(verb="incident.reported").count() == 9
    assert RecordEntry.objects.filter(verb="action.added").count() == Action.objects.count()


def test_load_demo_twice_changes_nothing():
    before = (User.objects.count(), Incident.objects.count(), RecordEntry.objects.count())

    words = load("--force")

    assert (User.objects.count(), Incident.objects.count(), RecordEntry.objects.count()) == before
    assert words.startswith("Harbour is loaded already.")


def test_load_demo_names_accounts_that_can_sign_in():
    accounts = json.loads(load("--json").splitlines()[-1])["accounts"]

    assert [account["role"] for account in accounts] == ["administrator", "facilitator", "member", "viewer"]
    for account in accounts:
        assert User.objects.get(email=account["email"]).check_password(account["password"])


def test_the_weekly_mail_of_the_demo_climbs_every_rung():
    out = StringIO()

    with time_machine.travel(NOW, tick=False):
        call_command("send_weekly_mail", "--as-of", TODAY.isoformat(), stdout=out)

    lines = {line.split()[1]: line for line in out.getvalue().splitlines()[1:]}
    assert "1 to decide" in lines["member@harbour.example"]
    assert "1 escalated" in lines["henrik@harbour.example"]
    assert "overdue in your team" in lines["sofie@harbour.example"]
    assert "of your team’s" in lines["emil@harbour.example"]
    assert "without an owner" in lines["oskar@harbour.example"]
    assert "viewer@harbour.example" not in lines


def test_nobody_outside_reads_of_the_restricted_incident():
    for key, sees in {"viewer": False, "member": False, "facilitator": True, "admin": True}.items():
        user = User.objects.get(email=f"{key}@harbour.example")
        assert Incident.objects.visible_to(user).filter(number=3).exists() is sees


def test_dates_are_reckoned_from_today():
    incident = Incident.objects.get(number=7)
    assert incident.started_at.date() == TODAY - timedelta(days=1)
