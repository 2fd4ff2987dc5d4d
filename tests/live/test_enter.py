"""Who is let into a room, and how long: QUALITY rows W1 and L13."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone as clock
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from core.build import build_id
from live.commands import announce, eject, text_of
from live.gate import is_from_our_pages
from live.limits import ACCESS_WITHDRAWN, POLICY, SOCKETS_PER_PERSON_AND_ROOM
from live.models import identity_of
from people.models import User
from tests.live.conftest import sign_in
from tests.live.people import Visitor, in_a_thread, until


def refusal(visitor: Visitor, **headers: str) -> int:
    """The HTTP status that the socket was refused with."""

    async def attempt() -> int:
        try:
            async with connect(
                visitor.address,
                additional_headers={"Cookie": f"sessionid={visitor.cookie}", **headers},
                origin=visitor.origin or None,
            ):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    return asyncio.run(attempt())


def test_enter_with_session_and_origin_is_let_in(visit, postmortem, mira):
    assert refusal(visit(mira)) == 101


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "null",
        "",
        "http://localhost.elsewhere.example",
        "http://localhost",
        "http://localhost:1",
        "https://localhost:{port}",
        "http://127.0.0.1:{port}",
    ],
)
def test_enter_from_another_page_is_refused(visit, postmortem, mira, web, origin):
    visitor = visit(mira)
    visitor.origin = origin.format(port=web.port)

    assert refusal(visitor) == 403


def test_enter_from_the_address_that_the_site_is_known_by_is_let_in(visit, postmortem, mira, settings):
    """A proxy may pass another Host on than the one that the browser asked for."""
    assert refusal(visit(mira, origin=settings.SITE_URL)) == 101


@pytest.mark.parametrize(
    ("origin", "scheme", "proto", "is_ours"),
    [
        ("https://debrief.example", "ws", "https", True),
        ("http://debrief.example", "ws", "https", False),
        ("http://debrief.example", "ws", "http", True),
        ("https://debrief.example", "wss", "", False),  # What the proxy does not say, is not so.
        ("https://pages.trusted.example", "ws", "https", True),
        ("https://trusted.example", "ws", "https", False),
        ("https://eviltrusted.example", "ws", "https", False),
    ],
)
def test_enter_through_a_proxy_counts_the_scheme_that_it_names(settings, origin, scheme, proto, is_ours):
    settings.TRUSTED_PROXY = True
    settings.ALLOWED_HOSTS = ["debrief.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.trusted.example"]
    headers = [(b"host", b"debrief.example"), (b"origin", origin.encode()), (b"x-forwarded-proto", proto.encode())]

    assert is_from_our_pages({"scheme": scheme, "headers": headers}) is is_ours


def test_enter_through_another_host_name_is_refused(visit, postmortem, mira):
    assert refusal(visit(mira), Host="elsewhere.example") == 403


@pytest.mark.parametrize("cookie", ["", "0" * 32, "'; drop table"])
def test_enter_without_a_session_is_refused(visit, postmortem, mira, cookie):
    visitor = visit(mira)
    visitor.cookie = cookie

    assert refusal(visitor) == 403


def test_enter_with_an_expired_session_is_refused(visit, postmortem, mira):
    visitor = visit(mira)
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))

    assert refusal(visitor) == 403


def test_enter_as_somebody_switched_off_is_refused(visit, postmortem, mira):
    visitor = visit(mira)
    User.objects.filter(pk=mira.pk).update(is_active=False)

    assert refusal(visitor) == 403


def test_enter_a_restricted_room_is_refused_like_an_unknown_one(visit, postmortem, mira):
    stranger, lost = visit(mira), visit(mira)
    lost.address = lost.address.replace(f"/{postmortem.number}/", "/4711/")
    postmortem.incident.is_restricted = True
    postmortem.incident.save()

    assert (refusal(stranger), refusal(lost)) == (403, 403)


def test_enter_a_kind_of_room_that_no_app_knows_is_refused(visit, postmortem, mira):
    visitor = visit(mira)
    visitor.address = visitor.address.replace("postmortems", "recipes")

    assert refusal(visitor) == 403


def test_enter_too_often_closes_the_last_socket(visit, postmortem, mira):
    visitors = [visit(mira) for _ in range(SOCKETS_PER_PERSON_AND_ROOM + 1)]

    async def scenario():
        for visitor in visitors:
            await visitor.open()
        assert await visitors[-1].is_closed() == POLICY
        assert visitors[0].close_code is None
        for visitor in visitors[:-1]:
            await visitor.close()

    asyncio.run(scenario())


def test_enter_to_read_shows_the_text_live_and_stores_no_forged_update(visit, postmortem, mira, viewer_cookie):
    writer, reader = visit(mira), visit(None)
    reader.cookie = viewer_cookie

    async def scenario():
        async with writer, reader:
            await until(lambda: reader.events)
            assert reader.events[0]["hello"]["may_write"] is False
            await writer.write("summary", "true words")
            await reader.sees("true words")
            for _ in range(3):
                await reader.write("summary", "forged")
            assert await reader.is_closed() == POLICY
            await writer.is_saved()
            assert writer.text() == "true words"

    asyncio.run(scenario())

    assert text_of(postmortem.room, "summary") == "true words"


@pytest.fixture
def viewer_cookie(transactional_db: None) -> str:
    from tests.factories import UserFactory

    return sign_in(UserFactory(name="Vito", role=User.Role.VIEWER))


def test_enter_ends_within_a_second_when_rights_are_lost(visit, postmortem, mira, noor):
    ejected, staying = visit(mira), visit(noor)

    async def scenario():
        async with ejected, staying:
            await in_a_thread(lambda: eject(postmortem.room, mira, "rights"))
            assert await ejected.is_closed(within=1) == ACCESS_WITHDRAWN
            await staying.write("summary", "still here")
            await staying.is_saved()

    asyncio.run(scenario())

    assert ejected.text() == ""


def test_enter_ends_with_the_session(visit, postmortem, mira):
    visitor = visit(mira)

    async def scenario():
        async with visitor:
            await in_a_thread(lambda: Session.objects.all().delete())
            assert await visitor.is_closed() == ACCESS_WITHDRAWN
            assert visitor.close_reason == "signed out"

    asyncio.run(scenario())


def test_enter_ends_with_the_old_password(visit, postmortem, mira):
    visitor = visit(mira)

    def change_password():
        mira.set_password("another horse battery staple")
        mira.save()

    async def scenario():
        async with visitor:
            await in_a_thread(change_password)
            assert await visitor.is_closed() == ACCESS_WITHDRAWN

    asyncio.run(scenario())


def test_enter_ends_when_the_door_changes_its_mind_without_a_word(visit, postmortem, mira):
    visitor = visit(mira)

    def restrict():
        type(postmortem.incident).objects.filter(pk=postmortem.incident_id).update(is_restricted=True)

    async def scenario():
        async with visitor:
            await in_a_thread(restrict)
            assert await visitor.is_closed(within=8) == ACCESS_WITHDRAWN
            assert visitor.close_reason == "rights changed"

    asyncio.run(scenario())


def test_enter_hears_what_happens_beside_the_texts(visit, postmortem, mira):
    with_events, without = visit(mira), visit(mira, events=False)

    async def scenario():
        async with with_events, without:
            await in_a_thread(lambda: announce(postmortem.room, "timelineChanged", number=4))
            await until(lambda: {"event": "timelineChanged", "number": 4} in with_events.events, within=1)

    asyncio.run(scenario())

    assert without.events == []


def test_enter_says_first_who_where_and_with_what_program(visit, postmortem, mira):
    visitor, again = visit(mira), visit(mira)

    async def scenario():
        async with visitor, again:
            await until(lambda: visitor.events and again.events)

    asyncio.run(scenario())

    assert visitor.events[0] == again.events[0]
    assert visitor.events[0]["hello"] == {
        "id": mira.pk,
        "name": "Mira",
        "may_write": True,
        "room": postmortem.room.identity,
        "build": build_id(),
        "protocol": 1,
    }


def test_enter_a_room_that_got_the_number_of_another_is_told_apart():
    born = datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)

    assert identity_of(7, born) == identity_of(7, born.astimezone(timezone(timedelta(hours=9))))
    assert identity_of(7, born) != identity_of(7, born + timedelta(microseconds=1))
    assert identity_of(7, born) != identity_of(8, born)
