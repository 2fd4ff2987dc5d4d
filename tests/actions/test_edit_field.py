"""A field of an action, edited in its row; its state moves by the verbs, with what each of them asks for."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone

from actions.commands import edit_action, reassign_action, reschedule_action
from actions.models import Action
from people.models import RecordEntry, User
from tests.actions.conftest import ROW
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/actions/45/edit/field/"


@pytest.fixture(autouse=True)
def _before_anything_is_late():
    with time_machine.travel("2026-03-12T09:00Z"):
        yield


@pytest.fixture
def write(member_client, action):
    def to(field, **data):
        return member_client.post(ADDRESS, {"field": field, **data}, headers=ROW)

    return to


def verbs(action: Action) -> list[str]:
    return [entry.verb for entry in RecordEntry.objects.about(action)]


@pytest.mark.parametrize(
    ("field", "data", "verb"),
    [
        ("title", {"title": "Alert on age", "seen-title": "Alert on queue depth"}, "action.edited"),
        ("priority", {"priority": "high", "seen-priority": "medium"}, "action.edited"),
        ("due_on", {"due_on": "2026-04-01", "seen-due_on": "2026-03-16", "reason": "Late"}, "action.rescheduled"),
        ("status", {"step": "start"}, "action.started"),
        ("status", {"step": "finish", "evidence": "https://code.example/7"}, "action.finished"),
        ("status", {"step": "drop", "reason": "No longer needed."}, "action.dropped"),
    ],
)
def test_each_field_moves_by_its_own_verb(write, action, field, data, verb):
    before = action.version

    response = write(field, **data)

    action.refresh_from_db()
    assert response.status_code == 200
    assert verbs(action) == [verb]
    answer = response.json()
    assert (answer["event"], answer["list"], answer["row"]) == ("rowChanged", "actions", "action-45")
    assert answer["version"] == action.version > before
    if field != "status":
        assert str(getattr(action, field)) == data[field]


def test_an_owner_is_handed_over(write, action, owner):
    new = UserFactory(name="Nina New")

    answer = write("owner", **{"owner": new.pk, "seen-owner": owner.pk, "reason": "Leave"}).json()

    action.refresh_from_db()
    assert action.owner == new
    assert "Nina New" in answer["html"]


def test_an_action_without_owner_or_date_gets_them(write, action, owner):
    Action.objects.update(owner=None, due_on=None)

    assert write("owner", **{"owner": owner.pk, "seen-owner": ""}).status_code == 200
    assert write("due_on", **{"due_on": "2026-04-01", "seen-due_on": ""}).status_code == 200
    action.refresh_from_db()
    assert (action.owner, action.due_on) == (owner, date(2026, 4, 1))


@pytest.mark.parametrize(
    ("field", "data", "sentence"),
    [
        ("title", {"title": ""}, "This field is required."),
        ("due_on", {"due_on": "2026-04-01"}, "A changed due date needs a reason."),
        ("due_on", {"due_on": "soon", "reason": "Late"}, "Enter a valid date."),
        (
            "due_on",
            {"due_on": "2026-03-11", "reason": "x"},
            "11 March 2026 is over: give a date that is still to come.",
        ),
        ("owner", {"owner": "999999"}, "There is no such person any more. Choose another."),
        ("status", {"step": "finish", "evidence": "trust me"}, "Enter a valid URL."),
        ("status", {"step": "drop", "reason": " "}, "This field is required."),
        ("status", {"step": "reopen", "reason": "Why not"}, "ACT-45 is open already."),
    ],
)
def test_what_the_rules_refuse_is_said_in_a_sentence_and_changes_nothing(write, action, field, data, sentence):
    response = write(field, **data)

    assert (response.status_code, response.json()["problems"]) == (422, [sentence])
    assert verbs(action) == []


def test_somebody_else_in_the_same_field_is_shown_with_name_and_value(write, action, owner, facilitator):
    nina = UserFactory(name="Nina New")
    edit_action(action, by=facilitator, seen={}, wanted={"title": "Theirs", "priority": "high"})
    reassign_action(action, by=facilitator, owner=nina, reason="Leave")
    reschedule_action(action, by=facilitator, due_on=date(2026, 5, 4), reason="Late")

    conflicts = [
        write("title", **{"title": "Mine", "seen-title": "Alert on queue depth"}),
        write("priority", **{"priority": "low", "seen-priority": "medium"}),
        write("owner", **{"owner": facilitator.pk, "seen-owner": owner.pk}),
        write("due_on", **{"due_on": "2026-06-01", "seen-due_on": "2026-03-16", "reason": "Mine"}),
    ]

    assert [response.status_code for response in conflicts] == [409] * 4
    assert [response.json()["conflict"] for response in conflicts] == [
        {"value": "Theirs", "words": "Theirs", "by": "Fay Facilitator"},
        {"value": "high", "words": "high", "by": "Fay Facilitator"},
        {"value": str(nina.pk), "words": "Nina New", "by": "Fay Facilitator"},
        {"value": "2026-05-04", "words": "4 May 2026", "by": "Fay Facilitator"},
    ]
    action.refresh_from_db()
    assert (action.title, action.owner) == ("Theirs", nina)


def test_the_same_owner_and_date_once_more_leave_no_trace(write, action, owner):
    assert write("owner", **{"owner": owner.pk, "seen-owner": owner.pk}).status_code == 200
    assert write("due_on", **{"due_on": "2026-03-16", "seen-due_on": "2026-03-16"}).status_code == 200
    assert verbs(action) == []


@pytest.mark.parametrize(
    "data", [{"field": ""}, {"field": "evidence"}, {"field": "status"}, {"field": "status", "step": "delete"}]
)
def test_there_are_no_other_fields_and_steps(member_client, action, data):
    assert member_client.post(ADDRESS, data, headers=ROW).status_code == 400


def test_a_viewer_and_a_stranger_write_nothing(client, viewer, action, secret_action):
    client.force_login(viewer)
    data = {"field": "title", "title": "Mine"}

    assert client.post(ADDRESS, data, headers=ROW).json() == {
        "problems": ["Your role does not include it; nothing was changed."]
    }
    assert client.post("/actions/66/edit/field/", data, headers=ROW).status_code == 404
    assert set(Action.objects.values_list("title", flat=True)) == {"Alert on queue depth", "CANARY-ACTION"}


def test_the_row_is_the_same_for_everybody(write, action):
    html = write("title", title="Alert on age").json()["html"]

    assert 'data-row="action-45"' in html
    assert "csrf" not in html
    assert "<form" not in html
    assert User.objects.get(email="member@harbour.example").name not in html


@pytest.mark.parametrize(("now", "is_late"), [("2026-03-16T22:30Z", False), ("2026-03-16T23:30Z", True)])
def test_a_row_is_late_by_the_day_of_the_house_for_it_goes_to_every_reader(action, owner, now, is_late):
    OrganisationFactory()
    with time_machine.travel(now), timezone.override("Pacific/Auckland"):
        told = edit_action(action, by=owner, seen={}, wanted={"priority": "high"}).told

    assert ("data-overdue" in told["html"]) is is_late


def test_how_far_away_a_date_is_counts_from_the_readers_day(action):
    Action.objects.update(created_at=datetime(2026, 3, 8, 23, 30, tzinfo=UTC), due_on=date(2026, 3, 23))
    action.refresh_from_db()

    labels = []
    for zone in ("UTC", "Europe/Berlin"):
        with timezone.override(zone):
            labels.append(action.horizon_label)

    assert labels == ["short-term", "immediate"]
