import pytest

from tests.factories import IncidentFactory, ParticipantFactory, PostmortemFactory, TeamFactory

pytestmark = pytest.mark.django_db


def numbers(response):
    return [incident.number for incident in response.context["page"]]


def test_index_shows_the_latest_first_and_says_which_are_restricted(signed_in, team):
    IncidentFactory(number=1, title="Older")
    IncidentFactory(number=2, title="Newer", team=team, is_restricted=True)

    response = signed_in.get("/incidents/")

    assert numbers(response) == [2, 1]
    assert response.content.decode().count("<span>Restricted</span>") == 1


def test_index_hides_restricted_incidents_from_strangers(signed_in):
    IncidentFactory(number=1, title="Canary", is_restricted=True)
    IncidentFactory(number=2, title="Open to all")

    response = signed_in.get("/incidents/")

    assert numbers(response) == [2]
    assert "Canary" not in response.content.decode()


@pytest.mark.parametrize("through", ["team", "participant"])
def test_index_shows_restricted_incidents_to_their_people(signed_in, member, team, through):
    incident = IncidentFactory(is_restricted=True, **({"team": team} if through == "team" else {}))
    if through == "participant":
        ParticipantFactory(incident=incident, user=member)

    assert numbers(signed_in.get("/incidents/")) == [incident.number]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=payment", [3]),
        ("text=PAYMENT", [3]),
        ("text=INC-2", [2]),
        ("text=2", [2]),
        ("severity=1", [1]),
        ("state=open", [2]),
        ("state=resolved", [3, 1]),
        ("severity=1&state=open", []),
        ("severity=bad", [3, 2, 1]),
        ("state=bad&team=99999", [3, 2, 1]),
        ("page=99", [3, 2, 1]),
        ("page=-1", [3, 2, 1]),
    ],
)
def test_index_narrows_by_what_the_address_says(signed_in, query, found):
    IncidentFactory(number=1, severity=1)
    IncidentFactory(number=2, resolved_at=None)
    IncidentFactory(number=3, title="Payments fail")

    assert numbers(signed_in.get(f"/incidents/?{query}")) == found


def test_index_narrows_to_a_team(signed_in, team):
    IncidentFactory(number=1)
    IncidentFactory(number=2, team=team)

    assert numbers(signed_in.get(f"/incidents/?team={team.pk}")) == [2]


def test_index_keeps_the_filter_while_one_turns_pages(signed_in):
    team = TeamFactory()
    for number in range(1, 32):
        IncidentFactory(number=number, team=team)

    response = signed_in.get("/incidents/?text=checkout&page=2")

    assert numbers(response) == [1]
    assert 'href="?text=checkout&amp;page=1"' in response.content.decode()


def test_index_teaches_when_it_is_empty(signed_in):
    assert "No incident on record" in signed_in.get("/incidents/").content.decode()
    assert "No incident fits" in signed_in.get("/incidents/?text=nothing").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_index_asks_the_database_as_often_for_one_row_as_for_three(signed_in, django_assert_num_queries, warm, rows):
    for number in range(1, rows + 1):
        PostmortemFactory(incident=IncidentFactory(number=number))
    warm(signed_in)

    with django_assert_num_queries(5):
        signed_in.get("/incidents/")
