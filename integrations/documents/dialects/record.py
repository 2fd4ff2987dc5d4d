"""A record (YAML or JSON) whose fields are the parts of a post-mortem, as Markdown."""

import json
import re

from .frontmatter import flat, load_yaml
from .mediawiki import pipe_table

# Shorter than this a value is a detail of the record, longer it is a section.
LONGEST_DETAIL = 120


def read(text: str, name: str) -> dict[str, object] | None:
    """The record, or None where the text is prose that happens to parse."""
    named = re.search(r"\.(ya?ml|json)$", name, re.I)
    looks = re.match(r"\s*(?:---\s*\n)?(?:#[^\n]*\n|\s)*[A-Za-z_][\w-]*:(?:\s|$)|\s*\{", text)
    if not named and not (
        looks
        and len(re.findall(r"(?m)^[a-z_][\w-]*:(?: |$)", text)) >= 4
        and not re.search(r"(?m)^#{1,6} \S|^---\s*$", text.lstrip()[4:])
    ):
        return None
    data = _json(text) if text.lstrip().startswith("{") else load_yaml(text)
    return {str(key): value for key, value in data.items()} if isinstance(data, dict) else None


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def convert(data: dict[str, object], text: str) -> tuple[str, str, list[tuple[str, str]]]:
    """(Markdown, the short fields and comments as written, all pairs)."""
    parts: list[str] = []
    details: list[str] = []
    for key, value in data.items():
        if isinstance(value, str) and len(value) <= LONGEST_DETAIL and "\n" not in value:
            details.append(f"{key}: {value}")
        else:
            parts += [f"## {_titled(key)}", "", *_blocks(value, 0), ""]
    comments = [line.strip() for line in text.split("\n") if line.lstrip().startswith("#")]
    fields = [key for key in data if key not in {line.split(":")[0] for line in details}]
    note = [f"fields: {', '.join(fields)}"] if fields else []
    return "\n".join(parts), "\n".join([*details, *note, *comments]), list(flat(data))


def _titled(key: str) -> str:
    words = re.sub(r"[_-]+", " ", key).strip()
    return words[:1].upper() + words[1:]


def _blocks(value: object, depth: int) -> list[str]:
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _entry(str(key), inner, depth)]
    if isinstance(value, list):
        if len(value) > 1 and all(isinstance(one, dict) and _is_row(one) for one in value):
            return _table(value)
        return [line for one in value for line in _bullet(one, depth)]
    return [str(value)]


_COLUMN = re.compile(
    r"^(?:time|timestamp|at|when|date|started_at|action|task|owner|assignee|due|due_date|status|who)$", re.I
)


def _is_row(value: dict[object, object]) -> bool:
    """A flat record with a field that timelines or lists of actions have."""
    return not any(isinstance(inner, (dict, list)) for inner in value.values()) and any(
        _COLUMN.match(str(key)) for key in value
    )


def _entry(key: str, value: object, depth: int) -> list[str]:
    pad = "  " * min(depth, 20)
    if isinstance(value, (dict, list)) and value:
        inner = _blocks(value, depth + 1)
        is_table = bool(inner) and inner[0].startswith("|")
        return [f"{pad}- {key}:", *(["", *[f"{pad}  {line}" for line in inner], ""] if is_table else inner)]
    return [f"{pad}- {key}: {' '.join(str(value).split()) if not isinstance(value, (dict, list)) else ''}".rstrip()]


def _bullet(value: object, depth: int) -> list[str]:
    pad = "  " * min(depth, 20)
    if isinstance(value, dict):
        lines = [line for key, inner in value.items() for line in _entry(str(key), inner, depth + 1)]
        return [f"{pad}- {lines[0].strip()[2:]}", *lines[1:]] if lines else []
    if isinstance(value, list):
        return [line for one in value for line in _bullet(one, depth)]
    return [f"{pad}- {' '.join(str(value).split())}"]


def _table(rows: list[dict[object, object]]) -> list[str]:
    keys = list(dict.fromkeys(str(key) for row in rows for key in row))
    body = [[str({str(key): value for key, value in row.items()}.get(key, "")) for key in keys] for row in rows]
    return pipe_table([keys, *body])
