"""Threads on a passage: opened, answered, edited, withdrawn; and what becomes of them when the text changes."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from live.anchors import Anchor, Span
from live.commands import anchor_passage, replace_text, text_of, version_of
from people.models import RecordEntry
from postmortems.commands import (
    close_postmortem,
    edit_comment,
    open_thread,
    reopen_thread,
    reply,
    resolve_thread,
    withdraw_comment,
)
from postmortems.commands.words import read_words
from postmortems.errors import NotMovable, PassageNotFound
from postmortems.exporting.as_json import as_json
from postmortems.exporting.as_markdown import as_markdown
from postmortems.exporting.document import document_of
from postmortems.models import Comment, Postmortem, Thread
from postmortems.passages import passages_of
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory

TEXT = "The queue 🚢 grew for an hour. Nobody saw the queue grow."


@pytest.fixture
def postmortem(db):
    return PostmortemFactory(incident=IncidentFactory(number=7), texts={"summary": TEXT})


@pytest.fixture
def section(postmortem):
    return postmortem.sections.get()


@pytest.fixture
def asker(db):
    return UserFactory(name="Ada Lind")


@pytest.fixture
def thread(section, asker):
    return open_thread(section, by=asker, text="How do we know?", quote="grew for an hour")


@pytest.fixture
def client_of():
    def client(user):
        client = Client()
        client.force_login(user)
        return client

    return client


def write(section, text):
    room = section.postmortem.room
    replace_text(room, section.key, text, base_version=version_of(room), by=None)


def passage_of(thread):
    thread.refresh_from_db()
    return passages_of(thread.postmortem, [thread])[thread.pk]


def test_open_on_a_passage_quotes_what_the_text_says(thread, asker):
    assert (thread.quote, thread.opened_by, thread.is_resolved) == ("grew for an hour", asker, False)
    assert [comment.text for comment in thread.comments.all()] == ["How do we know?"]
    assert passage_of(thread).words == "grew for an hour"


def test_open_with_the_anchor_of_a_browser_takes_the_passage_meant_and_not_the_first_like_it(section, asker):
    start = TEXT.rindex("queue")
    anchor = anchor_passage(section.postmortem.room, "summary", Span(start, start + 5))

    thread = open_thread(section, by=asker, text="Which one?", quote="queue", anchor=anchor)

    assert passage_of(thread).span == Span(start, start + 5)


@pytest.mark.parametrize("anchor", [Anchor((7, 0), (7, 3)), Anchor((2**53, 2**53), (0, 0))])
def test_open_with_an_anchor_that_is_wrong_looks_for_the_words(section, asker, anchor):
    thread = open_thread(section, by=asker, text="?", quote="queue", anchor=anchor)

    assert passage_of(thread).span == Span(4, 9)


def test_open_finds_words_across_line_breaks(section, asker):
    write(section, "The queue\ngrew  for an hour.")

    thread = open_thread(section, by=asker, text="?", quote="queue grew\r\nfor an")

    assert thread.quote == "queue\ngrew  for an"


def test_open_on_words_that_the_text_does_not_say_is_refused(section, asker):
    with pytest.raises(PassageNotFound) as refusal:
        open_thread(section, by=asker, text="?", quote="the queue shrank")

    assert "“Summary” does not say these words." in refusal.value.reasons[0]
    assert not Thread.objects.exists()


def test_open_on_a_whole_section_has_no_passage(section, asker):
    thread = open_thread(section, by=asker, text="Too long?", quote="  ")

    assert (thread.anchor, thread.quote) == (None, "")
    assert passages_of(thread.postmortem, [thread]) == {}


def test_a_passage_stays_where_it_is_while_others_write_around_it(section, thread):
    write(section, "Once again the queue 🚢🚢 grew for an hour, nobody saw it.")

    passage = passage_of(thread)

    assert (passage.words, passage.is_lost) == ("grew for an hour", False)


def test_a_passage_that_others_reword_is_quoted_as_it_reads_now(section, thread):
    write(section, TEXT.replace("for an hour", "for almost an hour"))

    assert passage_of(thread).words == "grew for almost an hour"


def test_a_passage_that_was_deleted_says_so_with_the_words_it_had(section, thread):
    write(section, "The queue 🚢. Nobody saw the queue grow.")

    passage = passage_of(thread)

    assert (passage.is_lost, passage.words) == (True, "grew for an hour")


def test_a_passage_whose_words_come_back_where_they_stood_stands_again_and_is_held_anew(section, thread):
    write(section, TEXT.replace("grew for an hour", ""))
    assert passage_of(thread).is_lost

    write(section, TEXT)

    assert (passage_of(thread).is_lost, passage_of(thread).is_anchored) == (False, False)
    read_words(section.postmortem.pk, now=timezone.now())
    assert passage_of(thread).is_anchored
    write(section, TEXT.replace("for an", "for almost an"))
    assert passage_of(thread).words == "grew for almost an hour"


def test_a_passage_that_was_reworded_before_it_was_deleted_is_known_by_its_last_words(section, thread):
    reworded = TEXT.replace("for an", "for almost an")
    write(section, reworded)
    read_words(section.postmortem.pk, now=timezone.now())
    write(section, TEXT.replace("grew for an hour", ""))
    assert passage_of(thread).words == "grew for almost an hour"

    write(section, reworded)

    assert not passage_of(thread).is_lost


def test_the_same_words_elsewhere_are_not_taken_for_the_passage(section, thread):
    write(section, "The queue 🚢. " + "Nobody saw the queue grow. " * 3 + "It grew for an hour")

    assert passage_of(thread).is_lost


def test_reply_puts_the_thread_on_top_and_leaves_it_resolved(section, thread, asker):
    other = open_thread(section, by=asker, text="Another")
    resolve_thread(thread, by=asker)

    reply(thread, by=asker, text="From the graph.")

    thread.refresh_from_db()
    assert thread.is_resolved
    assert list(section.postmortem.threads.all()) == [thread, other]


def test_edit_says_so_and_what_it_said_stays_on_record(thread, asker):
    comment = edit_comment(thread.comments.get(), by=asker, text="How would we know?")

    assert (comment.text, comment.edited_at is None) == ("How would we know?", False)
    entry = RecordEntry.objects.about(thread.postmortem).get(verb="comment.edited")
    assert entry.details["before"] == "How do we know?"


def test_withdraw_keeps_that_there_was_a_comment_and_what_it_said_on_record(thread, asker):
    comment = withdraw_comment(thread.comments.get(), by=asker)

    assert (comment.text, comment.is_withdrawn) == ("", True)
    assert Comment.objects.count() == 1
    entry = RecordEntry.objects.about(thread.postmortem).get(verb="comment.withdrawn")
    assert entry.details["before"] == "How do we know?"
    with pytest.raises(NotMovable):
        edit_comment(comment, by=asker, text="Back")


def test_resolve_and_reopen_say_who_and_when_and_do_nothing_twice(thread, asker):
    other = UserFactory()
    resolved = resolve_thread(thread, by=asker)
    resolve_thread(thread, by=other)
    thread.refresh_from_db()
    assert (thread.resolved_by, thread.resolved_at) == (asker, resolved.resolved_at)

    reopen_thread(thread, by=other)

    thread.refresh_from_db()
    assert (thread.is_resolved, thread.reopened_by, thread.reopened_at is None) == (False, other, False)


def test_nothing_is_said_once_the_post_mortem_is_closed(section, thread, asker):
    Postmortem.objects.update(status="published", published_at=timezone.now())
    close_postmortem(section.postmortem, by=asker)

    for say in (
        lambda: open_thread(section, by=asker, text="?"),
        lambda: reply(thread, by=asker, text="?"),
        lambda: edit_comment(thread.comments.get(), by=asker, text="?"),
        lambda: withdraw_comment(thread.comments.get(), by=asker),
        lambda: resolve_thread(thread, by=asker),
        lambda: reopen_thread(thread, by=asker),
    ):
        with pytest.raises(NotMovable):
            say()
    assert [comment.text for comment in Comment.objects.all()] == ["How do we know?"]


def test_a_viewer_comments_and_resolves_what_she_asked_but_not_what_others_did(section, thread, viewer, client_of):
    client = client_of(viewer)
    mine = open_thread(section, by=viewer, text="I do not understand this.")

    told = client.post("/postmortems/7/comments/add/", {"section": "summary", "text": "And this?"})

    assert told.status_code == 302
    assert client.post(f"/postmortems/7/threads/{mine.pk}/resolve/").status_code == 302
    assert client.post(f"/postmortems/7/threads/{thread.pk}/resolve/").status_code == 403
    assert set(Thread.objects.open().values_list("pk", flat=True)) == {thread.pk, mine.pk + 1}


def test_nobody_changes_the_words_of_others(thread, administrator, client_of):
    comment = thread.comments.get()

    for verb in ("edit", "withdraw"):
        assert (
            client_of(administrator).post(f"/postmortems/7/comments/{comment.pk}/{verb}/", {"text": "x"}).status_code
            == 403
        )
    comment.refresh_from_db()
    assert comment.text == "How do we know?"


def test_add_by_htmx_says_which_thread_it_made(postmortem, member, client_of):
    anchor = anchor_passage(postmortem.room, "summary", Span(4, 9)).as_json()
    form = {"section": "summary", "quote": "queue", "anchor": json.dumps(anchor), "text": "Which?"}

    answer = client_of(member).post("/postmortems/7/comments/add/", form, headers={"HX-Request": "true"})

    thread = Thread.objects.get()
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (
        204,
        json.dumps({"commentAdded": {"thread": thread.pk}, "commentsChanged": {}}),
    )
    assert thread.anchor == anchor


@pytest.mark.parametrize(
    "form",
    [
        {"section": "summary", "text": ""},
        {"section": "nowhere", "text": "x"},
        {"text": "x"},
        {"section": "summary", "text": "x", "quote": "never said"},
        {"section": "summary", "text": "x" * 10_001},
        {"section": "summary", "text": "x", "quote": "y" * 4001, "anchor": "[[[["},
    ],
)
def test_add_of_what_cannot_be_keeps_what_was_typed(postmortem, member, client_of, form):
    for headers in ({}, {"HX-Request": "true"}):
        answer = client_of(member).post("/postmortems/7/comments/add/", form, headers=headers)

        assert answer.status_code == 422
        assert form["text"] in answer.content.decode()
    assert not Thread.objects.exists()


def test_reply_that_is_empty_says_so_and_one_that_is_not_comes_back_empty(thread, member, client_of):
    client, address = client_of(member), f"/postmortems/7/threads/{thread.pk}/reply/"

    refused = client.post(address, {"text": " "}, headers={"HX-Request": "true"})
    taken = client.post(address, {"text": "From the graph."}, headers={"HX-Request": "true"})

    assert (refused.status_code, taken.status_code) == (422, 200)
    assert "This field is required." in refused.content.decode()
    assert "From the graph." not in taken.content.decode()
    assert taken.headers["HX-Trigger"] == "commentsChanged"


def test_list_shows_what_its_filter_says_and_what_is_being_answered(section, thread, asker, member, client_of):
    resolve_thread(thread, by=asker)
    still_open = open_thread(section, by=asker, text="Open one")
    client = client_of(member)

    def shown(query):
        page = client.get(f"/postmortems/7/comments/{query}", headers={"HX-Request": "true"})
        return [view.thread for view in page.context["discussion"].threads]

    assert shown("") == [still_open]
    assert shown("?show=resolved") == [thread]
    assert shown("?show=all") == [still_open, thread]
    assert shown(f"?keep={thread.pk},x,99999999999") == [still_open, thread]
    assert shown("?show=nonsense") == [still_open]


def test_link_to_a_resolved_thread_opens_it(thread, asker, member, client_of):
    resolve_thread(thread, by=asker)

    page = client_of(member).get(thread.get_absolute_url()).content.decode()

    assert (
        f'id="thread-{thread.pk}" data-thread="{thread.pk}" data-section="summary" data-state="resolved" open>' in page
    )
    assert "Ada Lind resolved this" in page


def test_a_thread_whose_passage_is_gone_says_so_on_the_page(section, thread, member, client_of):
    write(section, "Nothing is left.")

    page = client_of(member).get("/postmortems/7/").content.decode()

    assert "data-lost-note>These words were deleted from the text. They read: <q>grew for an hour</q>" in page


def test_list_asks_the_same_of_the_database_for_one_thread_and_for_three(
    section, thread, asker, member, client_of, warm, django_assert_num_queries
):
    client = client_of(member)
    warm(client)
    reply(thread, by=member, text=f"[@Ada](person:{asker.pk})")
    path = "/postmortems/7/comments/?show=all"
    client.get(path, headers={"HX-Request": "true"})
    with django_assert_num_queries(10):
        client.get(path, headers={"HX-Request": "true"})
    for words in ("queue", "Nobody saw"):
        other = open_thread(section, by=UserFactory(), text=f"[@Mira](person:{member.pk})", quote=words)
        resolve_thread(other, by=UserFactory())

    with django_assert_num_queries(10):
        page = client.get(path, headers={"HX-Request": "true"})

    assert len(page.context["discussion"].threads) == 3


def test_number_of_open_threads_is_information_and_holds_nothing_up(section, thread, member, client_of):
    Postmortem.objects.update(status="in_review")

    page = client_of(section.postmortem.opened_by).get("/postmortems/7/").content.decode()

    assert "1 comment is still open." in page
    assert ">Publish</button>" in page


@time_machine.travel(datetime(2026, 3, 3, 9, 0, tzinfo=UTC), tick=False)
def test_comments_stay_out_of_markdown_and_stand_in_json(section, asker):
    thread = open_thread(section, by=asker, text="How do we know?", quote="grew for an hour")

    document = document_of(thread.postmortem, at=timezone.now())

    assert "How do we know?" not in as_markdown(document).decode()
    said = {
        "author": "Ada Lind", "at": "2026-03-03T09:00:00Z", "text": "How do we know?", "edited_at": None,
        "withdrawn_at": None,
    }  # fmt: skip
    assert json.loads(as_json(document))["threads"] == [
        {
            "section": "summary", "quote": "grew for an hour", "opened_by": "Ada Lind",
            "opened_at": "2026-03-03T09:00:00Z", "resolved_at": None, "resolved_by": None, "comments": [said],
        }
    ]  # fmt: skip


def test_text_is_left_alone_by_all_of_this(section, thread, asker):
    resolve_thread(thread, by=asker)
    read_words(section.postmortem.pk, now=timezone.now())

    assert text_of(section.postmortem.room, "summary") == TEXT
