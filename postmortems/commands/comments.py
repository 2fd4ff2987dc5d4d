"""What people say about the text. It is said to everyone who may see the post-mortem, and nothing of it is erased."""

from django.db import transaction
from django.utils import timezone

from live.anchors import Anchor
from live.commands import anchor_passage, announce, find_passages
from people.mail import plan_mails
from people.models import User
from people.record import put_on_record
from postmortems import mentions
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.errors import NotMovable, PassageNotFound
from postmortems.models import Comment, Postmortem, Section, Thread
from postmortems.passages import place_of_quote

LONGEST_QUOTE = 2000
CHANGED = "commentsChanged"


@transaction.atomic
def open_thread(section: Section, *, by: User, text: str, quote: str = "", anchor: Anchor | None = None) -> Thread:
    """Say something about a passage of a section, or about all of it when nothing is quoted.

    The browser's anchor is believed when the text says `quote` there; else the passage is looked for by its words.
    Raises PassageNotFound, and NotMovable once the post-mortem is closed.
    """
    refuse_when_closed(section.postmortem, "comment on it")
    place, words = _passage(section, quote, anchor) if quote.strip() else (None, "")
    thread = Thread.objects.create(
        postmortem=section.postmortem, section=section, anchor=place.as_json() if place else None,
        quote=words, last_words=words, opened_by=by, last_comment_at=timezone.now(),
    )  # fmt: skip
    put_on_record(section.postmortem, "thread.opened", by=by, thread=thread.pk, section=section.key, quote=words)
    _say(thread, text, by=by)
    return thread


def _passage(section: Section, quote: str, anchor: Anchor | None) -> tuple[Anchor, str]:
    room = section.postmortem.room
    found = find_passages(room, {0: (section.key, anchor)} if anchor else {})
    if anchor and found.words(0, section.key) == quote:
        return anchor, quote
    text = found.texts.get(section.key, "")
    span = place_of_quote(text, quote)
    if span is None:
        raise PassageNotFound(
            f"“{section.title}” does not say these words. Copy them from its text, or leave the field empty to comment on "
            "all of it."
        )
    if span.end - span.start > LONGEST_QUOTE:
        raise PassageNotFound(f"A passage has at most {LONGEST_QUOTE:,} letters: choose the words that matter.")
    return anchor_passage(room, section.key, span), text[span.start : span.end]


@transaction.atomic
def reply(thread: Thread, *, by: User, text: str) -> Comment:
    """Add to what was said; a resolved thread stays resolved. Raises NotMovable once the post-mortem is closed."""
    refuse_when_closed(thread.postmortem, "comment on it")
    Thread.objects.filter(pk=thread.pk).update(last_comment_at=timezone.now(), updated_at=timezone.now())
    return _say(thread, text, by=by)


def _say(thread: Thread, text: str, *, by: User) -> Comment:
    comment = Comment.objects.create(thread=thread, author=by, text=text)
    put_on_record(thread.postmortem, "comment.added", by=by, thread=thread.pk, comment=comment.pk)
    _tell_mentioned(comment)
    announce(thread.postmortem.room, CHANGED, thread=thread.pk)
    return comment


def _tell_mentioned(comment: Comment) -> None:
    """Owe each person named in it a mail, one a thread for ever: the thread itself shows the rest."""
    if letters := mentions.letters_of_comment(comment):
        plan_mails(mentions.KIND, f"thread-{comment.thread_id}", letters)


@transaction.atomic
def edit_comment(comment: Comment, *, by: User, text: str) -> Comment:
    """Put other words in place of one's own; that it was edited shows, and what it said stays on record."""
    refuse_when_closed(comment.thread.postmortem, "comment on it")
    comment = _locked(comment)
    if comment.is_withdrawn:
        raise NotMovable("This comment was withdrawn: write a new one.")
    if comment.text == text:
        return comment
    before, comment.text, comment.edited_at = comment.text, text, timezone.now()
    comment.save(update_fields=["text", "edited_at", "updated_at"])
    _note(comment, "comment.edited", by=by, before=before, after=text)
    _tell_mentioned(comment)
    return comment


@transaction.atomic
def withdraw_comment(comment: Comment, *, by: User) -> Comment:
    """Take one's own words back. That there was a comment shows; what it said stays on record."""
    refuse_when_closed(comment.thread.postmortem, "comment on it")
    comment = _locked(comment)
    if comment.is_withdrawn:
        return comment
    before, comment.text, comment.withdrawn_at = comment.text, "", timezone.now()
    comment.save(update_fields=["text", "withdrawn_at", "updated_at"])
    _note(comment, "comment.withdrawn", by=by, before=before)
    return comment


def _locked(comment: Comment) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",))
    return rows.select_related("thread__postmortem__room", "thread__postmortem__incident", "author").get(pk=comment.pk)


def _note(comment: Comment, verb: str, *, by: User, **words: str) -> None:
    postmortem: Postmortem = comment.thread.postmortem
    put_on_record(postmortem, verb, by=by, thread=comment.thread_id, comment=comment.pk, **words)
    announce(postmortem.room, CHANGED, thread=comment.thread_id)


@transaction.atomic
def resolve_thread(thread: Thread, *, by: User) -> Thread:
    """Say that it is dealt with; resolving twice changes nothing."""
    refuse_when_closed(thread.postmortem, "resolve its comments")
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    if not thread.is_resolved:
        thread.resolved_at, thread.resolved_by = timezone.now(), by
        _move(thread, "thread.resolved", by=by)
    return thread


@transaction.atomic
def reopen_thread(thread: Thread, *, by: User) -> Thread:
    """Take it up again; who did and when shows."""
    refuse_when_closed(thread.postmortem, "take up its comments again")
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    if thread.is_resolved:
        thread.resolved_at = thread.resolved_by = None
        thread.reopened_at, thread.reopened_by = timezone.now(), by
        _move(thread, "thread.reopened", by=by)
    return thread


def _move(thread: Thread, verb: str, *, by: User) -> None:
    thread.save(update_fields=["resolved_at", "resolved_by", "reopened_at", "reopened_by", "updated_at"])
    put_on_record(thread.postmortem, verb, by=by, thread=thread.pk)
    announce(thread.postmortem.room, CHANGED, thread=thread.pk)
