"""Which words of a source are nowhere in what was read from it."""

import re
from collections import Counter

from .reading import Reading

WORD = re.compile(r"\w+")
# Marks that are syntax where they stand: check boxes and the numbers of a numbered list.
_SYNTAX = re.compile(r"^(\s*(?:>\s?)*(?:[-*+]|(?:#{1,6}\s+)?\d{1,9}[.)])\s+)(?:\[[ xX]\]\s)?", re.M)
_BARE_TAG = re.compile(r"</?[a-z][a-z0-9]{0,10}\s*/?>", re.I)


def words(text: str) -> list[str]:
    text = _BARE_TAG.sub(" ", text)
    text = re.sub(r"(?<!\w)_+|_+(?!\w)", " ", text)
    return WORD.findall(_SYNTAX.sub(lambda match: re.sub(r"\d", " ", match[1]), text).replace("\\_", "_"))


def kept_text(reading: Reading) -> str:
    """All text that a reader of the JSON form sees."""
    parts = [reading.title, reading.severity or ""]
    parts += [event.text for event in reading.timeline]
    parts += [f"{action.title} {action.owner}" for action in reading.actions]
    parts += [f"{section.title}\n{section.text}" for section in reading.sections]
    return "\n".join(parts)


def missing(source: str, kept: str) -> list[tuple[int, str]]:
    """The lost words as (line, stretch of words), counted: a word said twice must be kept twice."""
    left = Counter(words(kept))
    lost: list[tuple[int, str]] = []
    for number, line in enumerate(source.split("\n")):
        stretch: list[str] = []
        for word in words(line):
            if left[word] > 0:
                left[word] -= 1
            else:
                stretch.append(word)
        if stretch:
            lost.append((number, " ".join(stretch)))
    return lost


def lost_count(source: str, reading: Reading) -> int:
    return sum(len(stretch.split()) for _, stretch in missing(source, kept_text(reading)))
