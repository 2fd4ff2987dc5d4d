"""MediaWiki markup as Markdown."""

import re

_HEADING = re.compile(r"^(={1,6})\s*(.+?)\s*\1\s*$")
_LIST = re.compile(r"^([*#:;]+)\s*(.*)$")
_PRE = re.compile(r"<(pre|syntaxhighlight|source)\b([^>]*)>(.*?)</\1>", re.S | re.I)
_HEADER_LINE = re.compile(r"^\s*([A-Za-z][\w -]{0,30}):\s*(.*)$")


def looks_like(text: str) -> bool:
    headings = re.findall(r"(?m)^==+[^=\n]+==+[ \t]*$", text)
    return len(headings) >= 2 and not re.search(r"(?m)^#{1,6} \S.*\n", text.split(headings[0])[0])


def convert(text: str) -> tuple[str, str, list[tuple[str, str]]]:
    """(Markdown, the record at the top as written, its pairs)."""
    front, pairs, text = _record(text)
    fences: list[str] = []
    text = _PRE.sub(lambda match: _stashed(match, fences), text)
    lines: list[str] = []
    table: list[str] | None = None
    for line in text.split("\n"):
        if table is not None:
            if line.strip().startswith("|}"):
                lines += ["", *_table(table), ""]
                table = None
            else:
                table.append(line)
        elif line.strip().startswith("{|"):
            table = []
        else:
            lines.append(_line(line))
    lines += [_inline(line) for line in table or []]
    whole = "\n".join(lines)
    for number, fence in enumerate(fences):
        whole = whole.replace(f"\ue000{number}\ue001", fence)
    return whole, front, pairs


def _record(text: str) -> tuple[str, list[tuple[str, str]], str]:
    match = re.match(r"\s*<pre>\n(.{1,5000}?)</pre>\s*\n", text, re.S)
    if match is None:
        return "", [], text
    rows = [line for line in match[1].split("\n") if line.strip()]
    found = [_HEADER_LINE.match(row) for row in rows]
    if sum(row is not None for row in found) < max(2, 0.6 * len(rows)):
        return "", [], text
    return match[1].strip("\n"), [(row[1], row[2]) for row in found if row], text[match.end() :]


def _stashed(match: re.Match[str], fences: list[str]) -> str:
    language = re.search(r"lang=[\"']?(\w+)", match[2])
    fences.append(f"\n```{language[1] if language else ''}\n{match[3].strip(chr(10))}\n```\n")
    return f"\ue000{len(fences) - 1}\ue001"


def _line(line: str) -> str:
    if match := _HEADING.match(line):
        return "\n" + "#" * len(match[1]) + " " + _inline(match[2]) + "\n"
    match = _LIST.match(line)
    if match is None:
        return _inline(line)
    marks, text = match[1], _inline(match[2])
    indent = "   " * (len(marks) - 1)
    if marks[-1] == "*":
        return f"{indent}-  {text}"
    if marks[-1] == "#":
        return f"{indent}1. {text}"
    if marks[-1] == ";":
        term, _, rest = text.partition(":")
        return f"{indent}- **{term.strip()}**: {rest.strip()}"
    return f"{indent}{text}" if set(marks) - {":"} else f"{'> ' * len(marks)}{text}"


def _inline(text: str) -> str:
    text = re.sub(r"'''(.+?)'''", r"**\1**", text)
    text = re.sub(r"''(.+?)''", r"*\1*", text)
    text = re.sub(r"\[\[([^\]|\n]{1,300})\|([^\]\n]{1,300})\]\]", r"[\2](\1)", text)
    text = re.sub(r"\[\[([^\]\n]{1,300})\]\]", r"\1", text)
    return re.sub(r"\[((?:https?:)?//[^\s\]]{1,500})\s+([^\]\n]{1,500})\]", r"[\2](\1)", text)


def _table(lines: list[str]) -> list[str]:
    rows: list[list[str]] = [[]]
    captions = []
    for line in lines:
        text = line.strip()
        if text.startswith("|-"):
            rows.append([])
        elif text.startswith("|+"):
            captions.append(text[2:].strip())
        elif text[:1] in {"|", "!"}:
            for cell in re.split(r"\|\||!!" if text[0] == "!" else r"\|\|", text[1:]):
                rows[-1].append(_cell(cell))
        elif text and rows[-1]:
            rows[-1][-1] += " " + _inline(text)
    return [*captions, *pipe_table([row for row in rows if row])]


def _cell(cell: str) -> str:
    attributes, bar, rest = cell.partition("|")
    if bar and re.fullmatch(r"\s*(?:[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|\S+)\s*)+", attributes):
        cell = rest
    return _inline(cell.strip())


def pipe_table(rows: list[list[str]]) -> list[str]:
    """Rows of cells as a Markdown table; the first row is its head."""
    if not rows:
        return []
    width = max(len(row) for row in rows)
    cells = [
        [re.sub(r"(?<!\\)\|", r"\\|", " ".join(cell.split())) for cell in row] + [""] * (width - len(row))
        for row in rows
    ]
    head, *body = [f"| {' | '.join(row)} |" for row in cells]
    return [head, "|" + " --- |" * width, *body]
