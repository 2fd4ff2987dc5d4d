"""What changed between two states of a plain text, as small edits: other people's changes beside them survive."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

WORD = re.compile(r"\w+|\s+|[^\w\s]")

# Comparing is quadratic: past this product of the two lengths a block is replaced as a whole.
MOST_COMPARISONS = 4_000_000

Edit = tuple[int, int, str]


def edits_between(old: str, new: str) -> list[Edit]:
    """`(start, end, text)`: put `text` in place of old[start:end]. In rising order, never overlapping."""
    start = _alike(old, new)
    ending = _alike(old[start:][::-1], new[start:][::-1])
    middle, other = old[start : len(old) - ending], new[start : len(new) - ending]
    return [
        (start + first + from_, start + first + to, text)
        for first, before, after in _changed_blocks(middle.splitlines(keepends=True), other.splitlines(keepends=True))
        for from_, to, text in _within_block(before, after)
    ]


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _changed_blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Where each run of changed lines begins in the old text, and both its states."""
    for before, after, at in _differences(old, new):
        yield at, "".join(before), "".join(after)


def _within_block(before: str, after: str) -> Iterator[Edit]:
    for old, new, at in _differences(WORD.findall(before), WORD.findall(after)):
        yield at, at + sum(map(len, old)), "".join(new)


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str], int]]:
    if len(old) * len(new) > MOST_COMPARISONS:
        yield old, new, 0
        return
    offsets = [0]
    for part in old:
        offsets.append(offsets[-1] + len(part))
    for verb, first, last, new_first, new_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb != "equal":
            yield old[first:last], new[new_first:new_last], offsets[first]
