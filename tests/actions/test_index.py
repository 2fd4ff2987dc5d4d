import time
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from actions.models import Action, EscalationStep
from people.models import User
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, TeamFactory

pytestmark = pytest.mark.django_db
TODAY = "2026-03-20T12:00:00Z"


def titles(response) -> list[str]:
    return [action.title for action in response.context["page"]]


@pytest.fixture
def three(owner):
    """Late, not yet due, and ended: each of another team."""
    platform = TeamFactory(name="Platform")
    late = ActionFactory(title="late", owner=owner, due_on=date(2026, 3, 1), priority="high")
    incident = IncidentFactory(team=platform)
    ActionFactory(title="early", due_on=date(2026, 4, 1), postmortem=PostmortemFactory(incident=incident))
    ActionFactory(title="ended", status="done", evidence="https://x.example", finished_at="2026-03-02T00:00Z")
    return late, platform


@time_machine.travel(TODAY)
def test_index_shows_what_is_open_the_one_due_first_on_top(member_client, three):
    response = member_client.get("/actions/")

    assert titles(response) == ["late", "early"]
    assert response.context["count"] == 2
    assert [(one.label, one.count) for one in response.context["quick"]][:1] == [("Overdue", 1)]


@time_machine.travel(TODAY)
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=all", ["ended", "early", "late"]),
        ("status=done", ["ended"]),
        ("status=in_progress", []),
        ("priority=high", ["late"]),
        ("overdue=on", ["late"]),
        ("text=EARL", ["early"]),
        ("purpose=none&hierarchy=none&cause=none", ["late", "early"]),
        ("purpose=detect", []),
        ("cause=technical", []),
        ("owner=nobody+by+that+name", []),
        ("age=week&late=no", ["early"]),
        ("late=days&kind=production_outage", []),
        ("late=weeks&kind=production_outage", ["late"]),
        ("status=nonsense&kind=no&group=no&page=-7", ["late", "early"]),
    ],
)
def test_index_narrows_by_what_the_address_asks(member_client, three, query, found):
    assert titles(member_client.get(f"/actions/?{query}")) == found


@time_machine.travel(TODAY)
def test_index_narrows_by_owner_team_mine_and_number(member_client, member, owner, three):
    late, platform = three
    ActionFactory(title="mine", owner=member, due_on=date(2026, 5, 1))

    assert titles(member_client.get(f"/actions/?owner={owner.pk}")) == ["late"]
    assert titles(member_client.get(f"/actions/?team={platform.pk}")) == ["early"]
    assert titles(member_client.get("/actions/?mine=on")) == ["mine"]
    assert titles(member_client.get(f"/actions/?text=ACT-{late.number}")) == ["late"]


def test_index_hides_what_comes_from_a_restricted_incident(member_client, secret_action, owner, client):
    stranger = member_client.get("/actions/?status=all")
    client.force_login(owner)
    insider = client.get("/actions/?status=all")

    assert "CANARY" not in stranger.text
    assert (stranger.context["count"], stranger.context["quick"]) == (0, [])
    assert titles(insider) == ["CANARY-ACTION"]


@pytest.mark.parametrize("count", [1, 3])
def test_index_asks_the_same_number_of_queries_for_any_number_of_rows(member_client, django_assert_num_queries, count):
    ActionFactory.create_batch(count)
    member_client.get("/actions/")

    with django_assert_num_queries(10):
        response = member_client.get("/actions/")

    assert len(response.context["page"]) == count


def test_index_stays_quick_with_ten_thousand(member_client, owner):
    one = ActionFactory(owner=owner)
    Action.objects.bulk_create(
        Action(
            number=1000 + n, title=f"action {n}", postmortem=one.postmortem, owner=owner, added_by=owner,
            due_on=date(2026, 3, 1 + n % 28),
        )
        for n in range(10_000)
    )  # fmt: skip

    with time_machine.travel(TODAY, tick=True):
        started = time.process_time()
        response = member_client.get("/actions/?overdue=on&page=40")
        took = time.process_time() - started

    assert response.status_code == 200
    assert took < 0.5


@time_machine.travel(TODAY)
@pytest.mark.parametrize(
    ("grouping", "found"),
    [
        ("priority", {"High priority": ["late"], "Medium priority": ["early"]}),
        ("late", {"Overdue for a week or more": ["late"], "Not overdue": ["early"]}),
        ("kind", {"Production outage": ["late", "early"]}),
        ("purpose", {"Detect": ["late"], "Not said": ["early"]}),
        ("cause", {"Not said": ["late", "early"]}),
        ("age", {"Added in the last 7 days": ["late", "early"]}),
        ("owner", {"Olga Owner": ["late"], "Ida": ["early"]}),
    ],
)
def test_index_stands_in_groups(member_client, three, grouping, found):
    Action.objects.filter(title="late").update(purpose="detect")
    User.objects.filter(actions__title="early").update(name="Ida")

    groups = member_client.get(f"/actions/?group={grouping}").context["filling"].groups

    assert {one.group.title: [action.title for action in one.actions] for one in groups} == found


@time_machine.travel(TODAY)
def test_index_and_review_count_the_days_to_a_decision_by_the_ladder(member_client, three):
    EscalationStep.objects.create(audience="decision", days=19, asks="Decide.")
    ActionFactory(title="late, a day less", due_on=date(2026, 3, 2))

    groups = {one.group.key: one for one in member_client.get("/actions/weekly/").context["filling"].groups}

    owed = groups["decision"]
    assert (owed.count, owed.query) == (1, "late=decision")
    assert titles(member_client.get(f"/actions/?{owed.query}")) == ["late"]
    assert titles(member_client.get("/actions/?late=weeks")) == ["late, a day less"]


def test_what_lines_say_by_hand_is_what_the_choices_and_the_addresses_say():
    named = [(Action(status=status).get_status_display(), status.label) for status in Action.Status]
    named += [(Action(priority=one).get_priority_display(), one.label) for one in Action.Priority]

    assert [(said, label) for said, label in named if said != label] == []
    assert Action(number=45).get_absolute_url() == reverse("actions:detail", args=[45])
