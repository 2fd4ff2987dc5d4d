"""People named in a text: `[@Ada Lind](person:12)` shows the name that person goes by now."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.embeds import Surroundings

PERSON = re.compile(r"person:(\d{1,9})")
MENTION = re.compile(r"\[@?((?:\\.|[^\[\]\\\n]){1,200})\]\(person:(\d{1,9})\)")
SPACES = re.compile(r"\s+")
END_OF_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def people_in(*texts: str) -> list[int]:
    """The numbers of all who are mentioned, each once, in the order of reading; code is not a mention."""
    found = (person for text in texts if "(person:" in text for person in _people(_parser().parse(text)))
    return list(dict.fromkeys(found))


def _people(tokens: Iterable[Token]) -> Iterator[int]:
    for token in tokens:
        if token.type == "link_open" and (person := _person(token)) is not None:
            yield person
        yield from _people(token.children or [])


def _person(token: Token) -> int | None:
    found = PERSON.fullmatch(str(token.attrs.get("href", "")))
    return int(found[1]) if found else None


def with_people(children: Sequence[Token], around: Surroundings) -> list[Token]:
    """The tokens of one paragraph with each mention made a mark of its own; of a stranger the words are left."""
    made: list[Token] = []
    inside: int | None = None
    for child in children:
        if child.type == "link_open" and (person := _person(child)) is not None:
            inside = person
            if inside in around.people:
                made += _marked(around.people[inside])
        elif child.type == "link_close" and inside is not None:
            inside = None
        elif inside is None or inside not in around.people:
            made.append(child)
    return made


def _marked(name: str) -> list[Token]:
    opening = Token("mention_open", "span", 1)
    opening.attrs = {"class": "mention"}
    return [opening, Token("text", "", 0, content=f"@{name}"), Token("mention_close", "span", -1)]


def mentions_as_words(text: str, around: Surroundings) -> str:
    """The same text with `@Ada Lind` in place of each mention, for readers that know no people."""
    return MENTION.sub(lambda found: f"@{around.people.get(int(found[2]), found[1])}", text)


def sentence_around(text: str, person: int, around: Surroundings, limit: int = 300) -> str:
    """The sentence in which someone is mentioned first, in plain words; empty when nobody of that number is."""
    for token in _parser().parse(text):
        children = token.children or []
        if person not in _people(children):
            continue
        words = plain(children, around)
        name = f"@{around.people.get(person, '')}"
        said = next((part for part in END_OF_SENTENCE.split(words) if name in part), words)
        return said if len(said) <= limit else _cut_around(said, max(said.find(name), 0), limit)
    return ""


def _cut_around(words: str, at: int, limit: int) -> str:
    start = max(0, min(at - limit // 2, len(words) - limit))
    part = words[start : start + limit].strip()
    return f"{'… ' if start else ''}{part}{' …' if start + limit < len(words) else ''}"


def plain(children: Sequence[Token], around: Surroundings) -> str:
    parts = []
    for child in with_people(children, around):
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return SPACES.sub(" ", "".join(parts)).strip()
