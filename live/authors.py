"""Who wrote something: found by playing the log again, since every row of it is one author's."""

from collections.abc import Iterable

from live import log
from live.document import Change, Document
from live.errors import BadFrame, CannotLoad
from live.models import Room, Update
from live.updates import shape_of

MOST_ROWS = 20_000

Sought = tuple[str, str]  # a text's name, and words


def who_wrote(room: Room, sought: Iterable[Sought], *, since: int) -> dict[Sought, int | None]:
    """Whose row of the log, after `since`, first made a text hold some words; None where the log does not say."""
    authors: dict[Sought, int | None] = dict.fromkeys(sought)
    rows = Update.objects.filter(room=room, pk__gt=since).order_by("pk")[:MOST_ROWS]
    try:
        document: Document = log.read_log(room.pk, upto=since).document()
        missing = {one for one in authors if one[1] not in document.text(one[0])}
        for data, author in rows.values_list("data", "author_id").iterator():
            if not missing:
                break
            document.take([Change(bytes(data), shape_of(bytes(data)), None)], [])
            for one in [one for one in missing if one[1] in document.text(one[0])]:
                authors[one] = author
                missing.discard(one)
    except (BadFrame, CannotLoad):
        return authors
    return authors
