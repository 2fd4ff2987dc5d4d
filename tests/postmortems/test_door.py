"""The door of a room: what it says to one and what it says to many must be the same."""

import pytest

from people.models import User
from postmortems.door import PostmortemDoor
from postmortems.models import Postmortem
from tests.factories import RESOLVED_AT, IncidentFactory, ParticipantFactory, PostmortemFactory, UserFactory

pytestmark = pytest.mark.django_db

UNKNOWN = 4711


@pytest.fixture
def postmortems():
    """Everybody's, a restricted one, and a closed one."""
    return [
        PostmortemFactory(),
        PostmortemFactory(incident=IncidentFactory(is_restricted=True)),
        PostmortemFactory(published=True, status=Postmortem.Status.CLOSED, closed_at=RESOLVED_AT),
    ]


@pytest.fixture
def cast(postmortems):
    restricted = postmortems[1].incident
    member, participant = UserFactory(), UserFactory()
    restricted.team.members.add(member)
    ParticipantFactory(incident=restricted, user=participant)
    others = [
        UserFactory(),
        UserFactory(role=User.Role.VIEWER),
        UserFactory(role=User.Role.ADMINISTRATOR),
        UserFactory(is_active=False),
        UserFactory(role=User.Role.ADMINISTRATOR, is_active=False),
    ]
    return [member, participant, *others]


def test_door_says_to_many_what_it_says_to_each(postmortems, cast):
    numbers = [*(postmortem.number for postmortem in postmortems), UNKNOWN]
    visits = [(user, number) for user in cast for number in numbers]
    door = PostmortemDoor()

    alone = [door.enter(user, number) for user, number in visits]

    assert door.enter_all(visits) == alone
    assert [bool(access) for access in alone[:4]] == [True, True, True, False]
    assert [bool(access) for access in alone[8:12]] == [True, False, True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_door_asks_once_about_however_many_people(django_assert_num_queries, count):
    number = PostmortemFactory().number
    visits = [(UserFactory(), number) for _ in range(count)]

    with django_assert_num_queries(1):
        assert all(PostmortemDoor().enter_all(visits))
