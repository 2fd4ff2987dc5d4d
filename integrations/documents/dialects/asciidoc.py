"""AsciiDoc as Markdown."""

import re

from .mediawiki import pipe_table

_ATTRIBUTE = re.compile(r"^:([A-Za-z][\w-]*):\s*(.*)$")
_FENCES = {"----", "....", "````", "```", "--"}


def looks_like(text: str) -> bool:
    titles = re.findall(r"(?m)^={1,5} \S.*[^=\s]\s*$", text)
    return len(titles) >= 2 and not re.search(r"(?m)^#{1,6} \S", text)


def convert(text: str) -> tuple[str, list[tuple[str, str]]]:
    lines = text.split("\n")
    pairs = [(match[1], match[2]) for line in lines[:60] if (match := _ATTRIBUTE.match(line))]
    out: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.strip() == "|===":
            number = _table(lines, number, out)
        elif line.strip() in _FENCES and line.strip() != "--":
            end = next(
                (other for other in range(number + 1, len(lines)) if lines[other].strip() == line.strip()), len(lines)
            )
            out += ["", "```" + _language(out), *lines[number + 1 : end], "```", ""]
            number = end + 1
        else:
            out.append(_line(line))
            number += 1
    return "\n".join(out), pairs


def _language(out: list[str]) -> str:
    if out and (match := re.match(r"^\[source(?:,\s*(\w+))?.*\]$", out[-1].strip())):
        out.pop()
        return match[1] or ""
    return ""


def _line(line: str) -> str:
    if match := re.match(r"^(={1,6})\s+(\S.*?)(?:\s+\1)?\s*$", line):
        return "\n" + "#" * len(match[1]) + " " + _inline(match[2]) + "\n"
    if match := _ATTRIBUTE.match(line):
        return f"- **{match[1]}**: {match[2]}"
    if match := re.match(r"^\s*(\*{1,5}|-|\.{1,5})\s+(.*)$", line):
        marks = match[1]
        indent = "   " * (len(marks) - 1)
        return f"{indent}{'1.' if marks[0] == '.' else '- '} {_inline(match[2])}"
    if match := re.match(r"^(\S[^:\n]{0,80})::(?:\s+(.*))?$", line):
        return f"- **{_inline(match[1])}**: {_inline(match[2] or '')}"
    if match := re.match(r"^\.([A-Za-z]\S.*)$", line):
        return f"**{match[1]}**\n"
    return "" if line.strip() == "+" else _inline(line)


def _inline(text: str) -> str:
    text = re.sub(r"(?<![\w*])\*(?!\s)([^*\n]{1,300}?)(?<!\s)\*(?![\w*])", r"**\1**", text)
    text = re.sub(r"link:([^\s\[]{1,500})\[([^\]\n]{1,300})\]", r"[\2](\1)", text)
    return re.sub(r"(https?://[^\s\[\]]{1,500})\[([^\]\n]{1,300})\]", r"[\2](\1)", text)


def _table(lines: list[str], number: int, out: list[str]) -> int:
    end = next((other for other in range(number + 1, len(lines)) if lines[other].strip() == "|==="), len(lines))
    rows: list[list[str]] = []
    body = lines[number + 1 : end]
    first = next((line for line in body if line.strip()), "")
    width = max(len(_cells(first)), 1)
    cells: list[str] = []
    for line in body:
        if line.strip().startswith("|"):
            cells += _cells(line)
        elif line.strip() and cells:
            cells[-1] = f"{cells[-1]} {line.strip()}"
    rows = [[_inline(cell) for cell in cells[start : start + width]] for start in range(0, len(cells), width)]
    out += ["", *pipe_table(rows), ""]
    return end + 1


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:]]
