import pytest
from django.test import Client

from actions.models import Action
from people.models import User
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

ROW = {"Accept": "application/json", "HX-Request": "true"}


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory(email="owner@harbour.example", name="Olga Owner")


@pytest.fixture
def action(owner: User) -> Action:
    return ActionFactory(number=45, owner=owner)


@pytest.fixture
def secret_action(owner: User) -> Action:
    """From a restricted incident that nobody but its team may see."""
    incident = IncidentFactory(title="CANARY-INCIDENT", is_restricted=True, team=TeamFactory(members=[owner]))
    return ActionFactory(number=66, owner=owner, title="CANARY-ACTION", postmortem=PostmortemFactory(incident=incident))


@pytest.fixture
def member_client(client: Client, member: User) -> Client:
    client.force_login(member)
    return client


@pytest.fixture
def htmx() -> dict[str, str]:
    return {"HX-Request": "true"}
