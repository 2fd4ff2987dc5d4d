"""Org mode as Markdown."""

import re

_SETTING = re.compile(r"^#\+(TITLE|DATE|AUTHOR|SEVERITY|[A-Z_]+):\s*(.*)$", re.I)
_BLOCK = re.compile(r"^\s*#\+(begin|end)_(\w+)\s*(\S*).*$", re.I)


def looks_like(text: str) -> bool:
    settings = len(re.findall(r"(?mi)^#\+(?:title|author|date|begin_src|begin_example|options|startup):?", text))
    return settings > 0 and bool(re.search(r"(?m)^\*+ \S", text))


def convert(text: str) -> tuple[str, list[tuple[str, str]]]:
    pairs: list[tuple[str, str]] = []
    out: list[str] = []
    for line in text.split("\n"):
        if match := _BLOCK.match(line):
            out.append("```" + (match[3] if match[1].lower() == "begin" and match[2].lower() == "src" else ""))
        elif match := _SETTING.match(line):
            pairs.append((match[1], match[2]))
            out.append(f"- **{match[1]}**: {match[2]}")
        elif match := re.match(r"^(\*+)\s+(?:(TODO|DONE|NEXT|WAITING|CANCELLED)\s+)?(.*?)(\s+:[\w:]+:)?\s*$", line):
            out += ["", _heading(match), ""]
        elif re.match(r"^\s*\|[-+|]+\s*$", line):
            out.append(line.replace("+", "|"))
        else:
            out.append(_inline(line))
    return "\n".join(out), pairs


def _heading(match: re.Match[str]) -> str:
    title = _inline(match[3] + (match[4] or ""))
    if match[2]:
        return f"- [{'x' if match[2] == 'DONE' else ' '}] {title}"
    return "#" * min(len(match[1]), 6) + " " + title


def _inline(text: str) -> str:
    text = re.sub(r"\[\[([^\]\n]{1,500})\]\[([^\]\n]{1,300})\]\]", r"[\2](\1)", text)
    text = re.sub(r"\[\[([^\]\n]{1,500})\]\]", r"<\1>", text)
    text = re.sub(r"(?<![\w*])\*([^*\s][^*\n]{0,300}?)\*(?![\w*])", r"**\1**", text)
    text = re.sub(r"(?<![\w=~])([=~])([^=~\s][^=~\n]{0,300}?)\1(?![\w=~])", r"`\2`", text)
    return re.sub(r"^(\s*[-+])\s+\[-\]", r"\1 [ ]", text)
