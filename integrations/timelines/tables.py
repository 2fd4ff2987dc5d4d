"""CSV and its relatives, with or without a head; and lists of objects of a tool that we do not know."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from io import StringIO
from typing import Any

from integrations.documents.calendar_words import zone_named
from integrations.documents.clock import Context, puts_day_first, zone_announced
from integrations.documents.stamps import read_stamp

from .columns import Clock, Columns, columns_of, looks_like_head
from .meanings import is_no_event, kind_of, words_of
from .moments import day_for, guessed, instant
from .reading import MOST_ENTRIES, ONLY_FIRST, Entry, Setting
from .shapes import at_path, dicts, one_line, said, sentence

KIND = "csv"
KINDS = words_of("detection communication decision action escalation mitigation recovery")
DELIMITERS = ("\t", ";", "|", ",")
MOST_ROWS = MOST_ENTRIES + 10
NO_TIME = "A row without a time"
# What clients of IRC write where else a name stands.
JOINED = {"-->", "<--", "-!-"}


def table_in(text: str) -> list[list[str]] | None:
    """The rows, or None where the text is no table: most of its rows must have the same two or more cells."""
    body = re.sub(r"^sep=(.)\r?\n", "", text, flags=re.I)
    best: tuple[float, list[list[str]]] | None = None
    for delimiter in DELIMITERS:
        rows = _rows(body, delimiter)
        score = _evenness(rows)
        if score > 0.6 and (best is None or score > best[0] + 0.15):
            best = (score, rows)
    return best[1] if best else None


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Comment lines and empty ones are left out."""
    reader = csv.reader(StringIO(text), delimiter=delimiter, skipinitialspace=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row) and not row[0].startswith("#"):
                rows.append(row)
            if len(rows) >= MOST_ROWS:
                break
    except csv.Error:  # A cell larger than any real one, or a NUL.
        return []
    return rows


def _evenness(rows: Sequence[Sequence[str]]) -> float:
    """The share of rows that have the usual number of cells, when that is more than one."""
    if len(rows) < 2:
        return 0.0
    width, count = Counter(len(row) for row in rows[:200]).most_common(1)[0]
    return count / min(len(rows), 200) if width > 1 else 0.0


def columns_in(rows: list[list[str]]) -> tuple[list[str], list[list[str]], Columns | None]:
    """The head (empty where there is none), the rows below it, and what each column is."""
    for number in range(min(len(rows), 6)):
        if (
            looks_like_head(rows[number])
            and number + 1 < len(rows)
            and (found := columns_of(rows[number], rows[number + 1 :]))
        ):
            return rows[number], rows[number + 1 :], found
    return [], rows, columns_of([], rows)


def read(rows: list[list[str]], setting: Setting, text: str = "") -> tuple[list[Entry], list[str]]:
    """The entries, and what must be said about their times."""
    head, body, columns = columns_in(rows)
    if columns is None or (not head and (_is_prose(body, columns) or _goes_on(body, columns))):
        return [], []
    zone = columns.zone or zone_announced(text[:4000]) or setting.zone
    day, is_guess = day_for(setting.day, setting.file, zone)
    clock = Clock(zone, Context(day=day, zone=zone, day_first=puts_day_first(_times_of(body, columns), zone)))
    cells = [(_cell(row, columns.date), _cell(row, columns.time), _zone(row, columns)) for row in body]
    instants, names_day = clock.instants(cells)
    first = len(rows) - len(body) + 1
    entries = [
        _entry(row, at, columns, setting.where(f"row {number}"))
        for number, (row, at) in enumerate(zip(body, instants, strict=True), start=first)
        if any(_cell(row, column) for column in columns.texts) or at
    ]
    entries += _milestones(head, body, columns, entries, setting, first)
    if not names_day and any(instants):
        setting.dayless.add(setting.file)
    warnings = [guessed(day)] if is_guess and not names_day and any(instants) else []
    return entries[:MOST_ENTRIES], warnings + ([ONLY_FIRST] if len(entries) > MOST_ENTRIES else [])


def _is_prose(body: list[list[str]], columns: Columns) -> bool:
    """Lines of a chat or a log have commas too: "02.03.26, 14:32 - Mira: …" is a day and a clock with words behind it, and
    so is "14:32 run started, 2390 rows"."""
    times = [_cell(row, columns.time) for row in body[:20]]
    if sum(_goes_on_in_words(cell) for cell in times) > len(times) / 2:
        return True
    beside = [_cell(row, columns.time + 1) for row in body[:20]]
    opened = [read_stamp(cell) for cell in beside if len(cell) > 12]
    return sum(bool(stamp and stamp.hour is not None) for stamp in opened) > len(body[:20]) / 2


def _goes_on_in_words(cell: str) -> bool:
    stamp = read_stamp(cell)
    return stamp is not None and stamp.has_clock and len(re.findall(r"[^\W\d_]{2,}", cell[stamp.end :])) > 1


_MILESTONE = re.compile(
    r"^(?P<what>detected|acknowledged|acked|escalated|mitigated|resolved|closed|recovered|restored|ended)"
    r"(?:[ _]?(?:at|on|time|date|date ?time|timestamp))?$",
    re.I,
)


def _milestones(
    head: list[str], body: list[list[str]], columns: Columns, entries: list[Entry], setting: Setting, first: int
) -> list[Entry]:
    """A list of incidents or alerts has a column for each thing that became of them: "acknowledged_at", "resolved_on"."""
    named = [(number, match["what"]) for number, name in enumerate(head) if (match := _MILESTONE.match(name.strip()))]
    told = {entry.source: entry for entry in entries}
    found = []
    for number, row in enumerate(body, start=first):
        source = setting.where(f"row {number}")
        entry = told.get(source)
        for column, what in named:
            at = instant(_cell(row, column), setting.zone) if column != columns.time else None
            if entry and entry.at and at and at > entry.at:
                text = f"{what[:1].upper()}{what[1:].lower()}: {entry.text}"
                found.append(Entry(at, text, "", kind_of(what), source))
    return found


def _goes_on(body: list[list[str]], columns: Columns) -> bool:
    """Lines that hang indented under a line with a time are the words of that line, not rows."""
    return sum(not _cell(row, columns.time) for row in body[:60]) > 0.3 * len(body[:60])


def _times_of(body: list[list[str]], columns: Columns) -> str:
    return "\n".join(f"{_cell(row, columns.date)} {_cell(row, columns.time)}" for row in body[:500])


def _zone(row: Sequence[str], columns: Columns) -> tzinfo | None:
    return zone_named(_cell(row, columns.zone_column))


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _entry(row: Sequence[str], at: datetime | None, columns: Columns, source: str) -> Entry:
    parts = [_cell(row, column) for column in columns.texts]
    text = ". ".join(part.rstrip(".") for part in parts if part) if len(parts) > 1 else parts[0] if parts else ""
    stated = _cell(row, columns.kind).casefold()
    kind = stated if stated in KINDS else kind_of(text)
    who = _cell(row, columns.who)
    reason = "Somebody joined or left" if who in JOINED else is_no_event(text) if at else NO_TIME
    return Entry(
        at.astimezone(UTC) if at else None, text or " ".join(cell for cell in row if cell.strip()),
        who, kind, source, left_out=reason,
    )  # fmt: skip


TIMES = (
    "timestamp", "@timestamp", "time", "ts", "at", "datetime", "date", "occurred_at", "created_at", "createdAt",
    "occurredAt", "created", "eventTime", "event_time", "startTime", "started_at", "when", "_time", "logged_at",
    "attributes.timestamp", "_source.@timestamp", "_source.timestamp", "fields.@timestamp.0", "result._time", "datePublished",
    "start", "startsAt", "starts_at", "date_happened", "published_at", "publishedAt", "updated_at", "updatedAt",
)  # fmt: skip
WORDS = (
    "message", "msg", "text", "event", "description", "summary", "title", "content", "body", "details", "what", "log",
    "eventName", "action", "note", "name", "textPayload", "jsonPayload.message", "attributes.message", "_source.message",
    "fields.message", "_raw", "result._raw", "protoPayload.methodName",
)  # fmt: skip
DOERS = (
    "who", "user", "author", "actor", "by", "username", "user.name", "author.name", "user.email", "actor.name", "sender",
    "updater.user.name", "updater.name", "created_by.name", "creator.name", "sender.name", "author.login", "actor.login",
    "host", "service", "logger", "source", "userIdentity.userName", "kubernetes.pod_name", "hostname", "component",
)  # fmt: skip
TITLES = ("title", "summary", "event")
LEVELS = ("level", "severity", "lvl", "log.level", "levelname")


def knows_objects(node: Any) -> bool:
    """A list of objects most of which have a time and words, whoever made it."""
    found = dicts(node)[:20]
    return bool(found) and sum(_is_object(one) for one in found) >= 0.6 * len(found)


def _is_object(node: dict[str, Any]) -> bool:
    return any(instant(at_path(node, name)) for name in TIMES) and bool(said(node, *WORDS))


def _words_of(node: dict[str, Any]) -> str:
    """Its words; where it has a title beside them, both."""
    words, title = said(node, *WORDS), said(node, *TITLES)
    return one_line(sentence(title, words) if title and " " in title else words, 1500)


def read_objects(node: Any, setting: Setting) -> list[Entry]:
    found = []
    for number, one in enumerate(dicts(node), start=1):
        at = next((at for name in TIMES if (at := instant(at_path(one, name), setting.zone))), None)
        text, level = _words_of(one), said(one, *LEVELS)
        stated = said(one, "kind", "type").casefold()
        reason = is_no_event(text) if at else NO_TIME
        reason = reason or ("A line for debugging" if level.casefold() in {"debug", "trace"} else "")
        kind = stated if stated in KINDS else kind_of(text)
        found.append(
            Entry(
                at,
                text,
                said(one, *DOERS),
                kind,
                said(one, "url", "permalink", "link") or setting.where(f"entry {number}"),
                left_out=reason,
            )
        )
    return found
