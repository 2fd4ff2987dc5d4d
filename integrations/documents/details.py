"""Title, severity, beginning and end: what a document says about itself outside its timeline."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import PurePath

from .blocks import Block
from .clock import Context, Step, dates_in, instants, puts_day_first, year_most_named, zone_announced, zone_most_used
from .labels import (
    CLOSED_KEYS,
    DATE_KEYS,
    DETECTED_KEYS,
    END_KEYS,
    FELT_KEYS,
    INCIDENT_DATE_KEYS,
    RESTORED_KEYS,
    SEVERITY_KEYS,
    START_KEYS,
    WINDOW_KEYS,
    Pair,
    labelled,
)
from .meanings import Meaning, meaning_of, plain
from .reading import ReadEvent
from .regions import Walk
from .stamps import read_stamp

TITLE_KEYS = ("title", "name", "incident_title", "headline", "subject", "linktitle", "incident")
# What stands further in than this is not where a document says when it all happened.
OPENING = 2500


def context_of(text: str, title: str, name: str, front: list[tuple[str, str]], pairs: list[Pair]) -> Context:
    """The day, the zone and the order of day and month that the document as a whole speaks in."""
    zone = zone_announced(text) or zone_most_used(text)
    year = year_most_named(f"{title} {PurePath(name).name} {text}".replace("_", " "))
    base = Context(zone=zone, day_first=puts_day_first(text, zone), year=year)
    pairs = pairs[len(front) :]
    known = _known_days(title, name, front, pairs, base)
    if not known:
        known = dates_in(text[:OPENING], base, limit=1)
    if not known:
        anywhere = dates_in(text, base, limit=1)
        return replace(base, day=anywhere[0] if anywhere else None)
    anchored = replace(base, day=known[0], is_day_stated=True)
    if dates_in(title, base, limit=1) or _stated(pairs, base):
        return anchored
    return replace(anchored, day=_told(text, known[0], anchored) or known[0])


def _known_days(title: str, name: str, front: list[tuple[str, str]], pairs: list[Pair], base: Context) -> list[date]:
    found = dates_in(title, base, limit=1)
    found += _stated(pairs, base)
    for key, value in front:
        if "date" in key.lower() or "start" in key.lower():
            found += dates_in(value, base, limit=1)
    stem = PurePath(name).name.replace("_", " ")
    return found + dates_in(re.sub(r"(\d{4}-\d{2}-\d{2})\D.*", r"\1", stem), base, limit=1)


def _stated(pairs: list[Pair], base: Context) -> list[date]:
    keys = START_KEYS | DATE_KEYS - {"date"} | DETECTED_KEYS
    written = [
        pair.value
        for pair in pairs
        if pair.key in keys or (pair.key == "date" and not re.match(r"['\"]?\d{4}-\d\d-\d\dT", pair.value))
    ]
    return [day for value in written for day in dates_in(value, base, limit=1)]


def _told(text: str, written_on: date, context: Context) -> date | None:
    """A front matter often has the day of writing; the incident's is told in the opening, a little earlier."""
    body = re.sub(r"^(---|\+\+\+)\n.*?\n\1\n", "", text[:20_000], flags=re.S)
    for day in dates_in(body[:OPENING], context, limit=6):
        if 0 <= (written_on - day).days <= 45:
            return day
    return None


def title_of(front: list[tuple[str, str]], blocks: list[Block], name: str) -> tuple[str, int | None]:
    """The title and the line of the heading that holds it, if one does."""
    headings = [block for block in blocks if block.kind == "heading" and block.text.strip()]
    first = headings[0] if headings else None
    written = next((value for wanted in TITLE_KEYS for key, value in front if key.lower() == wanted and value), "")
    if first and _is_title(first, headings, blocks):
        return plain_title(first.text), first.start
    if written:
        return plain_title(written), None
    for block in blocks[:2]:
        if (
            block.kind == "paragraph"
            and "\n" not in block.text
            and len(block.text) < 120
            and "://" not in block.text
            and not block.text.rstrip().endswith((".", ":", "。"))
        ):
            return plain_title(block.text), None
    if first and first.level == 1 and meaning_of(first.text) is Meaning.NONE:
        return plain_title(first.text), None
    stem = re.sub(
        r"(\.html)?\.(md|mdx|qmd|rst|adoc|txt|org|mediawiki|ya?ml|markdown|html?)(\.erb)?$",
        "",
        PurePath(name).name,
        flags=re.I,
    )
    return re.sub(r"[-_]+", " ", stem).strip() or "Imported post-mortem", None


def _is_title(first: Block, headings: list[Block], blocks: list[Block]) -> bool:
    """A first heading above all others and not one section among its equals."""
    equals = [block for block in headings if block.level <= first.level]
    if len(equals) == 1:
        return first.level == 1 or (blocks and blocks[0] is first and len(headings) > 1) or False
    stamp = read_stamp(first.text)
    named = meaning_of(first.text) is not Meaning.NONE
    return first.level == 1 and blocks[0] is first and not (named and stamp is None)


def plain_title(text: str) -> str:
    title = re.sub(r"\s+", " ", re.sub(r"!?\[([^\]]{0,200})\]\([^)]{0,400}\)", r"\1", text))
    title = re.sub(r"(\*\*|__|`)", "", title).strip().strip("\"'").strip()
    return title or "Imported post-mortem"


def severity_of(pairs: list[Pair], title: str, text: str) -> str | None:
    for pair in pairs:
        is_level = pair.key == "priority" and re.match(r"\W*(?:P|SEV)[-\s]?\d", pair.value, re.I)
        if (pair.key in SEVERITY_KEYS or is_level) and (value := _severity_value(pair.value)):
            if pair.key == "level" and not _IS_DEGREE.search(value):
                continue
            return value
    if match := re.search(r"\bSEV(?:ERITY)?[-\s]?([0-5])\b", title, re.I):
        return f"SEV-{match[1]}"
    match = re.search(
        r"\bof ((?:\w+-to-)?(?:low|mild|moderate|medium|high|critical|major|minor|severe)(?:-to-\w+)?) "
        r"severity\b|\b(SEV[-\s]?[0-5])\b",
        text[:50_000],
        re.I,
    )
    if match:
        return match[1].lower() if match[1] else "SEV-" + match[2][-1]
    return None


_IS_DEGREE = re.compile(r"\d|\b(?:low|mild|moderate|medium|high|critical|major|minor|severe|blocker)\b", re.I)


def _severity_value(value: str) -> str | None:
    words = plain(value.replace("`", "")).strip("\"'[]() ")
    if match := re.search(r"\bSEV(?:ERITY)?[-_\s]?([0-5])\b|\bS([0-5])\b", words, re.I):
        return f"SEV-{match[1] or match[2]}"
    if match := re.match(r"P[-\s]?([0-5])\b", words, re.I):
        return f"P{match[1]}"
    short = re.split(r"[(（,;.\u3002/–—]|\s-\s", words)[0].strip()
    is_choice = re.search(r"\bor\b|\|", words) or words.count("/") > 1
    if not short or is_choice or len(short) > 30 or re.fullmatch(r"(?i)tbd|n/?a|unknown|none|todo|\?+", short):
        return None
    return short


@dataclass(frozen=True)
class Span:
    """When it began and when it was over; `is_guess` where only the ends of the timeline say so."""

    started_at: datetime | None = None
    resolved_at: datetime | None = None
    is_guess: bool = False
    is_day_only: bool = False


def span_of(pairs: list[Pair], walk: Walk, events: list[ReadEvent], context: Context) -> Span:
    """The weightiest statement wins: a labelled time, a sentence with both ends, marked entries, the outer entries."""
    started, resolved = _labelled_span(pairs, context)
    told = _believable(_told_span(walk, context), events) or _believable(_labelled_window(pairs, context), events)
    if told and not started:
        started = told[0]
        resolved = resolved or told[1]
    marked_start, marked_end = _marked(events)
    known = sorted(event.at for event in events if event.at and _has_clock(event))
    started = started or marked_start
    resolved = resolved or (told[1] if told and told[0] == started else None) or marked_end
    is_guess = False
    if not started and known:
        started, is_guess = _first_of_day(known, pairs, context), True
    if not resolved and len(known) > 1:
        resolved, is_guess = known[-1], True
    opening = _opening(walk, context)
    if not started or (is_guess and opening):
        started = opening or started
    resolved = resolved or _told_end(walk, context)
    if not known and (stated := _dated_clock(walk, context)):
        started = stated
    is_day_only = started is None and context.is_day_stated
    if is_day_only and context.day:
        started = midnight(context.day, context)
    if started and resolved and resolved < started:
        # An author who dates the evening before with the day of the morning after.
        started = started - timedelta(days=1) if started - resolved < timedelta(days=1) else started
        resolved = resolved if started <= resolved else None
    return Span(started, resolved, is_guess, is_day_only)


def _first_of_day(known: list[datetime], pairs: list[Pair], context: Context) -> datetime:
    """The first entry, or the first of the day that is called the incident's: what came before is how it came to be."""
    days = [day for pair in pairs if pair.key in INCIDENT_DATE_KEYS for day in dates_in(pair.value, context, limit=1)]
    return next((at for at in known if days and at.date() == days[0]), known[0])


def _dated_clock(walk: Walk, context: Context) -> datetime | None:
    """ "Date: 2 March 2026, 3 am UTC", where the document tells no other time. Above its text it is that of the page."""
    lines = [line for unit in walk.units[:20] if unit.kind in {"line", "item"} for line in unit.lead.split("\n")[:20]]
    pairs = [pair for pair in map(labelled, lines) if pair and pair.key in {"date", "incidentdate", "dateofincident"}]
    stamps = [read_stamp(pair.value.strip("\"' "), is_cell=True) for pair in pairs]
    clocked = [stamp for stamp in stamps if stamp and stamp.hour is not None and stamp.has_date and not stamp.until]
    return instants([Step(clocked[0])], context)[0] if len(stamps) == 1 and clocked else None


def _believable(told: tuple[datetime, datetime] | None, events: list[ReadEvent]) -> tuple[datetime, datetime] | None:
    """A sentence that lies more than a day outside the timeline has a slip in its date."""
    known = [event.at for event in events if event.at]
    if told and known and all(abs(at - told[0]) > timedelta(days=1) for at in known):
        return None
    return told


_STARTED = re.compile(
    r"\b(?:began|started|starting|begins|starts|degraded|went (?:down|offline)|outage|incident|impacted|"
    r"unavailable)\b[^.!?\n]{0,90}?\b(?:at|around|from|roughly|approximately|since)\s+"
    r"(?=[~\d])",
    re.I,
)
_RESOLVED = re.compile(
    r"\b(?:resolved|restored|recovered|fixed|over|mitigated|back (?:online|up))\b[^.!?\n]{0,40}?\b(?:at|by|"
    r"around|until|on)\s+(?=[~\d]|[A-Z][a-z]+ \d)",
    re.I,
)


# When somebody learned of it is not when it began.
_NOTICED = re.compile(
    r"[^.!?\n]{0,40}?\b(?:received|notified|alerted|noticed|detected|discovered|became aware|reported|were told|was told|"
    r"learned|saw|contacted)\b",
    re.I,
)


def _opening(walk: Walk, context: Context) -> datetime | None:
    """The first sentences often say when: "At 01:38 UTC the site went down", "… which started around 11:00"."""
    prose = [
        unit
        for unit in walk.units
        if unit.kind == "line" and unit.region.purpose not in {Meaning.TIMELINE, Meaning.ACTIONS}
    ][:3]
    for unit in prose:
        if (
            unit.stamp
            and unit.stamp.is_prose
            and unit.stamp.hour is not None
            and any(map(str.isdigit, unit.stamp.written))
            and not _NOTICED.match(unit.lead, unit.stamp.end)
        ):
            return instants([Step(unit.stamp)], context)[0]
        for match in _STARTED.finditer(unit.lead[:1500]):
            if at := _told_at(unit.lead, match.end(), context):
                return at
    return None


def _told_end(walk: Walk, context: Context) -> datetime | None:
    for unit in [unit for unit in walk.units if unit.kind == "line"][:4]:
        for match in _RESOLVED.finditer(unit.lead[:3000]):
            if at := _told_at(unit.lead, match.end(), context):
                return at
        for match in _BY.finditer(unit.lead[:3000]):
            if _OVER.match(unit.lead, match.end(), match.end() + 90) and (
                at := _told_at(unit.lead, match.end(), context)
            ):
                return at
    return None


_BY = re.compile(r"\b(?:by|at)\s+(?=~?\d{1,2}[:.]\d{2})", re.I)
_OVER = re.compile(
    r"[^.!?]{0,60}?\b(?:returned to normal|back to normal|(?:was|were|had been) (?:fully )?(?:restored|resolved)|"
    r"(?:had )?(?:fully )?recovered)\b",
    re.I,
)


def _told_at(text: str, position: int, context: Context) -> datetime | None:
    stamp = read_stamp(re.sub(r"\s+", " ", text[position : position + 60]))
    if stamp is None or stamp.hour is None:
        return None
    here = context if stamp.has_date else replace(context, day=_day_near(text, position, context) or context.day)
    return instants([Step(stamp)], here)[0]


def _has_clock(event: ReadEvent) -> bool:
    stamp = read_stamp(event.stamp, is_cell=True)
    return bool(stamp and stamp.has_clock)


def _labelled_span(pairs: list[Pair], context: Context) -> tuple[datetime | None, datetime | None]:
    started = _first_instant(pairs, START_KEYS - FELT_KEYS, context) or _first_instant(pairs, START_KEYS, context)
    resolved = next(
        (
            at
            for keys in (END_KEYS - RESTORED_KEYS - CLOSED_KEYS, RESTORED_KEYS, CLOSED_KEYS)
            if (at := _first_instant(pairs, keys, context))
        ),
        None,
    )
    if started is None and any(pair.key in {"resolvedwhen"} for pair in pairs):
        started = _first_instant(pairs, frozenset({"date"}), context)
    detected = _first_instant(pairs, DETECTED_KEYS, context)
    return started or (detected if resolved else None), resolved


def _first_instant(pairs: list[Pair], keys: frozenset[str], context: Context) -> datetime | None:
    stamps = [read_stamp(pair.value.strip("\"' ")) for pair in pairs if pair.key in keys]
    clocked = [Step(stamp) for stamp in stamps if stamp and stamp.hour is not None]
    return next((at for step in clocked if (at := instants([step], context)[0])), None)


_SPAN = re.compile(
    r"\b(?:between|from|lasted from|starting at|zwischen|von|entre|de)\b(?: (?:around|about|roughly|"
    r"approximately|the hours of))?\s+(?=[\dA-Z~])",
    re.I,
)
_ON_DAY = re.compile(r"\b(?:on|am|le|el)\s+(?:\w+,?\s+)?(?=\d|[A-Z])")


def _labelled_window(pairs: list[Pair], context: Context) -> tuple[datetime, datetime] | None:
    """Both ends beside one label: "Duration: 3 August 2023, 08:30 – 11:30". Several windows are several incidents."""
    told = {
        _window(pair.value, context)
        for pair in pairs
        if pair.key in WINDOW_KEYS | INCIDENT_DATE_KEYS or _IS_LENGTH.match(pair.key)
    } - {None}
    return told.pop() if len(told) == 1 else None


_IS_LENGTH = re.compile(r"(?:duration|length)of")


def _window(value: str, context: Context) -> tuple[datetime, datetime] | None:
    """At the start, or in brackets behind the length: "~5 h (07:46 UTC → 13:18 UTC)"."""
    return _both_ends(value, 0, context) or (_both_ends(value, value.index("(") + 1, context) if "(" in value else None)


def _told_span(walk: Walk, context: Context) -> tuple[datetime, datetime] | None:
    """The first sentence of the prose that names both ends with clocks."""
    for unit in walk.units[:60]:
        if unit.kind != "line" or unit.region.purpose is Meaning.TIMELINE:
            continue
        for match in _SPAN.finditer(unit.lead[:4000]):
            found = _both_ends(unit.lead, match.end(), context)
            if found:
                return found
    return None


def _both_ends(text: str, position: int, context: Context) -> tuple[datetime, datetime] | None:
    chunk = re.sub(r"\s+", " ", text[position : position + 90])
    stamp = read_stamp(chunk, is_cell=True)
    if stamp is None or not stamp.has_clock or not stamp.until:
        return None
    until = read_stamp(stamp.until, is_cell=True)
    if until is None or until.hour is None:
        return None
    day = _day_near(text, position, context)
    here = replace(context, day=day or context.day)
    zone = stamp.zone or until.zone
    ends = instants([Step(replace(stamp, zone=zone)), Step(replace(until, zone=until.zone or zone))], here)
    if ends[0] and ends[1] and ends[1] > ends[0]:
        return ends[0], ends[1]
    return None


def _day_near(text: str, position: int, context: Context) -> date | None:
    before = dates_in(text[max(0, position - 120) : position], context)
    after = dates_in(text[position : position + 120], context, limit=1)
    near = before[-1:] or after
    return near[0] if near else None


_BEGINS = re.compile(
    r"\b(?:outage|incident|impact|issue|degradation|downtime|disruption)\b(?: window)? (?:starts?|started|"
    r"begins?|began)\b|\bstart of (?:the )?(?:incident|outage|impact)|"
    r"outage starts|影響開始|障害(?:発生|開始)|störung beginnt|début de l['’](?:incident|interruption)|"
    r"inicio del incidente",
    re.I,
)
_ENDS = re.compile(
    r"\b(?:outage|incident|impact|issue|service|disruption)\b(?: \w+){0,3} (?:ends?|ended|over|resolved|"
    r"closed)\b|\b(?:fully|service|all services) (?:restored|recovered|operational)\b|"
    r"\bback (?:online|to normal|up)\b|\ball clear\b|^\W*resolved\b|"
    r"^\W*(?:natural |full |final )?resolution\W*$|\bresolution (?:is )?confirmed|\bincident "
    r"(?:is )?closed|復旧|解消|収束|behoben|wiederhergestellt|résolu\b|rétabli|resuelto|restablecid|恢复|해결",
    re.I,
)
_NOT_YET = re.compile(r"\b(?:not|still|no|isn'?t|partially|partly|some|expected|should|temporarily)\b|予定", re.I)


def _marked(events: list[ReadEvent]) -> tuple[datetime | None, datetime | None]:
    """What entries call the start and the end."""
    started = next((event.at for event in events if event.at and _BEGINS.search(event.text[:300])), None)
    ends = [
        event.at
        for event in events
        if event.at and _ENDS.search(event.text[:300]) and not _NOT_YET.search(event.text[:300])
    ]
    return started, ends[-1] if ends else None


def midnight(day: date, context: Context) -> datetime:
    return datetime.combine(day, time(), context.zone or UTC)
