"""Keeping revisions: at once where a person or a step asks for one, and by itself while people work."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from live.commands import announce
from live.errors import CannotLoad
from live.history import activity_after, authors_after, rows_to_replay, stretches
from live.log import settled_upto
from live.models import Update
from people.models import User
from postmortems.history.changes import PeopleOf, changed_parts, changes_between
from postmortems.history.rows import kind_of, kinds
from postmortems.history.states import ROWS, TEXT, State, headings_of, keep_parts, rows_now, state_now, state_of
from postmortems.models import HistoryMark, Postmortem, Revision

# A change is on record a moment before it is committed: what is younger is looked at once more.
COMMITTED_WITHIN = timedelta(seconds=15)
# A page that asks for a revision tells who wrote where only if that can be told quickly; the worker takes its time.
MOST_ROWS_TO_REPLAY = 20_000
MOST_AT_ONCE = 40
# Who only corrects a fact or moves an action on is no author of the account.
WRITTEN = (TEXT, f"{ROWS}timeline", f"{ROWS}observations", f"{ROWS}causes")


@dataclass(frozen=True)
class Reason:
    """Why a revision is kept. Whatever a person asked for has a name, and the person."""

    kind: Revision.Kind = Revision.Kind.AUTOMATIC
    name: str = ""
    by: User | None = None


@transaction.atomic
def keep_revision(postmortem: Postmortem, reason: Reason, *, only_if_changed: bool = False) -> Revision | None:
    """Keep the document as it is at this moment of the transaction; None when `only_if_changed` and nothing has.

    Everything that nobody has kept yet is in it, so that two revisions never have a hole between them.
    """
    mark = _held_mark(postmortem)
    now = timezone.now()
    last = postmortem.revisions.first()
    state, version = state_now(postmortem)
    before = state_of(last) if last else None
    revision = None
    if not only_if_changed or before is None or changed_parts(before, state):
        people_of = _people_of(postmortem, mark, version)
        revision = _add(
            postmortem, state, before=before, last=last, at=now, upto=version, reason=reason, people=people_of
        )
    _move_mark(mark, upto=version, rows_at=now - COMMITTED_WITHIN)
    return revision


def _held_mark(postmortem: Postmortem) -> HistoryMark:
    """The mark, for one writer of history at a time. The document's own row comes first, as in every command."""
    Postmortem.objects.select_for_update(no_key=True).get(pk=postmortem.pk)
    return HistoryMark.objects.get_or_create(postmortem=postmortem, defaults={"rows_at": postmortem.created_at})[0]


def _move_mark(mark: HistoryMark, *, upto: int, rows_at: datetime) -> None:
    mark.upto, mark.rows_at = max(mark.upto, upto), max(mark.rows_at, rows_at)
    mark.save(update_fields=["upto", "rows_at"])


def _add(
    postmortem: Postmortem, state: State, *, before: State | None, last: Revision | None, at: datetime, upto: int,
    reason: Reason, people: PeopleOf,
) -> Revision:  # fmt: skip
    changes = changes_between(before, state, people) if before else []
    revision = Revision.objects.create(
        postmortem=postmortem,
        number=last.number + 1 if last else 1,
        at=max(at, last.at) if last else at,
        upto=upto,
        kind=reason.kind,
        name=reason.name,
        by=reason.by,
        parts=keep_parts(postmortem, state.parts()),
        changes=changes,
        changed=[change["part"] for change in changes],
        people=sorted({person for change in changes for person in change["people"]}),
    )
    postmortem.authors.add(*_authors_in(changes))
    announce(postmortem.room, "historyChanged")
    return revision


def _authors_in(changes: Iterable[Mapping[str, Any]]) -> set[int]:
    return {person for change in changes if change["part"].startswith(WRITTEN) for person in change["people"]}


def _people_of(postmortem: Postmortem, mark: HistoryMark, upto: int) -> PeopleOf:
    """Who wrote in which text since the mark; where telling that would take too long, everyone who wrote at all."""
    room_id = postmortem.room_id
    authors: Mapping[str, set[int]]
    try:
        if rows_to_replay(room_id, upto, most=MOST_ROWS_TO_REPLAY) > MOST_ROWS_TO_REPLAY:
            raise CannotLoad("too long for a page")
        authors = _merged([stretch.authors for stretch in stretches(room_id, mark.upto, upto)])
    except CannotLoad:
        everyone = authors_after(room_id, mark.upto)
        authors = defaultdict(lambda: everyone)
    return _people_by_part(postmortem, mark, authors)


def _people_by_part(postmortem: Postmortem, mark: HistoryMark, authors: Mapping[str, set[int]]) -> PeopleOf:
    def people(part: str) -> set[int]:
        if part.startswith(TEXT):
            key = part.removeprefix(TEXT)
            return authors[key] if key in authors or isinstance(authors, defaultdict) else set()
        kind = kind_of(part.removeprefix(ROWS))
        return kind.people(postmortem, mark.rows_at) if kind else set()

    return people


def _merged(found: list[dict[str, set[int]]]) -> dict[str, set[int]]:
    merged: dict[str, set[int]] = {}
    for authors in found:
        for name, people in authors.items():
            merged.setdefault(name, set()).update(people)
    return merged


# By itself, in the worker.


def postmortems_to_keep() -> list[int]:
    """Those in which something was written or changed that no revision tells yet, and those without any revision."""
    written = Update.objects.filter(room=OuterRef("room"), pk__gt=OuterRef("history__upto"))
    rows = Q()
    for kind in kinds():
        rows |= kind.has_changed()
    found = Postmortem.objects.filter(Q(history=None) | Q(Exists(written)) | rows)
    # Who waited longest comes first: a run that ends early leaves nobody out for good.
    return list(found.order_by(F("history__rows_at").asc(nulls_first=True), "pk").values_list("pk", flat=True))


def keep_automatic(postmortem: Postmortem) -> int:
    """Tell what was done since the mark as revisions, one for each stretch of work that is over; says how many.

    Run twice, or by two workers at once, it keeps each stretch once: whoever finds the mark moved leaves it to the other.
    """
    mark = HistoryMark.objects.filter(postmortem=postmortem).first()
    if mark is None:
        return int(keep_revision(postmortem, Reason(Revision.Kind.OPENED, "First kept")) is not None)
    now = timezone.now()
    writing = activity_after(postmortem.room_id, mark.upto)
    if writing and not writing.is_over(now):
        return 0
    upto = settled_upto(postmortem.room_id, mark.upto) if writing else None
    kept = _keep_stretches(postmortem, mark, upto) if upto else 0
    return kept + _keep_rows(postmortem, now)


def _keep_stretches(postmortem: Postmortem, mark: HistoryMark, upto: int) -> int:
    """The texts at the end of each stretch, beside the rows as they stood."""
    last = postmortem.revisions.first()
    if last is None:
        return 0
    before = state_of(last)
    headings = headings_of(postmortem)
    kept = 0
    try:
        for stretch in stretches(postmortem.room_id, mark.upto, upto):
            # What was done to rows meanwhile belongs to the last of the stretches.
            rows = rows_now(postmortem) if stretch.upto == upto else before.rows
            state = State(headings, stretch.texts, rows)
            people_of = _people_by_part(postmortem, mark, stretch.authors)
            with transaction.atomic():
                held = _held_mark(postmortem)
                if held.upto != mark.upto:
                    return kept
                if changed_parts(before, state):
                    last = _add(
                        postmortem, state, before=before, last=last, at=stretch.at, upto=stretch.upto, reason=Reason(),
                        people=people_of,
                    )  # fmt: skip
                    before, kept = state, kept + 1
                _move_mark(held, upto=stretch.upto, rows_at=held.rows_at)
            mark = held
            if kept >= MOST_AT_ONCE:
                return kept
    except CannotLoad:
        return kept + int(keep_revision(postmortem, Reason(), only_if_changed=True) is not None)
    return kept


@transaction.atomic
def _keep_rows(postmortem: Postmortem, now: datetime) -> int:
    """The rows as they are now, beside the texts as they were kept last."""
    mark = _held_mark(postmortem)
    last = postmortem.revisions.first()
    if last is None:
        return 0
    before = state_of(last)
    state = State(before.headings, before.texts, rows_now(postmortem))
    has_changed = bool(changed_parts(before, state))
    if has_changed:
        _add(
            postmortem, state, before=before, last=last, at=now, upto=mark.upto, reason=Reason(),
            people=_people_by_part(postmortem, mark, {}),
        )  # fmt: skip
    _move_mark(mark, upto=mark.upto, rows_at=now - COMMITTED_WITHIN)
    return int(has_changed)


def kept_upto(room_id: int) -> int:
    """Up to here the log of a room is told by revisions, and may be forgotten."""
    return HistoryMark.objects.filter(postmortem__room=room_id).values_list("upto", flat=True).first() or 0
