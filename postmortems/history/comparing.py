"""Two states of a document beside each other, shaped for the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from postmortems.differences import Kind, Line, Run, lines_between, words_between
from postmortems.history.changes import RowChange, row_changes
from postmortems.history.rows import Field, Row, RowKind, kinds
from postmortems.history.states import State

# Unchanged lines that stay in sight around a change; a fold hides no fewer than this.
CONTEXT = 2
SHORTEST_FOLD = 4
# A page that shows more differing lines than this helps nobody.
MOST_LINES = 1500


@dataclass(frozen=True)
class Piece:
    """Lines that stand together: shown, or folded because nothing changed in them."""

    lines: list[Line]
    is_folded: bool = False


@dataclass(frozen=True)
class SectionDifference:
    key: str
    title: str
    pieces: list[Piece]
    left_out: int = 0


@dataclass(frozen=True)
class FieldDifference:
    label: str
    old: list[Run]
    new: list[Run]


@dataclass(frozen=True)
class RowDifference:
    kind: Kind
    heading: str
    fields: list[FieldDifference]


@dataclass(frozen=True)
class RowsDifference:
    key: str
    title: str
    rows: list[RowDifference]


@dataclass(frozen=True)
class Comparison:
    sections: list[SectionDifference] = field(default_factory=list)
    rows: list[RowsDifference] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.sections and not self.rows


def compare(old: State, new: State) -> Comparison:
    comparison = Comparison()
    for key, title in _titles(old, new).items():
        if old.text(key) == new.text(key):
            comparison.unchanged.append(title)
        else:
            comparison.sections.append(section_difference(key, title, old.text(key), new.text(key)))
    for kind in kinds():
        changes = row_changes(old.rows.get(kind.key, []), new.rows.get(kind.key, []))
        if rows := [_row(kind, change) for change in changes]:
            comparison.rows.append(RowsDifference(kind.key, kind.title, rows))
        else:
            comparison.unchanged.append(kind.title)
    return comparison


def _titles(old: State, new: State) -> dict[str, str]:
    return {heading.key: heading.title for heading in [*old.headings, *new.headings]}


def section_difference(key: str, title: str, old: str, new: str) -> SectionDifference:
    lines = lines_between(old, new)
    shown = lines[: _end_of(lines)]
    return SectionDifference(key, title, list(_pieces(shown)), left_out=len(lines) - len(shown))


def _end_of(lines: Sequence[Line]) -> int:
    """The index at which a page has shown enough."""
    differing = 0
    for index, line in enumerate(lines):
        differing += line.kind != Kind.SAME
        if differing > MOST_LINES:
            return index
    return len(lines)


def _pieces(lines: Sequence[Line]) -> Iterator[Piece]:
    near = _near_a_change(lines)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and near[end] == near[start]:
            end += 1
        is_folded = not near[start] and end - start >= SHORTEST_FOLD
        yield Piece(list(lines[start:end]), is_folded)
        start = end


def _near_a_change(lines: Sequence[Line]) -> list[bool]:
    near = [False] * len(lines)
    for index, line in enumerate(lines):
        if line.kind != Kind.SAME:
            first, last = max(0, index - CONTEXT), min(len(lines), index + CONTEXT + 1)
            near[first:last] = [True] * (last - first)
    return near


def _row(kind: RowKind, change: RowChange) -> RowDifference:
    shown = change.after or change.before
    assert shown is not None  # noqa: S101 - a change has at least one side
    verb = Kind.ADDED if change.before is None else Kind.REMOVED if change.after is None else Kind.CHANGED
    fields = [_field(rule, name, change) for name, rule in kind.fields.items()]
    return RowDifference(verb, kind.heading(shown), [one for one in fields if one])


def _field(rule: Field, name: str, change: RowChange) -> FieldDifference | None:
    """Of a row that came or went, every field that says something; of a changed one, those that differ."""
    old, new = _value(change.before, name), _value(change.after, name)
    if change.before is None:
        return FieldDifference(rule.label, [], [Run(rule.in_words(new), True)]) if new not in (None, "") else None
    if change.after is None:
        return FieldDifference(rule.label, [Run(rule.in_words(old), True)], []) if old not in (None, "") else None
    if old == new:
        return None
    return FieldDifference(rule.label, *words_between(rule.in_words(old), rule.in_words(new)))


def _value(row: Row | None, name: str) -> object:
    return row.values.get(name) if row else None
