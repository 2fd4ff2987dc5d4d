"""Getting at what a payload says, whatever is missing in it."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .moments import instant
from .reading import MOST_ENTRIES, NotReadable, Setting, shortened


def at_path(node: Any, path: str) -> Any:
    """The value at "a.b.0.c"; None where any part is missing."""
    for name in path.split("."):
        if isinstance(node, dict):
            node = node.get(name)
        elif isinstance(node, list) and name.isdigit() and int(name) < len(node):
            node = node[int(name)]
        else:
            return None
    return node


def said(node: Any, *paths: str) -> str:
    """The first of these that holds words or a number."""
    for path in paths:
        value = at_path(node, path)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def moment(node: Any, setting: Setting, *paths: str) -> datetime | None:
    for path in paths:
        if found := instant(at_path(node, path), setting.zone):
            return found
    return None


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; a lone object counts as a list of one."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def bounded(node: Any, depth: int = 2) -> Any:
    """The same with none of its lists longer than what is read of one file."""
    if isinstance(node, list):
        return node[:MOST_ENTRIES]
    if isinstance(node, dict) and depth:
        return {
            name: bounded(value, depth - 1) if isinstance(value, list | dict) else value for name, value in node.items()
        }
    return node


def first_dict(node: Any) -> dict[str, Any]:
    found = dicts(node)
    return found[0] if found else {}


def has(node: Any, *names: str) -> bool:
    return isinstance(node, dict) and all(name in node for name in names)


def has_any(node: Any, *names: str) -> bool:
    return isinstance(node, dict) and any(name in node for name in names)


_SPACES = re.compile(r"\s+")


def one_line(text: str, limit: int = 600) -> str:
    return shortened(_SPACES.sub(" ", text).strip(), limit)


_TAGS = re.compile(r"<(?:br|/p|/li)\s*/?>", re.I)
_HTML = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--.*?-->", re.S)
_MARKS = re.compile(r"(?m)^\s{0,3}(?:\\?#{1,6}\s*)+|\*\*|__|`|\\(?=[#*\[\]_|])")
_LINKS = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,400}\)")


def plain(text: str, limit: int = 600) -> str:
    """Markdown or HTML as one line of words."""
    words = _HTML.sub(" ", _TAGS.sub("\n", text[:20_000]))
    return one_line(_MARKS.sub("", _LINKS.sub(r"\1", words)), limit)


def sentence(*parts: str) -> str:
    """Parts with a colon after the first, and no part that another already says."""
    kept: list[str] = []
    for part in (one_line(part) for part in parts):
        if part and not any(_says(other, part) for other in kept):
            kept.append(part)
    head, *rest = kept or [""]
    return f"{head}: {_joined(rest)}" if rest else head


def _says(whole: str, part: str) -> bool:
    """A short word stands in many a text by chance."""
    return part.casefold() == whole.casefold() or (len(part) > 12 and part.casefold() in whole.casefold())


def _joined(parts: list[str]) -> str:
    ended = [part if part[-1] in ".!?…" else f"{part}." for part in parts[:-1]]
    return " ".join([*ended, parts[-1]])


NEW_LINE = "\n"
# Halves of a letter, as a tool writes them that cuts texts short: nothing could store or print them.
_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2}",
)


def parsed(text: str) -> Any:
    """JSON in any of the ways it is handed over: one value, one a line, or one behind the other.

    Raises NotReadable where it begins like JSON and is none, or is nested deeper than anything real.
    """
    return parsed_part(text, is_whole=True)[0]


def parsed_part(text: str, *, is_whole: bool = False) -> tuple[Any, str]:
    """The same and a warning: of a log with an object a line, lines that are none, or the last one cut short, are left."""
    values: list[Any] = []
    problem = ""
    try:
        for value, wrong_at in _values(_HALF.sub(r"\\ufffd", text)):
            if wrong_at is None:
                values.append(value)
            elif not problem:
                problem = (
                    f"This begins like JSON but breaks off or errs on line {text.count(NEW_LINE, 0, wrong_at) + 1}"
                )
                if is_whole or not values or not all(isinstance(one, dict) for one in values):
                    raise NotReadable(f"{problem}.")
    except RecursionError:
        raise NotReadable("This JSON is nested deeper than any tool exports it.") from None
    return values[0] if len(values) == 1 else values, f"{problem}: the rest was read." if problem else ""


def _values(text: str) -> Iterator[tuple[Any, int | None]]:
    """Each value, or where one is none; what follows is looked for on the next line."""
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        if text[position] in " \t\n\r,\x1e":
            position += 1
            continue
        try:
            value, position = decoder.raw_decode(text, position)
            yield value, None
        except ValueError as error:
            yield None, getattr(error, "pos", position)
            line_end = text.find(NEW_LINE, position)
            position = len(text) if line_end < 0 else line_end


def inner(value: Any) -> Any:
    """JSON inside of a string, as queues and logs wrap it."""
    if isinstance(value, str) and value[:1] in "{[" and value[-1:] in "}]":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
