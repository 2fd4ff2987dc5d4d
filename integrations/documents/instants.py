"""The times that a document states under a name of their own: detected, acknowledged, mitigated and their like.

Only what a label says is taken: a sentence that mentions a time may mean any of them.
"""

import re
from datetime import datetime, timedelta

from .clock import Context, Step, instants
from .details import DETECTED_KEYS, START_KEYS, Pair, Span
from .reading import Statement
from .stamps import Stamp, read_stamp

# Keys as `details.slug` makes them. The start and the end have keys of their own in `details`.
_KEYS = {
    "first_impact_at": "firstimpact firstuserimpact firstcustomerimpact userimpactstarted customerimpactstarted "
    "userimpactstart customerimpactstart impactstart impactstarted impactbegan customerimpactbegan startofimpact",
    "first_report_at": "firstreport firstreported firstuserreport firstcustomerreport reportedat firstreportedat",
    "acknowledged_at": "acknowledged acknowledgedat acknowledgement acked ackedat timeacknowledged alertacknowledged",
    "understood_at": "understood understoodat causeidentified causefound "
    "rootcauseidentified rootcausefound diagnosed diagnosedat",
    "recovery_decided_at": "recoverydecided recoverydecidedat rollbackdecided decisiontorollback decidedtorollback",
    "mitigated_at": "mitigated mitigatedat mitigationtime timemitigated incidentmitigated impactmitigated "
    "mitigationcomplete mitigationcompleted",
}
KEYS = {name: frozenset(words.split()) for name, words in _KEYS.items()}
KEYS["detected_at"] = DETECTED_KEYS - KEYS["first_report_at"]
AFTER_KEYS = {
    "detected_at": frozenset({"timetodetect", "timetodetection", "ttd", "mttd"}),
    "mitigated_at": frozenset({"timetomitigate", "timetomitigation", "ttm", "mttm"}),
}
# What happened to a system, where the general times have no name for it.
OWN = {
    "hotfixdeployed": "Hotfix deployed", "fixdeployed": "Fix deployed", "changedeployed": "Change deployed",
    "rollbackstarted": "Rollback started", "rollbackcompleted": "Rollback completed",
    "incidentdeclared": "Incident declared", "escalated": "Escalated", "escalatedat": "Escalated",
    "failoverstarted": "Failover started", "failovercompleted": "Failover completed",
}  # fmt: skip

_NOT_SURE = re.compile(r"\b(?:partial|part|expected|estimat|target|planned|not|tbd|unknown|never)", re.I)
_LENGTH = re.compile(
    r"(?:(?P<days>\d{1,3})\s*d(?:ays?)?)?[\s,]*(?:and\s+)?(?:(?P<hours>\d{1,3})\s*h(?:(?:ou)?rs?)?)?[\s,]*(?:and\s+)?"
    r"(?:(?P<minutes>\d{1,5})\s*m(?:in(?:ute)?s?)?)?\.?",
    re.I,
)


def instants_of(pairs: list[Pair], span: Span, context: Context) -> dict[str, Statement]:
    """Keyed by the name of the instant. A name with two different times is left out: which one holds is not said."""
    found = {name: _labelled(pairs, keys, context) for name, keys in KEYS.items()}
    for name, keys in AFTER_KEYS.items():
        found[name] = found[name] or _counted_from_start(pairs, keys, span)
    if (seen := found["detected_at"]) and seen.value == span.started_at and not _labelled(pairs, START_KEYS, context):
        found["detected_at"] = None  # The start was taken from this label: it was not seen in no time at all.
    return {name: statement for name, statement in found.items() if statement}


def own_instants_of(pairs: list[Pair], context: Context) -> dict[str, Statement]:
    """Times that only this incident has a name for, keyed by that name."""
    names = {label: frozenset(key for key in OWN if OWN[key] == label) for label in OWN.values()}
    found = {label: _labelled(pairs, keys, context) for label, keys in names.items()}
    return {label: statement for label, statement in found.items() if statement}


def _labelled(pairs: list[Pair], keys: frozenset[str], context: Context) -> Statement | None:
    told = {at: pair.value for pair in pairs if pair.key in keys and (at := _at(pair.value, context))}
    return Statement(*told.popitem()) if len(told) == 1 else None


def _at(written: str, context: Context) -> datetime | None:
    stamp = read_stamp(written.strip("\"' "))
    if stamp is None or not _is_sure(stamp, context) or _NOT_SURE.search(written):
        return None
    return instants([Step(stamp)], context)[0]


def _is_sure(stamp: Stamp, context: Context) -> bool:
    return stamp.hour is not None and stamp.is_exact and (stamp.has_date or context.is_day_stated)


def _counted_from_start(pairs: list[Pair], keys: frozenset[str], span: Span) -> Statement | None:
    if span.started_at is None or span.is_guess or span.is_day_only:
        return None
    told = {length: pair.value for pair in pairs if pair.key in keys and (length := _length(pair.value))}
    if len(told) != 1:
        return None
    length, written = told.popitem()
    return Statement(span.started_at + length, f"{written} after the start")


def _length(written: str) -> timedelta | None:
    match = _LENGTH.fullmatch(written.strip())
    if not match or not any(match.groups()):
        return None
    return timedelta(**{unit: int(count or 0) for unit, count in match.groupdict().items()})
