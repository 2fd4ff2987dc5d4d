"""Which column of a table is the time, which the event and which the person: by name, else by what stands in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from statistics import mean

from integrations.documents.calendar_words import first_zone
from integrations.documents.clock import Context, Step, instants
from integrations.documents.stamps import Stamp, read_stamp

from .meanings import words_of
from .moments import instant, plain_order

NAMES = {
    "time": r"time ?stamp|date ?time|occurred|happened|(?:created|start(?:ed)?|event|log|detected|updated)[ _]?(?:at|time|on|"
    r"date)?$|^at$|^when|^ts$|^@?time|^time\b|\btime$|uhrzeit|zeit(?:punkt|stempel)?\b|heure|hora\b|ora\b|時刻|日時|時間|时间|"
    r"시간|время|^epoch|^utc$|date[ _/]*(?:and|&)?[ _/]*time",
    "date": r"^date$|^day$|^datum$|^tag$|^jour$|^fecha$|^data$|^dia$|日付|日期|날짜|дата|\bdate$",
    "end": r"^end|until|finish|^to$|resolved[ _]?at|bis$",
    "who": r"^who|actor|author|\bby$|user(?:[ _]?name)?$|person|owner|responder|reporter|sender|^from$|^name$|engineer|"
    r"assignee|operator|participant|^wer\b|akteur|qui\b|qui[eé]n|担当|作者|누가|кто|^source$|^host$|system$|service$|component$",
    "text": r"event|what|descri|message|^msg$|text|summary|details?$|action|activity|note|comment|entry|subject|title|"
    r"happened|ereignis|was\b|beschreibung|événement|evento|内容|事象|出来事|事件|사건|событие|^log$|^body$|^content$",
    "kind": r"^kind$|^type$|category|^phase$|^typ$|kategorie",
    "zone": r"^(?:time ?zone|tz|zone|zeitzone)$",
}
_PATTERNS = {role: re.compile(pattern, re.I) for role, pattern in NAMES.items()}
SAMPLE = 60
KINDS_WRITTEN = words_of(
    "detection communication decision action escalation mitigation recovery diagnosis other alert chat page "
    "deploy note message change comment event info warning error critical"
)


@dataclass(frozen=True)
class Columns:
    """Positions; None where there is no such column. `zone` is the one that the head of the time column names."""

    time: int
    date: int | None = None
    who: int | None = None
    texts: tuple[int, ...] = ()
    kind: int | None = None
    zone_column: int | None = None
    zone: tzinfo | None = None


def columns_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns | None:
    """None where nothing looks like a time."""
    sample = rows[:SAMPLE]
    width = max((len(row) for row in sample), default=0)
    cells = [[row[number].strip() for row in sample if number < len(row)] for number in range(width)]
    clocks = [_share(column, _has_clock) for column in cells]
    days = [_share(column, _has_day) for column in cells]
    named = [_role(name) for name in head] + [""] * (width - len(head))
    time = _time_column(named, clocks, days)
    if time is None:
        return None
    date = _date_column(named, days, clocks, time) if days[time] < 0.5 else None
    left = [number for number in range(width) if number not in {time, date} and any(cells[number])]
    left = [number for number in left if clocks[number] < 0.5 or named[number] == "text"]
    kind = next((number for number in left if named[number] == "kind" or _are_kinds(cells[number])), None)
    left = [number for number in left if number != kind]
    texts = _text_columns(named, cells, [number for number in left if named[number] != "who"] or left)
    who = _who_column(named, cells, [number for number in left if number not in texts], texts)
    zone_column = next((number for number in left if named[number] == "zone"), None)
    zone = first_zone(head[time]) if time < len(head) else None
    return Columns(time, date, who, texts, kind, zone_column, zone)


def _role(name: str) -> str:
    """Of a head: what it names. The more telling patterns are asked first."""
    plain = re.sub(r"\s*[\[(].*?[\])]", "", name).replace("_", " ").strip()
    if not plain or len(plain) > 40:
        return ""
    return next(
        (role for role in ("zone", "end", "date", "kind", "time", "who", "text") if _PATTERNS[role].search(plain)), ""
    )


def looks_like_head(row: Sequence[str]) -> bool:
    """Words without any time among them, at least one of them a name of a column."""
    full = [cell.strip() for cell in row if cell.strip()]
    return (
        bool(full)
        and not any(_has_clock(cell) or _has_day(cell) for cell in full)
        and any(_role(cell) for cell in full)
    )


def _share(cells: Sequence[str], test: object) -> float:
    full = [cell for cell in cells if cell]
    return mean(bool(test(cell)) for cell in full) if full and callable(test) else 0.0


def _whole(cell: str) -> Stamp | None:
    """The stamp of a cell that holds little else."""
    stamp = read_stamp(cell, is_cell=True) if len(cell) < 60 else None
    return stamp if stamp and len(cell) - stamp.end <= 6 else None


def _has_clock(cell: str) -> bool:
    if cell.isdigit() and len(cell) < 9:
        return len(cell) == 4 and _whole(cell) is not None
    stamp = _whole(cell)
    return bool(stamp and stamp.hour is not None) or instant(cell) is not None


def _has_day(cell: str) -> bool:
    stamp = _whole(cell)
    return bool(stamp and stamp.has_date) or instant(cell) is not None


def _time_column(named: list[str], clocks: list[float], days: list[float]) -> int | None:
    order = sorted(
        range(len(clocks)),
        key=lambda number: (named[number] != "time", named[number] == "end", -clocks[number], number),
    )
    best = next((number for number in order if clocks[number] >= 0.5), None)
    if best is None:
        best = next((number for number in order if days[number] >= 0.5), None)
    return best


def _date_column(named: list[str], days: list[float], clocks: list[float], time: int) -> int | None:
    fits = [n for n in range(len(days)) if n != time and days[n] >= 0.3 and clocks[n] < 0.3]
    return min(fits, key=lambda number: (named[number] != "date", abs(number - time)), default=None)


def _are_kinds(cells: list[str]) -> bool:
    """Whether a column without a head holds our kinds of events, or what tools call theirs."""
    return bool(cells) and all(cell.casefold() in KINDS_WRITTEN for cell in cells if cell)


def _who_column(named: list[str], cells: list[list[str]], left: list[int], texts: tuple[int, ...]) -> int | None:
    """By its name; in a table without a head the short column that stands nearest to the words."""
    if by_name := [number for number in left if named[number] == "who"]:
        return by_name[0]
    if any(named) or not texts:
        return None
    short = [n for n in left if 0 < mean(map(len, cells[n])) < 28 and not any(cell.isdigit() for cell in cells[n])]
    return min(short, key=lambda number: abs(number - texts[0]), default=None)


def _text_columns(named: list[str], cells: list[list[str]], left: list[int]) -> tuple[int, ...]:
    """The event, and beside it whatever else was named as words; without names, the column with the longest cells."""
    by_name = [number for number in left if named[number] == "text"]
    others = [number for number in left if named[number] in {"", "who"} and number not in by_name]
    if by_name:
        return tuple(by_name)
    longest = max(others or left, key=lambda number: mean(len(cell) for cell in cells[number]), default=None)
    return () if longest is None else (longest,)


@dataclass
class Clock:
    """Gives the rows of a table their instants, one after the other: a bare clock belongs to the last day named."""

    zone: tzinfo
    context: Context

    def instants(self, cells: Sequence[tuple[str, str, tzinfo | None]]) -> tuple[list[datetime | None], bool]:
        """For (date, time, zone) of each row; and whether any of them names its day."""
        stamps: list[Stamp | None] = []
        whole: list[datetime | None] = []
        for day, clock, zone in cells:
            whole.append(instant(clock, zone or self.zone) if len(clock) > 8 and not day else None)
            stamp = None if whole[-1] else read_stamp(plain_order(f"{day} {clock}".strip()), is_cell=True)
            stamps.append(replace(stamp, zone=zone) if stamp and zone and stamp.zone is None else stamp)
        found = instants([Step(stamp) for stamp in stamps], self.context)
        names_day = any(whole) or any(stamp and stamp.has_date for stamp in stamps)
        return [exact or at for exact, at in zip(whole, found, strict=True)], names_day
