"""The blocks of the records kept here and below: the timeline, and the impact of the incident."""

from datetime import UTC

from django.template.loader import render_to_string

from postmortems.blocks import Block, Records, register
from postmortems.exporting.document import unknown_among
from postmortems.exporting.moments import Moment


def register_blocks() -> None:
    register(Block("timeline", _timeline_html, _timeline_text))
    register(Block("impact", _impact_html, _impact_text))


def _timeline_html(records: Records) -> str:
    return render_to_string("postmortems/blocks/timeline.html", {"timeline": records.timeline})


def _timeline_text(records: Records) -> str:
    return "\n".join(_line(moment) for moment in records.timeline) or "No event is noted yet."


def _line(moment: Moment) -> str:
    at = f"{moment.occurred_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment.occurred_at else "time unknown"
    who = f" ({moment.who})" if moment.who else ""
    star = "★ " if moment.is_key else ""
    return f"- {at}: {star}{' '.join(moment.text.split())}{who}"


def _impact_html(records: Records) -> str:
    known = [fact for fact in records.impact if fact.is_known]
    return render_to_string(
        "postmortems/blocks/impact.html", {"known": known, "unknown": unknown_among(records.impact)}
    )


def _impact_text(records: Records) -> str:
    lines = [f"- {fact.label}: {' '.join(fact.text.split())}" for fact in records.impact if fact.is_known]
    unknown = unknown_among(records.impact)
    return "\n".join(lines + ([f"- Unknown: {', '.join(unknown)}"] if unknown else []))
