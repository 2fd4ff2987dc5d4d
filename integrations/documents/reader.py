"""A document, read: the one way in."""

import re
from collections import defaultdict
from dataclasses import replace

from . import details, marks, source, words
from .actions import Found, find_actions
from .blocks import parse
from .causes import find_causes
from .columns import apart
from .dialects import Document, to_markdown
from .event_kinds import event_kind_of
from .impact import impact_of
from .instants import instants_of, is_start_detection, own_instants_of
from .labels import pairs_of
from .reading import NotReadable, ReadEvent, Reading, ReadSection
from .regions import Walk
from .sections import KEPT, cut, residue
from .timeline import Run, events_of, find_timeline
from .updates import find_updates

AS_WRITTEN = "Times as written:"
LEFT_OVER = "Left over from the original"
FRONT_MATTER = "Document settings"


def read(data: bytes | str, name: str = "") -> Reading:
    """Read a post-mortem. `name` is the file's name: its ending and its date may help.

    Raises NotReadable with a sentence for the person. Every word of the document is in what is returned: what has
    no better place stands in a section.
    """
    if isinstance(data, bytes):
        text, warnings = source.decode(data)
    else:
        if len(data) > source.LARGEST_BYTES:
            raise NotReadable("This text is too long to be a post-mortem.")
        text, warnings = source.clean(data)
        if not text.strip():
            raise NotReadable("There is no text here.")
    document = to_markdown(text, name)
    reading = _Reader(document, name).run()
    reading.warnings[:0] = warnings
    _keep_the_rest(f"{document.front}\n{document.text}" if document.is_markup_words else text, reading)
    return reading


class _Reader:
    def __init__(self, document: Document, name: str) -> None:
        self.document = document
        self.lines = document.text.split("\n")
        blocks = parse(self.lines)
        self.title, title_line = details.title_of(document.pairs, blocks, name)
        self.walk = Walk(blocks, self.lines, title_line)
        self.pairs = pairs_of(self.walk, document.pairs)
        self.context = details.context_of(document.text, self.title, name, document.pairs, self.pairs)
        self.warnings: list[str] = []

    def run(self) -> Reading:
        runs = find_timeline(self.walk, self.context)
        if not runs and (updates := find_updates(self.walk, self.context)):
            runs = [updates]
        consumed = set().union(*(run.consumed for run in runs))
        found = find_actions(self.walk, self.context, consumed)
        notes = self._notes(runs, found, consumed)
        events = [replace(event, kind=_kind_of(event)) for event in events_of(runs)]
        span = details.span_of(self.pairs, self.walk, events, self.context)
        for one in found:
            consumed.update(range(one.start, one.end))
        stated = instants_of(self.pairs, events, span, self.context)
        self._warn(runs, span)
        if is_start_detection(self.pairs, span, self.context):
            # Both at once would say that it was noticed in no time, which nobody wrote.
            stated.pop("detected_at", None)
            self.warnings.append(
                "No start is stated: the time of detection stands for it, and that of detection is left open."
            )
        sections = cut(self.walk, consumed, notes)
        if self.document.front:
            sections.append(ReadSection(FRONT_MATTER, f"```yaml\n{self.document.front}\n```"))
        return Reading(
            self.title, span.started_at, span.resolved_at,
            details.severity_of(self.pairs, self.title, self.document.text),
            events, [one.action for one in found], sections, self.warnings,
            kind=marks.kind_of(self.pairs),
            is_near_miss=marks.is_near_miss(self.pairs, self.title),
            went_unusually_well=marks.went_unusually_well(self.pairs),
            instants=stated,
            own_instants=own_instants_of(self.pairs, events, self.context),
            impact=impact_of(self.pairs, self.walk),
            causes=find_causes(self.walk),
        )  # fmt: skip

    def _notes(self, runs: list[Run], found: list[Found], consumed: set[int]) -> dict[int, list[str]]:
        """What events and actions could not carry, as texts for the section they were taken from."""
        left: dict[int, list[str]] = defaultdict(list)
        notes: dict[int, list[str]] = defaultdict(list)
        for run in runs:
            taken = "\n".join(self.lines[number] for number in sorted(run.consumed))
            stamps = " · ".join(entry.stamp.written for entry in run.entries if entry.stamp and entry.stamp.is_exact)
            texts = "\n".join(entry.text for entry in run.entries)
            where = notes[min(run.consumed)]
            if stamps:
                where.append(f"{AS_WRITTEN} {stamps}")
            if rest := residue(taken, f"{texts}\n{stamps}"):
                where.append(f"{KEPT} {rest}")
        for one in found:
            if one.action.details and "\n" in one.action.details:
                head = re.sub(r"^\s*(?:#{1,6}|[-*+]|\d+[.)])\s+", "", self.lines[one.start]).strip()
                notes[one.start].append(f"{head}\n\n{one.action.details}")
            else:
                left[self._home(one.start)].append(self._rest_of(one))
        for start, rests in left.items():
            if kept := " · ".join(filter(None, rests)):
                notes[start].append(f"{KEPT} {kept}")
        return notes

    def _home(self, line: int) -> int:
        return max((region.start for region in self.walk.regions if region.start <= line), default=0)

    def _rest_of(self, one: Found) -> str:
        return residue("\n".join(self.lines[one.start : one.end]), f"{one.action.title} {one.action.owner}")

    def _warn(self, runs: list[Run], span: details.Span) -> None:
        events = [entry for run in runs for entry in run.entries]
        clocked = [entry for entry in events if entry.at]
        if (
            clocked
            and any(run.context.zone is None for run in runs)
            and any(entry.stamp and entry.stamp.zone is None for entry in clocked)
        ):
            self.warnings.append("No time zone is stated: the times were taken as UTC.")
        if unknown := len(events) - len(clocked):
            self.warnings.append(
                f"{unknown} of {len(events)} timeline entries have no time that could be understood; it is kept "
                f"in their text."
            )
        if days := sum(bool(entry.at and entry.stamp and not entry.stamp.has_clock) for entry in events):
            self.warnings.append(f"{days} timeline entries name a day without a time; they stand at its midnight.")
        if span.is_day_only:
            self.warnings.append(
                "Only the day of the incident could be told, not the hour; it starts at midnight here."
            )
        if span.is_guess:
            self.warnings.append(
                "Start or end of the incident was taken from the first and last entries of the timeline."
            )


def _kind_of(event: ReadEvent) -> str:
    row = apart(event.text)
    return row.kind or event_kind_of(row.text)


def _keep_the_rest(text: str, reading: Reading) -> None:
    lost = words.missing(text, words.kept_text(reading))
    if not lost:
        return
    stretches = "\n".join(f"- {stretch}" for _, stretch in lost)
    reading.sections.append(ReadSection(LEFT_OVER, stretches))
    count = sum(len(stretch.split()) for _, stretch in lost)
    reading.warnings.append(f"{count} words had no place of their own and stand in the section “{LEFT_OVER}”.")
