"""The log of a room, read and folded from ordinary Django code (pages, commands, the worker).

The log is the document. A snapshot is a shortcut through its first part; plain texts are a copy for reading.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from live import registry
from live.document import Document, load
from live.errors import CannotLoad
from live.limits import FOLD_AFTER_ROWS, FOLD_QUIET_AFTER_ROWS, ROWS_KEPT_DAYS
from live.models import Room, SharedText, Snapshot, Update

logger = structlog.get_logger(__name__)

# An id is taken before its row is committed, so a lower id may still turn up below a higher one. A row is settled when
# no open transaction can have taken a lower id: its own is older than all of them, and it is not brand-new.
SETTLED_UPTO = """
    select max(id) from live_update
    where room_id = %s and id > %s and created_at < clock_timestamp() - interval '10 seconds'
      and age(xmin) > (
          select coalesce(max(age(backend_xid)), -1) from pg_stat_activity where datname = current_database()
      )
"""
MAY_STILL_GROW = """
    select exists (
        select 1 from (
            select created_at, id - lag(id) over (order by id) as step from live_update where id between %s and %s
        ) recent
        where step > 1 and created_at > clock_timestamp() - interval '2 seconds'
    )
"""


@dataclass(frozen=True)
class Log:
    """What a document is built from: a snapshot, if there is one, and the rows after it in the order of their ids."""

    snapshot: bytes | None
    upto: int
    rows: list[tuple[int, bytes]]

    @property
    def version(self) -> int:
        return self.rows[-1][0] if self.rows else self.upto

    def document(self) -> Document:
        return load(self.snapshot, (data for _, data in self.rows))


@dataclass(frozen=True)
class Reading:
    """The texts of a room and the state of the log that they show."""

    texts: dict[str, str]
    version: int


@dataclass(frozen=True)
class Shown:
    """What an open room shows: its texts, made of `row_count` rows after the id `base` up to `version`."""

    texts: dict[str, str]
    base: int
    row_count: int
    version: int

    def is_of(self, room_id: int, log: Log) -> bool:
        """Whether it was made of exactly the rows of `log`: another process may have added one below the newest."""
        rows = Update.objects.filter(room_id=room_id, pk__gt=self.base, pk__lte=log.version)
        return self.version == log.version and rows.count() == self.row_count


def read_log(room_id: int, *, upto: int | None = None) -> Log:
    snapshots = Snapshot.objects.filter(room_id=room_id)
    rows = Update.objects.filter(room_id=room_id)
    if upto is not None:
        snapshots, rows = snapshots.filter(upto__lte=upto), rows.filter(pk__lte=upto)
    snapshot = snapshots.order_by("-upto").values_list("data", "upto").first()
    data, begins = (bytes(snapshot[0]), snapshot[1]) if snapshot else (None, 0)
    found = rows.filter(pk__gt=begins).order_by("pk").values_list("pk", "data")
    return Log(data, begins, [(pk, bytes(row)) for pk, row in found])


def names_of(room_id: int) -> list[str]:
    return list(SharedText.objects.filter(room_id=room_id).order_by("pk").values_list("name", flat=True))


def newest(room_id: int) -> int:
    """The id of the last row, which may be gone already behind a snapshot."""
    row = Update.objects.filter(room_id=room_id).aggregate(newest=Max("pk"))["newest"]
    return row or Snapshot.objects.filter(room_id=room_id).aggregate(newest=Max("upto"))["newest"] or 0


def read_texts(room_id: int, *, upto: int | None = None) -> Reading:
    log = read_log(room_id, upto=upto)
    document = log.document()
    return Reading({name: document.text(name) for name in names_of(room_id)}, log.version)


def settle(version: int) -> None:
    """Wait, a moment at most, until no row below `version` can turn up any more.

    A form that starts from a version must start from all of it: a row that came in later would look, when the form
    comes back, like words that the person took out.
    """
    for _ in range(20):
        with connection.cursor() as cursor:
            cursor.execute(MAY_STILL_GROW, [version - 64, version])
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.01)


def settled_upto(room_id: int, after: int) -> int | None:
    """The newest row after `after` below which no other can turn up any more; None when there is none yet."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLED_UPTO, [room_id, after])
        settled: int | None = cursor.fetchone()[0]
    return settled


def store_texts(room_id: int, reading: Reading) -> None:
    now = timezone.now()
    for name, text in reading.texts.items():
        stored = SharedText.objects.filter(room_id=room_id, name=name, upto__lte=reading.version)
        stored.exclude(text=text, upto=reading.version).update(text=text, upto=reading.version, updated_at=now)


def fold_room(room_id: int, shown: Shown | None = None) -> bool:
    """Make a snapshot of the settled part of the log, if it stands every comparison; say whether there is a new one.

    With the rows after it, the candidate must give the state and the texts that the log gives; and the log must give
    the texts of `shown`, when that is made of the same rows.
    """
    log = read_log(room_id)
    settled = settled_upto(room_id, log.upto)
    names = names_of(room_id)
    whole = log.document()
    texts = {name: whole.text(name) for name in names}
    if shown is not None and shown.texts != texts and shown.is_of(room_id, log):
        logger.error("live.fold_differs_from_open_room", room=room_id, version=log.version)
        return False
    store_texts(room_id, Reading(texts, log.version))
    if settled is None:
        return False
    first_part = load(log.snapshot, (data for pk, data in log.rows if pk <= settled))
    candidate = first_part.missing(b"\x00")
    again = load(candidate, (data for pk, data in log.rows if pk > settled))
    if again.clocks() != whole.clocks() or {name: again.text(name) for name in names} != texts:
        logger.error("live.snapshot_differs_from_log", room=room_id, version=log.version)
        return False
    _keep_snapshot(room_id, candidate, settled)
    return True


@transaction.atomic
def _keep_snapshot(room_id: int, data: bytes, upto: int) -> None:
    """One snapshot a day stays beside the newest, so that a later state can be built without trusting the newest."""
    Snapshot.objects.get_or_create(room_id=room_id, upto=upto, defaults={"data": data})
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    Snapshot.objects.filter(room_id=room_id, created_at__gte=today, upto__lt=upto).delete()


def rooms_to_fold() -> list[int]:
    """Rooms with a long tail after their snapshot, or with a middling one that nobody has added to for a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select room.id from live_room room
            join lateral (
                select count(*) as count, max(created_at) as newest from (
                    select created_at from live_update u
                    where u.room_id = room.id
                      and u.id > coalesce((select max(upto) from live_snapshot s where s.room_id = room.id), 0)
                    order by u.id limit %s
                ) first_rows
            ) tail on true
            where tail.count >= %s
               or (tail.count >= %s and tail.newest < clock_timestamp() - interval '1 minute')
            """,
            [FOLD_AFTER_ROWS, FOLD_AFTER_ROWS, FOLD_QUIET_AFTER_ROWS],
        )
        return [room_id for (room_id,) in cursor.fetchall()]


def texts_behind() -> list[int]:
    """Rooms whose stored plain texts end before their log does, with nothing new for a few seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select t.room_id from (select room_id, max(upto) as upto from live_sharedtext group by room_id) t
            join lateral (
                select id, created_at from live_update u where u.room_id = t.room_id order by id desc limit 1
            ) newest on true
            where newest.id > t.upto and newest.created_at < clock_timestamp() - interval '5 seconds'
            """
        )
        return [room_id for (room_id,) in cursor.fetchall()]


def forget_old_rows() -> int:
    """Delete rows that are both old and behind an old snapshot; returns how many went.

    The snapshot they lead up to is itself old, so whatever is wrong with a younger one can be mended for that long.
    Rows that a keeper has not taken into a history yet stay, and with them the snapshot that they build on.
    """
    before = timezone.now() - timedelta(days=ROWS_KEPT_DAYS)
    deleted = 0
    for room_id, kind in Room.objects.filter(snapshots__created_at__lt=before).distinct().values_list("pk", "kind"):
        old = Snapshot.objects.filter(room_id=room_id, created_at__lt=before)
        if keeper := registry.keeper(kind):
            old = old.filter(upto__lte=keeper(room_id))
        base = old.aggregate(base=Max("upto"))["base"]
        if base is None:
            continue
        deleted += Update.objects.filter(room_id=room_id, pk__lte=base, created_at__lt=before).delete()[0]
        Snapshot.objects.filter(room_id=room_id, upto__lt=base).delete()
    return deleted


def document_at(room: Room, version: int | None) -> Document:
    """The document as it was at `version`. Raises CannotLoad when the log no longer reaches back that far."""
    log = read_log(room.pk, upto=version)
    if version and not log.version:
        raise CannotLoad("the log does not reach back that far")
    return log.document()
