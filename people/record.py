from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from people.models import RecordEntry, User


def put_on_record(thing: models.Model, verb: str, *, by: User | None, **details: Any) -> RecordEntry:
    """Keep for ever who did what to `thing`; call it in the transaction of the change itself.

    `verb` is noun.verb in the past tense (`action.dropped`); `details` is what one needs to understand it later.
    """
    return RecordEntry.objects.create(
        thing_type=ContentType.objects.get_for_model(thing), thing_id=thing.pk, verb=verb, by=by, details=details
    )
