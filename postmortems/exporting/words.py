"""Markdown as its writers meant it, where neither page nor file wants its markup as it stands."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token

Row = TypeVar("Row")
ROWS_A_TABLE = 100
# A table, a code block and a heading of its own are for the whole document, not for the first page.
LEFT_OUT = {"table", "heading"}
CHECKBOX = re.compile(r"^\[[ xX]\]\s+")
# Of two letters at least before it, so that “e.g. one” ends nothing.
SENTENCE_END = re.compile(r"(?<=\w\w|.[%)”’])[.!?…][”’\"')]*(?=\s)")
SPACES = re.compile(r"\s+")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def lines_of(text: str) -> Iterator[tuple[str, bool]]:
    """Each paragraph and list item of a Markdown text in plain words, and whether it is a list item."""
    inside: list[str] = []
    for token in _parser().parse(text):
        if token.nesting:
            _follow(inside, token)
        elif token.type == "inline" and not LEFT_OUT.intersection(inside):
            words = CHECKBOX.sub("", plain_words(token))
            if words and not _is_picture(token):
                yield words, "list_item" in inside


def _follow(inside: list[str], token: Token) -> None:
    if token.nesting > 0:
        inside.append(token.type.removesuffix("_open"))
    else:
        inside.pop()


def _is_picture(token: Token) -> bool:
    return [child.type for child in token.children or []] == ["image"]


def plain_words(token: Token) -> str:
    """What an inline token says: the words of links, the names of pictures, code without its ticks."""
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return SPACES.sub(" ", "".join(parts)).strip()


def with_headings_below(level: int, text: str, *, lift: bool = False) -> str:
    """The same text with its highest heading one below `level`, so that none can end the section it stands in.

    Deeper ones stay where they are, unless `lift` asks that no level be left out.
    """
    headings = [token for token in _parser().parse(text) if token.type == "heading_open" and token.level == 0]
    if not headings:
        return text
    shift = level + 1 - min(int(token.tag[1]) for token in headings)
    shift = shift if lift else max(shift, 0)
    if not shift and all(token.markup.startswith("#") for token in headings):
        return text
    return _rewritten(text, headings, shift)


def _rewritten(text: str, headings: list[Token], shift: int) -> str:
    # The parser counts lines at \n only, and splitlines() would find more of them.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for token in reversed(headings):
        first, after = token.map or (0, 0)
        marks = "#" * min(int(token.tag[1]) + shift, 6)
        if token.markup.startswith("#"):
            lines[first] = marks + lines[first].lstrip().lstrip("#")
        else:  # Underlined: its words, possibly several lines of them, then the rule.
            words = " ".join(line.strip() for line in lines[first : after - 1])
            lines[first:after] = [f"{marks} {words}"]
    return "\n".join(lines)


def cut(words: str, limit: int) -> str:
    """At most `limit` characters, ended at a word where there is one."""
    if len(words) <= limit:
        return words
    whole = words[:limit].rsplit(" ", 1)[0]
    return (whole if len(whole) > limit // 2 else words[:limit]).rstrip(" ,;:.") + " …"


def whole_sentences(words: str, limit: int) -> str:
    """As many sentences as `limit` characters hold; empty where the first is longer."""
    ends = [found.end() for found in SENTENCE_END.finditer(words[:limit])]
    return words[: ends[-1]] if ends else ""


def direction_of(text: str) -> str:
    """`rtl` when most letters are of a script that runs from right to left, else `ltr`."""
    balance = 0
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        balance += {"L": -1, "R": 1, "AL": 1}.get(kind, 0)
    return "rtl" if balance > 0 else "ltr"


def chunks(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Pieces of a long table: the renderer lays each table out as a whole, and takes its time over long ones."""
    return [rows[start : start + ROWS_A_TABLE] for start in range(0, len(rows), ROWS_A_TABLE)]
