"""What of the mails people may do without, and the link in a mail that says so with one click (RFC 8058)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from people.models import UnwantedMail, User
from people.record import put_on_record

# The separator stands for itself in an address, and in nothing that is signed.
_signer = Signer(salt="people.topics", sep="~")


@dataclass(frozen=True)
class Topic:
    """A kind of mail, or a part of one. `parts` are the topics that one click on the whole stops."""

    key: str
    title: str
    text: str = ""
    parts: tuple[str, ...] = ()


_topics: dict[str, Topic] = {}


def register_topic(topic: Topic) -> None:
    """From an app above."""
    _topics[topic.key] = topic


def topics_to_choose() -> list[Topic]:
    return [topic for topic in _topics.values() if not topic.parts]


def wishes_of(person: User) -> Mapping[str, bool]:
    unwanted = set(person.unwanted_mails.values_list("topic", flat=True))
    return {topic.key: topic.key not in unwanted for topic in topics_to_choose()}


@transaction.atomic
def choose_mails(person: User, *, wanted: Iterable[str]) -> None:
    """What they want of what may be done without; on record, since they may ask one day why nothing came."""
    before = [key for key, is_wanted in wishes_of(person).items() if not is_wanted]
    unwanted = [topic.key for topic in topics_to_choose() if topic.key not in set(wanted)]
    UnwantedMail.objects.filter(person=person).exclude(topic__in=unwanted).delete()
    UnwantedMail.objects.bulk_create(
        [UnwantedMail(person=person, topic=key) for key in unwanted], ignore_conflicts=True
    )
    if sorted(before) != sorted(unwanted):
        put_on_record(person, "mail.chosen", by=person, before=before, after=unwanted)


def stop_topic(person: User, key: str) -> Topic:
    topic = _topics[key]
    stopped = topic.parts or (key,)
    choose_mails(person, wanted=[k for k, is_wanted in wishes_of(person).items() if is_wanted and k not in stopped])
    return topic


def stop_address(person_id: int, key: str) -> str:
    """Good for ever: whoever keeps a mail for years may still unsubscribe with it."""
    return settings.SITE_URL + reverse("people:stop_mail", args=[_signer.sign(f"{person_id}.{key}")])


def read_stop_address(token: str) -> tuple[User, Topic] | None:
    try:
        person, _, key = _signer.unsign(token).partition(".")
    except BadSignature:
        return None
    found = User.objects.active().filter(pk=int(person)).first()
    return (found, _topics[key]) if found and key in _topics else None
