"""One change for many actions: looked at first, then made one by one."""

from datetime import date

import pytest
import time_machine

from actions.models import Action
from people.models import RecordEntry
from tests.factories import ActionFactory, PostmortemFactory, UserFactory

pytestmark = pytest.mark.django_db
DROP = {"change": "drop", "reason": "The queue is gone"}


@pytest.fixture(autouse=True)
def _before_anything_is_late():
    with time_machine.travel("2026-03-12T09:00Z"):
        yield


@pytest.fixture
def three(db):
    """Open, ended, and open again, of one post-mortem."""
    common = PostmortemFactory()
    ActionFactory(number=1, postmortem=common)
    ActionFactory(number=2, postmortem=common, status="done", evidence="x", finished_at="2026-03-02T00:00Z")
    ActionFactory(number=3, postmortem=common, priority="high")


def outcome(found) -> tuple[list[int], list[int]]:
    return [action.number for action in found.changed], [action.number for action, _ in found.refused]


def test_bulk_shows_what_would_change_and_what_cannot_and_changes_nothing(member_client, three):
    response = member_client.post("/actions/bulk/", DROP | {"numbers": "1,2,3", "step": "look"})

    assert outcome(response.context["looked"]) == ([1, 3], [2])
    assert "ACT-2 has ended already" in response.text
    assert Action.objects.filter(status="dropped").count() == 0
    assert RecordEntry.objects.filter(verb="action.dropped").count() == 0


def test_bulk_changes_those_it_can_each_with_the_reason_on_record(member_client, member, three):
    response = member_client.post("/actions/bulk/", DROP | {"numbers": "1,2,3", "step": "do"})

    assert outcome(response.context["done"]) == ([1, 3], [2])
    entries = RecordEntry.objects.filter(verb="action.dropped", by=member)
    assert [entry.details["reason"] for entry in entries] == ["The queue is gone"] * 2


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"change": "due_on", "due_on": "2026-06-01"}, {"due_on": date(2026, 6, 1)}),
        ({"change": "priority", "priority": "low"}, {"priority": "low"}),
        ({"change": "owner", "owner": "New Owner"}, {"owner__name": "New Owner"}),
        ({"change": "owner", "owner": "new@harbour.example"}, {"owner__name": "New Owner"}),
    ],
)
def test_bulk_gives_date_priority_or_owner(member_client, three, sent, expected):
    UserFactory(name="New Owner", email="new@harbour.example")

    member_client.post("/actions/bulk/", sent | {"reason": "Reorganised", "numbers": "1", "step": "do"})

    assert Action.objects.filter(number=1, **expected).exists()
    entry = RecordEntry.objects.get()
    assert (entry.thing.number, entry.details["reason"]) == (1, "Reorganised")


def test_bulk_leaves_what_is_so_already(member_client, three):
    sent = {"change": "priority", "priority": "high", "reason": "x", "numbers": "1,3", "step": "look"}

    assert outcome(member_client.post("/actions/bulk/", sent).context["looked"]) == ([1], [3])


def test_bulk_gives_no_date_that_is_over_and_keeps_what_was_typed(member_client, three):
    sent = {"change": "due_on", "due_on": "2026-03-11", "reason": "Typed in haste", "numbers": "1,3", "step": "look"}

    response = member_client.post("/actions/bulk/", sent)

    assert outcome(response.context["looked"]) == ([], [1, 3])
    assert "11 March 2026 is over: give a date that is still to come." in response.text
    assert "Typed in haste" in response.text


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"change": "owner", "owner": "Nobody Here", "reason": "x"}, "Nobody who can be chosen here goes by"),
        ({"change": "owner", "owner": "Same", "reason": "x"}, "Several people go by"),
        ({"change": "due_on", "reason": "x"}, "Say which date"),
        ({"change": "drop"}, "This field is required"),
    ],
)
def test_bulk_asks_again_for_what_is_missing(member_client, three, sent, problem):
    UserFactory.create_batch(2, name="Same")

    response = member_client.post("/actions/bulk/", sent | {"numbers": "1", "step": "do"})

    assert response.status_code == 422
    assert problem in response.text


def test_bulk_gives_back_what_was_typed_when_another_change_is_wanted(member_client, three):
    response = member_client.post("/actions/bulk/", DROP | {"numbers": "1,3", "step": ""})

    assert "The queue is gone" in response.text
    assert response.context["numbers"] == "1,3"


def test_bulk_takes_all_that_the_filter_finds_and_nothing_hidden(member_client, three, secret_action):
    every = member_client.post("/actions/bulk/", {"every": "on", "query": "priority=high"})
    named = member_client.post("/actions/bulk/", {"numbers": "1,66"})

    assert every.context["numbers"] == "3"
    assert named.context["numbers"] == "1"
    assert "CANARY" not in named.text


def test_bulk_without_a_mark_says_what_to_do(member_client, three):
    response = member_client.post("/actions/bulk/", {"query": "priority=high"}, follow=True)

    assert "Choose the actions that are to change" in response.text
    assert response.redirect_chain == [("/actions/?priority=high", 302)]


def test_bulk_is_not_for_viewers(client, viewer, three):
    client.force_login(viewer)

    assert client.post("/actions/bulk/", DROP | {"numbers": "1", "step": "do"}).status_code == 403
