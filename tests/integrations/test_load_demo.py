import json
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from actions.models import Action
from incidents.models import Incident
from live.commands import texts_of
from people.models import RecordEntry, User
from postmortems.models import Postmortem
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


def load(*words: str) -> str:
    out = StringIO()
    with time_machine.travel("2026-11-18T11:00Z"):
        call_command("load_demo", *words, stdout=out)
    return out.getvalue()


def test_load_demo_tells_a_believable_story():
    load()

    incidents = Incident.objects.all()
    assert {incident.severity for incident in incidents} == {1, 2, 3, 4}
    assert {incident.kind for incident in incidents} == set(Incident.Kind.values)
    assert [i.number for i in incidents.filter(is_restricted=True, kind="security")] == [3]
    assert [i.number for i in incidents.filter(is_near_miss=True)] == [4]
    assert [i.number for i in incidents.open()] == [8]
    statuses = dict(Postmortem.objects.values_list("incident__number", "status"))
    assert statuses == {1: "closed", 2: "published", 3: "in_review", 4: "published", 5: "published", 7: "draft"}
    assert set(Action.objects.values_list("status", flat=True)) == set(Action.Status.values) - {"unconfirmed"}
    assert 15 <= Action.objects.count() <= 20
    weeks_late = {(TODAY - due).days // 7 for due in Action.objects.overdue(TODAY).values_list("due_on", flat=True)}
    assert {1, 2, 3, 5} <= weeks_late


def test_load_demo_fills_every_section_that_its_templates_ask_for():
    load()

    for postmortem in Postmortem.objects.exclude(status="draft"):
        texts = texts_of(postmortem.room)
        required = postmortem.sections.filter(is_required=True)
        assert {section.key for section in required if not texts[section.key].strip()} == set()
        assert 8 <= postmortem.timeline_events.count() <= 15
        assert 1 <= postmortem.timeline_events.filter(is_key=True).count() <= 3
        assert postmortem.observations.count() >= 2


def test_load_demo_goes_through_the_commands_and_is_on_record():
    load()

    assert RecordEntry.objects.filter(verb="incident.reported").count() == 8
    assert RecordEntry.objects.filter(verb="action.added").count() == Action.objects.count()


def test_load_demo_twice_changes_nothing():
    load()
    before = (User.objects.count(), Incident.objects.count(), RecordEntry.objects.count())

    words = load("--force")

    assert (User.objects.count(), Incident.objects.count(), RecordEntry.objects.count()) == before
    assert words.startswith("Harbour is loaded already.")


def test_load_demo_names_accounts_that_can_sign_in(client):
    accounts = json.loads(load("--json").splitlines()[-1])["accounts"]

    assert [account["role"] for account in accounts] == ["administrator", "facilitator", "member", "viewer"]
    for account in accounts:
        assert User.objects.get(email=account["email"]).check_password(account["password"])


def test_load_demo_beside_other_peoples_data_is_refused():
    UserFactory()

    with pytest.raises(CommandError, match="There are people or incidents here already"):
        load()
    assert json.loads(load("--if-empty", "--json")) == {"accounts": []}
    assert User.objects.count() == 1


def test_load_demo_in_production_is_refused(settings):
    settings.IN_PRODUCTION = True

    with pytest.raises(CommandError, match="Not in production"):
        load()
    assert not User.objects.exists()


def test_the_weekly_mail_of_the_demo_climbs_every_rung(client):
    load()
    out = StringIO()

    call_command("send_weekly_mail", "--as-of", "2026-11-18", stdout=out)

    lines = {line.split()[1]: line for line in out.getvalue().splitlines()[1:]}
    assert "1 to decide" in lines["member@harbour.example"]
    assert "1 escalated" in lines["henrik@harbour.example"]
    assert "overdue in your team" in lines["sofie@harbour.example"]
    assert "of your team’s" in lines["emil@harbour.example"]
    assert "without an owner" in lines["oskar@harbour.example"]
    assert "viewer@harbour.example" not in lines


def test_nobody_outside_reads_of_the_restricted_incident(client):
    load()

    for key, sees in {"viewer": False, "member": False, "facilitator": True, "admin": True}.items():
        user = User.objects.get(email=f"{key}@harbour.example")
        assert Incident.objects.visible_to(user).filter(number=3).exists() is sees


def test_dates_are_reckoned_from_today():
    load()

    incident = Incident.objects.get(number=7)
    assert incident.started_at.date() == TODAY - timedelta(days=1)
