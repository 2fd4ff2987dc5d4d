"""Causes, and what could be done about them, as plain values."""

from dataclasses import dataclass
from typing import Any

from postmortems.models import Postmortem


@dataclass(frozen=True)
class CauseLine:
    text: str
    kind: str
    kind_label: str
    category: str


@dataclass(frozen=True)
class CandidateLine:
    """`action` is the reference of what it became; `reason` is why it was not taken."""

    number: int
    text: str
    cause: str
    impact: int | None
    effort: int | None
    quadrant: str
    hierarchy: str
    purpose: str
    state: str
    state_label: str
    reason: str
    decided_by: str
    action: str


def causes_of(postmortem: Postmortem) -> list[CauseLine]:
    return [
        CauseLine(one.text, str(one.kind), one.get_kind_display(), one.get_category_display())
        for one in postmortem.causes.all()
    ]


def candidates_of(postmortem: Postmortem) -> list[CandidateLine]:
    rows = postmortem.candidates.select_related("cause", "decided_by", "action")  # type: ignore[attr-defined]
    return [_candidate(one) for one in rows.order_by("number")]


def _candidate(one: Any) -> CandidateLine:
    # Candidates live above post-mortems: their model cannot be named here.
    return CandidateLine(
        number=one.number,
        text=one.text,
        cause=str(one.cause or ""),
        impact=one.impact,
        effort=one.effort,
        quadrant=str(one.quadrant.label) if one.quadrant else "",
        hierarchy=one.get_hierarchy_display(),
        purpose=one.get_purpose_display(),
        state=str(one.state),
        state_label=one.get_state_display(),
        reason=one.reason,
        decided_by=str(one.decided_by or ""),
        action=one.action.reference if one.action else "",
    )
