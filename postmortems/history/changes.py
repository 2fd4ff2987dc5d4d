"""What differs from one state of a document to the next, as a revision keeps it and as a person reads it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from postmortems.differences import count_words
from postmortems.history.rows import Row, kind_of
from postmortems.history.states import ROWS, TEXT, State

# Answers for a part (`text:summary`, `rows:timeline`) who may have changed it.
PeopleOf = Callable[[str], set[int]]


@dataclass(frozen=True)
class RowChange:
    """One row that came, went or is another now: `before` and `after` are None where it was or is not there."""

    before: Row | None
    after: Row | None


def row_changes(before: Iterable[Row], after: Iterable[Row]) -> list[RowChange]:
    """In the order of what there is now; rows that went come last."""
    former = {row.key: row for row in before}
    latter = list(after)
    kept = {row.key for row in latter}
    changed = [RowChange(former.get(row.key), row) for row in latter if former.get(row.key) != row]
    return changed + [RowChange(row, None) for key, row in former.items() if key not in kept]


def changed_parts(before: State, after: State) -> list[str]:
    """The names of texts and rows that differ, in the document's order."""
    keys = dict.fromkeys([*(heading.key for heading in after.headings), *before.texts, *after.texts])
    texts = [f"{TEXT}{key}" for key in keys if before.text(key) != after.text(key)]
    rows = dict.fromkeys([*after.rows, *before.rows])
    return texts + [f"{ROWS}{key}" for key in rows if before.rows.get(key, []) != after.rows.get(key, [])]


def changes_between(before: State, after: State, people_of: PeopleOf) -> list[dict[str, Any]]:
    return [
        {"part": part, "people": sorted(people_of(part)), **_extent(part, before, after)}
        for part in changed_parts(before, after)
    ]


def _extent(part: str, before: State, after: State) -> dict[str, int]:
    """Of a text, the words that came and went; of rows, how many came, went and are others now."""
    if part.startswith(TEXT):
        key = part.removeprefix(TEXT)
        added, removed = count_words(before.text(key), after.text(key))
        return {"added": added, "removed": removed}
    key = part.removeprefix(ROWS)
    rows = row_changes(before.rows.get(key, []), after.rows.get(key, []))
    return {
        "added": sum(row.before is None for row in rows),
        "removed": sum(row.after is None for row in rows),
        "changed": sum(row.before is not None and row.after is not None for row in rows),
    }


def in_words(change: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """`Summary`, `2 timeline events`, `facts`."""
    part: str = change["part"]
    if part.startswith(TEXT):
        key = part.removeprefix(TEXT)
        return titles.get(key, key)
    kind = kind_of(part.removeprefix(ROWS))
    if kind is None:
        return part.removeprefix(ROWS)
    count = change["added"] + change["removed"] + change.get("changed", 0)
    return kind.many if kind.key == "facts" else f"{count} {kind.one if count == 1 else kind.many}"
