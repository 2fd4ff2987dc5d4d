"""What a row of a timeline says beside what happened: columns, which the reader keeps in brackets, or lines below it."""

import re
from dataclasses import dataclass

from .event_kinds import named_kind

LONGEST_WHO, LONGEST_EFFECT = 120, 300
_WHO = re.compile(
    r"(?:who|who or what|actor|by|person|owner|responder|by whom|team|system|wer|qui|quién|担当|担当者)$", re.I
)
_KIND = re.compile(r"(?:kind|type|category|event type|phase|art|種別)$", re.I)
_EFFECT = re.compile(r"(?:effect|impact|result|outcome|wirkung|影響)$", re.I)
_CELLS = re.compile(r"(?:^|\s)\((?P<cells>[^()\n]{1,60}?:\s(?:[^()\n]|\([^()\n]*\))*)\)$")
_NEXT = re.compile(r";\s(?=[^;:()]{1,40}:\s)")
_LINES = re.compile(r"(?:(?:\n[^\S\n]*){1,3}[-*+][^\S\n]+[^\n:]{1,40}:\s[^\n]+)+\s*$")


@dataclass(frozen=True)
class Row:
    """An entry taken apart; `text` is what is left, with the columns that have no field of their own."""

    text: str
    who: str = ""
    kind: str = ""
    effect: str = ""


def apart(text: str) -> Row:
    if match := _LINES.search(text):
        cells = [re.sub(r"^\s*[-*+]\s+", "", line).strip() for line in match[0].split("\n") if line.strip()]
        begin, between, end = "\n\n- ", "\n- ", ""
    elif match := _CELLS.search(text):
        cells, begin, between, end = _NEXT.split(match["cells"]), " (", "; ", ")"
    else:
        return Row(text)
    found, rest = _sorted_out(cells)
    main = text[: match.start()].rstrip()
    if not main or not found:
        return Row(text)
    kind = named_kind(found.pop("kind", ""))
    return Row(f"{main}{begin}{between.join(rest)}{end}" if rest else main, kind=kind, **found)


def _sorted_out(cells: list[str]) -> tuple[dict[str, str], list[str]]:
    """The cells that fill a field, and those that have none."""
    found: dict[str, str] = {}
    rest = []
    for cell in cells:
        title, _, value = cell.partition(": ")
        name = _field(title.strip("*_ "), value.strip())
        if name and name not in found:
            found[name] = value.strip()
        else:
            rest.append(cell)
    return found, rest


def _field(title: str, value: str) -> str:
    """Which field a column fills; empty where it has none or its cell does not fit."""
    if _WHO.match(title) and len(value) <= LONGEST_WHO:
        return "who"
    if _EFFECT.match(title) and len(value) <= LONGEST_EFFECT:
        return "effect"
    return "kind" if _KIND.match(title) and named_kind(value) else ""
