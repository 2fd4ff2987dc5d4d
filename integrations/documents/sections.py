"""The text of a document by its headings, without what became events and actions."""

import re
from collections import Counter
from itertools import pairwise

from .meanings import plain
from .reading import ReadSection
from .regions import LABEL_LEVEL, Walk
from .timeline import dedented
from .words import WORD, words

OPENING = "Introduction"
KEPT = "Kept from the original:"


def cut(walk: Walk, consumed: set[int], notes: dict[int, list[str]]) -> list[ReadSection]:
    """One section for each heading of the highest level in use; `notes` are texts to add, by line."""
    starts = _starts(walk, consumed)
    bounds = [*starts, (len(walk.lines), "")]
    sections = []
    opening = _text(walk, 0, bounds[0][0], consumed, notes)
    if opening:
        sections.append(ReadSection(OPENING, opening))
    for (start, title), (end, _) in pairwise(bounds):
        text = _text(walk, start, end, consumed, notes)
        sections.append(ReadSection(title, text))
    return sections


def _starts(walk: Walk, consumed: set[int]) -> list[tuple[int, str]]:
    headings = [region for region in walk.regions[1:] if region.level < 7 and region.start not in consumed]
    if not headings:
        labels = [region for region in walk.regions[1:] if region.level == LABEL_LEVEL or region.start not in consumed]
        level = LABEL_LEVEL if sum(region.level == LABEL_LEVEL for region in labels) > 2 else 7
        return [(region.start, plain(region.title)) for region in labels if region.level == level]
    top = min(region.level for region in headings)
    deepest = top + 1 if top == 1 else top
    return [(region.start, plain(region.title) or "…") for region in headings if region.level <= deepest]


def _folded(text: str) -> str:
    """Headings that stood over entries and actions only: their words stay, as one line."""
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and all(re.match(r"\s{0,3}#{1,6}\s", line) for line in lines):
        return f"{KEPT} " + " · ".join(line.strip().strip("#").strip() for line in lines)
    return text


def _text(walk: Walk, start: int, end: int, consumed: set[int], notes: dict[int, list[str]]) -> str:
    kept = (
        []
        if start == 0 and not walk.lines
        else [
            "" if number in consumed or number == walk.title_line else walk.lines[number]
            for number in range(start, end)
        ]
    )
    if kept and start in walk.region_at:
        kept[0] = _without_heading(walk, start, kept)
    text = _folded(re.sub(r"\n\s*\n\s*\n", "\n\n", dedented(kept)).strip("\n"))
    extra = [note for number in range(start, end) for note in notes.get(number, ())]
    return "\n\n".join(part for part in (text if text.strip() else "", *extra) if part)


def _without_heading(walk: Walk, start: int, kept: list[str]) -> str:
    """The heading became the title; what a label says behind its colon stays."""
    line = kept[0]
    region = walk.region_at.get(start)
    if region is None:
        return line
    if region.level < 7:
        if len(kept) > 1 and re.fullmatch(r"\s{0,3}(?:=+|-+)\s*", kept[1]):
            kept[1] = ""
        return ""
    return re.sub(
        r"^\s*(?:[-*+]|\d+[.)])?\s*(?:\*\*|__|\*|_)?"
        + re.escape(region.title.strip())
        + r"\s*[:：]?\s*(?:\*\*|__|\*|_)?\s*[:：]?\s*",
        "",
        line,
    )


_MARKS = "|*_#>`~[]()（）{}-–—•:：,;.!\"'"


def residue(source: str, kept: str) -> str:
    """The tokens of `source` whose words `kept` does not hold, as written, stretches apart by a dot."""
    left = Counter(words(kept))
    parts: list[list[str]] = [[]]
    for line in source.split("\n"):
        if re.fullmatch(r"[\s|:+=-]*", line):
            continue
        for token in re.split(r"\s+|(?<=\w)\|", re.sub(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s)?", "", line)):
            inner = Counter(WORD.findall(token))
            if inner <= left:
                left.subtract(inner)
                if parts[-1]:
                    parts.append([])
            else:
                left.subtract(inner & left)
                parts[-1].append(token.strip(_MARKS) or token)
    return " · ".join(" ".join(part) for part in parts if part)
