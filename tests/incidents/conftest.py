from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from incidents.models import Incident
from people.models import Team, User
from tests.factories import TeamFactory


@pytest.fixture
def signed_in(client: Client, member: User) -> Client:
    client.force_login(member)
    return client


@pytest.fixture
def team(member: User) -> Team:
    return TeamFactory(name="Checkout", members=[member])


@pytest.fixture
def answer(team: Team) -> Callable[..., dict[str, Any]]:
    """What the form sends when nothing but the necessary is filled in; `changes` go on top."""

    def build(**changes: Any) -> dict[str, Any]:
        necessary = {
            "title": "Checkout is down",
            "kind": Incident.Kind.PRODUCTION_OUTAGE,
            "severity": 2,
            "team": team.pk,
        }
        return {**necessary, "currency": "EUR", **changes}

    return build
