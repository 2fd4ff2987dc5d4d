"""The timeline of a document: runs of entries that start with a time, and which of them are the story."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import mean

from .blocks import Block, parse
from .calendar_words import WEEKDAYS, first_zone
from .clock import Context, Step, dates_in, instants, zone_announced
from .meanings import Meaning, plain
from .reading import ReadEvent
from .regions import Region, Unit, Walk, code_lines, label_of
from .stamps import VAGUE, Stamp, ends_with_stamp, read_stamp

# Outside a section that calls itself a timeline, this many stamped entries in a row make one.
FEWEST_UNNAMED = 3
# And this share of the units there must carry a clock: else the times are an aside.
DENSE = 0.6
# A run whose instants are mostly found in a longer one is its summary.
COVERED = 0.7
LONGEST_BETWEEN = 4000
# A list of key moments has a few words each, and rounds its times.
BRIEF = 5
LEEWAY = timedelta(minutes=15)


@dataclass
class Entry:
    stamp: Stamp | None
    text: str
    start: int
    end: int
    kind: str
    at: datetime | None = None


@dataclass
class Run:
    """Entries of one region, with the day markers between them. `loose` counts its units that are no entries."""

    region: Region
    is_named: bool
    entries: list[Entry] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    loose: int = 0
    context: Context = field(default_factory=Context)
    consumed: set[int] = field(default_factory=set)

    @property
    def clocked(self) -> int:
        return sum(bool(entry.stamp and entry.stamp.has_clock) for entry in self.entries)

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.steps.append(Step(entry.stamp))
        self.consumed.update(range(entry.start, entry.end))


def find_timeline(walk: Walk, context: Context) -> list[Run]:
    """The runs that tell what happened, each entry with its instant. Nothing is taken twice."""
    runs = [run for run in _runs(walk) if run.entries]
    words: dict[int, list[Unit]] = {}
    columns: dict[int, list[str]] = {}
    for unit in walk.units:
        root = id(unit.region.root)
        if not unit.stamp:
            words.setdefault(root, []).append(unit)
        if unit.kind == "table" and unit.block and unit.block.children:
            columns.setdefault(root, unit.block.children[0].cells)
    for run in runs:
        root = id(run.region.root)
        _place(run, words.get(root, []), columns.get(root, []), context)
    named = [run for run in runs if run.is_named]
    unnamed = [run for run in runs if not run.is_named and _is_dense(run)]
    named = _without_side_stories(named)
    most = max((run.clocked for run in named), default=0)
    unnamed = [run for run in unnamed if not named or (run.clocked > most and _covers(run, named))]
    chosen = _without_summaries(named + unnamed)
    return sorted(chosen, key=lambda run: run.entries[0].start)


def events_of(runs: list[Run]) -> list[ReadEvent]:
    events = []
    for run in runs:
        found = [ReadEvent(entry.at, entry.text, entry.stamp.written if entry.stamp else "") for entry in run.entries]
        events += found[::-1] if _is_newest_first(found) else found
    return events


def _is_newest_first(events: list[ReadEvent]) -> bool:
    known = [event.at for event in events if event.at]
    return len(known) > 2 and known == sorted(known, reverse=True) and known[0] != known[-1]


def _runs(walk: Walk) -> list[Run]:
    runs: list[Run] = []
    for region, units in _by_region(walk):
        named = region.purpose is Meaning.TIMELINE
        runs.append(Builder(region, units, walk.lines, is_named=named).run())
    return runs


def _by_region(walk: Walk) -> list[tuple[Region, list[Unit]]]:
    """Units by the region that decides about them; those of action lists are not looked at."""
    groups: dict[int, tuple[Region, list[Unit]]] = {}
    for unit in walk.units:
        purpose = unit.region.purpose
        if purpose is Meaning.ACTIONS:
            continue
        region = unit.region.root if purpose is Meaning.TIMELINE else unit.region
        groups.setdefault(id(region), (region, []))[1].append(unit)
    return list(groups.values())


class Builder:
    """Turns the units of one region into a run."""

    def __init__(self, region: Region, units: list[Unit], lines: list[str], *, is_named: bool) -> None:
        self.units = units
        self.lines = lines
        self.result = Run(region, is_named)
        self.is_named = is_named
        self.between: list[Unit] = []

    def run(self) -> Run:
        position = 0
        while position < len(self.units):
            position = self._unit(position)
        if self.is_named and not self.result.entries:
            self._without_stamps()
        return self.result

    def _unit(self, position: int) -> int:
        unit = self.units[position]
        if unit.kind == "heading":
            return self._heading(position)
        if unit.kind == "table":
            self._table(unit)
        elif unit.kind == "line" and _is_bare_clock(unit):
            return self._clock_line(position)
        elif unit.kind in {"item", "line"} and self._entry_of(unit):
            pass
        elif (
            unit.kind in {"item", "line"}
            and unit.stamp
            and unit.stamp.has_date
            and says_nothing(unit.lead[unit.stamp.end :])
        ):
            return self._marker(position)
        elif unit.kind in {"title", "definitions"}:
            self.between = []
        else:
            self.between.append(unit)
            self.result.loose += unit.kind in {"item", "line"}
        return position + 1

    def _entry_of(self, unit: Unit) -> bool:
        stamp, text = unit.stamp, None
        if stamp is not None:
            rest = unit.lead[stamp.end :]
            if stamp.is_span and unit.kind == "line":
                return False
            if stamp.has_clock or (not says_nothing(rest) and (self.is_named or unit.kind == "item")):
                text = rest
        elif unit.is_told:
            stamp, text = _told(unit.lead)
        elif self.is_named:
            if (labelled := ends_with_stamp(unit.lead)) and not unit.below and not _ALL_TIMES.match(unit.lead):
                text, stamp = labelled
            elif unit.kind == "item" and VAGUE.match(unit.lead.lstrip("*_~ -[(")):
                text = unit.lead
        if text is None:
            return False
        self._take_between()
        whole = worded(stamp, joined(text) + self._below(unit))
        self.result.add(Entry(stamp, whole, unit.start, unit.end, unit.kind))
        return True

    def _take_between(self) -> None:
        """What stands between two entries belongs to the one above it: a log, a picture, a remark."""
        if self.result.entries and self.between:
            entry = self.result.entries[-1]
            texts = [dedented(self.lines[unit.start : unit.end]) for unit in self.between]
            if sum(map(len, texts)) <= LONGEST_BETWEEN:
                entry.text = "\n\n".join([entry.text, *texts]).strip()
                for unit in self.between:
                    self.result.consumed.update(range(unit.start, unit.end))
        self.between = []

    def _below(self, unit: Unit) -> str:
        if not unit.below:
            return ""
        start = unit.below[0].start
        return "\n\n" + dedented(self.lines[start : unit.end]) if start < unit.end else ""

    def _heading(self, position: int) -> int:
        unit = self.units[position]
        end = self._content_end(position)
        if unit.stamp is None:  # a heading is only a unit for the stamp it starts with
            return position + 1
        rest = unit.lead[unit.stamp.end :].strip()
        content = self.units[position + 1 : end]
        if unit.stamp.has_clock and _is_phase(content):
            self.between = []
            self.result.steps.append(Step(unit.stamp, is_marker=True))
            return position + 1
        if not unit.stamp.has_clock and self._day_goes_on(position):
            self.between = []
            self.result.steps.append(Step(unit.stamp, is_marker=True))
            return position + 1
        self._take_between()
        last = content[-1].end if content else unit.end
        body = dedented(self.lines[unit.end : last]).strip()
        text = "\n\n".join(part for part in (rest, body) if part)
        self.result.add(Entry(unit.stamp, worded(unit.stamp, text), unit.start, last, "heading"))
        return end

    def _content_end(self, position: int) -> int:
        depth = self.units[position].depth
        for number in range(position + 1, len(self.units)):
            unit = self.units[number]
            if (unit.kind in {"heading", "title"} and unit.depth <= depth) or unit.kind == "definitions":
                return number
            if unit.kind == "heading" and unit.stamp and unit.stamp.has_clock:
                return number  # A level too deep, by a slip: no moment is a part of another.
        return len(self.units)

    def _day_goes_on(self, position: int) -> bool:
        """Whether entries with a clock follow before the next day begins."""
        for unit in self.units[position + 1 :]:
            if unit.kind == "table" or (unit.stamp and unit.stamp.has_clock):
                return True
            if unit.stamp and unit.stamp.has_date and says_nothing(unit.lead[unit.stamp.end :]):
                return False
        return False

    def _marker(self, position: int) -> int:
        """A line that holds a day and nothing else; without a clock below it, what follows is its one entry."""
        unit = self.units[position]
        self.result.consumed.update(range(unit.start, unit.end))
        items = position + 1 < len(self.units) and self.units[position + 1].kind == "item"
        if self._day_goes_on_before_next(position) or items:
            self.between = []
            self.result.steps.append(Step(unit.stamp, is_marker=True))
            if items and not self._day_goes_on_before_next(position):
                return self._items_of_day(position)
            return position + 1
        end = position + 1
        while (
            end < len(self.units)
            and self.units[end].kind in {"line", "code", "quote", "text"}
            and not self.units[end].stamp
        ):
            end += 1
        if end == position + 1 or not self.is_named:
            self.result.steps.append(Step(unit.stamp, is_marker=True))
            return position + 1
        self._take_between()
        last = self.units[end - 1].end
        text = dedented(self.lines[unit.end : last]).strip()
        self.result.add(Entry(unit.stamp, worded(unit.stamp, text), unit.start, last, "line"))
        return end

    def _clock_line(self, position: int) -> int:
        """A time on a line of its own: what stands below it, up to the next time or title, is what happened."""
        unit = self.units[position]
        end = position + 1
        while end < len(self.units) and self.units[end].kind in _CONTENT and not self.units[end].stamp:
            end += 1
        self._take_between()
        last = self.units[end - 1].end
        text = dedented(self.lines[unit.end : last]).strip()
        self.result.add(Entry(unit.stamp, worded(unit.stamp, text), unit.start, last, "line"))
        return end

    def _day_goes_on_before_next(self, position: int) -> bool:
        for unit in self.units[position + 1 :]:
            if unit.kind == "table" or (unit.stamp and unit.stamp.has_clock):
                return True
            if (unit.stamp and unit.stamp.has_date) or unit.kind in {"title", "heading"}:
                return False
        return False

    def _items_of_day(self, position: int) -> int:
        """Bullets under a day that carry no clock: entries of that day, where the section is a timeline."""
        marker = self.units[position]
        number = position + 1
        while number < len(self.units) and self.units[number].kind == "item" and not self.units[number].stamp:
            unit = self.units[number]
            if self.is_named and marker.stamp:
                text = worded(marker.stamp, joined(unit.lead) + self._below(unit))
                self.result.add(Entry(marker.stamp, text, unit.start, unit.end, "item"))
            number += 1
        return number

    def _table(self, unit: Unit) -> None:
        table = read_table(unit)
        if table is None or not (self.is_named or table.has_time_head):
            self.between.append(unit)
            return
        self.between = []
        for row, stamp, text in table.entries:
            if text:
                self.result.add(Entry(stamp, text, row.start, row.end, "row"))
            elif stamp:
                self.result.steps.append(Step(stamp, is_marker=True))
        self.result.consumed.update(range(unit.start, unit.end))

    def _without_stamps(self) -> None:
        """A timeline that names no times still has an order."""
        self._code() or self._quote() or self._items()

    def _code(self) -> bool:
        for unit in self.units:
            if unit.kind == "code":
                self._code_block(unit)
        return bool(self.result.entries)

    def _code_block(self, unit: Unit) -> None:
        rows = [(number, line, read_stamp(line)) for number, line in code_lines(unit, self.lines) if line.strip()]
        stamped = [row for row in rows if row[2]]
        if len(stamped) < 2 or len(stamped) < DENSE * len(rows):
            return
        for number, line, stamp in rows:
            if stamp is None and self.result.entries:
                entry = self.result.entries[-1]
                entry.text, entry.end = f"{entry.text} {line.strip()}", number + 1
            elif stamp and not stamp.has_clock and says_nothing(line[stamp.end :]):
                self.result.steps.append(Step(stamp, is_marker=True))
            elif stamp:
                self.result.add(Entry(stamp, worded(stamp, line[stamp.end :].strip()), number, number + 1, "code"))
        self.result.consumed.update(range(unit.start, unit.end))

    def _quote(self) -> bool:
        for unit in self.units:
            if unit.kind == "quote" and unit.block:
                lines = [re.sub(r"^\s{0,3}>\s?", "", line) for line in self.lines[unit.start : unit.end]]
                inner = Walk(parse(lines), lines, None)
                if sum(bool(one.stamp and one.stamp.has_clock) for one in inner.units) >= FEWEST_UNNAMED:
                    found = Builder(self.result.region, inner.units, lines, is_named=True).run()
                    for entry in found.entries:
                        entry.start, entry.end = entry.start + unit.start, entry.end + unit.start
                        self.result.add(entry)
        return bool(self.result.entries)

    def _items(self) -> bool:
        items = [unit for unit in self.units if unit.kind == "item" and unit.depth == 0]
        if len(items) >= 2 and self.result.region.meaning is Meaning.TIMELINE:
            for unit in items:
                self.result.add(Entry(None, joined(unit.lead) + self._below(unit), unit.start, unit.end, "item"))
        return bool(self.result.entries)


def _is_phase(content: list[Unit]) -> bool:
    """Whether what stands under a heading with a time has times of its own."""
    items = [unit for unit in content if unit.kind == "item" and unit.depth == 0]
    clocked = sum(bool(unit.stamp and unit.stamp.has_clock) for unit in items)
    return clocked > 1 and clocked * 2 > len(items)


def _told(lead: str) -> tuple[Stamp | None, str]:
    """ "**Service restored:** 14:32 UTC, by hand" is the entry "Service restored: by hand" of that time."""
    title, rest = label_of(lead)
    stamp = read_stamp(rest)
    if stamp is None or not (stamp.has_clock or stamp.has_date):
        return None, lead
    more = rest[stamp.end :].strip()
    return stamp, f"{title}: {more}" if more else title


_ALL_TIMES = re.compile(r"^\W*(?:all )?times?\b", re.I)
_CONTENT = {"line", "item", "code", "quote", "text"}


def _is_bare_clock(unit: Unit) -> bool:
    return bool(
        unit.stamp and unit.stamp.has_clock and not unit.stamp.is_span and says_nothing(unit.lead[unit.stamp.end :])
    )


@dataclass
class Table:
    entries: list[tuple[Block, Stamp | None, str]]
    has_time_head: bool


_TIME_HEAD = re.compile(
    r"\b(?:date|time|when|timestamp|datetime|utc|gmt|cest|cet|[ecmp][sd]?t|ts|clock|datum|uhrzeit|zeit(?:punkt|stempel)?|heure|hora|"
    r"fecha|data|tijd|tidspunkt|tid|czas|дата|время)\b|時刻|時間|日時|日付|时间|日期|시간|일시",
    re.I,
)


def read_table(unit: Unit) -> Table | None:
    """The rows of a table one or two of whose columns are times; None when none is."""
    rows = unit.block.children if unit.block else []
    if len(rows) < 2:
        return None
    head, body = rows[0].cells, rows[1:]
    if not any(head) or (head and _cell_stamp(head[0])):
        head, body = [""] * len(rows[0].cells), (rows if any(rows[0].cells) else body)
    columns = [number for number in range(len(head)) if _is_time_column(number, head, body)]
    if not columns:
        return None
    columns = _date_and_clock(columns, body)
    main = _main_column(head, body, columns)
    entries = [(row, *_row_entry(row, head, columns, main)) for row in body if not _is_blank(row)]
    return Table(entries, any(_TIME_HEAD.search(head[number]) for number in columns) or not any(head))


_BLANK = re.compile(r"^(?:[\W_]*|tb[dc]|n/?a|\{:.*\})$", re.I)


def _is_blank(row: Block) -> bool:
    """A row that nobody has filled in, or one that only says how the table looks."""
    return all(_BLANK.match(cell) for cell in row.cells)


def _cell_stamp(cell: str) -> Stamp | None:
    stamp = read_stamp(cell, is_cell=True)
    return stamp if stamp and len(cell[stamp.end :].strip()) <= 25 else None


def _is_time_column(number: int, head: list[str], body: list[Block]) -> bool:
    cells = [row.cells[number] for row in body if number < len(row.cells) and row.cells[number]]
    if not cells:
        return False
    stamped = sum(_cell_stamp(cell) is not None for cell in cells)
    wanted = 0.3 if _TIME_HEAD.search(head[number]) else 0.6
    looks_stamped = sum(bool(re.search(r"\d{1,2}[:.]\d{2}|\d-\d", cell)) and len(cell) < 30 for cell in cells)
    return max(stamped, looks_stamped if wanted < 0.5 else 0) >= max(1, wanted * len(cells))


def _date_and_clock(columns: list[int], body: list[Block]) -> list[int]:
    """The first time column, with a second one only where one holds the day and the other the clock."""
    first = columns[0]
    for other in columns[1:2]:
        pairs = [(_cell_stamp(_cell(row, first)), _cell_stamp(_cell(row, other))) for row in body]
        parts = [(a, b) for a, b in pairs if a and b]
        if parts and all(a.has_clock != b.has_clock for a, b in parts):
            return [first, other]
    return [first]


def _cell(row: Block, number: int) -> str:
    return row.cells[number] if number < len(row.cells) else ""


def _main_column(head: list[str], body: list[Block], columns: list[int]) -> int:
    others = [number for number in range(len(head)) if number not in columns]
    if not others:
        return columns[0]
    return max(others, key=lambda number: mean(min(len(_cell(row, number)), 200) for row in body))


def _row_entry(row: Block, head: list[str], columns: list[int], main: int) -> tuple[Stamp | None, str]:
    written = " ".join(filter(None, (_cell(row, number) for number in columns)))
    stamp = read_stamp(written, is_cell=True)
    if main not in columns and all(_BLANK.match(cell) for n, cell in enumerate(row.cells) if n not in columns):
        # Only a day: those below are of it. Only a clock, or a month: a row that was begun and left.
        return (stamp if stamp and stamp.has_date and not stamp.has_clock else None), ""
    text = _cell(row, main) if main not in columns else ""
    more = []
    for number, cell in enumerate(row.cells):
        if number not in columns and number != main and cell and cell.lower().strip(".") not in WEEKDAYS:
            title = plain(head[number]) if number < len(head) else ""
            more.append(f"{title}: {cell}" if title else cell)
    if more:
        text = f"{text} ({'; '.join(more)})" if text else "; ".join(more)
    if stamp is None:
        return None, f"{written}: {text}" if written and text else written or text
    if rest := written[stamp.end :].strip():
        if _is_zone_only(rest):
            return stamp, worded(stamp, text)
        stamp = replace(stamp, is_vague=True, written=written)
    return stamp, worded(stamp, text)


def _is_zone_only(rest: str) -> bool:
    return first_zone(rest) is not None and len(rest) < 12


def worded(stamp: Stamp | None, text: str) -> str:
    """The text of an entry; words of the stamp that an instant cannot carry stay in front of it."""
    text = re.sub(r"^[\s:–—-]+(?=\S)", "", text) if not text.startswith("-") else text
    if text.count("**") % 2:
        text = text.removesuffix("**") if text.endswith("**") else f"**{text}"
    if stamp is None or stamp.is_exact:
        return text.strip() or (stamp.written if stamp else "")
    return f"{stamp.written}: {text.strip()}" if text.strip() else stamp.written


_ZONE_REMARK = re.compile(
    r"^\W*(?:all )?(?:times? )?(?:are |is |in )*[A-Z]{2,5}(?:[+-]\d+)?\W*$|^\W*(?:all )?times?\b.{0,40}$", re.I
)


def says_nothing(rest: str) -> bool:
    """Behind a day: nothing, or only in which zone its times are."""
    text = rest.strip(" \t\n*_:：-–—()[]`#")
    return not text or (len(text) < 50 and first_zone(text) is not None and bool(_ZONE_REMARK.match(text)))


def joined(text: str) -> str:
    """Soft line breaks of a paragraph become spaces."""
    return re.sub(r"[ \t]*\n[ \t]*", " ", text).strip()


def dedented(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]
    indent = min((len(line) - len(line.lstrip(" ")) for line in filled), default=0)
    return "\n".join(line[indent:] for line in lines).strip("\n")


def _place(run: Run, words: list[Unit], columns: list[str], context: Context) -> None:
    """Give every entry its instant, under the zone and the day that its own region states first."""
    first = run.entries[0].start
    above = [unit.lead for unit in words[:12] if unit.start < first]
    head = "\n".join([run.region.title, *above])
    zone = first_zone(run.region.title) or zone_announced(head) or first_zone(" | ".join(columns))
    day = _own_day(run, head, context)
    is_fixed = day is not None and bool(_SAME_DAY.search(head))
    run.context = replace(context, zone=zone or context.zone, day=day or context.day, is_day_fixed=is_fixed)
    for entry, at in zip(run.entries, instants(run.steps, run.context), strict=True):
        entry.at = at


_SAME_DAY = re.compile(r"\b(?:unless|otherwise|all (?:events|entries))\b[^.\n]{0,80}\d{4}", re.I)


def _own_day(run: Run, head: str, context: Context) -> date | None:
    found = dates_in(head[:1500], context, limit=1)
    return found[0] if found and run.is_named else None


def _is_dense(run: Run) -> bool:
    if not run.loose and all(entry.kind == "heading" and _is_dated(entry.stamp) for entry in run.entries):
        # Updates of a status page, of which there may be one; where they only name days, it takes several to tell.
        return len(run.entries) > 1 or run.clocked > 0
    return (
        run.clocked >= FEWEST_UNNAMED and run.clocked >= DENSE * (len(run.entries) + run.loose) and not _is_prose(run)
    )


def _is_dated(stamp: Stamp | None) -> bool:
    return bool(stamp and stamp.year and stamp.has_date)


def _is_prose(run: Run) -> bool:
    return sum(bool(entry.stamp and entry.stamp.is_prose) for entry in run.entries) > 0.5 * len(run.entries)


def _without_side_stories(runs: list[Run]) -> list[Run]:
    """Next to a timeline with clock times, one that has only days tells the history of something longer."""
    if any(run.clocked >= 2 for run in runs):
        return [
            run for run in runs if run.clocked or (not any(entry.stamp for entry in run.entries) and len(runs) == 1)
        ]
    return runs


def _keys(run: Run) -> list[object]:
    return [
        entry.at.replace(second=0) if entry.at else (entry.stamp.written if entry.stamp else entry.text)
        for entry in run.entries
    ]


def _covers(run: Run, others: list[Run]) -> bool:
    """Whether `run` tells what the others tell: the same instants, or the same hours in far more words."""
    known = set(_keys(run))
    keys = [key for other in others for key in _keys(other)]
    if sum(key in known for key in keys) >= COVERED * len(keys):
        return True
    times = [entry.at for entry in run.entries if entry.at]
    brief = [entry for other in others for entry in other.entries]
    if not times or mean(len(entry.text.split()) for entry in brief) > BRIEF or len(brief) * 1.3 > len(times):
        return False
    first, last = min(times) - LEEWAY, max(times) + LEEWAY
    return sum(bool(entry.at and first <= entry.at <= last) for entry in brief) >= COVERED * len(brief)


def _is_brief(run: Run) -> bool:
    """Names of moments, not words about them: "Started", "Fixed"."""
    return all(len(entry.text.split()) < BRIEF for entry in run.entries)


def _without_summaries(runs: list[Run]) -> list[Run]:
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (_is_brief(run), -len(run.entries), run.entries[0].start)):
        if not any(_covers(other, [run]) for other in kept):
            kept.append(run)
    return kept
