"""A post-mortem for leadership: page one stands alone, then the whole document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from postmortems.exporting.around import InPrint
from postmortems.exporting.document import Document
from postmortems.exporting.fonts import fonts_for
from postmortems.exporting.front_page import front_page
from postmortems.exporting.moments import Moment
from postmortems.exporting.pictures import pictures_for
from postmortems.exporting.sandbox import Limits, Report, render_pdf
from postmortems.exporting.words import chunks, with_headings_below
from postmortems.lane import Mark, Story, draw, in_print

SHEETS = ["tokens.css", "pdf.css"]
# The width of the page between its margins, in CSS pixels.
LANE_WIDTH = 640


@dataclass(frozen=True)
class TimelineRow:
    """`utc_day` is set where the day in UTC is another than the one the row stands under."""

    moment: Moment
    local: datetime | None
    utc: datetime | None
    utc_day: date | None


@dataclass(frozen=True)
class TimelineTable:
    """One day, or a piece of a very long one; `day` is None for events whose time nobody knows."""

    day: date | None
    is_continued: bool
    rows: Sequence[TimelineRow]


def as_pdf(document: Document, *, report: Report, limits: Limits | None = None) -> bytes:
    """Raises NotRenderable, with a sentence for the reader, when the document passes a limit."""
    html = html_of(document)
    fonts = fonts_for(html)
    return render_pdf(
        html,
        sheets=[fonts.sheet, *(_sheet(name) for name in SHEETS)],
        fonts=fonts.files,
        pictures=pictures_for(html),
        base_url=document.address or f"{settings.SITE_URL}/",
        report=report,
        limits=limits,
    )


def _sheet(name: str) -> str:
    return Path(settings.BASE_DIR, "static", "css", name).read_text(encoding="utf-8")


def html_of(document: Document) -> str:
    sections = [
        replace(section, text=with_headings_below(0, section.text, lift=True))
        for section in document.sections
        if not section.is_printed_elsewhere
    ]
    with timezone.override(document.zone):
        return render_to_string(
            "postmortems/exports/document.html",
            {
                "document": document,
                "front": front_page(document),
                "around": InPrint(document),
                "sections": sections,
                # A section of that name holds what people say about the timeline.
                "events_title": "Events" if "Timeline" in (section.title for section in sections) else "Timeline",
                "tables": list(timeline_tables(document)),
                "drawing": draw(lane_story(document), document.zone, width=LANE_WIDTH),
                "sheet": in_print.sheet(),
                "is_utc": str(document.zone) in ("UTC", "Etc/UTC"),
            },
        )


def lane_story(document: Document) -> Story:
    marks = [
        Mark(moment.occurred_at, moment.text, moment.kind, moment.is_key, moment.who)
        for moment in document.timeline
        if moment.occurred_at is not None
    ]
    instants = {instant.name: instant.at for instant in document.incident.instants if instant.at is not None}
    return Story(marks, instants, {one.name: one.at for one in document.own_instants})


def timeline_tables(document: Document) -> Iterator[TimelineTable]:
    rows = [_row(moment, document) for moment in document.timeline]
    for day, group in groupby(rows, key=lambda row: row.local.date() if row.local else None):
        for index, piece in enumerate(chunks(list(group))):
            yield TimelineTable(day, is_continued=index > 0, rows=piece)


def _row(moment: Moment, document: Document) -> TimelineRow:
    if moment.occurred_at is None:
        return TimelineRow(moment, None, None, None)
    local, utc = moment.occurred_at.astimezone(document.zone), moment.occurred_at.astimezone(UTC)
    return TimelineRow(moment, local, utc, utc.date() if utc.date() != local.date() else None)
