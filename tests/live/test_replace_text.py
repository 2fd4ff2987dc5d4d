"""The plain form, and every other change made on the server, merges like a keystroke (QUALITY row D6)."""

import asyncio
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from live.commands import add_text, create_room, read, replace_text, text_of, texts_of, version_of
from live.errors import VersionTooOld
from live.merging import edits_between
from live.models import SharedText, Update
from tests.live.people import in_a_thread, until


def applied(old: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, text in reversed(edits):
        old = old[:start] + text + old[end:]
    return old


texts = st.text(alphabet=st.sampled_from("ab \n.é😀"), max_size=60)


@given(texts, texts)
@hypothesis_settings(max_examples=300, deadline=None)
def test_replace_text_edits_lead_from_the_old_to_the_new(old: str, new: str) -> None:
    edits = edits_between(old, new)

    assert applied(old, edits) == new
    assert all(before[1] <= after[0] for before, after in pairwise(edits))


def test_replace_text_edits_are_small() -> None:
    assert edits_between("one two three", "one 2 three") == [(4, 7, "2")]
    assert edits_between("a\nb\nc\n", "a\nB\nc\nd\n") == [(2, 3, "B"), (5, 5, "\nd")]


@pytest.mark.django_db
def test_replace_text_keeps_what_others_wrote_since_the_form_was_opened() -> None:
    room = create_room("postmortems", {"summary": "The queue grew. Nobody was paged.", "impact": "none"})
    opened = read(room)
    replace_text(room, "summary", "The queue grew fast. Nobody was paged.", base_version=opened.version, by=None)

    version = replace_text(
        room, "summary", "The queue grew. Nobody was paged, for an hour.", base_version=opened.version, by=None
    )

    assert text_of(room, "summary") == "The queue grew fast. Nobody was paged, for an hour."
    assert version == version_of(room)
    assert texts_of(room)["impact"] == "none"


@pytest.mark.django_db
def test_replace_text_with_the_same_text_writes_nothing() -> None:
    room = create_room("postmortems", {"summary": "words\nmore"})

    version = replace_text(room, "summary", "words\r\nmore", base_version=version_of(room), by=None)

    assert version == version_of(room)
    assert Update.objects.count() == 1


@pytest.mark.django_db
def test_replace_text_stores_author_and_plain_text_without_nul(member) -> None:
    room = create_room("postmortems", {"summary": ""})

    replace_text(room, "summary", "a\x00b\r\nc", base_version=0, by=member)

    assert SharedText.objects.get(room=room).text == text_of(room, "summary") == "a�b\nc"
    assert Update.objects.get().author == member


@pytest.mark.django_db
def test_replace_text_from_a_forgotten_version_is_refused() -> None:
    room = create_room("postmortems", {"summary": "words"})
    old = version_of(room)
    Update.objects.all().delete()

    with pytest.raises(VersionTooOld):
        replace_text(room, "summary", "other words", base_version=old, by=None)


def test_replace_text_appears_on_open_pages_only_after_the_commit(visit, postmortem, mira, noor):
    one, other = visit(mira), visit(noor)

    def save_the_form():
        with transaction.atomic():
            replace_text(postmortem.room, "summary", "saved by a form, ", base_version=None, by=mira)

    def change_of_mind():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            replace_text(postmortem.room, "summary", "never", base_version=None, by=mira)
            raise ZeroDivisionError

    async def scenario():
        async with one, other:
            await in_a_thread(change_of_mind)
            await in_a_thread(save_the_form)
            await one.sees("saved by a form, ")
            await one.write("summary", "typed on")
            await other.sees("saved by a form, typed on")

    asyncio.run(scenario())


def test_replace_text_in_a_text_added_to_an_open_room(visit, postmortem, mira):
    visitor = visit(mira)

    async def scenario():
        async with visitor:
            await in_a_thread(lambda: add_text(postmortem.room, "lessons", "We learnt: "))
            await visitor.sees("We learnt: ", name="lessons")
            await visitor.write("lessons", "a lot")
            await visitor.is_saved()
            await until(lambda: visitor.close_code is None)

    asyncio.run(scenario())

    assert text_of(postmortem.room, "lessons") == "We learnt: a lot"
