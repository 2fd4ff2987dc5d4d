"""What sort of incident a document says it tells of."""

import re

from .details import Pair
from .figures import yes_or_no
from .meanings import plain

KIND_KEYS = frozenset(["incidenttype", "typeofincident", "incidentkind", "kindofincident", "incidentcategory"])
_KINDS = {
    "security": r"security(?: (?:incident|breach|event))?|data breach|breach|phishing",
    "production_outage": r"(?:production |service |full |partial )?outage|availability|production incident",
    "project": r"project(?: failure)?|product failure|launch failure",
    "process": r"process(?: failure)?|human process",
}


def kind_of(pairs: list[Pair]) -> str | None:
    """The kind that a label names; None where there is none, or several."""
    said = {
        kind
        for pair in pairs
        for kind, pattern in _KINDS.items()
        if pair.key in KIND_KEYS and re.fullmatch(pattern, plain(pair.value).rstrip("."), re.I)
    }
    return said.pop() if len(said) == 1 else None


def is_near_miss(pairs: list[Pair], title: str) -> bool:
    """Only where the document calls itself one: many a text merely mentions near misses."""
    said = [yes_or_no(pair.value) for pair in pairs if pair.key in {"nearmiss", "isnearmiss"}]
    if said:
        return said[0] is True
    named = [pair.value for pair in pairs if pair.key in KIND_KEYS]
    return any(re.fullmatch(r"near[- ]miss\.?", plain(name), re.I) for name in named) or bool(
        re.match(r"(?:\W*near[- ]miss\b(?!es)\s*[:–—-])", title, re.I)
    )
