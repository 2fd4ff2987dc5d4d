"""Status updates, newest first or oldest first, as status pages write them: a label, then what was known."""

import re

from .clock import DATE_START, Context, instants
from .meanings import Meaning
from .regions import Region, Unit, Walk
from .stamps import Stamp, read_stamp
from .timeline import Entry, Run, dedented

_LABELS = (
    r"(?P<first>initial (?:message|report|update|notice)|first (?:message|report)|new incident|reported)|"
    r"(?P<last>final (?:message|update|report)|resolved|closed|completed|fixed)|"
    r"(?:status )?updated?(?: (?:no\.? ?|#)?\d{1,3})?|investigating|identified|monitoring|in progress|verifying|"
    r"acknowledged|mitigated|degraded|post-?mortem"
)
_LABEL = re.compile(r"^\s*(?:[\[(]|\*\*|__|#{1,6} )+\s*(?:" + _LABELS + r")\s*(?:[\])]|\*\*|__|[:：-])+\s*", re.I)
_STATUS = re.compile(r"update|message|investigating|monitoring|in progress|verifying", re.I)


def find_updates(walk: Walk, context: Context) -> Run | None:
    """Two or more labelled updates, where nothing else in the document tells what happened when."""
    heads = [
        unit for unit in walk.units if unit.kind in {"line", "title", "item"} and _LABEL.match(_source(unit, walk))
    ]
    heads = [unit for unit in heads if unit.region.purpose is not Meaning.ACTIONS]
    if len(heads) < 2 or not any(_STATUS.search(_source(unit, walk)[:60]) for unit in heads):
        return None
    run = Run(Region("", 0, 0, Meaning.TIMELINE), is_named=True, context=context)
    for unit, end in zip(heads, _ends(heads, walk), strict=True):
        run.add(_entry(unit, end, walk))
    for entry, at in zip(run.entries, instants(run.steps, context), strict=True):
        entry.at = at
    if _is_last(run.entries[0].text) or (not _is_last(run.entries[-1].text) and _is_first(run.entries[-1].text)):
        run.entries.reverse()
    return run


def _source(unit: Unit, walk: Walk) -> str:
    return walk.lines[unit.start].strip().lstrip("-*+ ") if unit.kind == "item" else walk.lines[unit.start].strip()


def _ends(heads: list[Unit], walk: Walk) -> list[int]:
    """An update runs to the next one, or to the next heading that is none."""
    starts = {unit.start for unit in heads}
    stops = sorted(starts | {region.start for region in walk.regions[1:] if region.level < 7})
    return [next((stop for stop in stops if stop > unit.start), len(walk.lines)) for unit in heads]


def _entry(unit: Unit, end: int, walk: Walk) -> Entry:
    text = dedented(walk.lines[unit.start : end]).strip()
    match = _LABEL.match(text)
    rest = text[match.end() :] if match else text
    label = text[: match.end()].strip(" \t\n*_[]()#:：-") if match else ""
    stamp = read_stamp(rest)
    if stamp is not None and not (stamp.has_clock and not stamp.is_prose):
        stamp = None
    body = rest[stamp.end :] if stamp else rest
    return Entry(stamp or _last_stamp(body), f"{label}: {body.strip()}".strip(), unit.start, end, "line")


def _last_stamp(text: str) -> Stamp | None:
    """A day and a clock at the very end of an update say when it was written."""
    tail = text.rstrip()[-60:]
    for match in DATE_START.finditer(tail):
        stamp = read_stamp(tail[match.start() :])
        if stamp and stamp.has_date and stamp.has_clock and not tail[match.start() + stamp.end :].strip(" .)*_"):
            return stamp
    return None


def _is_first(text: str) -> bool:
    return bool(re.match(r"(?i)initial|first|new incident|reported|investigating", text))


def _is_last(text: str) -> bool:
    return bool(re.match(r"(?i)final|resolved|closed|completed|fixed|post-?mortem", text))
