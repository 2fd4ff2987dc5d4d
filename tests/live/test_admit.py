"""Everybody comes back at once: looked up together, each is told what they would be told alone."""

import asyncio
from datetime import timedelta

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from live.admission import Visit, admit_all
from people.models import User
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.live.conftest import sign_in
from tests.live.people import Visitor


@pytest.fixture
def number(transactional_db):
    return PostmortemFactory().number


def test_admit_tells_each_what_their_own_session_and_door_say(number):
    restricted = PostmortemFactory(incident=IncidentFactory(is_restricted=True)).number
    mira, vito = UserFactory(name="Mira"), UserFactory(name="Vito", role=User.Role.VIEWER)
    left, late, changed = UserFactory(), UserFactory(), UserFactory()
    keys = {user: sign_in(user) for user in (mira, vito, left, late, changed)}
    User.objects.filter(pk=left.pk).update(is_active=False)
    Session.objects.filter(session_key=keys[late]).update(expire_date=timezone.now() - timedelta(seconds=1))
    changed.set_password("another horse battery staple")
    changed.save()
    visits = [Visit(keys[user], "postmortems", number) for user in (mira, vito, left, late, changed)]
    visits += [
        Visit(keys[mira], "postmortems", restricted),
        Visit(keys[mira], "recipes", number),
        Visit("0" * 32, "postmortems", number),
        Visit(keys[mira], "postmortems", number),
    ]

    told = [(a.person.name, a.access.may_write) if a else None for a in admit_all(visits)]

    assert told == [("Mira", True), ("Vito", False), None, None, None, None, None, None, ("Mira", True)]


def test_admit_takes_a_session_without_a_person_for_nobody(number):
    key = sign_in(UserFactory())
    session = Session.objects.get(session_key=key)
    store = session.get_session_store_class()(key)
    del store[HASH_SESSION_KEY]
    store.save()
    anonymous = session.get_session_store_class()()
    anonymous["language"] = "en"
    anonymous.save()

    visits = [Visit(key, "postmortems", number), Visit(anonymous.session_key, "postmortems", number)]
    assert admit_all(visits) == [None, None]


@pytest.mark.parametrize("count", [1, 3])
def test_admit_asks_as_often_for_three_as_for_one(number, django_assert_num_queries, count):
    visits = [Visit(sign_in(UserFactory()), "postmortems", number) for _ in range(count)]

    with django_assert_num_queries(3):
        assert all(admit_all(visits))


def test_admit_lets_sixty_in_who_come_at_once(web, number):
    comers = [Visitor(web.port, number, sign_in(UserFactory())) for _ in range(60)]

    async def scenario():
        await asyncio.gather(*(comer.__aenter__() for comer in comers))
        await comers[0].write("summary", "Hello ", at=0)
        await asyncio.gather(*(comer.sees(comers[0].text()) for comer in comers))
        await asyncio.gather(*(comer.close() for comer in comers))

    asyncio.run(scenario())

    assert {comer.close_code for comer in comers} == {1000}
