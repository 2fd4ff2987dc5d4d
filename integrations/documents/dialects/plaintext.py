"""Plain text, as it is typed into a mail or copied out of a document, as Markdown."""

import re

from ..meanings import Meaning, meaning_of
from ..stamps import read_stamp
from .mediawiki import pipe_table

_BULLET = re.compile(r"^(\s*)[•‣◦▪●○·⁃►➤✦*–—-]\s+(?=\S)")
_RULE = re.compile(r"^\s*([=\-*_~#])\1{3,}\s*$")
KNOWN = re.compile(
    r"^(?:\d+[.)]\s*)?(?:(?:issue |incident )?summary|root cause (?:and|&) resolution|"
    r"resolution (?:and|&) recovery|overview|impact|root cause|detection|resolution|background|lessons? learned|"
    r"what went (?:well|wrong)|trigger|contributing factors|"
    r"executive summary|zusammenfassung|auswirkungen|ursache|résumé|resumen|impacto|概要|影響|原因|教訓)\s*:?\s*$",
    re.I,
)


def looks_like(text: str, name: str) -> bool:
    if re.search(r"\.(txt|text|log|eml)$", name, re.I):
        return not re.search(r"(?m)^#{1,6} \S", text)
    if re.search(r"(?m)^#{1,6}\s*\S|\*\*\S|^\S.*\n[=-]{3,}\s*$|^\|.*\|\s*$|^```", text):
        return False
    return not re.search(r"(?m)^\s*\d+\. |^\s*[-*+] ", text) or _has_titles(text)


def _has_titles(text: str) -> bool:
    """Titles that end in a colon where Markdown has its own: their lists may stand right below and above them."""
    lines = [line for line in text[:50_000].split("\n") if line[:1].strip() and line.rstrip().endswith(":")]
    return sum(_is_heading(line, "", "") for line in lines) > 1


def convert(text: str) -> str:
    lines = text.expandtabs(4).split("\n") if "\t" in text and not _has_tab_table(text) else text.split("\n")
    out: list[str] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if _RULE.match(line):
            out.append("")
        elif _is_heading(line, lines[number - 1] if number else "", following):
            out += ["", f"## {line.strip().rstrip(':')}", ""]
        else:
            out.append(
                _BULLET.sub(lambda match: " " * (len(match[1]) // 2 * 2) + "- ", line)
                if _BULLET.match(line)
                else line.strip()
            )
    return "\n".join(out)


def _is_heading(line: str, before: str, after: str) -> bool:
    text = line.strip()
    if not text or len(text) > 70 or read_stamp(text) or _BULLET.match(line):
        return False
    if KNOWN.match(text):
        return True
    bare = re.sub(r"^\d+[.)]\s*", "", text).rstrip(":： ")
    alone = not before.strip() or _RULE.match(before)
    is_named = (
        meaning_of(bare) in {Meaning.TIMELINE, Meaning.ACTIONS}
        and len(bare.split()) <= 5
        and not text.endswith((".", "!", "?"))
    )
    is_shouted = bare.isupper() and len(bare) > 3 and len(bare.split()) <= 8
    return (
        bool(is_named and (alone or text.endswith(":")))
        or bool(is_shouted and alone)
        or bool(_RULE.match(after) and alone)
    )


def _has_tab_table(text: str) -> bool:
    return bool(re.search(r"(?:^[^\n\t]{1,300}(?:\t[^\n\t]{0,600})+\n){3}", text + "\n", re.M))


def with_tab_tables(text: str) -> str:
    """Rows copied out of a spreadsheet or a web page, cells apart by tabs, become a table."""
    if "\t" not in text:
        return text
    out: list[str] = []
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        cells = line.split("\t")
        if len(cells) >= 2 and cells[0].strip() and (not rows or len(cells) == len(rows[0])):
            rows.append(cells)
            continue
        out += _table_or_lines(rows)
        rows = []
        out.append(line)
    return "\n".join(out[:-1])


def _table_or_lines(rows: list[list[str]]) -> list[str]:
    if len(rows) < 3:
        return ["\t".join(row) for row in rows]
    return ["", *pipe_table(rows), ""]
