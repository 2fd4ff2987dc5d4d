"""Answers from a mail: a link that is signed for one person, one action and one purpose, for some days, and works once.

The outbox holds the plain address of an answer, which asks for a session. In the mail that leaves, it becomes a key.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import IntegrityError, transaction
from django.urls import reverse

from actions.errors import NotAllowedNow
from actions.models import Action, ActionPolicy, UsedAnswer
from people.models import OutboxMail, User

PURPOSES = {
    "accept": "Accept",
    "decline": "Decline",
    "start": "On it",
    "block": "Blocked",
    "reschedule": "Another date",
    "finish": "Done",
    "confirm": "Confirm",
    "decide": "Decide",
    "holds": "It holds",
    "fails": "Holds no longer",
}
_signer = TimestampSigner(salt="actions.answers", sep="~")
ADDRESSES = re.compile(re.escape(settings.SITE_URL) + r"/actions/(?P<number>\d+)/answer/(?P<purpose>[a-z]+)/")


def address_of(number: int, purpose: str) -> str:
    """Written out, for a weekly run asks for hundreds of thousands; a test holds it against the URLs."""
    return f"{settings.SITE_URL}/actions/{number}/answer/{purpose}/"


def seal(found: re.Match[str], mail: OutboxMail) -> str:
    """The key is always the recipient's own, whatever stands in the words of the mail."""
    signed = _signer.sign(f"{mail.pk}.{mail.recipient_id}.{found['purpose']}.{found['number']}")
    return settings.SITE_URL + reverse("actions:answer_by_mail", args=[signed])


class Problem(Enum):
    """Why a link is answered no more, in a sentence."""

    BROKEN = "This is not a whole link: mail programs cut long ones sometimes."
    EXPIRED = "This link has lived its days. What it asked may have been settled since."
    USED = "This link was answered already, and each works once."
    UNSEEN = "This is no longer for you to answer: it belongs to somebody else now, or you no longer see it."


@dataclass(frozen=True)
class Key:
    """What a link opens: `person` may answer with `purpose` for `action`."""

    mail_id: int
    person: User
    purpose: str
    action: Action

    def use_up(self) -> None:
        """In the transaction of the change. Raises NotAllowedNow when somebody was quicker with the same link."""
        try:
            with transaction.atomic():
                UsedAnswer.objects.create(mail_id=self.mail_id, purpose=self.purpose, action=self.action)
        except IntegrityError as error:
            raise NotAllowedNow(Problem.USED.value) from error

    @property
    def is_used(self) -> bool:
        return UsedAnswer.objects.filter(mail_id=self.mail_id, purpose=self.purpose, action=self.action).exists()


def read_key(token: str) -> Key | Problem:
    """Asked anew at each opening: who has left, or sees the incident no longer, answers no more."""
    days = ActionPolicy.load().answer_within_days
    try:
        words = _signer.unsign(token, max_age=timedelta(days=days))
    except SignatureExpired:
        return Problem.EXPIRED
    except BadSignature:
        return Problem.BROKEN
    mail, person_id, purpose, number = words.split(".")
    person = User.objects.active().filter(pk=int(person_id)).first()
    if person is None or not person.can_write or purpose not in PURPOSES:
        return Problem.UNSEEN
    related = ["owner", "added_by", "postmortem__incident__team", "postmortem__room"]
    action = Action.objects.visible_to(person).filter(number=int(number)).select_related(*related).first()
    if action is None:
        return Problem.UNSEEN
    key = Key(int(mail), person, purpose, action)
    return Problem.USED if key.is_used else key
