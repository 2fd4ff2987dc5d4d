"""Cousins of Markdown, turned into Markdown; each reader keeps every word it is given."""

import re
from dataclasses import dataclass, field

from . import asciidoc, frontmatter, mediawiki, org, plaintext, record, rst, webpage


@dataclass
class Document:
    """Markdown to read, and what stood above it: `front` as written, `pairs` as understood."""

    text: str
    front: str = ""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    is_markup_words: bool = False  # the source's own markup is made of words: tags, field names, directives


def to_markdown(text: str, name: str = "") -> Document:
    """Read by its ending, or where that says nothing by its looks."""
    if data := record.read(text, name):
        return Document(*record.convert(data, text), is_markup_words=True)
    front, body, pairs = frontmatter.split(text)
    document = _body(body, name.lower())
    return Document(_tidy(document.text), front or document.front, pairs + document.pairs, document.is_markup_words)


def _body(text: str, name: str) -> Document:
    ending = name.removesuffix(".erb").rpartition(".")[2]
    unknown = ending not in {"md", "markdown", "mdx", "qmd", "mdown", "rmd"}
    if ending in {"mediawiki", "wiki"} or (unknown and mediawiki.looks_like(text)):
        return Document(*mediawiki.convert(text))
    if ending in {"adoc", "asciidoc", "asc"} or (unknown and asciidoc.looks_like(text)):
        body, pairs = asciidoc.convert(text)
        return Document(body, "", pairs)
    if ending == "org" or (unknown and org.looks_like(text)):
        body, pairs = org.convert(text)
        return Document(body, "", pairs)
    if ending == "rst" or (unknown and rst.looks_like(text)):
        return Document(rst.convert(text), is_markup_words=True)
    if ending in {"html", "htm", "xhtml"} or webpage.looks_like(text):
        body, title = webpage.convert(text)
        return Document(body, "", [("title", title)] if title else [], is_markup_words=True)
    if plaintext.looks_like(text, name):
        return Document(plaintext.convert(plaintext.with_tab_tables(text)))
    return Document(webpage.with_tables(plaintext.with_tab_tables(text)))


_BULLET = re.compile(r"^(\s*)(?:[•‣◦▪●○⁃►➤][ \t\u00a0]*(?=\S)|[–—][ \t\u00a0]+(?=\d))")
_TIGHT_HEADING = re.compile(r"^(#{2,6})(?=[A-Za-z\u00c0-\uffff*])")


def _tidy(text: str) -> str:
    """Marks that people take for Markdown and Markdown does not."""
    out = []
    fence = ""
    for line in text.split("\n"):
        mark = re.match(r"^\s*(```+|~~~+)", line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1][:3]
        elif not fence:
            line = _TIGHT_HEADING.sub(r"\1 ", _BULLET.sub(r"\1- ", line))
        out.append(line)
    return "\n".join(out)
