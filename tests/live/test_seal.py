"""A closed document does not change any more, and whoever was typing meanwhile keeps their words."""

import asyncio
import threading

import pytest
from django.db import transaction

from live.commands import read, seal
from live.limits import ACCESS_WITHDRAWN, TRY_AGAIN
from live.models import Update
from people.models import User
from postmortems.commands import close_postmortem, reopen_postmortem
from postmortems.models import Postmortem, Revision
from tests.factories import PostmortemFactory, UserFactory
from tests.live.people import Visitor, in_a_thread, until
from tests.live.typists import TOKEN


@pytest.fixture
def postmortem(transactional_db: None) -> Postmortem:
    """Published, so that it can be closed."""
    return PostmortemFactory(published=True, texts={"summary": ""})


@pytest.fixture
def ada(transactional_db: None) -> User:
    return UserFactory(name="Ada", role=User.Role.ADMINISTRATOR)


async def type_on(number: int, visitor: Visitor) -> None:
    """Without a pause, so that something is on its way at any moment; comes back when the socket is closed."""
    for count in range(10_000):
        if visitor.close_code is not None:
            return
        await visitor.write("summary", f"<{number}:{count}>", at=0)
        await asyncio.sleep(0)


def test_seal_while_people_type_leaves_the_text_as_it_was_when_it_was_closed(
    web, second_web, visit, postmortem, mira, noor, ada
):
    writers = [visit(user, port) for user in (mira, noor) for port in (web.port, second_web.port)]
    newcomer = visit(mira)

    async def scenario() -> str:
        for writer in writers:
            await writer.__aenter__()
        typing = [asyncio.create_task(type_on(number, writer)) for number, writer in enumerate(writers)]
        await until(lambda: all(writer.saved > 3 for writer in writers))
        await in_a_thread(lambda: close_postmortem(postmortem, by=ada))
        at_closing = (await in_a_thread(lambda: read(postmortem.room))).texts["summary"]
        await asyncio.gather(*typing, return_exceptions=True)
        for writer in writers:
            assert await writer.is_closed() in (TRY_AGAIN, ACCESS_WITHDRAWN)
            async with writer:
                hello = next(event["hello"] for event in reversed(writer.events) if "hello" in event)
                assert not hello["may_write"]
        async with newcomer:
            return at_closing

    at_closing = asyncio.run(scenario())

    assert read(postmortem.room).texts == {"summary": at_closing}
    assert newcomer.text() == at_closing
    revision = Revision.objects.filter(postmortem=postmortem, kind=Revision.Kind.STATUS).latest("pk")
    assert revision.upto == Update.objects.filter(room=postmortem.room).latest("pk").pk
    kept = set(TOKEN.findall(at_closing))
    for writer in writers:  # What came too late is in nobody's hands but the author's, and there it is.
        assert kept <= set(TOKEN.findall(writer.text()))


def test_seal_under_way_keeps_nobody_waiting_and_taken_back_loses_nothing(visit, postmortem, mira, noor):
    other = PostmortemFactory(texts={"summary": ""})
    writer, elsewhere = visit(mira), visit(noor)
    elsewhere.address = elsewhere.address.replace(f"/{postmortem.number}/", f"/{other.number}/")
    is_sealed, may_end = threading.Event(), threading.Event()

    def seal_and_think_again() -> None:
        with transaction.atomic():
            seal(postmortem.room)
            is_sealed.set()
            may_end.wait(10)
            transaction.set_rollback(True)

    async def scenario() -> None:
        async with elsewhere:
            async with writer:
                sealing = asyncio.create_task(in_a_thread(seal_and_think_again))
                await asyncio.to_thread(is_sealed.wait, 5)
                await asyncio.gather(writer.write("summary", "too late? "), elsewhere.write("summary", "at once"))
                await elsewhere.is_saved(within=2)
                assert await writer.is_closed(within=2) == TRY_AGAIN
            may_end.set()
            await sealing
            async with writer:
                await writer.is_saved()

    asyncio.run(scenario())

    assert read(postmortem.room).texts == {"summary": "too late? "}


def test_seal_ends_when_the_document_is_reopened(visit, postmortem, mira, ada):
    visitor = visit(mira)
    close_postmortem(postmortem, by=ada)
    reopen_postmortem(postmortem, by=ada)

    async def scenario() -> None:
        async with visitor:
            await visitor.write("summary", "one thing more")
            await visitor.is_saved()

    asyncio.run(scenario())

    assert read(postmortem.room).texts == {"summary": "one thing more"}
