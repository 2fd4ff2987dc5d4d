"""Markdown as a tree of blocks that know their lines. Inline markup is left as it stands."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

DEEPEST = 40

_OPENS = {
    "heading_open": "heading", "paragraph_open": "paragraph", "bullet_list_open": "list", "ordered_list_open": "list",
    "list_item_open": "item", "blockquote_open": "quote", "table_open": "table", "tr_open": "row",
}  # fmt: skip
_ALONE = {"fence": "code", "code_block": "code", "html_block": "html", "hr": "rule"}


@dataclass
class Block:
    """`start` and `end` are lines, the end not included. `text` is the source of a leaf, `cells` those of a row."""

    kind: str
    start: int
    end: int
    text: str = ""
    level: int = 0
    is_ordered: bool = False
    cells: list[str] = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)

    @property
    def lead(self) -> str:
        """The first paragraph of an item: what it says before anything hangs below it."""
        if self.kind != "item":
            return self.text
        return self.children[0].text if self.children and self.children[0].kind in {"paragraph", "heading"} else ""

    @property
    def below(self) -> list["Block"]:
        return self.children[1:] if self.lead else self.children


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")
    # Only the blocks are wanted: the inline rules are where the time goes on hostile input. And "[10:15]: rebooted"
    # is an entry here, not the definition of a link.
    parser.core.ruler.enableOnly(["block"])
    parser.block.ruler.disable("reference")
    return parser


def parse(lines: list[str]) -> list[Block]:
    root = Block("document", 0, len(lines))
    stack = [root]
    for token in _parser().parse("\n".join(lines)):
        _take(token, stack)
    _trim(root, lines)
    return root.children


def _take(token: Token, stack: list[Block]) -> None:
    start, end = token.map or (stack[-1].start, stack[-1].end)
    if kind := _OPENS.get(token.type):
        level = int(token.tag[1]) if kind == "heading" else len(stack)
        block = Block(kind, start, end, level=level, is_ordered=token.type == "ordered_list_open")
        stack[-1].children.append(block)
        stack.append(block)
    elif kind := _ALONE.get(token.type):
        stack[-1].children.append(Block(kind, start, end, token.content))
    elif token.type == "inline":
        if stack[-1].kind == "row":
            stack[-1].cells.append(token.content.strip())
        else:
            stack[-1].text = token.content
    elif token.nesting == -1 and token.type.replace("_close", "_open") in _OPENS:
        stack.pop()


def _trim(block: Block, lines: list[str]) -> None:
    """An item or a list claims the blank lines after it; give them back."""
    for child in block.children:
        while child.end > child.start + 1 and not lines[child.end - 1].strip():
            child.end -= 1
        _trim(child, lines)


DEFINITION = re.compile(
    r"^ {0,3}\[[^\]\n]{1,200}\]:\s?(?:<?(?:https?:|mailto:|/|\.|#|[\w%-]+\.\w)\S*|\S+%20\S*)(?:\s+[\"'(].*)?$"
)


def is_definitions(text: str) -> bool:
    """Nothing but the targets of links, as they stand at the foot of a document."""
    return all(DEFINITION.match(line) for line in text.splitlines())
