"""Markdown to HTML that is safe to show: the one place that vouches for markup."""

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

from core.bare_links import enable_bare_links
from core.embeds import NOWHERE, Surroundings, enable_embeds, settled
from core.mentions import with_people

ALLOWED_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "li", "ol",
    "p", "pre", "s", "small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ALLOWED_CLASSES = {"span": {"mention"}}
ALLOWED_ATTRIBUTES = {
    "a": {"class", "href", "title"},
    "code": {"class"},
    "img": {"alt", "height", "loading", "src", "width"},
    "input": {"type", "checked", "disabled"},
    "li": {"class"},
    "ol": {"start"},
    "ul": {"class"},
}
# `attachment` is the renderer's of PDFs, for pictures alone: where it is no file that we know, no address is left.
ALLOWED_SCHEMES = {"http", "https", "mailto", "attachment"}


@cache
def _parser() -> MarkdownIt:
    # Raw HTML stays text, and the only pictures are attached files: an address in a text must not make a reader's
    # browser fetch it.
    # A line ends where its writer ended it, as in the editor; and a rule under a sentence makes no heading of it.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    return enable_bare_links(enable_embeds(parser.disable("lheading").use(tasklists_plugin)))


def render_markdown(text: str, around: Surroundings = NOWHERE) -> SafeString:
    """HTML of a text that anyone may have written; headings start two levels down, below the page's own.

    Blocks come from `around` as HTML that a template has escaped already: everything else is cleaned here.
    """
    html: list[str] = []
    words: list[Token] = []
    for token in _parser().parse(text, {"blocks": around.blocks}):
        if token.type == "data_block":
            html += [_clean(words), around.block(token.info)]
            words = []
            continue
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
        elif token.children:
            token.children = settled(with_people(token.children, around), around)
        words.append(token)
    html.append(_clean(words))
    return mark_safe("".join(html))


def _clean(tokens: list[Token]) -> str:
    return nh3.clean(
        _parser().renderer.render(tokens, _parser().options, {}),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        allowed_classes=ALLOWED_CLASSES,
        url_schemes=ALLOWED_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
