"""Valkey is away: everything can be read and every form works, and people are told what comes late. QUALITY row D1."""

import re
import socket
import time
from collections.abc import Iterator

import kombu.pools
import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client, override_settings

from actions.models import Action
from config.celery import app
from core import cache as forgiving
from live import bus
from live.commands import text_of, version_of
from people.models import User
from tests.factories import UserFactory
from tests.postmortems.test_add_event import ANSWER
from tests.world import OPEN, World, addresses, make_world

LONGEST_PAGE_SECONDS = 5.0
NOT_ABOUT_VALKEY = {"readyz"}  # It says 503 on purpose: operators must know.
NOTICE = "What others change may arrive late"


@pytest.fixture(params=["refuses", "is silent"])
def _without_valkey(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At the address of Valkey nobody listens, or somebody who takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            listener.listen(64)
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        monkeypatch.setattr(bus, "mouth", bus.Mouth())
        # In this order: what is put back as the one is read from the other.
        monkeypatch.setattr(app.conf, "broker_write_url", url)
        monkeypatch.setattr(app.conf, "broker_url", url)
        forget_broker()
        dead = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": url}}
        with override_settings(REDIS_URL=url, CACHES=dead):
            yield
        forget_broker()
    forgiving.is_back()
    caches["counts"].clear()


def forget_broker() -> None:
    """Connections that were opened before, by whichever test, lead to another address than the one set now."""
    kombu.pools.reset()
    app._after_fork()


@pytest.fixture
def _inhabited(db: None) -> World:
    return make_world()


@pytest.fixture
def world(_inhabited: World, _without_valkey: None) -> World:
    """Made while Valkey was still there: each thing told to nobody would wait for it."""
    return _inhabited


def test_without_valkey_every_page_answers(world: World) -> None:
    broken, slow = [], []
    for address in addresses():
        if address.name in NOT_ABOUT_VALKEY:
            continue
        who = "administrator" if address.route.startswith("admin/") else "member"
        began = time.monotonic()
        status = world.client(who).get(address.path(world, OPEN)).status_code
        if status >= 500:
            broken.append((who, address.name, status))
        if time.monotonic() - began > LONGEST_PAGE_SECONDS:
            slow.append((who, address.name))

    assert (broken, slow) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_without_valkey_forms_save_and_the_page_says_what_comes_late(world: World) -> None:
    client, dossier = world.client("member"), world.dossiers[OPEN]
    room = dossier.postmortem.room
    version = version_of(room)

    answers = [
        client.post(f"/postmortems/101/sections/{dossier.section.pk}/edit/", {"text": "By hand.", "version": version}),
        client.post("/postmortems/101/timeline/add/", ANSWER),
        client.post("/actions/201/start/"),
    ]
    page = client.get("/postmortems/101/").content.decode()

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert text_of(room, "summary") == "By hand."
    assert dossier.postmortem.timeline_events.filter(text=ANSWER["new-text"]).exists()
    assert Action.objects.get(number=201).status == "in_progress"
    assert NOTICE in page
    assert NOTICE in client.get("/lateness/").content.decode()


def test_with_valkey_nothing_is_said_to_come_late(client: Client, member: User) -> None:
    client.force_login(member)

    assert NOTICE not in client.get("/people/profile/").content.decode()
    assert not re.search(r"\S", re.sub(r"<[^>]*>|{#.*#}", "", client.get("/lateness/").content.decode()))


def test_without_valkey_guesses_at_a_password_are_counted_all_the_same(db: None, _without_valkey: None) -> None:
    UserFactory(email="mira@harbour.example")
    client = Client()

    answers = [guess(client, f"guess {number}") for number in range(12)]

    assert "Too many failed" not in answers[0]
    assert "Too many failed" in answers[-1]


def guess(client: Client, password: str) -> str:
    answer = client.post("/accounts/login/", {"login": "mira@harbour.example", "password": password})
    return answer.content.decode()
