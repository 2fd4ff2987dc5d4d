"""The threads of a post-mortem as its page shows them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils.text import Truncator

from core.embeds import Surroundings
from core.mentions import mentions_as_words
from people.models import User
from postmortems.mentions import Named, named_in
from postmortems.models import Comment, Postmortem, Thread
from postmortems.passages import Passage, passages_of
from postmortems.permissions import can_comment, can_edit_comment, can_resolve

OPEN, RESOLVED, ALL = "open", "resolved", "all"
SHOWS = (OPEN, RESOLVED, ALL)


@dataclass(frozen=True)
class CommentView:
    comment: Comment
    is_mine: bool


@dataclass(frozen=True)
class ThreadView:
    """A thread with its passage as it stands, and what this reader may do."""

    thread: Thread
    comments: list[CommentView]
    passage: Passage | None
    gist: str
    can_resolve: bool
    is_shown_open: bool


@dataclass(frozen=True)
class Discussion:
    threads: list[ThreadView]
    show: str
    open_count: int
    resolved_count: int
    passages: list[dict[str, Any]]
    around: Surroundings
    can_comment: bool

    @property
    def all_count(self) -> int:
        return self.open_count + self.resolved_count

    @property
    def choices(self) -> list[tuple[str, str, int]]:
        return [
            (OPEN, "Open", self.open_count),
            (RESOLVED, "Resolved", self.resolved_count),
            (ALL, "All", self.all_count),
        ]


def discussion_of(
    postmortem: Postmortem, reader: User, *, show: str = OPEN, keep: Collection[int] = (), opened: int | None = None
) -> Discussion:
    """The threads that a filter shows, latest first, and those to be kept on the page whatever it says.

    The same number of queries for however many threads. `passages` are those of all open threads, for the editor.
    """
    counts = postmortem.threads.aggregate(open=Count("pk", filter=Q(resolved_at=None)), all=Count("pk"))
    shown_by = {OPEN: Q(resolved_at=None), RESOLVED: Q(resolved_at__isnull=False)}
    # An empty Q would vanish from the “or”, and with it everything but what is kept.
    wanted = shown_by[show] | Q(pk__in=[*keep, *([opened] if opened else [])]) if show in shown_by else Q()
    shown = list(_threads(postmortem, wanted))
    marked = list(postmortem.threads.open().select_related("section")) if show == RESOLVED else shown
    passages = passages_of(postmortem, {thread.pk: thread for thread in [*marked, *shown]}.values())
    around = Named(named_in(*(comment.text for thread in shown for comment in thread.comments.all())))
    for thread in shown:
        thread.postmortem = postmortem
    return Discussion(
        threads=[_view(thread, passages.get(thread.pk), reader, around, opened) for thread in shown],
        show=show,
        open_count=counts["open"],
        resolved_count=counts["all"] - counts["open"],
        passages=[_mark(thread) for thread in marked if thread.place and not thread.is_resolved],
        around=around,
        can_comment=can_comment(reader, postmortem),
    )


def _threads(postmortem: Postmortem, wanted: Q) -> Any:
    comments = Prefetch("comments", Comment.objects.select_related("author"))
    people = ["opened_by", "resolved_by", "reopened_by"]
    return postmortem.threads.filter(wanted).select_related("section", *people).prefetch_related(comments)


def _view(
    thread: Thread, passage: Passage | None, reader: User, around: Surroundings, opened: int | None
) -> ThreadView:
    comments = [CommentView(comment, can_edit_comment(reader, comment)) for comment in thread.comments.all()]
    last = next((one.comment for one in reversed(comments) if not one.comment.is_withdrawn), None)
    gist = f"{last.author}: {Truncator(mentions_as_words(last.text, around)).chars(120)}" if last else "Withdrawn"
    return ThreadView(thread, comments, passage, gist, can_resolve(reader, thread), thread.pk == opened)


def _mark(thread: Thread) -> dict[str, Any]:
    """What the editor needs to draw a passage, and to see it come back after it was deleted."""
    return {
        "thread": thread.pk,
        "section": thread.section.key,
        "anchor": thread.anchor,
        "words": [thread.last_words, thread.quote],
    }


def open_counts(postmortem: Postmortem) -> dict[int, int]:
    """How many open threads each section has, by the section's number."""
    rows = postmortem.threads.open().order_by().values("section").annotate(count=Count("pk"))
    return {row["section"]: row["count"] for row in rows}
