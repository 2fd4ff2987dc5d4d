"""Exact moments between two revisions, as long as the live log still holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from live.errors import CannotLoad
from live.history import rows_to_replay
from live.log import document_at
from live.models import Update
from postmortems.models import Postmortem, Revision

# A page replays no more rows than this, which takes a fraction of a second.
MOST_ROWS = 10_000
MOST_MOMENTS = 60


@dataclass(frozen=True)
class Moment:
    upto: int
    at: datetime


def moments_before(postmortem: Postmortem, revision: Revision, previous: Revision | None) -> list[Moment]:
    """Moments since the revision before, evenly picked; none where they are forgotten or too many to replay."""
    if previous is None or rows_to_replay(postmortem.room_id, revision.upto, most=MOST_ROWS) > MOST_ROWS:
        return []
    rows = Update.objects.filter(room=postmortem.room_id, pk__gt=previous.upto, pk__lte=revision.upto).order_by("pk")
    found = [Moment(*row) for row in rows.values_list("pk", "created_at")[:MOST_ROWS]]
    return _evenly(found) if len(found) > 1 else []


def _evenly(found: Sequence[Moment]) -> list[Moment]:
    if len(found) <= MOST_MOMENTS:
        return list(found)
    step = (len(found) - 1) / (MOST_MOMENTS - 1)
    return [found[round(index * step)] for index in range(MOST_MOMENTS)]


def texts_at(postmortem: Postmortem, moment: Moment, keys: Sequence[str]) -> dict[str, str] | None:
    """The texts at that moment; None when the log cannot say any more."""
    try:
        document = document_at(postmortem.room, moment.upto)
    except CannotLoad:
        return None
    return {key: document.text(key) for key in keys}
