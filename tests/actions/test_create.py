from datetime import date

import pytest

from actions.models import Action
from tests.actions.conftest import ROW
from tests.factories import PostmortemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def postmortem():
    return PostmortemFactory(incident__number=7)


def answer(owner, **changes):
    return {
        "action-title": "Alert on queue depth", "action-owner": owner.pk, "action-due_on": "2026-04-06",
        "action-priority": "high", "action-description": "", **changes,
    }  # fmt: skip


def test_create_by_a_plain_form_leads_back_to_the_post_mortem(member_client, member, owner, postmortem):
    response = member_client.post("/actions/new/7/", answer(owner))

    action = Action.objects.get()
    assert response.url == "/postmortems/7/#actions"
    assert (action.title, action.owner, action.due_on, action.priority, action.added_by) == (
        "Alert on queue depth", owner, date(2026, 4, 6), "high", member,
    )  # fmt: skip


def test_create_takes_a_name_written_without_a_script(member_client, owner, postmortem):
    member_client.post("/actions/new/7/", answer(owner, **{"action-owner": f"{owner} ({owner.email})"}))

    assert Action.objects.get().owner == owner


def test_create_from_the_page_answers_with_the_row(member_client, owner, postmortem):
    answered = member_client.post("/actions/new/7/", answer(owner), headers=ROW).json()

    action = Action.objects.get()
    assert (answered["row"], answered["version"]) == (action.reference.lower().replace("act", "action"), action.version)
    assert "Alert on queue depth" in answered["html"]


@pytest.mark.parametrize("missing", ["action-title", "action-owner", "action-due_on"])
@pytest.mark.parametrize("headers", [{}, ROW], ids=["plain", "row"])
def test_create_without_what_an_action_needs_keeps_what_was_typed(member_client, owner, postmortem, headers, missing):
    response = member_client.post("/actions/new/7/", answer(owner, **{missing: ""}), headers=headers)

    assert response.status_code == 422
    assert not Action.objects.exists()
    kept = "2026-04-06" if missing == "action-title" else "Alert on queue depth"
    assert f'value="{kept}"' in (response.json()["form"] if headers else response.text)


def test_create_is_forbidden_to_viewers_and_once_it_is_closed(client, viewer, member, owner, postmortem):
    client.force_login(viewer)
    by_viewer = client.post("/actions/new/7/", answer(owner))
    client.force_login(member)
    type(postmortem).objects.update(status="closed", published_at="2026-03-03T00:00Z", closed_at="2026-03-04T00:00Z")

    assert by_viewer.status_code == 403
    assert client.post("/actions/new/7/", answer(owner)).status_code == 403
    assert not Action.objects.exists()


def test_panel_lists_the_actions_of_its_post_mortem_alone(member_client, postmortem, owner, action, htmx):
    member_client.post("/actions/new/7/", answer(owner, **{"action-title": "Only this one"}))

    part = member_client.get("/actions/for/7/", headers=htmx).text

    assert "Only this one" in part
    assert action.title not in part.replace("Only this one", "")
    assert 'data-rows-url="/actions/for/7/"' in part


def test_panel_and_create_are_hidden_from_strangers(member_client, secret_action):
    number = secret_action.postmortem.number

    assert member_client.get(f"/actions/for/{number}/").status_code == 404
    assert member_client.post(f"/actions/new/{number}/").status_code == 404


def test_the_post_mortem_page_holds_the_panel_with_a_form_of_its_own(member_client, postmortem, owner):
    page = member_client.get("/postmortems/7/").text

    assert f'id="postmortem-{postmortem.pk}-actions"' in page
    assert f'id="postmortem-{postmortem.pk}-action-add"' in page
