"""The log of a room told as stretches of writing: what the texts were at the end of each, and who wrote in which.

Telling replays rows one by one, so it belongs into the worker; a page asks `rows_to_replay` first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Min

from live.document import Change, Document
from live.errors import CannotLoad
from live.log import names_of, read_log
from live.models import Snapshot, Update
from live.updates import shape_of

# A pause this long ends a stretch, and so does its having gone on for this long.
QUIET = timedelta(minutes=2)
LONGEST = timedelta(minutes=5)

Row = tuple[int, bytes | memoryview, int | None, datetime]


@dataclass
class Stretch:
    """Writing without a long pause: who wrote in which text, and the texts at its end."""

    upto: int
    at: datetime
    authors: dict[str, set[int]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Activity:
    """When the first and the last of the rows after some id were written."""

    first_at: datetime
    last_at: datetime

    def is_over(self, now: datetime) -> bool:
        return self.last_at <= now - QUIET or self.first_at <= now - LONGEST


def activity_after(room_id: int, after: int) -> Activity | None:
    rows = Update.objects.filter(room_id=room_id, pk__gt=after)
    times = rows.aggregate(first=Min("created_at"), last=Max("created_at"))
    return Activity(times["first"], times["last"]) if times["first"] else None


def rows_to_replay(room_id: int, upto: int, *, most: int) -> int:
    """How many rows must be read one by one to build the state at `upto`; counts no further than `most` + 1."""
    base = Snapshot.objects.filter(room_id=room_id, upto__lte=upto).aggregate(base=Max("upto"))["base"] or 0
    return Update.objects.filter(room_id=room_id, pk__gt=base, pk__lte=upto)[: most + 1].count()


def authors_after(room_id: int, after: int) -> set[int]:
    """Everyone who wrote anything after that row."""
    rows = Update.objects.filter(room_id=room_id, pk__gt=after, author__isnull=False)
    return set(rows.order_by().values_list("author_id", flat=True).distinct())


def stretches(room_id: int, after: int, upto: int) -> Iterator[Stretch]:
    """The writing after row `after`, up to and with `upto`. Raises CannotLoad when the log does not reach back there."""
    base = read_log(room_id, upto=after)
    if after and not base.version:
        raise CannotLoad("the log does not reach back that far")
    document, names = base.document(), names_of(room_id)
    touched: set[str] = set()
    document.watch(names, touched.add)
    waiting: list[Change[Any]] = []
    for group in _groups(room_id, after, upto):
        stretch = Stretch(upto=group[-1][0], at=group[-1][3])
        for _, data, author, _ in group:
            touched.clear()
            document.take([Change(bytes(data), shape_of(bytes(data)), None)], waiting)
            for name in touched:
                stretch.authors.setdefault(name, set()).update({author} - {None})  # type: ignore[arg-type]
        stretch.texts = texts_in(document, names)
        yield stretch


def texts_in(document: Document[Any], names: Sequence[str]) -> dict[str, str]:
    return {name: document.text(name) for name in names}


def _groups(room_id: int, after: int, upto: int) -> Iterator[list[Row]]:
    rows = Update.objects.filter(room_id=room_id, pk__gt=after, pk__lte=upto).order_by("pk")
    group: list[Row] = []
    for row in rows.values_list("pk", "data", "author_id", "created_at"):
        if group and (row[3] - group[-1][3] >= QUIET or row[3] - group[0][3] >= LONGEST):
            yield group
            group = []
        group.append(row)
    if group:
        yield group
