from datetime import UTC, datetime

import pytest
import time_machine

from incidents.defaults import install_severity_policies
from postmortems.models import Postmortem
from tests.factories import RESOLVED_AT, IncidentFactory, PostmortemFactory, TeamFactory

pytestmark = pytest.mark.django_db


def numbers(response):
    return [row.postmortem.number for row in response.context["rows"]]


def test_index_shows_the_latest_first_and_hides_restricted_ones_from_strangers(signed_in, draft, hidden):
    PostmortemFactory(incident=IncidentFactory(number=8))

    response = signed_in.get("/postmortems/")

    assert numbers(response) == [8, 7]
    assert "Canary" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=draft", [7]),
        ("status=published", [8]),
        ("text=payment", [8]),
        ("text=INC-7", [7]),
        ("severity=1", [8]),
        ("status=bad&severity=9", [8, 7]),
    ],
)
def test_index_narrows_by_what_the_address_says(signed_in, draft, query, found):
    PostmortemFactory(published=True, incident=IncidentFactory(number=8, title="Payments fail", severity=1))

    assert numbers(signed_in.get(f"/postmortems/?{query}")) == found


def test_index_narrows_to_a_team(signed_in, draft):
    team = TeamFactory()
    PostmortemFactory(incident=IncidentFactory(number=8, team=team))

    assert numbers(signed_in.get(f"/postmortems/?team={team.pk}")) == [8]


@pytest.mark.parametrize(
    ("status", "resolved_at", "late"),
    [
        ("draft", RESOLVED_AT, True),
        ("in_review", RESOLVED_AT, True),
        ("published", RESOLVED_AT, False),
        ("draft", None, False),
    ],
)
def test_index_says_which_should_have_been_published(signed_in, status, resolved_at, late):
    install_severity_policies()
    published_at = RESOLVED_AT if status == Postmortem.Status.PUBLISHED else None
    PostmortemFactory(status=status, published_at=published_at, incident__resolved_at=resolved_at)

    with time_machine.travel(datetime(2026, 3, 6, tzinfo=UTC), tick=False):
        response = signed_in.get("/postmortems/")

    assert [bool(row.clocks.late) for row in response.context["rows"]] == [late]
    assert ("late by" in response.content.decode()) is late


def test_index_teaches_when_it_is_empty(signed_in):
    assert "No post-mortem yet" in signed_in.get("/postmortems/").content.decode()
    assert "No post-mortem fits" in signed_in.get("/postmortems/?text=nothing").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_index_asks_the_database_as_often_for_one_row_as_for_three(signed_in, django_assert_num_queries, warm, rows):
    for number in range(1, rows + 1):
        PostmortemFactory(incident=IncidentFactory(number=number))
    warm(signed_in)

    with django_assert_num_queries(7):
        signed_in.get("/postmortems/")
