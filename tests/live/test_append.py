"""The statement behind every keystroke: what it commits, in which order, and what it says when it cannot."""

import asyncio
import threading

import pytest
from django.db import connection, transaction

from live.append import Row
from live.commands import seal
from live.errors import NotStored, RoomSealed
from live.models import Update
from live.store import Store
from tests.factories import PostmortemFactory, UserFactory
from tests.live.people import in_a_thread
from tests.stack import wait_until


@pytest.fixture
def room(transactional_db):
    return PostmortemFactory(texts={"summary": ""}).room


@pytest.fixture
def author(transactional_db):
    return UserFactory()


def run(*batches):
    """The ids of each batch, or what was raised instead, over one connection."""

    async def scenario():
        store, said = Store(), []
        for batch in batches:
            try:
                said.append(await store.append(batch))
            except NotStored as error:
                said.append(error)
        await store.close()
        return said

    return asyncio.run(scenario())


def rows_of(room):
    return list(Update.objects.filter(room=room).order_by("pk").values_list("pk", "data", "author_id"))


def test_append_commits_rows_in_their_order_and_returns_their_ids(room, author):
    other = PostmortemFactory(texts={"summary": ""}).room
    rows = [Row((room, other)[n % 2].pk, bytes((n,)), author.pk) for n in range(200)]

    (ids,) = run(rows)

    found = Update.objects.in_bulk(ids)
    assert ids == sorted(ids)
    assert [(found[pk].room_id, bytes(found[pk].data), found[pk].author_id) for pk in ids] == [
        (row.room_id, row.data, row.author_id) for row in rows
    ]


@pytest.mark.parametrize("size", [0, 1, 70_000, 9_000_000])
def test_append_takes_rows_of_any_size(room, author, size):
    """The large ones do not fit into what the kernel takes at once."""
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    (ids,) = run([Row(room.pk, data, author.pk)])

    assert [(pk, bytes(kept), by) for pk, kept, by in rows_of(room)] == [(ids[0], data, author.pk)]


def test_append_refuses_all_rows_of_a_batch_and_goes_on_with_the_next(room, author):
    good, bad = Row(room.pk, b"good", author.pk), Row(4711, b"bad", author.pk)

    refusal, ids = run([good, bad], [good])

    assert isinstance(refusal, NotStored)
    assert refusal.is_refusal
    assert [pk for pk, _, _ in rows_of(room)] == ids


def test_append_stores_nothing_of_a_batch_with_a_row_for_a_sealed_room(room, author):
    sealed = PostmortemFactory(texts={"summary": ""}).room
    seal(sealed)
    good = Row(room.pk, b"good", author.pk)

    refusal, ids = run([good, Row(sealed.pk, b"late", author.pk)], [good, good])

    assert isinstance(refusal, RoomSealed)
    assert refusal.is_refusal
    assert [pk for pk, _, _ in rows_of(room)] == ids
    assert rows_of(sealed) == []


def cut():
    """End every connection that appends, as a restart of PostgreSQL would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and query like '%insert into live_update%'"
        )


def test_append_says_that_a_connection_broken_on_the_way_stored_nothing_for_sure_and_opens_another(room, author):
    row = Row(room.pk, b"data", author.pk)

    def cut_under_way():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("lock table live_update in access exclusive mode")
            is_held.set()
            wait_until(lambda: waiting(cursor) == 1, what="the statement at the lock")
            cut()

    def waiting(cursor):
        cursor.execute("select count(*) from pg_locks where relation = 'live_update'::regclass and not granted")
        return cursor.fetchone()[0]

    is_held = threading.Event()

    async def scenario():
        store = Store()
        first = await store.append([row])
        cutting = asyncio.create_task(in_a_thread(cut_under_way))
        await asyncio.to_thread(is_held.wait, 10)
        with pytest.raises(NotStored) as error:
            await store.append([row])
        await cutting
        last = await store.append([row])
        await store.close()
        return first, error.value, last

    first, error, last = asyncio.run(scenario())

    assert not error.is_refusal
    assert [pk for pk, _, _ in rows_of(room)] == [*first, *last]


def test_append_goes_on_after_a_connection_ended_while_nobody_typed(room, author):
    row = Row(room.pk, b"data", author.pk)

    async def scenario():
        store = Store()
        first = await store.append([row])
        await in_a_thread(cut)
        await asyncio.sleep(0.05)
        last = await store.append([row])
        await store.close()
        return [*first, *last]

    assert asyncio.run(scenario()) == [pk for pk, _, _ in rows_of(room)]
