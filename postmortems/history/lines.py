"""The line of time of a document: its revisions by days, each with who changed what, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from people.models import RecordEntry, User
from postmortems.history.changes import changed_parts, in_words
from postmortems.history.rows import kinds
from postmortems.history.states import ROWS, TEXT, state_now, state_of
from postmortems.models import Postmortem, Revision

REVIEWED = ["postmortem.approved", "postmortem.changes_asked"]


@dataclass(frozen=True)
class Part:
    """One thing that changed: `Summary`, with the words that came and went; `2 timeline events`, without."""

    words: str
    added: int = 0
    removed: int = 0

    @property
    def has_count(self) -> bool:
        return bool(self.added or self.removed)


@dataclass(frozen=True)
class Entry:
    """A revision as the line of time shows it; `said` are the words of the reviewer whose answer it is about."""

    revision: Revision
    people: list[User]
    parts: list[Part]
    said: str = ""

    @property
    def before(self) -> int | None:
        return self.revision.number - 1 or None


@dataclass(frozen=True)
class HistoryDay:
    on: date
    entries: list[Entry]


def titles_of(postmortem: Postmortem) -> dict[str, str]:
    return {section.key: section.title for section in postmortem.sections.all()}


def narrowed(postmortem: Postmortem, wishes: Mapping[str, Any]) -> QuerySet[Revision]:
    """The revisions that the filter asks for, the latest first, without what only their own pages need."""
    revisions = postmortem.revisions.select_related("by").defer("parts")
    if part := wishes.get("part"):
        revisions = revisions.filter(changed__contains=[part])
    if person := wishes.get("person"):
        revisions = revisions.filter(people__contains=[person.pk]) | revisions.filter(by=person)
    return revisions.exclude(name="") if wishes.get("named") else revisions


def part_choices(postmortem: Postmortem) -> list[tuple[str, str]]:
    """What may have changed, as the filter offers it."""
    texts = [(f"{TEXT}{key}", title) for key, title in titles_of(postmortem).items()]
    return texts + [(f"{ROWS}{kind.key}", kind.title) for kind in kinds()]


def people_in(postmortem: Postmortem) -> QuerySet[User]:
    """Everyone who changed anything, or had a version kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct unnest(people || by_id) from postmortems_revision where postmortem_id = %s",
            [postmortem.pk],
        )
        keys = [key for (key,) in cursor.fetchall() if key is not None]
    return User.objects.filter(pk__in=keys)


def entries_of(revisions: Iterable[Revision], titles: Mapping[str, str]) -> list[Entry]:
    """One query for the people of all of them, and one for what reviewers said."""
    revisions = list(revisions)
    people = User.objects.in_bulk({key for revision in revisions for key in revision.people})
    said = _said_of([revision for revision in revisions if revision.kind == Revision.Kind.REVIEWED])
    return [
        Entry(
            revision,
            [people[key] for key in revision.people if key in people],
            [_part(change, titles) for change in revision.changes],
            said.get(revision.number, ""),
        )
        for revision in revisions
    ]


def _said_of(revisions: Sequence[Revision]) -> dict[int, str]:
    """By the number of the revision; all of them are of one post-mortem."""
    if not revisions:
        return {}
    answers = RecordEntry.objects.about(revisions[0].postmortem).filter(
        verb__in=REVIEWED, details__number__in=[revision.number for revision in revisions]
    )
    return {details["number"]: details["words"] for details in answers.values_list("details", flat=True)}


def _part(change: Mapping[str, Any], titles: Mapping[str, str]) -> Part:
    words = in_words(change, titles)
    is_text = change["part"].startswith(TEXT)
    return Part(words, change["added"], change["removed"]) if is_text else Part(words)


def by_days(entries: Sequence[Entry]) -> list[HistoryDay]:
    """Days of the reader's zone, in the order of the entries."""
    days: list[HistoryDay] = []
    for entry in entries:
        on = timezone.localtime(entry.revision.at).date()
        if not days or days[-1].on != on:
            days.append(HistoryDay(on, []))
        days[-1].entries.append(entry)
    return days


@dataclass(frozen=True)
class Pending:
    """What has changed since the last revision, which the worker has not kept yet."""

    parts: list[str]
    at: datetime


def pending_of(postmortem: Postmortem, titles: Mapping[str, str]) -> Pending | None:
    last = postmortem.revisions.first()
    if last is None:
        return None
    state, _ = state_now(postmortem)
    names = dict(part_choices(postmortem))
    parts = changed_parts(state_of(last), state)
    return Pending([names.get(part, part) for part in parts], timezone.now()) if parts else None
