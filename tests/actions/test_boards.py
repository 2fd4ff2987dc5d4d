"""The board: its columns, who sees what in them, and cards that move."""

from datetime import date

import pytest
import time_machine

from actions.boards.groups import IN_A_COLUMN
from actions.models import Action
from people.models import Team
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = "2026-03-20T12:00:00Z"


def cards(response) -> dict[str, list[str]]:
    """What stands in each column that holds something."""
    groups = response.context["filling"].groups
    return {one.group.key: [action.title for action in one.actions] for one in groups if one.actions}


@pytest.fixture
def common(db):
    return PostmortemFactory()


@time_machine.travel(TODAY)
def test_board_shows_each_status_the_most_urgent_first_and_what_ended_lately(member_client, common):
    ActionFactory(title="later", postmortem=common, due_on=date(2026, 4, 1))
    ActionFactory(title="undated", postmortem=common, due_on=None)
    ActionFactory(title="late", postmortem=common, due_on=date(2026, 3, 1))
    done = {"postmortem": common, "status": "done", "evidence": "https://x.example"}
    ActionFactory(title="done", finished_at="2026-03-02T00:00Z", **done)
    ActionFactory(title="long done", finished_at="2025-12-02T00:00Z", **done)

    response = member_client.get("/actions/board/")

    assert cards(response) == {"not_started": ["late", "later", "undated"], "done": ["done"]}
    assert "overdue since 1 Mar" in response.text


def test_board_holds_the_first_of_a_column_and_links_to_all_of_them(member_client, common):
    ActionFactory.create_batch(IN_A_COLUMN + 2, postmortem=common)

    response = member_client.get(f"/actions/board/?team={common.incident.team_id}")

    assert len(cards(response)["not_started"]) == IN_A_COLUMN
    assert "and 2 more" in response.text
    assert f'/actions/?team={common.incident.team_id}&amp;status=not_started"' in response.text


def test_board_and_its_counts_hide_what_comes_from_a_restricted_incident(member_client, secret_action, owner, client):
    stranger = member_client.get("/actions/board/")
    client.force_login(owner)
    insider = client.get("/actions/board/")

    assert "CANARY" not in stranger.text
    assert (cards(stranger), stranger.context["filling"].count) == ({}, 0)
    assert cards(insider) == {"not_started": ["CANARY-ACTION"]}


def test_seen_by_lets_through_exactly_what_visible_to_does(member, owner, secret_action, administrator, common):
    ActionFactory(postmortem=common)
    gone, lead, manager = UserFactory(is_active=False), UserFactory(), UserFactory()
    team = secret_action.postmortem.incident.team
    team.members.add(lead, gone)
    Team.objects.filter(pk=team.pk).update(lead=lead, engineering_manager=manager)

    for person in (member, owner, administrator, gone, lead, manager):
        assert list(Action.objects.seen_by(person)) == list(Action.objects.visible_to(person))
    assert [Action.objects.seen_by(person).count() for person in (member, lead, manager, gone)] == [1, 2, 2, 0]
    assert list(Team.objects.of(lead)) == [team]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("board/", 10), ("weekly/?team=", 8), ("?group=owner", 12)])
def test_boards_ask_the_same_number_of_queries_for_any_number_of_rows(
    member_client, django_assert_num_queries, warm, common, count, address, queries
):
    ActionFactory.create_batch(count, postmortem=common)
    member_client.get(f"/actions/{address}")

    with django_assert_num_queries(queries):
        member_client.get(f"/actions/{address}")


def test_board_that_is_open_hears_that_nothing_changed_until_something_did(member_client, action, owner):
    first = member_client.get("/actions/board/", headers={"HX-Request": "true"})
    unchanged = {"HX-Request": "true", "If-None-Match": first["ETag"]}

    assert f"data-etag={first['ETag']}" in member_client.get("/actions/board/").text
    same = member_client.get("/actions/board/", headers=unchanged)
    Action.objects.filter(pk=action.pk).update(title="Moved on", updated_at="2026-03-21T00:00Z")
    other = member_client.get("/actions/board/", headers=unchanged)

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200
    assert "Moved on" in other.text
    assert "<html" not in other.text


# Moving a card.


def test_move_to_in_progress_starts_it(member_client, action, htmx):
    response = member_client.post("/actions/45/move/", {"to": "in_progress"}, headers=htmx)

    assert response.status_code == 204
    assert "boardChanged" in response["HX-Trigger"]
    action.refresh_from_db()
    assert action.status == "in_progress"


@pytest.mark.parametrize(
    ("to", "asked"), [("done", "Link to the evidence"), ("dropped", "Reason"), ("blocked", "Waits for")]
)
def test_move_asks_for_what_is_missing_and_moves_nothing(member_client, action, htmx, to, asked):
    response = member_client.post("/actions/45/move/", {"to": to}, headers=htmx)

    assert response.status_code == 422
    assert asked in response.text
    assert "<dialog" in response.text
    action.refresh_from_db()
    assert action.status == "not_started"


def test_move_with_what_it_asks_for_moves_it_and_an_empty_answer_does_not(member_client, action, htmx):
    sent = {"to": "dropped", "answered": "yes", "drop-reason": ""}
    refused = member_client.post("/actions/45/move/", sent, headers=htmx)
    moved = member_client.post("/actions/45/move/", sent | {"drop-reason": "The queue is gone"}, headers=htmx)

    assert refused.status_code == 422
    assert "This field is required" in refused.text
    assert moved.status_code == 204
    action.refresh_from_db()
    assert (action.status, action.drop_reason) == ("dropped", "The queue is gone")


def test_move_back_to_not_started_says_why_not(member_client, owner, htmx):
    ActionFactory(number=46, owner=owner, status="in_progress")

    response = member_client.post("/actions/46/move/", {"to": "not_started"}, headers=htmx)

    assert response.status_code == 422
    assert "What was begun is not begun anew" in response.text


def test_move_without_a_script_asks_on_a_page_and_goes_back_to_the_board_as_it_was(member_client, action):
    asked = member_client.get("/actions/45/move/?to=dropped&back=/actions/board/%3Fpriority%3Dhigh")
    sent = {"to": "dropped", "answered": "yes", "drop-reason": "Gone", "back": "/actions/board/?priority=high"}
    moved = member_client.post("/actions/45/move/", sent)
    elsewhere = member_client.post("/actions/45/move/", {"to": "in_progress", "back": "//evil.example/actions/"})

    assert 'name="drop-reason"' in asked.text
    assert moved["Location"] == "/actions/board/?priority=high"
    assert elsewhere.status_code == 422  # Taking it up again asks for a reason.
    assert "evil" not in elsewhere.text


def test_move_of_what_one_may_not_change_is_refused(client, viewer, member_client, action, secret_action):
    assert member_client.post("/actions/66/move/", {"to": "in_progress"}).status_code == 404
    assert member_client.post("/actions/45/move/", {"to": "nowhere"}).status_code == 400
    client.force_login(viewer)
    assert client.post("/actions/45/move/", {"to": "in_progress"}).status_code == 403


# The weekly review.


@time_machine.travel(TODAY)
def test_weekly_celebrates_and_shows_what_needs_the_team(member_client, member, common):
    TeamFactory(name="Gate crew", members=[member])
    theirs = PostmortemFactory(incident=IncidentFactory(team=member.teams.get()))
    ActionFactory(title="of others", postmortem=common)
    ActionFactory(title="owed", postmortem=theirs, due_on=date(2026, 2, 1))
    ActionFactory(
        title="finished",
        postmortem=theirs,
        status="done",
        evidence="https://x.example",
        finished_at="2026-03-19T00:00Z",
    )

    response = member_client.get("/actions/weekly/")

    assert cards(response) == {"finished": ["finished"], "decision": ["owed"]}
    assert "Weekly review of Gate crew" in response.text


def test_weekly_says_so_when_there_is_nothing(member_client):
    assert "Nothing to go through this week" in member_client.get("/actions/weekly/").text
