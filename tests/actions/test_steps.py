"""Start, finish, drop, reopen, hand over, give another date: through the pages, with and without a script."""

from datetime import date

import pytest
import time_machine

from actions.models import Action
from people.models import RecordEntry
from tests.factories import IncidentFactory, ParticipantFactory, UserFactory

pytestmark = pytest.mark.django_db


def verbs(action: Action) -> list[str]:
    return [entry.verb for entry in RecordEntry.objects.about(action)]


def test_start_by_a_plain_form_leads_back_to_the_action(member_client, action):
    response = member_client.post("/actions/45/start/")

    action.refresh_from_db()
    assert (response.status_code, response.url) == (302, "/actions/45/")
    assert action.status == "in_progress"
    assert verbs(action) == ["action.started"]


def test_start_by_htmx_answers_with_the_part_alone(member_client, action, htmx):
    response = member_client.post("/actions/45/start/", headers=htmx)

    assert response.text.strip().startswith(f'<div id="action-{action.pk}-body">')
    assert "In progress" in response.text


def test_start_twice_is_refused_with_a_sentence(member_client, action, htmx):
    member_client.post("/actions/45/start/")

    response = member_client.post("/actions/45/start/", headers=htmx)

    assert response.status_code == 422
    assert "ACT-45 is in progress already." in response.text
    assert verbs(action) == ["action.started"]


def test_finish_keeps_the_link_that_proves_it(member_client, action):
    member_client.post("/actions/45/finish/", {"finish-evidence": "https://code.example/pull/7"})

    action.refresh_from_db()
    assert (action.status, action.evidence) == ("done", "https://code.example/pull/7")
    assert action.finished_at is not None


@pytest.mark.parametrize("evidence", ["", "trust me", "javascript:alert(1)", "file:///etc/passwd", "ftp://x.example/y"])
def test_finish_without_a_link_changes_nothing_and_keeps_what_was_typed(member_client, action, evidence):
    response = member_client.post("/actions/45/finish/", {"finish-evidence": evidence})

    action.refresh_from_db()
    assert response.status_code == 422
    assert action.status == "not_started"
    assert response.context["finish_form"]["evidence"].value() == evidence


@pytest.mark.parametrize("verb", ["drop", "reopen"])
def test_a_step_without_its_reason_changes_nothing(member_client, action, verb):
    if verb == "reopen":
        member_client.post("/actions/45/drop/", {"drop-reason": "No longer needed."})
    action.refresh_from_db()
    before = action.status

    response = member_client.post(f"/actions/45/{verb}/", {f"{verb}-reason": "  "})

    action.refresh_from_db()
    assert response.status_code == 422
    assert action.status == before


def test_drop_keeps_the_name_and_the_reason(member_client, member, action):
    member_client.post("/actions/45/drop/", {"drop-reason": "The service is going away."})

    action.refresh_from_db()
    assert (action.status, action.drop_reason, action.dropped_by) == ("dropped", "The service is going away.", member)


def test_reopen_takes_it_up_again(member_client, action):
    member_client.post("/actions/45/finish/", {"finish-evidence": "https://code.example/pull/7"})

    member_client.post("/actions/45/reopen/", {"reopen-reason": "The alert stayed silent."})

    action.refresh_from_db()
    assert (action.status, action.evidence, action.finished_at) == ("in_progress", "", None)


def test_reassign_hands_it_over(member_client, action):
    other = UserFactory()

    member_client.post("/actions/45/reassign/", {"reassign-owner": other.pk, "reassign-reason": "She is on leave."})

    action.refresh_from_db()
    assert action.owner == other


def test_reassign_offers_no_one_who_cannot_see_a_restricted_incident(client, owner, secret_action):
    client.force_login(owner)
    outsider, guest = UserFactory(), UserFactory()
    ParticipantFactory(incident=secret_action.postmortem.incident, user=guest)

    offered = set(client.get("/actions/66/").context["reassign_form"].fields["owner"].pool.people)
    response = client.post("/actions/66/reassign/", {"reassign-owner": outsider.pk})

    team = secret_action.postmortem.incident.team
    assert offered == {guest, team.lead, team.engineering_manager}
    assert response.status_code == 422


@time_machine.travel("2026-03-12T09:00Z")
def test_reschedule_asks_why(member_client, action):
    refused = member_client.post("/actions/45/reschedule/", {"reschedule-due_on": "2026-04-06"})
    assert "A changed due date needs a reason." in refused.text

    member_client.post("/actions/45/reschedule/", {"reschedule-due_on": "2026-04-06", "reschedule-reason": "Parts."})

    action.refresh_from_db()
    assert (refused.status_code, action.due_on) == (422, date(2026, 4, 6))


@pytest.mark.parametrize("verb", ["start", "finish", "drop", "reopen", "reassign", "reschedule", "edit"])
def test_a_step_is_forbidden_to_viewers_and_hidden_from_strangers(client, viewer, member, action, secret_action, verb):
    client.force_login(viewer)
    assert client.post(f"/actions/45/{verb}/").status_code == 403
    client.force_login(member)
    assert client.post(f"/actions/66/{verb}/").status_code == 404


@pytest.mark.parametrize("verb", ["start", "finish", "drop", "reopen", "reassign", "reschedule"])
def test_a_step_is_never_taken_by_get(member_client, action, verb):
    assert member_client.get(f"/actions/45/{verb}/").status_code == 405


def test_edit_merges_what_two_people_changed_in_different_fields(member_client, action):
    page = member_client.get("/actions/45/edit/")
    Action.objects.filter(pk=action.pk).update(priority="high")

    response = member_client.post(
        "/actions/45/edit/",
        {
            "title": "Alert on queue age", "description": "", "priority": "medium",
            "seen-title": "Alert on queue depth", "seen-description": "", "seen-priority": "medium",
        },
    )  # fmt: skip

    action.refresh_from_db()
    assert 'name="seen-title"' in page.text
    assert response.status_code == 302
    assert (action.title, action.priority) == ("Alert on queue age", "high")


def test_edit_of_a_field_that_somebody_else_changed_shows_both_values(member_client, action):
    Action.objects.filter(pk=action.pk).update(title="Theirs")

    response = member_client.post(
        "/actions/45/edit/",
        {"title": "Mine", "description": "", "priority": "medium", "seen-title": "Alert on queue depth"},
    )

    action.refresh_from_db()
    assert response.status_code == 409
    assert action.title == "Theirs"
    assert "Theirs" in response.text
    assert 'value="Mine"' in response.text


def test_fit_owners_of_an_open_incident_are_all_who_may_write(member_client, action, viewer, member):
    IncidentFactory()

    offered = member_client.get("/actions/45/").context["reassign_form"].fields["owner"].pool.people

    assert member in offered
    assert viewer not in offered
