"""Rights that end in the middle of a session end the socket within a second, in every process: QUALITY row L13."""

import asyncio
import time
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction

from incidents.commands import edit_incident
from live.commands import announce
from live.limits import ACCESS_WITHDRAWN
from people.commands import edit_person
from people.models import Team, User
from postmortems.commands import close_postmortem
from postmortems.models import Postmortem
from tests.factories import ParticipantFactory, PostmortemFactory, UserFactory
from tests.live.people import in_a_thread, until

LONGEST = 1.0


@pytest.fixture
def postmortem(transactional_db: None) -> Postmortem:
    """Published, so that it can be closed."""
    return PostmortemFactory(published=True, texts={"summary": ""})


@pytest.fixture
def ada(transactional_db: None) -> User:
    return UserFactory(name="Ada", role=User.Role.ADMINISTRATOR)


def restrict(postmortem: Postmortem, ada: User, mira: User) -> None:
    edit_incident(postmortem.incident, by=ada, is_restricted=True)


def leave_the_team(postmortem: Postmortem, ada: User, mira: User) -> None:
    postmortem.incident.team.members.remove(mira)


def lose_the_lead(postmortem: Postmortem, ada: User, mira: User) -> None:
    team = postmortem.incident.team
    team.lead = ada
    team.save()


def leave_the_participants(postmortem: Postmortem, ada: User, mira: User) -> None:
    edit_incident(postmortem.incident, by=ada, participants=[])


def switch_off(postmortem: Postmortem, ada: User, mira: User) -> None:
    edit_person(mira, by=ada, is_active=False)


def become_a_viewer(postmortem: Postmortem, ada: User, mira: User) -> None:
    edit_person(mira, by=ada, role=User.Role.VIEWER)


def close(postmortem: Postmortem, ada: User, mira: User) -> None:
    close_postmortem(postmortem, by=ada)


def sign_out(postmortem: Postmortem, ada: User, mira: User) -> None:
    for session in Session.objects.all():
        if session.get_decoded()["_auth_user_id"] == str(mira.pk):
            session.delete()


def choose_a_new_password(postmortem: Postmortem, ada: User, mira: User) -> None:
    mira.set_password("another horse battery staple")
    mira.save()


@pytest.mark.parametrize(
    "lose",
    [
        restrict,
        leave_the_team,
        lose_the_lead,
        leave_the_participants,
        switch_off,
        become_a_viewer,
        close,
        sign_out,
        choose_a_new_password,
    ],
)
def test_lose_rights_ends_the_sockets_at_once_and_nothing_later_reaches_them(
    web, second_web, visit, postmortem, mira, ada, lose: Callable[..., None]
):
    incident = postmortem.incident
    if lose in (leave_the_team, lose_the_lead, leave_the_participants):
        incident.is_restricted = True
        incident.save()
    if lose is leave_the_team:
        incident.team.members.add(mira)
    elif lose is lose_the_lead:
        Team.objects.filter(pk=incident.team_id).update(lead=mira)
    elif lose is leave_the_participants:
        ParticipantFactory(incident=incident, user=mira)
    here, there = visit(mira, web.port), visit(mira, second_web.port)
    writer = visit(ada, web.port)

    async def scenario() -> float:
        async with here, there, writer:
            await writer.write("summary", "before")
            await here.sees("before")
            await there.sees("before")
            await in_a_thread(lambda: lose(postmortem, ada, mira))
            began = time.monotonic()
            await until(lambda: here.close_code and there.close_code, within=LONGEST + 4)
            took = time.monotonic() - began
            if lose is not close:  # Then the writer's right ends as well.
                await writer.write("summary", " and after")
                await writer.is_saved()
            return took

    took = asyncio.run(scenario())

    assert (here.close_code, there.close_code) == (ACCESS_WITHDRAWN, ACCESS_WITHDRAWN)
    assert (here.text(), there.text()) == ("before", "before")
    assert took < LONGEST


def test_lose_rights_keeps_back_what_follows_in_the_same_breath(web, second_web, visit, postmortem, mira, ada):
    here, there = visit(mira, web.port), visit(mira, second_web.port)
    staying = visit(ada, second_web.port)

    def restrict_and_tell() -> None:
        with transaction.atomic():
            edit_incident(postmortem.incident, by=ada, is_restricted=True)
            announce(postmortem.room, "rowChanged", html="a secret")

    async def scenario():
        async with here, there, staying:
            await in_a_thread(restrict_and_tell)
            await until(lambda: here.close_code and there.close_code)
            await until(lambda: any(event.get("html") for event in staying.events))

    asyncio.run(scenario())

    assert not [event for visitor in (here, there) for event in visitor.events if event.get("html")]


def test_lose_rights_of_others_goes_unnoticed_by_who_keeps_them(visit, postmortem, mira, ada):
    staying = visit(ada)

    async def scenario():
        async with staying:
            await in_a_thread(lambda: edit_incident(postmortem.incident, by=ada, is_restricted=True))
            await until(lambda: any(event.get("event") == "incidentChanged" for event in staying.events))
            await in_a_thread(lambda: edit_person(mira, by=ada, role=User.Role.VIEWER))
            await staying.write("summary", "still here")
            await staying.is_saved()
            assert staying.close_code is None

    asyncio.run(scenario())
