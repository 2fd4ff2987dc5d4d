"""What differs between two texts, line by line and within lines word by word. Pure, and bounded in time.

Everything here keeps one promise: the parts of the old side, joined, are the old text, and those of the new side the new.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# A word, with its accents; one sign of a script that knows no spaces; blanks; a picture with all that is joined to it.
TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|(?:[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff][\u0300-\u036f]*)+"
    r"|\s+"
    r"|[\U0001f1e6-\U0001f1ff]{2}"
    r"|[^\w\s](?:[\ufe0e\ufe0f\u20e3\u0300-\u036f\U0001f3fb-\U0001f3ff]|\u200d[^\w\s])*"
)
WORD = re.compile(r"\w+")

# How much work a comparison may be: past it a block counts as replaced, and lines are not looked into word by word.
MOST_STEPS = 1_000_000
MOST_EDITS = 500
MOST_PAIRS = 20_000
MOST_WORD_STEPS = 3_000_000
# Lines less alike than this are shown as one gone and one come, not as one changed.
ALIKE = 0.4

Match = tuple[int, int, int]


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True)
class Run:
    """A piece of a line; `is_changed` says that the other side does not have it."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class Line:
    """One line of either side or of both; numbers count from 1 and are None where the side lacks it."""

    kind: Kind
    old: list[Run] = field(default_factory=list)
    new: list[Run] = field(default_factory=list)
    old_number: int | None = None
    new_number: int | None = None


@dataclass
class Budget:
    """What is left of the work that a comparison may be: lines held beside each other, and words within lines."""

    pairs: int = MOST_PAIRS
    steps: int = MOST_WORD_STEPS

    def allows_pairs(self, pairs: int) -> bool:
        self.pairs -= pairs
        return self.pairs >= 0

    def allows_words(self, old: str, new: str) -> bool:
        """Finding what two lines share takes at most the square of their lengths."""
        self.steps -= min((len(old) + len(new)) ** 2 // 16, MOST_EDITS**2)
        return self.steps >= 0


def lines_between(old: str, new: str) -> list[Line]:
    """Both texts, as one list of lines: those that stayed, went, came or changed."""
    before, after = _split(old), _split(new)
    budget = Budget()
    lines: list[Line] = []
    at_old = at_new = 0
    for start_old, start_new, length in [*matches(before, after), (len(before), len(after), 0)]:
        lines += _block(before[at_old:start_old], after[at_new:start_new], at_old + 1, at_new + 1, budget)
        lines += [
            Line(Kind.SAME, [Run(text)], [Run(text)], start_old + index + 1, start_new + index + 1)
            for index, text in enumerate(before[start_old : start_old + length])
        ]
        at_old, at_new = start_old + length, start_new + length
    return lines


def words_between(old: str, new: str) -> tuple[list[Run], list[Run]]:
    """The runs of each side. A blank or a comma that stayed between two changes is told as changed with them."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    both: list[tuple[bool, str, str]] = []
    at_old = at_new = 0
    for start_old, start_new, length in [*matches(before, after), (len(before), len(after), 0)]:
        gone, come = "".join(before[at_old:start_old]), "".join(after[at_new:start_new])
        if gone or come:
            both.append((True, gone, come))
        if length:
            stayed = "".join(before[start_old : start_old + length])
            both.append((False, stayed, stayed))
        at_old, at_new = start_old + length, start_new + length
    calm = _without_islands(both)
    return (
        [Run(gone, changed) for changed, gone, _ in calm if gone],
        [Run(come, changed) for changed, _, come in calm if come],
    )


def count_words(old: str, new: str) -> tuple[int, int]:
    """How many words came, and how many went."""
    came = went = 0
    for line in lines_between(old, new):
        if line.kind != Kind.SAME:
            came += sum(len(WORD.findall(run.text)) for run in line.new if run.is_changed)
            went += sum(len(WORD.findall(run.text)) for run in line.old if run.is_changed)
    return came, went


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Match]:
    """(start in old, start in new, length) of what both have in the same order, rising and apart from one another."""
    ends = min(len(old), len(new))
    start = next((index for index in range(ends) if old[index] != new[index]), ends)
    tail = next((index for index in range(ends - start) if old[-1 - index] != new[-1 - index]), ends - start)
    found: list[Match] = [(start_old, start_new, 1) for start_old, start_new in _inner(old, new, start, tail)]
    return list(_joined([(0, 0, start), *found, (len(old) - tail, len(new) - tail, tail)]))


def _split(text: str) -> list[str]:
    """Lines with their ends. Only LF ends one: that is how the document counts them."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _inner(old: Sequence[Hashable], new: Sequence[Hashable], start: int, tail: int) -> Iterator[tuple[int, int]]:
    """Pairs between the two alike ends: what stands once in each side holds the rest in place."""
    last_old, last_new = len(old) - tail, len(new) - tail
    at_old, at_new = start, start
    anchors = _anchors(old[start:last_old], new[start:last_new])
    size = last_old - start + last_new - start
    for anchor_old, anchor_new in [*((a + start, b + start) for a, b in anchors), (last_old, last_new)]:
        share = MOST_STEPS * (anchor_old - at_old + anchor_new - at_new) // max(size, 1)
        for pair_old, pair_new in _shortest(old[at_old:anchor_old], new[at_new:anchor_new], share):
            yield at_old + pair_old, at_new + pair_new
        if anchor_old < last_old:
            yield anchor_old, anchor_new
        at_old, at_new = anchor_old + 1, anchor_new + 1


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest rising run of what stands exactly once in each (patience)."""
    once_old, once_new = Counter(old), Counter(new)
    places = {token: index for index, token in enumerate(new) if once_new[token] == 1}
    pairs = [(index, places[token]) for index, token in enumerate(old) if once_old[token] == 1 and token in places]
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile:] = [place, *tops[pile + 1 :]] if pile < len(tops) else [place]
        ends[pile:] = [number, *ends[pile + 1 :]] if pile < len(ends) else [number]
    rising: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        rising.append(pairs[number])
        number = before[number]
    return rising[::-1]


def _shortest(old: Sequence[Hashable], new: Sequence[Hashable], steps: int) -> list[tuple[int, int]]:
    """Pairs by the fewest insertions and deletions (Myers); none when that takes too many."""
    if not old or not new or not set(old) & set(new):
        return []
    most = min(MOST_EDITS, len(old) + len(new), max(steps // (len(old) + len(new)), 1))
    furthest = {1: 0}
    trail: list[dict[int, int]] = []
    for edits in range(most + 1):
        trail.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            is_down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
            x = furthest[diagonal + 1] if is_down else furthest[diagonal - 1] + 1
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            furthest[diagonal] = x
            if x >= len(old) and y >= len(new):
                return _walked_back(trail, len(old), len(new))
    return []


def _walked_back(trail: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for edits in range(len(trail) - 1, -1, -1):
        furthest, diagonal = trail[edits], x - y
        is_down = diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1])
        former = diagonal + 1 if is_down else diagonal - 1
        former_x = furthest[former] if edits else 0
        former_y = former_x - former if edits else 0
        while x > former_x and y > former_y:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = former_x, former_y
    return pairs[::-1]


def _joined(found: Sequence[Match]) -> Iterator[Match]:
    """Matches that touch on both sides are one."""
    at_old = at_new = length = 0
    for start_old, start_new, more in found:
        if (start_old, start_new) == (at_old + length, at_new + length):
            length += more
            continue
        if length:
            yield at_old, at_new, length
        at_old, at_new, length = start_old, start_new, more
    if length:
        yield at_old, at_new, length


def _block(old: Sequence[str], new: Sequence[str], old_number: int, new_number: int, budget: Budget) -> Iterator[Line]:
    """Lines that do not match: the alike ones beside each other, the rest as gone, then as come."""
    at_old = at_new = 0
    for pair_old, pair_new in [*_alike_lines(old, new, budget), (len(old), len(new))]:
        for index in range(at_old, pair_old):
            yield Line(Kind.REMOVED, old=[Run(old[index], True)], old_number=old_number + index)
        for index in range(at_new, pair_new):
            yield Line(Kind.ADDED, new=[Run(new[index], True)], new_number=new_number + index)
        if pair_old < len(old):
            one, other = old[pair_old], new[pair_new]
            runs = (
                words_between(one, other) if budget.allows_words(one, other) else ([Run(one, True)], [Run(other, True)])
            )
            yield Line(Kind.CHANGED, *runs, old_number + pair_old, new_number + pair_new)
        at_old, at_new = pair_old + 1, pair_new + 1


def _alike_lines(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[tuple[int, int]]:
    """Which lines of a block are most likely the same one, changed; in order on both sides."""
    if not old or not new or not budget.allows_pairs(len(old) * len(new)):
        return []
    before, after = [Counter(WORD.findall(line)) for line in old], [Counter(WORD.findall(line)) for line in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            alike = _likeness(before[i], after[j])
            paired = alike + best[i + 1][j + 1] if alike > ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """How many of their words two lines share, from 0 to 1; lines without words are alike."""
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


def _without_islands(both: Sequence[tuple[bool, str, str]]) -> list[tuple[bool, str, str]]:
    """Changes on both sides of a blank or a comma are one change: nobody reads every second word."""
    calm: list[tuple[bool, str, str]] = []
    for index, (changed, gone, come) in enumerate(both):
        is_between = 0 < index < len(both) - 1
        is_island = not changed and is_between and len(gone) <= 3 and not WORD.search(gone) and "\n" not in gone
        if calm and calm[-1][0] == (changed or is_island):
            kind, before_gone, before_come = calm[-1]
            calm[-1] = (kind, before_gone + gone, before_come + come)
        else:
            calm.append((changed or is_island, gone, come))
    return calm
