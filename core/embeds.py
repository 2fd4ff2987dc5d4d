"""What a text may refer to beside its own words: files, and values and blocks that follow the records.

`![what it shows](attachment:12)` and `[name](attachment:12)` are files; `{{duration}}` within a line is a value, and
`{{timeline}}` on a line of its own a block. Which of them there are depends on where the text stands: its Surroundings.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

NAMED = re.compile(r"\{\{[ \t]*([a-z]{1,40})[ \t]*\}\}")
FILE = re.compile(r"attachment:(\d{1,18})")
TARGET = re.compile(r"(?<=\]\()attachment:(\d{1,18})(?=[)\s])")
MISSING = "this file is not here"


@dataclass(frozen=True)
class File:
    """`address` is where a link to it leads; a picture also has where to fetch it from, and its size in pixels."""

    address: str
    note: str = ""
    picture: str = ""
    width: int | None = None
    height: int | None = None


ELSEWHERE = File("")


class Surroundings:
    """What is known where a text stands; a text that stands alone can refer to nothing."""

    blocks: Iterable[str] = ()
    people: Mapping[int, str] = {}  # What those who are mentioned are called now.

    def file(self, number: int) -> File | None:
        return None

    def value(self, name: str) -> str | None:
        """Plain words for the middle of a line."""
        return None

    def block(self, name: str) -> str:
        """One of `blocks`, in the language that the text is made into; it is put in as it is."""
        raise LookupError(name)


NOWHERE = Surroundings()


def enable_embeds(parser: MarkdownIt) -> MarkdownIt:
    parser.block.ruler.before("table", "data_block", _block_rule, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.after("escape", "data_value", _value_rule)
    return parser


def _block_rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """A line that is nothing but the name of a block, at the left edge: it ends a paragraph, a list, a quote."""
    is_outside = state.level == 0 or (silent and state.sCount[line] < state.blkIndent)
    if not is_outside or state.sCount[line] > 3:
        return False
    found = NAMED.fullmatch(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip())
    if not found or found[1] not in state.env.get("blocks", ()):
        return False
    if not silent:
        state.line = line + 1
        token = state.push("data_block", "", 0)
        token.info, token.map = found[1], [line, line + 1]
    return True


def _value_rule(state: StateInline, silent: bool) -> bool:
    found = NAMED.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("data_value", "", 0)
        token.info, token.content = found[1], found[0]
    state.pos = found.end()
    return True


def settled(children: Sequence[Token], around: Surroundings) -> list[Token]:
    """The tokens of one paragraph with every reference resolved; no other picture is left among them."""
    made: list[Token] = []
    links: list[File | None] = []  # What each open link leads to.
    for child in children:
        if child.type == "data_value":
            made.append(_text(around.value(child.info) or child.content))
        elif child.type == "image":
            made += _picture(child, around, is_linked=bool(links))
        elif child.type == "link_open":
            links.append(_target(str(child.attrs.get("href", "")), around))
            made += _opened(child, links[-1])
        elif child.type == "link_close":
            made += _closed(child, links.pop())
        else:
            made.append(child)
    return made


def _target(address: str, around: Surroundings) -> File | None:
    """The file that is meant, None where it is missing, ELSEWHERE for every other address."""
    if not address.lower().startswith("attachment:"):
        return ELSEWHERE
    found = FILE.fullmatch(address)
    return around.file(int(found[1])) if found else None


def _opened(token: Token, file: File | None) -> list[Token]:
    if file is None:
        return []
    if file is not ELSEWHERE:
        token.attrs = {"href": file.address, "class": "attached"}
    return [token]


def _closed(token: Token, file: File | None) -> list[Token]:
    if file is None:
        return _small(f" ({MISSING})")
    return [token, *(_small(f" ({file.note})") if file.note else [])]


def _picture(token: Token, around: Surroundings, *, is_linked: bool) -> list[Token]:
    address = str(token.attrs.get("src", ""))
    file = _target(address, around)
    words = token.children or []
    if file is ELSEWHERE:  # Somewhere else: an address in a text must not make a reader's browser fetch it.
        inside = settled(words, around)
        return [_text("!"), *(inside if is_linked else _link(address, inside))]
    if file is None:
        return [*settled(words, around), *_small(f" ({MISSING})")]
    if not file.picture:
        inside = settled(words, around) or [_text("file")]
        return inside if is_linked else [*_link(file.address, inside, "attached"), *_small(f" ({file.note})")]
    token.attrs = {"src": file.picture, "alt": "", "loading": "lazy"}
    if file.width and file.height:
        token.attrs |= {"width": file.width, "height": file.height}
    return [token] if is_linked else _link(file.address, [token], "picture")


def _link(address: str, inside: list[Token], looks: str = "") -> list[Token]:
    opening = Token("link_open", "a", 1)
    opening.attrs = {"href": address, "class": looks} if looks else {"href": address}
    return [opening, *inside, Token("link_close", "a", -1)]


def _small(words: str) -> list[Token]:
    return [Token("small_open", "small", 1), _text(words), Token("small_close", "small", -1)]


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def with_embeds_as_text(text: str, around: Surroundings) -> str:
    """The same Markdown with its values, blocks and addresses of files written out; code is left as it is."""
    lines = text.split("\n")
    marks: dict[tuple[int, int], list[bool]] = {}
    blocks: dict[tuple[int, int], str] = {}
    for token in _reader().parse(text, {"blocks": around.blocks}):
        if token.map and token.type == "data_block":
            blocks[token.map[0], token.map[1]] = token.info
        elif token.map and token.type == "inline":  # Each cell of a table's row has the same lines.
            marks.setdefault((token.map[0], token.map[1]), []).extend(_occurrences(token.children or []))
    for first, after in sorted({*marks, *blocks}, reverse=True):
        if name := blocks.get((first, after)):
            lines[first:after] = ["", *around.block(name).split("\n"), ""]
        else:
            lines[first:after] = _filled("\n".join(lines[first:after]), marks[first, after], around).split("\n")
    return "\n".join(lines)


@cache
def _reader() -> MarkdownIt:
    return enable_embeds(MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]))


def _occurrences(children: Sequence[Token]) -> Iterator[bool]:
    """For each `{{name}}` as it stands in the source: whether it is meant, or quoted as code."""
    for child in children:
        if child.type == "data_value":
            yield True
        elif child.type == "code_inline":
            yield from (False for _ in NAMED.finditer(child.content))


def _filled(source: str, meant: list[bool], around: Surroundings) -> str:
    remaining = iter(meant)

    def value(found: re.Match[str]) -> str:
        return (around.value(found[1]) if next(remaining, True) else None) or found[0]

    def address(found: re.Match[str]) -> str:
        file = around.file(int(found[1]))
        return file.address if file else found[0]

    return TARGET.sub(address, NAMED.sub(value, source))
