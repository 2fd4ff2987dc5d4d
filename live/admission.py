"""Who is let in. After a deployment everybody comes back at once: who comes while others are looked up is looked up
together with all who wait, in a handful of queries for however many."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from live import rights
from live.connection import Person
from live.registry import Access
from live.threads import in_thread
from people.models import User

AT_ONCE = 50


@dataclass(frozen=True)
class Visit:
    """Somebody at a door: the key of the session they name, and where they want to go."""

    session_key: str
    kind: str
    number: int


@dataclass(frozen=True)
class Admission:
    person: Person
    access: Access


def visit_of(headers: dict[bytes, bytes], kind: str, number: int) -> Visit:
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    return Visit(cookies.get(settings.SESSION_COOKIE_NAME, ""), kind, number)


class Admissions:
    def __init__(self) -> None:
        self._waiting: list[tuple[Visit, asyncio.Future[Admission | None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def admit(self, visit: Visit) -> Admission | None:
        """None for whom the door does not open. Raises what the database raises."""
        if not visit.session_key:
            return None
        answer: asyncio.Future[Admission | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((visit, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                admissions = await in_thread(admit_all, [visit for visit, _ in batch])
            except Exception as error:  # noqa: BLE001  each of them is told, and says it where it is theirs to say
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), admission in zip(batch, admissions, strict=True):
                if not answer.done():
                    answer.set_result(admission)


def admit_all(visits: Sequence[Visit]) -> list[Admission | None]:
    """What the doors say to the people whose sessions these are."""
    users, people = people_behind({visit.session_key for visit in visits})
    entries = {
        visit: (visit.kind, person.user_id, visit.number)
        for visit in visits
        if (person := people.get(visit.session_key)) is not None
    }
    answers = rights.ask_for(users, set(entries.values()))
    admissions: list[Admission | None] = []
    for visit in visits:
        access = answers.get(entries[visit]) if visit in entries else None
        is_open = access is not None and access.may_read
        admissions.append(Admission(people[visit.session_key], access) if access and is_open else None)
    return admissions


def people_behind(session_keys: set[str]) -> tuple[dict[int, User], dict[str, Person]]:
    """By the rules of django.contrib.auth.get_user, in two queries: the session lives, and was made with this password.

    The accounts by id, and by session key whom each lets in.
    """
    found = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    sessions = {session.session_key: session.get_decoded() for session in found}
    users = User.objects.active().in_bulk({said[SESSION_KEY] for said in sessions.values() if SESSION_KEY in said})
    people = {}
    for key, said in sessions.items():
        user = users.get(int(said.get(SESSION_KEY, 0)))
        if user is None or said.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            continue
        session_hash = said.get(HASH_SESSION_KEY, "")
        if constant_time_compare(session_hash, user.get_session_auth_hash()):
            people[key] = Person(user.pk, str(user), key, session_hash)
    return users, people
