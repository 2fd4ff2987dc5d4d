"""What waits for somebody to decide, accept, confirm or take over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import ActionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(member):
    """One of each kind, and one that waits for nobody."""
    today, now = timezone.localdate(), timezone.now()
    soon = today + timedelta(days=9)
    ActionFactory(number=1, due_on=today - timedelta(days=28))
    ActionFactory(number=2, due_on=today - timedelta(days=27))
    ActionFactory(number=3, due_on=soon, owner=None)
    ActionFactory(number=4, due_on=soon, accepted_at=None, asked_at=now - timedelta(days=3, hours=1))
    ActionFactory(number=5, due_on=soon, accepted_at=None, asked_at=now - timedelta(days=2))
    ActionFactory(number=6, due_on=soon, status="unconfirmed", evidence="https://x.example", finished_at=now)
    ActionFactory(
        number=7, due_on=soon, status="blocked", blocked_reason="No access.", waits_for=member, blocked_at=now
    )
    ActionFactory(number=8, due_on=soon, owner=UserFactory(is_active=False))
    reader, asked_at = UserFactory(role="viewer"), now - timedelta(days=4)
    ActionFactory(number=9, due_on=soon, owner=reader, accepted_at=None, asked_at=asked_at)


def shown(client) -> dict[str, list[int]]:
    kinds = client.get("/actions/waiting/").context["kinds"]
    return {kind.key: [action.number for action in kind.actions] for kind in kinds}


def test_each_stands_under_what_it_waits_for(member_client, waiting):
    assert shown(member_client) == {
        "decisions": [1], "owners": [3, 8, 9], "accepted": [4], "confirmed": [6], "blocked": [7],
    }  # fmt: skip


def test_nothing_of_a_restricted_incident_shows(member_client, secret_action):
    type(secret_action).objects.update(due_on=timezone.localdate() - timedelta(days=40))

    assert shown(member_client) == {}
    assert "Nothing waits" in member_client.get("/actions/waiting/").text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_queries_for_any_number(member_client, warm, rows, django_assert_num_queries):
    for number in range(rows):
        ActionFactory(number=number + 1, due_on=timezone.localdate() - timedelta(days=40))
    warm(member_client)

    with django_assert_num_queries(9):
        member_client.get("/actions/waiting/")
