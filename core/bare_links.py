"""Web addresses that stand in a text by themselves are links, as the editor shows them while they are written."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

ADDRESS = re.compile(r"(?<![\w/])https?://[^\s<>\"]+", re.IGNORECASE)
# What ends a sentence is not part of the address in it.
TRAILING = ".,:;!?*_~'\""


def enable_bare_links(parser: MarkdownIt) -> MarkdownIt:
    parser.core.ruler.push("bare_links", _link_addresses)
    return parser


def _link_addresses(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and "://" in token.content:
            token.children = list(_linked(token.children, state.md))


def _linked(children: list[Token], parser: MarkdownIt) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += child.nesting if child.type.startswith("link_") else 0
        if child.type == "text" and not depth:
            yield from _pieces(child, parser)
        else:
            yield child


def _pieces(token: Token, parser: MarkdownIt) -> Iterator[Token]:
    done = 0
    for found in ADDRESS.finditer(token.content):
        address = _without_the_sentence(found[0])
        href = parser.normalizeLink(address)
        if not parser.validateLink(href):
            continue
        yield _text(token.content[done : found.start()], token.level)
        yield Token("link_open", "a", 1, attrs={"href": href}, level=token.level)
        yield _text(address, token.level + 1)
        yield Token("link_close", "a", -1, level=token.level)
        done = found.start() + len(address)
    yield _text(token.content[done:], token.level)


def _without_the_sentence(address: str) -> str:
    while address[-1] in TRAILING or (address[-1] == ")" and address.count(")") > address.count("(")):
        address = address[:-1]
    return address


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)
