"""The document in its reading order: units of text, each in the region whose title stands above it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .blocks import Block, is_definitions
from .meanings import Meaning, meaning_of, plain, promises_actions
from .stamps import Stamp, read_stamp


@dataclass
class Region:
    """A stretch of the document under one title: a heading, a bold line, or the label of a list item."""

    title: str
    level: int
    start: int
    meaning: Meaning
    parent: "Region | None" = None

    @property
    def root(self) -> "Region":
        """The region that gives this one its meaning: the nearest with one of its own."""
        region = self
        while region.meaning is Meaning.NONE and region.parent is not None:
            region = region.parent
        return region

    @property
    def purpose(self) -> Meaning:
        return self.root.meaning


@dataclass
class Unit:
    """One thing that could be an entry or an action. `lead` is its first text, `below` what hangs under it."""

    kind: str  # heading, item, line, row, code, text, table
    region: Region
    start: int
    end: int
    lead: str
    depth: int = 0
    below: list[Block] = field(default_factory=list)
    stamp: Stamp | None = None
    block: Block | None = None
    is_ordered: bool = False
    promised: bool = False
    is_told: bool = False  # an item of a timeline that names its moment in words: "**Recovery:** …"


LABEL_LEVEL = 8
BOLD_LEVEL = 7
_BOLD_LINE = re.compile(
    r"^\s*(?P<mark>\*\*\*|\*\*|__|\*|_|<b>|<strong>|<u>)(?P<title>[^\n]{1,110}?)(?:\*\*\*|\*\*|__|\*|_|</b>|</strong>|</u>)\s*[:：]?\s*$"
)
_LABEL = re.compile(
    r"^\s*(?P<mark>\*\*|__|<b>|<strong>)(?P<title>[^*_\n<]{2,60}?)(?P<colon>[:：]?)\s*(?:\*\*|__|</b>|</strong>)\s*(?P<after>[:：]|[-–—]\s|$|\n)?\s*(?P<rest>[\s\S]*)$"
)
_PLAIN_LABEL = re.compile(r"^\s*(?P<title>[^\n:：.!?|`]{2,60}?)\s*[:：]\s*(?:$|\n(?P<rest>[\s\S]*))")


class Walk:
    """One pass over the blocks that says, for every unit, in which region it stands."""

    def __init__(self, blocks: list[Block], lines: list[str], title_line: int | None) -> None:
        self.lines = lines
        self.title_line = title_line
        self.top = Region("", 0, 0, Meaning.NONE)
        self.region = self.top
        self.units: list[Unit] = []
        self.regions = [self.top]
        self.promise_for_next = False
        self._blocks(blocks, depth=0)
        self.region_at = {region.start: region for region in reversed(self.regions[1:])}

    def _blocks(self, blocks: list[Block], depth: int) -> None:
        for block in blocks:
            promised, self.promise_for_next = self.promise_for_next, False
            match block.kind:
                case "heading":
                    self._heading(block)
                case "paragraph":
                    self._paragraph(block, depth)
                case "list":
                    for item in block.children:
                        self._item(item, block, depth, promised=promised)
                case "table":
                    self._add("table", block, "")
                case "code":
                    self._add("code", block, block.text)
                case "quote":
                    self._add("quote", block, "")
                case "html" | "rule":
                    self._add("text", block, block.text)

    def _add(self, kind: str, block: Block, lead: str, **more: object) -> Unit:
        unit = Unit(kind, self.region, block.start, block.end, lead, block=block, **more)  # type: ignore[arg-type]
        self.units.append(unit)
        return unit

    def _open(self, title: str, level: int, line: int, meaning: Meaning) -> None:
        self._close(level)
        self.region = Region(title, level, line, meaning, self.region)
        self.regions.append(self.region)

    def _close(self, level: int) -> None:
        while self.region.parent is not None and self.region.level >= level:
            self.region = self.region.parent

    def _heading(self, block: Block) -> None:
        if block.start == self.title_line:
            self._close(BOLD_LEVEL)
            return
        stamp = read_stamp(block.text)
        self._close(BOLD_LEVEL)
        is_entry = stamp is not None and (
            stamp.has_clock or self.region.purpose is Meaning.TIMELINE or not block.text[stamp.end :].strip()
        )
        if is_entry and stamp and stamp.has_clock and self.region.purpose is Meaning.TIMELINE:
            self.region = self.region.root  # a time on the level of its own timeline is a slip of the hash key
        else:
            self._close(block.level)
        if is_entry:
            self._add("heading", block, block.text, depth=block.level, stamp=stamp)
            return
        is_phase = self.region.purpose is Meaning.TIMELINE and _PHASE.search(block.text)
        self._open(block.text, block.level, block.start, Meaning.NONE if is_phase else meaning_of(block.text))
        self._add("title", block, block.text, depth=block.level)

    def _paragraph(self, block: Block, depth: int) -> None:
        text = block.text
        if is_definitions(text):
            self._add("definitions", block, text)
            return
        if title := self._bold_title(text):
            meaning = meaning_of(title)
            self._open(title, BOLD_LEVEL, block.start, meaning)
            self._add("title", block, text, depth=BOLD_LEVEL)
            return
        first, _, rest = text.partition("\n")
        label = _PLAIN_LABEL.match(first + "\n") or self._bold_start(first)
        if label and _is_label(label["title"]):
            self._open(label["title"], BOLD_LEVEL, block.start, meaning_of(label["title"]))
            self._add("title", Block("title", block.start, block.start + 1), first, depth=BOLD_LEVEL)
            if rest:
                self._lines(Block("paragraph", block.start + 1, block.end, rest), depth)
            return
        self.promise_for_next = promises_actions(text)
        self._lines(block, depth)

    def _bold_start(self, first: str) -> re.Match[str] | None:
        match = _LABEL.match(first)
        return match if match and not match["rest"].strip() else None

    def _bold_title(self, text: str) -> str | None:
        match = _BOLD_LINE.match(text)
        if match is None or match["mark"] in match["title"].strip(match["mark"]):
            return None
        title = match["title"]
        stamp = read_stamp(title)
        if stamp is not None or len(plain(title).split()) > 12 or title.rstrip().endswith((".", "。", "?", "!")):
            return None
        if match["mark"] in {"*", "_"} and not (_is_label(title) and len(title.split()) <= 4):
            return None
        return title

    def _lines(self, block: Block, depth: int) -> None:
        """A paragraph is one unit, or as many as it has lines that start with a time of their own."""
        rows = block.text.split("\n")
        stamps = [read_stamp(row) for row in rows] if len(rows) < 3000 else []
        starts = [number for number, stamp in enumerate(stamps) if stamp and not (stamp.is_prose and number)]
        if len(starts) < 2:
            stamp = stamps[0] if stamps else None
            self._add("line", block, block.text, depth=depth, stamp=stamp)
            return
        bounds = [*([0] if starts[0] else []), *starts, len(rows)]
        for begin, end in pairwise(bounds):
            part = Block("paragraph", block.start + begin, block.start + end, "\n".join(rows[begin:end]))
            self._add("line", part, part.text, depth=depth, stamp=stamps[begin])

    def _item(self, item: Block, parent: Block, depth: int, *, promised: bool) -> None:
        lead = item.lead
        label = self._item_label(lead, item)
        if label and self.region.purpose is Meaning.TIMELINE and self._are_moments(label[0], parent):
            self._add("item", item, lead, depth=depth, below=item.below, is_told=True)
            return
        if (label is not None and self.region.purpose is not Meaning.ACTIONS) or (
            label and depth == 0 and self._ends_actions(label[0])
        ):
            title, rest = label
            self._open(title, LABEL_LEVEL, item.start, meaning_of(title))
            self._add("title", Block("title", item.start, item.start + 1), lead, depth=LABEL_LEVEL)
            if rest.strip():
                self._add(
                    "line",
                    Block("paragraph", item.start, item.start + 1),
                    rest,
                    depth=depth + 1,
                    stamp=read_stamp(rest),
                )
            self._blocks(item.below, depth + 1)
            return
        unit = Unit(
            "item", self.region, item.start, item.end, lead, depth=depth, below=item.below,
            stamp=read_stamp(lead), block=item, is_ordered=parent.is_ordered, promised=promised,
        )  # fmt: skip
        nested = [child for block in item.below if block.kind == "list" for child in block.children]
        stamped = [child for child in nested if read_stamp(child.lead)]
        if (
            nested
            and len(stamped) >= max(1, len(nested) / 2)
            and not (unit.stamp and unit.stamp.has_clock and len(stamped) < 2)
        ):
            # The item only says the day or the phase; what happened stands one step further in.
            unit.end = item.below[0].start
            unit.below = []
            self.units.append(unit)
            self._blocks(item.below, depth + 1)
            return
        self.units.append(unit)

    def _are_moments(self, title: str, items: Block) -> bool:
        """Whether a labelled item of a timeline is an entry; without a time only where the timeline has no others."""
        if not _tells_moment(title):
            return False
        is_told = any(unit.region is self.region and (unit.stamp or unit.kind == "table") for unit in self.units)
        return _have_times(items) or (not is_told and _are_named(items))

    def _ends_actions(self, title: str) -> bool:
        return self.region.level == LABEL_LEVEL and meaning_of(title) is not Meaning.ACTIONS

    def _item_label(self, lead: str, item: Block) -> tuple[str, str] | None:
        """A list item that is a heading in disguise: "**Impact**: …", "Timeline:" with items below."""
        if read_stamp(lead) is not None:
            return None
        if (match := _LABEL.match(lead)) and (match["colon"] or match["after"] is not None):
            return match["title"], match["rest"]
        nested = any(block.kind in {"list", "table", "code"} for block in item.below)
        if nested and "\n" not in lead:
            title = lead.strip().rstrip(":：").strip()
            if _is_label(title) and ":" not in title:
                return title, ""
        return None


_PHASE = re.compile(r"^\W*(?:phase|stage|part) \d|\b\d{1,2}:\d{2}\b", re.I)
_RELATIVE = re.compile(r"^\W*T\s?[+\-−]")
_NO_MOMENT = re.compile(
    r"^\W*(?:impact(?! (?:st|be|en))|notes?|duration|(?:mean )?time (?:to|between)|mt?t[a-z]\b|severity|status|"
    r"root cause(?! (?:id|fou|det))|summary|links?|references?)\b",
    re.I,
)


def _tells_moment(title: str) -> bool:
    return not _NO_MOMENT.match(title) and meaning_of(title) is not Meaning.ACTIONS


def _have_times(items: Block) -> bool:
    """Whether most items of a list begin with a time or have one behind their label."""
    told = 0
    for item in items.children:
        label = _LABEL.match(item.lead)
        stamp = read_stamp(item.lead) or (read_stamp(label["rest"]) if label else None)
        told += bool(stamp or _RELATIVE.match(item.lead))
    return len(items.children) > 1 and told * 2 >= len(items.children)


def _are_named(items: Block) -> bool:
    """Whether a list tells steps by a name each: "**Detection:** the crane …"."""
    labels = [_LABEL.match(item.lead) for item in items.children]
    return len(labels) > 2 and all(
        label and label["rest"].strip() and _tells_moment(label["title"]) for label in labels
    )


def label_of(lead: str) -> tuple[str, str]:
    """The bold words that a text starts with, and what follows them."""
    match = _LABEL.match(lead)
    return (match["title"].strip(), match["rest"].strip()) if match else ("", lead)


def _is_label(title: str) -> bool:
    """A few words that name a thing, not a sentence that happens to end in a colon."""
    named = meaning_of(title) in {Meaning.TIMELINE, Meaning.ACTIONS}
    return (
        named
        and len(title.split()) <= 6
        and not re.search(r"\b(?:is|are|was|were|to|should|following|we)\b", title, re.I)
    )


def code_lines(unit: Unit, lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines of a code block with their numbers, the fence left out."""
    for number in range(unit.start, unit.end):
        if not re.match(r"^\s*(?:```|~~~)", lines[number]):
            yield number, lines[number]
