"""Pasted or plain text: chat as people copy it, logs, notes and Markdown. One line, or a name above its lines, an entry."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import islice

from integrations.documents.clock import (
    Context,
    Step,
    dates_in,
    instants,
    puts_day_first,
    zone_announced,
    zone_most_used,
)
from integrations.documents.stamps import Stamp, read_stamp

from . import tables
from .log_lines import Said, log_line
from .meanings import is_no_event, kind_of, words_of
from .moments import day_for, guessed, plain_order
from .reading import MOST_ENTRIES, ONLY_FIRST, Entry, Setting
from .shapes import plain

KIND = "text"
MOST_LINES = 100_000
LONGEST_LINE = 4000

_BULLET = re.compile(r"^[\s>]*(?:[-*+•–—]\s+|\d{1,3}[.)]\s+(?=\S))?(?:\[[ xX]\]\s+)?")
_BARE = re.compile(r"^[\s#>*_=\-–—─•|]*|[\s#*_=\-–—─•|]*$")
_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^[\s|:\-–—=+]+$")
# Slack shows beside a name what its owner's status is, and that an app is one.
_STATUS = re.compile(r"^\s*(?:(?::[\w+\-]+:|APP|BOT|WORKFLOW)\s+)+(?=\d)")
_DAEMON = re.compile(r"^(?P<who>[\w.\-]+ [\w./\-]+)\[\d+\]: (?P<text>\S.*)", re.S)
_PIPED = re.compile(r"^[\w.\-]{2,40}\s+\|\s+(?=\d{4}-)")
_DEBUG = re.compile(r"^[\s\[(]*(?:DEBUG|TRACE|FINE|VERBOSE)\b", re.I)
_IRC = re.compile(r"^<[@+%&~ ]?(?P<who>[^<>\s]{1,40})>\s+(?P<text>.*)", re.S)
_SPEAKER = re.compile(
    r"^(?:\*\*|__)?(?P<who>@?[^\W\d_][\w.'’\-]*(?: (?:[^\W\d_][\w.'’\-]*|\([^()]{1,30}\))){0,3})(?:\*\*|__)?"
    r"\s?[:：](?:\*\*|__)?\s+(?P<text>\S.*)",
    re.S,
)
_NO_NAME = words_of(
    "alert alerts update status error errors warning warn info note incident resolved firing fired critical "
    "debug fatal notice trace http https action decision cause impact severity started ended summary root then "
    "update: result detection detected mitigation recovery timeline deploy deployed customer customers paged eta "
    "tl;dr fyi todo wip"
)
_HEADER = re.compile(
    r"^(?P<who>[^\W\d_@][^\d:|\[\]<>]{0,50}?)(?:\s*\((?:[^()]{1,20})\))?(?:\s*:[a-z0-9_+\-]+:)?(?:\s+(?:APP|BOT|WORKFLOW))?"
    r"(?:\s{2,}|\t|\s*[—–·•|,]\s*|\s+(?=\[)|\s+(?=\d{1,2}[:.]\d{2}))"
    r"\[?(?P<day>(?:today|yesterday)(?: at|,)?\s+)?(?P<at>[^\[\]]{4,40}?)\]?\s*(?:\(edited\))?$",
    re.I,
)
_ZOOM = re.compile(r"^From (?P<who>[^:]{1,60}?)(?: to [^:]{1,80})? ?:\s*(?P<text>.*)$", re.S | re.I)
_LOG_MARK = re.compile(r"^-{2,3} ?(?:Log (?:opened|closed)|Day changed)(?: to)? +(?P<day>.+)$", re.I)
_QUOTED = re.compile(r"^\s{0,3}>\s?")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_RELATIVE = re.compile(r"^(?:today|yesterday)(?: at|,)?\s+", re.I)
_SYSTEM = re.compile(
    r"^(?:joined|left|was added to|has joined|has left|set the channel|renamed the channel)\b.{0,80}$|"
    r"^(?:@?[\w. \-]+ )?(?:joined|left) #?[\w\-]+\.?$|"
    r"^(?:-?!-|-->|<--|\*\*\*) ?\S+ (?:\[[^\]]{1,80}\] |\([^)]{1,80}\) )?(?:has )?(?:joined|left|quit)\b.*$",
    re.I,
)
_TRIVIA = re.compile(
    r"^(?:\d+ repl(?:y|ies)|last reply .*|view thread|new|edited|:[\w+\-]+:\d*|\(edited\)|"
    r"pinned by .*|image\.png|\d+|replied to a thread:?.*)$",
    re.I,
)


@dataclass
class Paste:
    """What the lines came to: entries and day lines in their order, and the tables between them."""

    steps: list[Said | Stamp] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    is_cut: bool = False


def read(text: str, setting: Setting) -> tuple[list[Entry], list[str]]:
    """The entries, and what must be said about how they were read."""
    paste = _Walk(text).run()
    zone = zone_announced(text[:20_000]) or setting.zone
    if zone is setting.zone and _all_alike(paste):
        zone = zone_most_used(text) or zone
    warnings = _place(paste, text, zone, setting) + ([ONLY_FIRST] if paste.is_cut else [])
    found = [_entry(one, setting) for one in paste.steps if isinstance(one, Said)]
    for rows in paste.tables:
        entries, more = tables.read(rows, replace(setting, zone=zone), text)
        found += entries
        warnings += [one for one in more if one not in warnings]
    return found, warnings


def _all_alike(paste: Paste) -> bool:
    """Whether some stamp names a zone: then those beside it that name none mean the same."""
    return any(isinstance(one, Said) and one.stamp.zone for one in paste.steps)


def _place(paste: Paste, text: str, zone: tzinfo, setting: Setting) -> list[str]:
    """Give every entry its instant. A text that names no day is of the day that the setting knows."""
    said = [one for one in paste.steps if isinstance(one, Said)]
    day_first = puts_day_first(text, zone)
    context = Context(zone=zone, day_first=day_first, begins_at=_begin_of(said, setting))
    is_dated = any(_stamp(one).has_date and _stamp(one).day_number is None for one in paste.steps)
    warnings = []
    if said and any(_stamp(one).year is None for one in paste.steps):
        first = next(iter(dates_in(text, context)), None) if is_dated else None
        day, is_guess = (first, False) if first else day_for(setting.day, setting.file, zone)
        context = replace(context, day=day)
        if not is_dated and any(one.stamp.hour is not None for one in said):
            setting.dayless.add(setting.file)
            warnings += [guessed(day)] if is_guess else []
    _put_into_halves(said)
    steps = [Step(_stamp(one), is_marker=isinstance(one, Stamp)) for one in paste.steps]
    for one, at in zip(said, instants(steps, context), strict=True):
        one.at = at.astimezone(UTC) if at else None
    return warnings


def _begin_of(said: list[Said], setting: Setting) -> datetime | None:
    """What “T+5m” is counted from: the incident's start, unless a time above it is the start of what was written down."""
    return setting.begins if said and said[0].stamp.after is not None else None


_HALF = re.compile(r"[ap]\.?m", re.I)


def _put_into_halves(said: list[Said]) -> None:
    """Slack writes "2:41" for the next line of who said something at "2:35 PM"."""
    if not any(_HALF.search(one.stamp.written) for one in said):
        return
    before = 0
    for one in said:
        hour = one.stamp.hour or 0
        if one.is_header and not _HALF.search(one.stamp.written) and hour < 12 <= before:
            one.stamp = replace(one.stamp, hour=hour + 12)
        before = one.stamp.hour or 0


def _stamp(one: Said | Stamp) -> Stamp:
    return one.stamp if isinstance(one, Said) else one


_UNPLACED = {False: "Its day cannot be told", True: "It is counted from the start, which nobody has noted"}


def _entry(said: Said, setting: Setting) -> Entry:
    text = plain_of(said.text)
    reason = "" if text else "A time without words"
    reason = reason or ("A line for debugging" if _DEBUG.match(text) else "") or is_no_event(text)
    reason = reason or ("Somebody joined or left" if _SYSTEM.match(text) else "")
    reason = reason or ("" if said.at else _UNPLACED[said.stamp.after is not None])
    return Entry(
        said.at,
        text or said.stamp.written,
        said.who,
        kind_of(text),
        setting.where(f"line {said.number}"),
        left_out=reason,
    )


def plain_of(text: str) -> str:
    return (
        plain(text, LONGEST_LINE)
        if "\n" not in text
        else "\n".join(plain(line, LONGEST_LINE) for line in text.split("\n"))
    )


class _Walk:
    def __init__(self, text: str) -> None:
        self.lines = _without_quotes(list(islice((line[:LONGEST_LINE] for line in text.split("\n")), MOST_LINES)))
        self.is_fenced = False
        self.paste = Paste()
        self.current: Said | None = None
        self.name = ""
        self.speaker = ""
        self.table: list[list[str]] = []

    def run(self) -> Paste:
        for number, line in enumerate(self.lines, start=1):
            if _TABLE_ROW.match(line):
                self._row(line)
                continue
            self._end_table()
            if len(self.paste.steps) >= MOST_ENTRIES:
                self.paste.is_cut = True
                break
            if line.strip():
                self._line(number, line)
        self._end_table()
        return self.paste

    def _row(self, line: str) -> None:
        if not _RULE.match(line):
            self.table.append([plain(cell) for cell in line.strip().strip("|").split("|")])

    def _end_table(self) -> None:
        if len(self.table) > 1:
            self.paste.tables.append(self.table)
        self.table = []

    def _line(self, number: int, line: str) -> None:
        if _FENCE.match(line) and self.speaker:
            self.is_fenced = not self.is_fenced
        elif self.is_fenced and not _header(number, line):
            # What somebody shows in a chat has times of its own, which are none of the chat's.
            self._words(line)
        elif entry := log_line(number, line):
            self._add(entry)
        elif stamp := _day_line(line):
            self.paste.steps.append(stamp)
            self.current = None
        elif entry := _header(number, line):
            self.is_fenced = False
            self.speaker = entry.who
            self._add(entry)
        elif entry := self._stamped(number, line):
            self._add(entry)
        else:
            self._words(line)

    def _add(self, entry: Said) -> None:
        self.paste.steps.append(entry)
        self.current = entry
        self.name = ""

    def _stamped(self, number: int, line: str) -> Said | None:
        """ "14:32 alert fired", "[14:32] mira: on it", and a clock alone below or above its words."""
        bare = _STATUS.sub("", _BULLET.sub("", _PIPED.sub("", line), count=1))
        bare = _RELATIVE.sub("", plain_order(bare))
        stamp = read_stamp(bare)
        if stamp is None or not stamp.has_clock or stamp.is_span:
            return None
        rest = bare[stamp.end :].strip()
        if bare.startswith("[") and self._is_above_words(number) and _is_full_name(rest):
            self.speaker = rest
            return Said(stamp, number, rest, is_header=True)
        if not rest:
            who = self._name_above() or self.speaker
            self.speaker = who
            return Said(stamp, number, who, is_header=True)
        if match := _ZOOM.match(rest):
            self.speaker = match["who"]
            return Said(stamp, number, match["who"], [match["text"]], is_header=not match["text"])
        who, text = _speaker(rest)
        return Said(stamp, number, who or (self.speaker if self._follows_header() else ""), [text])

    def _is_above_words(self, number: int) -> bool:
        """Whether the next line is words without a time of its own."""
        below = self.lines[number].strip() if number < len(self.lines) else ""
        return bool(below) and read_stamp(below) is None

    def _follows_header(self) -> bool:
        """Slack shows the name once, and only the time above what the same person says next."""
        return bool(self.current and self.current.is_header)

    def _name_above(self) -> str:
        """The line above a clock alone, where it is a name: it does not belong to what was said before it."""
        if not self.name:
            return ""
        if self.current and self.current.lines and self.current.lines[-1] == self.name:
            if self.current.is_header and len(self.current.lines) == 1:
                return ""  # Else the person above it would have said nothing.
            self.current.lines.pop()
        return self.name

    def _words(self, line: str) -> None:
        words = line.strip()
        if _TRIVIA.match(words):
            return
        self.name = words if _is_name(words) else ""
        if self.current is not None and not line.lstrip().startswith("#"):
            self.current.lines.append(_BULLET.sub("", words, count=1))


def _without_quotes(lines: list[str]) -> list[str]:
    """A paste that was quoted as a whole, as forums and mails do it."""
    full = [line for line in lines if line.strip()]
    if full and sum(bool(_QUOTED.match(line)) for line in full) > 0.9 * len(full):
        return [_QUOTED.sub("", line) for line in lines]
    return lines


def _is_name(words: str) -> bool:
    return len(words) <= 40 and len(words.split()) <= 4 and not re.search(r"[.:;!?,/\d]", words)


def _is_full_name(words: str) -> bool:
    """ "Mira Okafor", "mira#1234"."""
    return bool(
        re.fullmatch(r"[^\W\d_][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){0,3}(?:#\d{4})?(?: ?\([^()]{1,30}\))?", words)
    )


def _day_line(line: str) -> Stamp | None:
    """A day that stands alone: "Monday, 2 March 2026", "--- Today, March 2nd ---", "## 2026-03-02"."""
    if mark := _LOG_MARK.match(line.strip()):
        stamp = read_stamp(plain_order(mark["day"]))
        return replace(stamp, hour=None, zone=None) if stamp and stamp.has_date else None
    bare = _RELATIVE.sub("", _BARE.sub("", line)).strip(" :,")
    if not 3 < len(bare) < 60:
        return None
    stamp = read_stamp(bare)
    if stamp is None or not stamp.has_date or stamp.has_clock or bare[stamp.end :].strip(" .:,()*"):
        return None
    return stamp


def _header(number: int, line: str) -> Said | None:
    """A name with a time behind it and nothing else: what the lines below it say, that person said."""
    if len(line) > 120:
        return None
    match = _HEADER.match(_QUOTED.sub("", line).strip())
    if match is None or not _is_name(match["who"].strip(" *_")):
        return None
    stamp = read_stamp(match["at"])
    if stamp is None or stamp.hour is None or stamp.is_prose or match["at"][stamp.end :].strip():
        return None
    who = match["who"].strip(" *_")
    if who in {"APP", "BOT", "WORKFLOW"}:
        return None
    if any(word.casefold() in _NO_NAME for word in who.split()):
        return None
    return Said(stamp, number, who, is_header=True)


def _speaker(rest: str) -> tuple[str, str]:
    """Who says it, where the line begins with a name: "mira: …", "<mira> …", "Mira Okafor: …"."""
    if match := _IRC.match(rest) or _DAEMON.match(rest):
        return match["who"], match["text"]
    match = _SPEAKER.match(rest)
    if match is None:
        return "", rest
    names = match["who"].lstrip("@").split()
    if any(name.casefold().strip("*:()") in _NO_NAME for name in names):
        return "", rest
    if len(names) > 1 and not all(name[:1].isupper() or name[:1] == "(" for name in names):
        return "", rest
    return match["who"].lstrip("@"), match["text"]
