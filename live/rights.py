"""What may have changed since a socket was opened: the session, the person, the door."""

from collections.abc import Collection, Iterable, Mapping

from django.contrib.sessions.models import Session
from django.utils import timezone

from live import registry
from live.connection import Person
from live.registry import Access
from people.models import User

# Kind of door, person, number behind the door.
Entry = tuple[str, int, int]


def ask(entries: Iterable[Entry]) -> dict[Entry, Access | None]:
    """What the doors answer now."""
    entries = list(entries)
    return ask_for(User.objects.active().in_bulk({user_id for _, user_id, _ in entries}), entries)


def ask_for(users: Mapping[int, User], entries: Collection[Entry]) -> dict[Entry, Access | None]:
    """The same, for whom the people behind the entries have just been read."""
    answers: dict[Entry, Access | None] = dict.fromkeys(entries)
    for kind in {kind for kind, _, _ in entries}:
        known = [entry for entry in entries if entry[0] == kind and entry[1] in users]
        if door := registry.door(kind):
            said = door.enter_all([(users[user_id], number) for _, user_id, number in known])
            answers.update(zip(known, said, strict=True))
    return answers


def still_signed_in(people: Iterable[Person]) -> set[Person]:
    """Two queries for however many people."""
    people = set(people)
    sessions = set(
        Session.objects.filter(
            session_key__in=[person.session_key for person in people], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    users = User.objects.active().in_bulk([person.user_id for person in people])
    return {
        person
        for person in people
        if person.session_key in sessions
        and person.user_id in users
        and users[person.user_id].get_session_auth_hash() == person.session_hash
    }
