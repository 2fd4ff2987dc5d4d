"""What sort of incident a document says it tells of."""

import re

from .figures import yes_or_no
from .labels import Pair
from .meanings import plain

# Beside such a general key a bare "process" or "project" may be about anything.
_GENERAL_KEYS = frozenset(["type", "category", "classification", "kind"])
_SURELY = re.compile(r"security (?:incident|breach|event)|data breach|(?:production |service |full |partial )?outage|"
                     r"(?:project|product|launch|process|project or product) failure|production incident", re.I)  # fmt: skip
KIND_KEYS = frozenset(["incidenttype", "typeofincident", "incidentkind", "kindofincident", "incidentcategory"])
_KINDS = {
    "security": r"security(?: (?:incident|breach|event))?|data breach|breach|phishing",
    "production_outage": r"(?:production |service |full |partial )?outage|availability|production incident",
    "project": r"project(?: failure)?|product failure|launch failure|project or product failure",
    "process": r"process(?: failure)?|human process",
}


def kind_of(pairs: list[Pair]) -> str | None:
    """The kind that a label names; None where there is none, or several."""
    said = {
        kind
        for pair in pairs
        for kind, pattern in _KINDS.items()
        if _names_kind(pair) and re.fullmatch(pattern, _value(pair), re.I)
    }
    return said.pop() if len(said) == 1 else None


def _names_kind(pair: Pair) -> bool:
    return pair.key in KIND_KEYS or (pair.key in _GENERAL_KEYS and bool(_SURELY.fullmatch(_value(pair))))


def _value(pair: Pair) -> str:
    return plain(pair.value.replace("_", " ")).strip("\"'.")


def is_near_miss(pairs: list[Pair], title: str) -> bool:
    """Only where the document calls itself one: many a text merely mentions near misses."""
    said = [yes_or_no(pair.value) for pair in pairs if pair.key in {"nearmiss", "isnearmiss"}]
    if said:
        return said[0] is True
    named = [_value(pair) for pair in pairs if pair.key in KIND_KEYS | _GENERAL_KEYS]
    return any(re.fullmatch(r"near[- ]miss", name, re.I) for name in named) or bool(
        re.match(r"(?:\W*near[- ]miss\b(?!es)\s*[:–—-])", title, re.I)
    )


def went_unusually_well(pairs: list[Pair]) -> bool:
    return any(yes_or_no(pair.value) is True for pair in pairs if pair.key == "wentunusuallywell")
