"""The times that a document states under a name of their own: detected, acknowledged, mitigated and their like.

Only a label or an entry of the timeline that names the moment is taken: a sentence with a time in it may mean any of them.
"""

import re
from datetime import datetime, timedelta

from .clock import Context, Step, instants
from .columns import apart
from .details import Span
from .event_kinds import FAULT, is_taken_back
from .labels import DETECTED_KEYS, RESTORED_KEYS, START_KEYS, Pair
from .meanings import plain
from .reading import ReadEvent, Statement
from .stamps import Stamp, read_stamp

# Keys as `labels.slug` makes them. The start and the end have keys of their own in `labels`.
_KEYS = {
    "first_impact_at": "firstimpact firstuserimpact firstcustomerimpact userimpactstarted customerimpactstarted "
    "userimpactstart customerimpactstart impactstart impactstarted impactbegan customerimpactbegan startofimpact "
    "impactstarttime firstimpactat firsterror firstsymptom",
    "first_report_at": "firstreport firstreported firstuserreport firstcustomerreport reportedat firstreportedat "
    "firstreportat firstcustomercomplaint",
    "acknowledged_at": "acknowledged acknowledgedat acknowledgement acknowledgment acked ackedat timeacknowledged "
    "alertacknowledged incidentacknowledged pageacknowledged engaged engagedat responderengaged responseengaged "
    "oncallengaged teamengaged teamaware responsestarted responsebegan 対応開始",
    "understood_at": "understood understoodat causeidentified causefound rootcauseidentified rootcausefound "
    "rootcauseidentifiedat diagnosed diagnosedat rootcauseunderstood 原因特定",
    "recovery_decided_at": "recoverydecided recoverydecidedat rollbackdecided decisiontorollback decidedtorollback",
    "mitigated_at": "mitigated mitigatedat mitigationtime timemitigated timeofmitigation incidentmitigated "
    "impactmitigated mitigationcomplete mitigationcompleted mitigationapplied repaired repairedat 緩和完了",
}
KEYS = {name: frozenset(words.split()) for name, words in _KEYS.items()}
KEYS["detected_at"] = DETECTED_KEYS - KEYS["first_report_at"] | {"alertfired", "firstalert", "alerttriggered"}
# Time to mitigate, to acknowledge or to resolve is counted from the start by some and from the detection by others.
TO_DETECT_KEYS = frozenset(["timetodetect", "timetodetection", "ttd", "mttd", "detectiondelay"])
# What happened to a system, where the general times have no name for it.
OWN = {
    "hotfixdeployed": "Hotfix deployed", "fixdeployed": "Fix deployed", "changedeployed": "Change deployed",
    "rollbackstarted": "Rollback started", "rollbackcompleted": "Rollback completed",
    "incidentdeclared": "Incident declared", "declared": "Incident declared", "declaredat": "Incident declared",
    "escalated": "Escalated", "escalatedat": "Escalated",
    "failoverstarted": "Failover started", "failovercompleted": "Failover completed",
    "contained": "Contained", "containedat": "Contained", "containment": "Contained",
    "eradicated": "Eradicated", "eradicatedat": "Eradicated",
    "customersnotified": "Customers notified", "usersnotified": "Customers notified",
}  # fmt: skip

_WHO = r"(?:on-?call|team|engineers?|ops|sre|we|@?\w+)"
_TOLD = {
    "first_impact_at": r"^(?:first\s+)?(?:user|customer)\s+impact\s+(?:starts?|started|begins|began)\b|^first (?:users?|"
    r"customers?) (?:affected|impacted)\b",
    "first_report_at": r"^(?:the\s+)?first\s+(?:user |customer |external )?(?:reports?|complaints?)\b",
    "detected_at": rf"^(?:{FAULT}\s+)?(?:is |was )?(?:first\s+)?detected\b|^detection$|^first (?:automated |monitoring )?"
    r"alert(?: (?:is |was )?(?:fires|fired|received|triggered))?\b",
    "acknowledged_at": rf"^(?:alert|page|incident)\s+(?:is |was )?acknowledged\b|^acknowledged\b|"
    rf"^(?:the )?(?:{_WHO}\s+){{1,3}}acknowledge[sd]\s+(?:the\s+)?(?:alert|page|incident)\b",
    "understood_at": r"^root cause (?:is |was |has been )?(?:identified|found|detected|determined|understood|discovered)\b|"
    rf"^(?:the )?(?:{_WHO}\s+){{0,3}}(?:identif(?:ies|ied)|found|finds|discovers|discovered|determine[sd]) the (?:root )?"
    r"(?:cause|reason) (?:of|for)\b",
    "recovery_decided_at": r"^decision (?:is |was )?(?:made|taken) to (?:roll ?back|revert|restore|fail ?over)\b|"
    rf"^(?:the )?(?:{_WHO}\s+){{0,3}}decide[sd]? to (?:roll ?back|revert|fail ?over)\b",
    "mitigated_at": rf"^(?:{FAULT}|user impact|customer impact)\s+(?:is |was |has been )?(?:fully )?mitigated\b|^mitigated\b|"
    r"^mitigation (?:is |was )?(?:complete|completed)\b",
}  # fmt: skip
TOLD = {name: re.compile(pattern, re.I) for name, pattern in _TOLD.items()}
_DECLARED = re.compile(
    rf"^(?:[\w-]+\s+)?{FAULT}\s+(?:is |was )?declared\b(?!\s+(?:resolved|over|closed|mitigated|as resolved))", re.I
)
# Who takes a page of ours is none of these.
_OTHERS = re.compile(r"\b(?:vendor|provider|aws|amazon|google|azure|cloudflare|github|customers?|status ?page)\b", re.I)

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_ALERT = re.compile(
    r"^(?:[\w`/.%>-]+\s+){0,4}?(?:alerts?|alarms?)\s+(?:\w+\s+){0,3}?(?:fires?|fired|triggers?|triggered|received|went off|goes off)\b",
    re.I,
)

_NOT_SURE = re.compile(
    r"\b(?:partial|part|expected|estimat|target|planned|not|tbd|unknown|never|approx|about|around|roughly|circa|ca)"
    r"|[~≈]|頃|約",
    re.I,
)
_LENGTH = re.compile(
    r"(?:(?P<days>\d{1,3})\s*d(?:ays?)?)?[\s,]*(?:and\s+)?(?:(?P<hours>\d{1,3})\s*h(?:(?:ou)?rs?)?)?[\s,]*(?:and\s+)?"
    r"(?:(?P<minutes>\d{1,5})\s*m(?:in(?:ute)?s?)?)?\.?",
    re.I,
)


def instants_of(pairs: list[Pair], events: list[ReadEvent], span: Span, context: Context) -> dict[str, Statement]:
    """Keyed by the name of the instant. A name with two different times is left out: which one holds is not said."""
    found = {name: _stated(name, pairs, events, context) for name in KEYS}
    found["detected_at"] = found["detected_at"] or _counted_from_start(pairs, span)
    found["detected_at"] = found["detected_at"] or _first_alert(events, span)
    report, seen = found["first_report_at"], found["detected_at"]
    if report and seen and report.value < seen.value and "alert" in seen.words.lower():
        found["detected_at"] = None  # Somebody had told of it before the alert: when it was noticed is not said.
    restored = _labelled(pairs, RESTORED_KEYS, context)
    if restored and span.resolved_at and restored.value < span.resolved_at:
        found["mitigated_at"] = found["mitigated_at"] or restored
    return {name: statement for name, statement in found.items() if statement}


def own_instants_of(pairs: list[Pair], events: list[ReadEvent], context: Context) -> dict[str, Statement]:
    """Times that only this incident has a name for, keyed by that name."""
    found = {}
    for label in dict.fromkeys(OWN.values()):
        keys = frozenset(key for key in OWN if OWN[key] == label)
        if not any(pair.key in keys for pair in pairs) and label == "Incident declared":
            found[label] = _narrated(_DECLARED, events)
        else:
            found[label] = _labelled(pairs, keys, context)
    return {label: statement for label, statement in found.items() if statement}


def _first_alert(events: list[ReadEvent], span: Span) -> Statement | None:
    """The alert with which the timeline says that it was noticed: no entry before it tells of a report or another sign."""
    seen = next((event for event in events if event.kind == "detection"), None)
    if seen is None or seen.at is None or not _names(_ALERT, seen):
        return None
    is_in_time = span.started_at is None or seen.at >= span.started_at
    return Statement(seen.at, apart(seen.text).text.strip().partition("\n")[0][:200]) if is_in_time else None


def is_start_detection(pairs: list[Pair], span: Span, context: Context) -> bool:
    """Where the start is nowhere named, `details` takes the time beside "Detected" for it."""
    detected = _labelled(pairs, DETECTED_KEYS, context)
    return bool(detected and detected.value == span.started_at and not _labelled(pairs, START_KEYS, context))


def _stated(name: str, pairs: list[Pair], events: list[ReadEvent], context: Context) -> Statement | None:
    """What a label says, even if it says nothing definite; only then what the timeline says."""
    if any(pair.key in KEYS[name] and _clock_in(pair.value) for pair in pairs):
        return _labelled(pairs, KEYS[name], context)
    return _narrated(TOLD[name], events)


def _clock_in(written: str) -> bool:
    stamp = read_stamp(written.strip("\"' "))
    return stamp is not None and stamp.hour is not None


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


def _narrated(pattern: re.Pattern[str], events: list[ReadEvent]) -> Statement | None:
    """The one entry that names the moment; with several at different times none is believed."""
    told = {event.at: event.text for event in events if event.at and _names(pattern, event)}
    if len(told) != 1:
        return None
    at, text = told.popitem()
    return Statement(at, apart(text).text.strip().partition("\n")[0][:200])


def _names(pattern: re.Pattern[str], event: ReadEvent) -> bool:
    stamp = read_stamp(event.stamp, is_cell=True)
    if stamp is None or stamp.hour is None or _NOT_SURE.search(event.stamp):
        return False
    return any(_begins_with(pattern, one) for one in _SENTENCE.split(event.text.partition("\n")[0])[:3])


def _begins_with(pattern: re.Pattern[str], sentence: str) -> bool:
    words = _without_speaker(plain(sentence))
    match = pattern.match(words)
    return bool(match and not is_taken_back(words, match.end()) and not _OTHERS.search(words[: match.end()]))


def _without_speaker(words: str) -> str:
    """ "@ann: Root cause identified", "[ann] …": who says it stands before what is said."""
    return re.sub(r"^(?:[`\[(]+@?[\w .-]+[`\])]+:?\s*|@[\w.-]+:?\s+)", "", words).lstrip("*: ")


def _counted_from_start(pairs: list[Pair], span: Span) -> Statement | None:
    if span.started_at is None or span.is_guess or span.is_day_only:
        return None
    told = {length: pair.value for pair in pairs if pair.key in TO_DETECT_KEYS and (length := _length(pair.value))}
    if len(told) != 1:
        return None
    length, written = told.popitem()
    return Statement(span.started_at + length, f"{written} after the start")


def _length(written: str) -> timedelta | None:
    match = _LENGTH.fullmatch(written.strip())
    if not match or not any(match.groups()):
        return None
    return timedelta(**{unit: int(count or 0) for unit, count in match.groupdict().items()})
