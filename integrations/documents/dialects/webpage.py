"""HTML, as a page is saved or pasted, as Markdown."""

import re
from html.parser import HTMLParser

from .mediawiki import pipe_table

_SKIPPED = {"script", "style", "head", "noscript", "template", "svg"}
_BLOCKS = {
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "details",
    "summary",
    "figure",
    "figcaption",
    "dl",
    "dt",
    "dd",
    "body",
    "tbody",
    "form",
}
_DEEPEST = 50


def looks_like(text: str) -> bool:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html", "<body", "<head")):
        return True
    tags = len(re.findall(r"</(?:p|li|h[1-6]|td|div|ul|table)>", text[:50_000], re.I))
    return (
        start.startswith(("<h", "<p", "<div", "<ul", "<table", "<article", "<section", "<meta", "<span")) and tags >= 3
    )


def convert(text: str) -> tuple[str, str]:
    """(Markdown, the title of the page)."""
    if text.count("<") > 2 * text.count(">") + 500:  # tags that never close cost the parser quadratic time
        text = text.replace("<", "&lt;")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.text(), reader.title.strip()


def with_tables(text: str) -> str:
    """Markdown whose HTML tables have become tables of its own."""
    return re.sub(
        r"<table\b.{0,200000}?</table>",
        lambda match: f"\n\n{convert(match.group())[0].strip()}\n\n",
        text,
        flags=re.S | re.I,
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.title = ""
        self.skipping = 0
        self.in_title = False
        self.lists: list[str] = []
        self.links: list[str] = []
        self.rows: list[list[str]] | None = None
        self.in_cell = False
        self.is_pre = False

    def text(self) -> str:
        if self.rows:
            self._end_table()
        return re.sub(r"\n{3,}", "\n\n", "".join(self.out)).strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "title":
            self.in_title = True
        elif tag in _SKIPPED:
            self.skipping += 1
        elif match := re.fullmatch(r"h([1-6])", tag):
            self._write(f"\n\n{'#' * int(match[1])} ")
        elif tag in {"ul", "ol"}:
            self.lists.append(tag)
            self._write("\n")
        elif tag == "li":
            depth = min(len(self.lists), _DEEPEST)
            self._write(f"\n{'   ' * max(0, depth - 1)}{'1.' if self.lists[-1:] == ['ol'] else '- '} ")
        elif tag == "input" and values.get("type") == "checkbox":
            self._write("[x] " if "checked" in values else "[ ] ")
        elif tag == "table":
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows is not None:
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append("")
            self.in_cell = True
        else:
            self._inline_start(tag, values)

    def _inline_start(self, tag: str, values: dict[str, str | None]) -> None:
        if tag in {"strong", "b"}:
            self._write("**")
        elif tag in {"em", "i"}:
            self._write("*")
        elif tag in {"del", "s", "strike"}:
            self._write("~~")
        elif tag == "code" and not self.is_pre:
            self._write("`")
        elif tag == "pre":
            self.is_pre = True
            self._write("\n\n```\n")
        elif tag == "br":
            self._write(" " if self.in_cell else "\n")
        elif tag == "hr":
            self._write("\n\n---\n\n")
        elif tag == "a":
            self.links.append(values.get("href") or "")
            self._write("[")
        elif tag == "img":
            self._write(f"![{values.get('alt') or ''}]({values.get('src') or ''})")
        elif tag == "blockquote":
            self._write("\n\n> ")
        elif tag in _BLOCKS and not self.lists and not self.in_cell:
            self._write("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.in_title = False
        elif tag in _SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
            self._write("" if self.lists else "\n\n")
        elif tag in {"td", "th"}:
            self.in_cell = False
        elif tag == "table" and self.rows is not None:
            self._end_table()
        elif tag == "a" and self.links:
            self._write(f"]({self.links.pop()})")
        elif tag == "pre":
            self.is_pre = False
            self._write("\n```\n\n")
        elif tag in {"strong", "b"}:
            self._write("**")
        elif tag in {"em", "i"}:
            self._write("*")
        elif tag in {"del", "s", "strike"}:
            self._write("~~")
        elif tag == "code" and not self.is_pre:
            self._write("`")
        elif re.fullmatch(r"h[1-6]", tag) or (tag in _BLOCKS and not self.lists and not self.in_cell):
            self._write("\n\n")

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title += data
        elif not self.skipping:
            self._write(data if self.is_pre else re.sub(r"\s+", " ", data))

    def handle_comment(self, data: str) -> None:
        if not self.skipping and data.strip():
            self._write(f"<!--{data}-->")

    def _write(self, text: str) -> None:
        if self.skipping or not text:
            return
        if self.in_cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] += text.replace("\n", " ")
        elif (self.rows is not None and not text.strip()) or (
            text == " " and (not self.out or self.out[-1].endswith(("\n", " ")))
        ):
            return
        else:
            self.out.append(text)

    def _end_table(self) -> None:
        rows = [row for row in self.rows or [] if any(cell.strip() for cell in row)]
        self.rows, self.in_cell = None, False
        self.out.append("\n\n" + "\n".join(pipe_table(rows)) + "\n\n")
