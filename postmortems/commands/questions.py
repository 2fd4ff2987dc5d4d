"""What a room does with the questions that its timeline raises: answers one, sets one aside, brings one back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from incidents.commands import edit_incident
from live.commands import announce
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.models import Postmortem, QuestionSetAside


@transaction.atomic
def set_question_aside(postmortem: Postmortem, key: str, *, by: User) -> None:
    """For everyone, until somebody brings it back. Raises NotMovable once the post-mortem is closed."""
    refuse_when_closed(postmortem, "set a question aside")
    _, is_new = QuestionSetAside.objects.get_or_create(postmortem=postmortem, key=key, defaults={"by": by})
    if is_new:
        put_on_record(postmortem, "question.set_aside", by=by, key=key)
        announce(postmortem.room, "questionsChanged")


@transaction.atomic
def bring_question_back(postmortem: Postmortem, key: str, *, by: User) -> None:
    """Raises NotMovable once the post-mortem is closed."""
    refuse_when_closed(postmortem, "bring a question back")
    count, _ = QuestionSetAside.objects.filter(postmortem=postmortem, key=key).delete()
    if count:
        put_on_record(postmortem, "question.brought_back", by=by, key=key)
        announce(postmortem.room, "questionsChanged")


@transaction.atomic
def fill_instant(postmortem: Postmortem, name: str, at: datetime, *, by: User) -> None:
    """Take an event's time as the incident's own instant that nobody knew yet; what somebody filled in meanwhile stays.

    Raises NotMovable once the post-mortem is closed, and what edit_incident raises.
    """
    refuse_when_closed(postmortem, "change its facts")
    facts: dict[str, Any] = {name: at}
    edit_incident(postmortem.incident, by=by, seen={name: None}, **facts)
