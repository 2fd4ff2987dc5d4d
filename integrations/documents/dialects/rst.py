"""reStructuredText as Markdown."""

import re

from .mediawiki import pipe_table

_UNDERLINE = re.compile(r"^([=\-`:'\"~^_*+#<>.])\1{2,}\s*$")
_CODE = re.compile(r"^(\s*)\.\. (?:code-block|code|sourcecode|highlight)::\s*(\S*)\s*$")
_DIRECTIVE = re.compile(r"^(\s*)\.\. ([\w:-]+)::\s*(.*)$")


def looks_like(text: str) -> bool:
    if re.search(r"(?m)^#{1,6} \S", text):
        return False
    directives = len(re.findall(r"(?m)^\s*\.\. [\w-]+::", text))
    titles = len(re.findall(r"(?m)^\S.{2,80}\n([~^\"*+#`'])\1{2,}[ \t]*$", text))
    grids = len(re.findall(r"(?m)^\+[-=+]{5,}\+[ \t]*$", text))
    return directives > 0 or titles >= 2 or grids >= 3


def convert(text: str) -> str:
    lines = text.split("\n")
    out: list[str] = []
    levels: list[str] = []
    number = 0
    while number < len(lines):
        for reader in (_heading, _code, _grid, _simple_table, _list_table, _field):
            if taken := reader(lines, number, out, levels):
                number += taken
                break
        else:
            out.append(_inline(lines[number]))
            number += 1
    return "\n".join(out)


def _heading(lines: list[str], number: int, out: list[str], levels: list[str]) -> int:
    """A line of marks under a title, or one above it as well; the order of first use gives the level."""
    line = lines[number]
    if (
        _UNDERLINE.match(line)
        and number + 2 < len(lines)
        and lines[number + 2].strip() == line.strip()
        and lines[number + 1].strip()
    ):
        key, title, taken = line[0] * 2, lines[number + 1], 3
    elif number + 1 < len(lines) and line.strip() and not line[0].isspace() and not _UNDERLINE.match(line):
        under = lines[number + 1]
        if not _UNDERLINE.match(under) or len(under.strip()) < min(len(line.strip()) - 1, 4):
            return 0
        key, title, taken = under[0], line, 2
    else:
        return 0
    if key not in levels:
        levels.append(key)
    out += ["", "#" * min(levels.index(key) + 1, 6) + " " + _inline(title.strip()), ""]
    return taken


def _code(lines: list[str], number: int, out: list[str], levels: list[str]) -> int:
    match = _CODE.match(lines[number])
    if match is None and not (lines[number].rstrip().endswith("::") and not _DIRECTIVE.match(lines[number])):
        return 0
    end = number + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > _indent(lines[number])
    ):
        end += 1
    block = [line for line in lines[number + 1 : end] if not re.match(r"^\s+:\w+:", line)]
    if match is None:
        text = lines[number].rstrip()
        out += [_inline(text.removesuffix("::").rstrip() + (":" if not text.endswith(" ::") else "")), ""]
    body = _dedent(block)
    if body:
        pad = " " * _indent(lines[number])
        out += ["", f"{pad}```{match[2] if match else ''}", *[pad + line for line in body], f"{pad}```", ""]
    return end - number


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _dedent(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    indent = min((_indent(line) for line in filled), default=0)
    return "\n".join(line[indent:].rstrip() for line in lines).strip("\n").split("\n") if filled else []


def _grid(lines: list[str], number: int, out: list[str], levels: list[str]) -> int:
    if not re.match(r"^\s*\+[-=+]{3,}\+\s*$", lines[number]):
        return 0
    end = number
    while end < len(lines) and lines[end].strip()[:1] in {"+", "|"}:
        end += 1
    rows: list[list[str]] = []
    fresh = True
    for line in lines[number:end]:
        text = line.strip()
        if text.startswith("+"):
            fresh = True
            continue
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if fresh or len(cells) != len(rows[-1]):
            rows.append([_inline(cell) for cell in cells])
        else:
            rows[-1] = [f"{old} {_inline(new)}".strip() for old, new in zip(rows[-1], cells, strict=True)]
        fresh = False
    out += ["", *pipe_table(rows), ""]
    return end - number


def _simple_table(lines: list[str], number: int, out: list[str], levels: list[str]) -> int:
    rule = lines[number]
    if not re.match(r"^\s*=+(?:\s+=+)+\s*$", rule):
        return 0
    ends = [
        other
        for other in range(number + 1, min(len(lines), number + 3000))
        if re.match(r"^\s*=+(?:\s+=+)+\s*$", lines[other])
    ]
    if not ends:
        return 0
    last = ends[1] if len(ends) > 1 and ends[1] - ends[0] > 1 and lines[ends[0] - 1].strip() else ends[0]
    starts = [match.start() for match in re.finditer(r"=+", rule)]
    rows: list[list[str]] = []
    for line in lines[number + 1 : last]:
        if not line.strip() or re.match(r"^\s*[=-]+(?:\s+[=-]+)*\s*$", line):
            continue
        cells = [_inline(line[start:end].strip()) for start, end in zip(starts, [*starts[1:], None], strict=True)]
        if rows and not cells[0]:
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    out += ["", *pipe_table(rows), ""]
    return last + 1 - number


def _list_table(lines: list[str], number: int, out: list[str], levels: list[str]) -> int:
    match = _DIRECTIVE.match(lines[number])
    if match is None or match[2] != "list-table":
        return 0
    end = number + 1
    rows: list[list[str]] = []
    while end < len(lines) and (not lines[end].strip() or lines[end][:1].isspace()):
        text = lines[end].strip()
        if row := re.match(r"^\* - ?(.*)$", text):
            rows.append([_inline(row[1])])
        elif rows and (cell := re.match(r"^- ?(.*)$", text)):
            rows[-1].append(_inline(cell[1]))
        elif rows and text:
            rows[-1][-1] = f"{rows[-1][-1]} {_inline(text)}".strip()
        end += 1
    out += ["", match[3], "", *pipe_table(rows), ""]
    return end - number


def _field(lines: list[str], number: int, out: list[str], levels: list[str]) -> int:
    match = re.match(r"^:([A-Za-z][\w -]{0,40}):\s+(\S.*)$", lines[number])
    if match is None:
        return 0
    out.append(f"- **{match[1]}**: {_inline(match[2])}")
    return 1


def _inline(text: str) -> str:
    text = re.sub(r"^(\s*)#\.\s", r"\g<1>1. ", text)
    text = re.sub(r"^(\s*)\| (?=\S)", r"\1", text)
    text = re.sub(r"^\.\. _([^:\n]{1,100}):\s+(\S+)\s*$", r"[\1]: \2", text)
    text = re.sub(r"``([^`\n]{1,500})``", r"`\1`", text)
    text = re.sub(r"`([^`<\n]{1,300}?)\s*<([^>\n]{1,500})>`__?", r"[\1](\2)", text)
    return re.sub(r":(?:ref|doc|code|command|file|guilabel|term|issue|pr|user):`([^`\n]{1,300})`", r"`\1`", text)
