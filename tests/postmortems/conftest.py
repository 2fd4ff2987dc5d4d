import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from live import bus
from live.commands import replace_text
from live.models import Room
from people.models import RecordEntry, User
from postmortems.models import Postmortem
from tests.factories import RESOLVED_AT, IncidentFactory, PostmortemFactory, TeamFactory

HTMX = {"HX-Request": "true"}
ROW = {"Accept": "application/json", "HX-Request": "true"}


@pytest.fixture
def draft(db: None) -> Postmortem:
    """INC-7, with words in its one section."""
    return PostmortemFactory(incident=IncidentFactory(number=7))


@pytest.fixture
def in_review(draft: Postmortem) -> Postmortem:
    return _moved(draft, status=Postmortem.Status.IN_REVIEW)


@pytest.fixture
def published(draft: Postmortem) -> Postmortem:
    return _moved(draft, status=Postmortem.Status.PUBLISHED, published_at=RESOLVED_AT)


@pytest.fixture
def closed(draft: Postmortem) -> Postmortem:
    return _moved(draft, status=Postmortem.Status.CLOSED, published_at=RESOLVED_AT, closed_at=RESOLVED_AT)


def _moved(postmortem: Postmortem, **columns: object) -> Postmortem:
    Postmortem.objects.filter(pk=postmortem.pk).update(**columns)
    postmortem.refresh_from_db()
    return postmortem


@pytest.fixture
def empty_summary(draft: Postmortem, member: User) -> Postmortem:
    """A draft that still lacks the words of a required section."""
    draft.sections.update(is_required=True)
    replace_text(draft.room, "summary", " \n", base_version=None, by=member)
    return draft


@pytest.fixture
def signed_in(client: Client, member: User) -> Client:
    client.force_login(member)
    return client


@pytest.fixture
def facilitating(client: Client, facilitator: User) -> Client:
    client.force_login(facilitator)
    return client


@pytest.fixture
def hidden(db: None) -> Postmortem:
    """INC-9, restricted: for a team that nobody of these tests belongs to."""
    return PostmortemFactory(incident=IncidentFactory(number=9, title="Canary", is_restricted=True, team=TeamFactory()))


@pytest.fixture
def recorded() -> Callable[[Postmortem], list[tuple[str, User | None]]]:
    def of(postmortem: Postmortem) -> list[tuple[str, User | None]]:
        return [(entry.verb, entry.by) for entry in RecordEntry.objects.about(postmortem)]

    return of


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the events that open pages would be told of: the socket itself is tested with `live`."""
    heard: list[str] = []
    _listen(monkeypatch, lambda frame: heard.append(frame["event"]))
    return heard


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The events themselves, as every open page gets them."""
    heard: list[dict[str, Any]] = []
    _listen(monkeypatch, heard.append)
    return heard


def _listen(monkeypatch: pytest.MonkeyPatch, hear: Callable[[dict[str, Any]], None]) -> None:
    def tell(room: Room, kind: bytes, content: bytes) -> None:
        if kind == bus.EVENT:
            hear(json.loads(content))

    monkeypatch.setattr("live.commands._tell", tell)


@pytest.fixture
def ejected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Reasons for which everyone's socket was ended."""
    reasons: list[str] = []
    monkeypatch.setattr(
        "postmortems.commands.lifecycle.eject", lambda room, user=None, reason="": reasons.append(reason)
    )
    return reasons


@pytest.fixture
def doubted(monkeypatch: pytest.MonkeyPatch) -> list[Room]:
    """Rooms whose people were asked again for their rights."""
    rooms: list[Room] = []
    monkeypatch.setattr("postmortems.receivers.doubt", lambda room: rooms.append(room))
    return rooms
