"""The lane as shapes with their places in pixels; the template only writes them down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from core.dates import in_words
from postmortems.gaps import silences
from postmortems.lane.axis import Axis, Tick, Window
from postmortems.lane.story import WORDS, Mark, Story, Stretch

OWN = "own"  # a time that the incident has a name of its own for
SIDE = 14.0
MARK = 15.0
MOST_ROWS = 6
COUNT_APART = 32.0
LABEL_ROWS, LABEL_HEIGHT = 3, 15.0
LETTERS, LETTERS_IF_WIDE, WIDE = 30, 48, 700
BAND, THIN = 20.0, 14.0
LETTER = 6.1
TICK_APART = 58.0
FOOT = 32.0
FEW = 12


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    words: str
    anchor: str = "start"


@dataclass(frozen=True)
class Box:
    """`words` is what there is room for; `title` says all of it."""

    name: str
    x: float
    y: float
    width: float
    height: float
    words: str
    title: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def base(self) -> float:
        return self.y + self.height / 2 + 4

    @property
    def right(self) -> float:
        return round(self.x + self.width, 1)

    @property
    def notch(self) -> float:
        """Where the zigzag of a break begins, which is 18 wide."""
        return round(self.x + self.width / 2 - 9, 1)


@dataclass(frozen=True)
class Line:
    name: str
    x: float
    label: Text | None
    title: str


@dataclass(frozen=True)
class Spot:
    """A mark; `more` counts those that found no room of their own and stand behind it."""

    mark: Mark
    x: float
    y: float
    more: int = 0


@dataclass(frozen=True)
class Label:
    text: Text
    spot: Spot


@dataclass(frozen=True)
class TickMark:
    x: float
    clock: str
    day: str


@dataclass
class Drawing:
    """`top` is where the marks begin, `floor` the line of time."""

    width: float
    height: float
    top: float
    floor: float
    window: Window
    summary: str
    bands: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    silences: list[Box] = field(default_factory=list)
    breaks: list[Box] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    ticks: list[TickMark] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        """Those that are in sight, for the legend."""
        return {spot.mark.kind for spot in self.spots}

    @property
    def clock_base(self) -> float:
        return self.floor + 17

    @property
    def day_base(self) -> float:
        return self.floor + 29

    @property
    def break_base(self) -> float:
        return self.floor - 9


def draw(story: Story, zone: tzinfo, *, width: float, window: Window | None = None) -> Drawing | None:
    """None where there is nothing to draw."""
    if not story.moments:
        return None
    return _Pen(story, zone, width, window or Window()).draw()


class _Pen:
    def __init__(self, story: Story, zone: tzinfo, width: float, window: Window) -> None:
        self.story, self.zone, self.width, self.window = story, zone, width, window
        self.axis = Axis(story.moments)

    def x(self, at: datetime) -> float:
        share = (self.axis.share(at) - self.window.left) / self.window.width
        return round(SIDE + share * (self.width - 2 * SIDE), 1)

    def is_in_sight(self, at: datetime) -> bool:
        return self.window.left <= self.axis.share(at) <= self.window.right

    def draw(self) -> Drawing:
        marks = [mark for mark in self.story.marks if self.is_in_sight(mark.at)]
        lines, head = self.lines()
        bands = self.bands(head)
        top = max((band.y + band.height for band in bands), default=head) + 6
        places = self.places(marks)
        labels = self.label_places([mark for mark, _, _ in places])
        rows = max((row + (more > 0) for _, row, more in places), default=0) + 1
        label_rows = max((row for _, _, row in labels), default=-1) + 1
        floor = top + label_rows * LABEL_HEIGHT + rows * MARK + 8
        drawing = Drawing(self.width, floor + FOOT, top, floor, self.window, summary_of(self.story, self.axis))
        drawing.lines, drawing.bands = lines, bands
        drawing.silences, drawing.breaks = self.quiet(top, floor), self.cuts(floor)
        drawing.spots = [Spot(mark, self.x(mark.at), floor - 10 - row * MARK, more) for mark, row, more in places]
        drawing.labels = self.labels(labels, drawing.spots, top)
        drawing.ticks = self.ticks()
        return drawing

    # The incident's instants and what lies between them.

    def lines(self) -> tuple[list[Line], float]:
        """Each with its word above, in as many rows as they need; and where what follows begins."""
        named = [(at, name, WORDS[name]) for name, at in self.story.instants.items()]
        named += [(at, OWN, _short(name, LETTERS)) for name, at in self.story.own.items()]
        rows: list[float] = []
        found = []
        for at, name, word in sorted(one for one in named if self.is_in_sight(one[0])):
            x, row, anchor = self._beside(self.x(at), word, rows)
            label = Text(x, 12 + row * 14, word, anchor) if row < 4 else None
            found.append(Line(name, self.x(at), label, f"{word} {self.clock(at)}"))
        return found, 6 + min(len(rows), 4) * 14.0

    def _beside(self, x: float, words: str, rows: list[float]) -> tuple[float, int, str]:
        """A place for words at x, in the first row where they touch nothing; `rows` holds how far each is filled."""
        length = len(words) * LETTER
        anchor = "end" if x + length + 4 > self.width else "start"
        left = x - length - 4 if anchor == "end" else x + 3
        for row, filled in enumerate(rows):
            if filled < left:
                rows[row] = left + length + 6
                return (x - 3 if anchor == "end" else left), row, anchor
        rows.append(left + length + 6)
        return (x - 3 if anchor == "end" else left), len(rows) - 1, anchor

    def bands(self, y: float) -> list[Box]:
        found = [self._band(stretch, y) for stretch in self.story.stretches]
        impact = self.story.impact
        if impact:
            below = y + BAND + 2 if any(found) else y
            long = in_words(impact[1] - impact[0])
            found.append(self._box("impact", *impact, below, THIN, [f"users felt it for {long}", long]))
        return [band for band in found if band is not None]

    def _band(self, stretch: Stretch, y: float) -> Box | None:
        long = in_words(stretch.ends - stretch.begins)
        return self._box(stretch.name, stretch.begins, stretch.ends, y, BAND, [f"{long} {stretch.words}", long])

    def _box(
        self, name: str, begins: datetime, ends: datetime, y: float, height: float, words: Sequence[str]
    ) -> Box | None:
        left, right = max(self.x(begins), 0.0), min(self.x(ends), self.width)
        if right <= 0 or left >= self.width or right - left < 0.5:
            return None
        fits = next((one for one in words if len(one) * LETTER + 8 <= right - left), "")
        span = f"{words[0]}, {self.clock(begins)} to {self.clock(ends)}"
        return Box(name, left, y, round(right - left, 1), height, fits, span)

    def clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%-d %b %H:%M}"

    # Events.

    def places(self, marks: Iterable[Mark]) -> list[tuple[Mark, int, int]]:
        """The row of each above the line of time; those for whom the rows are full are counted with their neighbour."""
        filled: list[float] = []
        found: list[tuple[Mark, int, int]] = []
        for mark in marks:
            x = self.x(mark.at)
            row = next((row for row, last in enumerate(filled) if x - last >= MARK), len(filled))
            if row < MOST_ROWS:
                filled[row : row + 1] = [x]
                found.append((mark, row, 0))
            else:
                self._count_behind(found, x)
        return found

    def _count_behind(self, found: list[tuple[Mark, int, int]], x: float) -> None:
        """One more that has no room: it is counted above the top row, with those counted beside it."""
        tops = [number for number, (_, row, _) in enumerate(found) if row == MOST_ROWS - 1]
        near = [number for number in tops if found[number][2] and x - self.x(found[number][0].at) < COUNT_APART]
        chosen = (near or tops)[-1]
        mark, row, more = found[chosen]
        found[chosen] = (mark, row, more + 1)

    def label_places(self, marks: Sequence[Mark]) -> list[tuple[Mark, Text, int]]:
        """The words of key moments, and of all where there are few; only where there is room."""
        chosen = [mark for mark in marks if mark.is_key] or (list(marks) if len(marks) <= FEW else [])
        rows: list[float] = []
        found = []
        for mark in chosen:
            at = self.x(mark.at)
            words = _short(mark.text, min(LETTERS_IF_WIDE if self.width >= WIDE else LETTERS, self._letters_beside(at)))
            before = list(rows)
            x, row, anchor = self._beside(at, words, rows)
            if row < LABEL_ROWS:
                found.append((mark, Text(x, 0, words, anchor), row))
            else:
                rows = before
        return found

    def _letters_beside(self, x: float) -> int:
        """How many fit on the roomier side, after the star and a space."""
        return int((max(x, self.width - x) - 8) / LETTER) - 3

    def labels(self, places: Sequence[tuple[Mark, Text, int]], spots: Sequence[Spot], top: float) -> list[Label]:
        by_mark = {id(spot.mark): spot for spot in spots}
        found = []
        for mark, text, row in places:
            if spot := by_mark.get(id(mark)):
                found.append(Label(Text(text.x, top + 11 + row * LABEL_HEIGHT, text.words, text.anchor), spot))
        return found

    # Where nothing happened.

    def quiet(self, top: float, floor: float) -> list[Box]:
        cut = {(piece.begins, piece.ends) for piece in self.axis.breaks}
        found = []
        for begins, ends in silences([mark.at for mark in self.story.marks]):
            if any(begins <= left and right <= ends for left, right in cut):
                continue
            long = in_words(ends - begins)
            found.append(self._box("silence", begins, ends, floor - MARK, MARK, [f"{long} without an entry", long]))
        return [box for box in found if box is not None]

    def cuts(self, floor: float) -> list[Box]:
        found = []
        for piece in self.axis.breaks:
            long = in_words(piece.ends - piece.begins)
            box = self._box("break", piece.begins, piece.ends, floor - 6, 12.0, [long])
            if box is not None:
                found.append(box)
        return found

    # The clock below.

    def ticks(self) -> list[TickMark]:
        pixels = self.width - 2 * SIDE
        found: list[TickMark] = []
        day, last = "", -TICK_APART
        for tick in self.axis.ticks(self.window, self.zone, pixels=pixels, apart=TICK_APART):
            x = self.x(tick.at)
            if x - last < TICK_APART * 0.75 or not 16 <= x <= self.width - 16:
                continue
            shown = f"{tick.at.astimezone(self.zone):%-d %b}"
            found.append(TickMark(x, "" if tick.is_day else _clock(tick, self.zone), shown if shown != day else ""))
            day, last = shown, x
        return found


def _clock(tick: Tick, zone: tzinfo) -> str:
    local = tick.at.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def summary_of(story: Story, axis: Axis) -> str:
    """The drawing in words, for whoever does not see it; the list below has every event."""
    count = len(story.marks)
    said = [f"{count} event{'' if count == 1 else 's'} on a line of time"]
    said += [f"{in_words(one.ends - one.begins)} {one.words}" for one in story.stretches]
    cut = sum((piece.ends - piece.begins for piece in axis.breaks), timedelta())
    if cut:
        said.append(f"{in_words(cut)} in which nothing happened are cut out")
    return "; ".join(said) + "."
