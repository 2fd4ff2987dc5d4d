"""Field-by-field merging of forms that two people may have open at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import DomainError


class EditConflict(DomainError):
    """Somebody else changed the same field; `theirs` maps the field's name to their value."""

    def __init__(self, theirs: dict[str, Any], *reasons: str) -> None:
        super().__init__(*reasons)
        self.theirs = theirs


@dataclass
class Merge:
    """`changes` are to be saved; `conflicts` are fields where somebody else was quicker, with their value."""

    changes: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)


def merge_fields(*, seen: Mapping[str, Any], wanted: Mapping[str, Any], current: Mapping[str, Any]) -> Merge:
    """What a person changed against what they had seen, laid over what stands now.

    Fields that the person left alone keep somebody else's newer value; a field that both changed differently
    is a conflict and is not among the changes.
    """
    merge = Merge()
    for name, value in wanted.items():
        if name in seen and _same(value, seen[name]):
            continue
        if _same(value, current[name]):
            continue
        if name in seen and not _same(current[name], seen[name]):
            merge.conflicts[name] = current[name]
        else:
            merge.changes[name] = value
    return merge


def _same(one: Any, other: Any) -> bool:
    """Browsers change the ends of lines, and forms cut the blanks around a text: nobody has edited anything by that."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().splitlines() == other.strip().splitlines()
    return bool(one == other)
