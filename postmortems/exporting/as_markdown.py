"""A post-mortem as one Markdown file: front matter, sections, timeline, actions. Our importer reads it back."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import yaml

from core.dates import in_words
from core.embeds import with_embeds_as_text
from core.mentions import mentions_as_words
from postmortems.exporting.around import InFile
from postmortems.exporting.document import ActionLine, Document, Fact, RelatedLine
from postmortems.exporting.moments import Moment, ObservationLine
from postmortems.exporting.plans import CandidateLine, CauseLine
from postmortems.exporting.signatures import ReviewerLine
from postmortems.exporting.words import with_headings_below
from postmortems.models.templates import Point

SECTION_LEVEL = 2


def as_markdown(document: Document) -> bytes:
    parts = [f"# {document.title}", *_sections(document)]
    parts += ["## Timeline", _timeline(document.timeline)]
    if document.observations:
        parts += ["## Observations", "\n".join(_observation(one) for one in document.observations)]
    if document.causes:
        parts += ["## Causes noted", "\n".join(_cause(one) for one in document.causes)]
    if document.candidates:
        parts += ["## Candidates", "\n".join(_candidate(one) for one in document.candidates)]
    parts += ["## Actions", _actions(document.actions)]
    if document.agenda.points:
        parts += ["## Agenda of the meeting", "\n".join(_point(one) for one in document.agenda.points)]
    if document.related:
        parts += ["## Related incidents", "\n".join(_related(one) for one in document.related)]
    return (_front_matter(document) + "\n" + "\n\n".join(parts) + "\n").encode()


def _front_matter(document: Document) -> str:
    incident = document.incident
    facts: dict[str, Any] = {
        "title": incident.title,
        "incident": incident.reference,
        "severity": f"SEV-{incident.severity}",
        "kind": incident.kind,
        "team": incident.team,
        "services": incident.services,
        "restricted": incident.is_restricted,
        "near_miss": incident.is_near_miss,
        **{instant.name: _instant(instant.at) for instant in incident.instants},
        "own_times": {one.name: _instant(one.at) for one in document.own_instants},
        "durations": {
            one.definition.key: in_words(one.value) if one.value is not None else None
            for one in document.durations.durations
        },
        "impact": {fact.name: _value(fact) for fact in document.impact},
        "status": document.status,
        "meeting_at": _instant(document.meeting_at),
        "published_at": _instant(document.published_at),
        "authors": document.authors,
        "reviewers": [_reviewer(one) for one in document.reviewers],
        "people": [f"{person.name} ({person.role})" for person in document.people],
        "exported_at": _instant(document.made_at),
    }
    if document.attachments:
        facts["attachments"] = [
            {"name": one.name, "address": one.address, "sha256": one.sha256} for one in document.attachments
        ]
    return "---\n" + yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=110) + "---\n"


def _reviewer(one: ReviewerLine) -> str:
    at = f" ({one.answered_at.astimezone(UTC):%Y-%m-%d})" if one.answered_at else ""
    return f"{one.name}, {one.label}{at}"


def _instant(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None


def _value(fact: Fact) -> Any:
    """What YAML can hold; amounts keep their currency and durations their words."""
    return fact.value if isinstance(fact.value, bool | int | None) else fact.text


def _sections(document: Document) -> Iterable[str]:
    around = InFile(document)
    for section in document.sections:
        yield f"{'#' * SECTION_LEVEL} {section.title}"
        if not section.is_empty:
            text = with_embeds_as_text(mentions_as_words(section.text, document.around), around)
            yield _closed(with_headings_below(SECTION_LEVEL, text.strip("\n")))


def _closed(text: str) -> str:
    """A code fence left open by its writer would swallow every section after it."""
    fence = ""
    for line in text.split("\n"):
        start = line.lstrip(" ")
        mark = start[: len(start) - len(start.lstrip(start[:1]))] if start[:1] in ("`", "~") else ""
        if not fence and len(mark) >= 3:
            fence = mark
        elif fence and mark[:1] == fence[0] and len(mark) >= len(fence) and not start.strip(fence[0] + " "):
            fence = ""
    return f"{text}\n{fence}" if fence else text


def _timeline(moments: list[Moment]) -> str:
    return "\n".join(_moment(moment) for moment in moments) or "No event is noted."


def _moment(moment: Moment) -> str:
    time = f"{moment.occurred_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment.occurred_at else "Time unknown"
    facts = [
        ("Who", moment.who),
        ("Kind", moment.kind_label if moment.kind != "other" else ""),
        ("Key moment", "yes" if moment.is_key else ""),
        ("Effect", moment.effect),
        ("Source", moment.source),
    ]
    return _item(f"{time}: {moment.text}", facts)


def _observation(one: ObservationLine) -> str:
    return _item(f"{one.kind_label.capitalize()}: {one.text}", [("About", one.about)])


def _actions(actions: list[ActionLine]) -> str:
    return "\n".join(_action(action) for action in actions) or "No action has been agreed."


def _action(action: ActionLine) -> str:
    facts = [
        ("Reference", action.reference),
        ("Owner", _on_one_line(action)),
        ("About", action.cause),
        ("Prevention hierarchy", action.hierarchy),
        ("What it does", action.purpose),
        ("Evidence", action.evidence),
        ("Dropped by", action.dropped_by),
        ("Reason", action.drop_reason),
        ("Description", action.description),
    ]
    return _item(f"[{'x' if action.status == 'done' else ' '}] {action.title}", facts)


def _on_one_line(action: ActionLine) -> str:
    """Owner, date, priority and status, as readers of such lists expect them: beside one another."""
    due = f"{action.due_on:%Y-%m-%d}" if action.due_on else "no date yet"
    owner = action.owner or "nobody yet"
    return f"{owner}; due: {due}; priority: {action.priority_label}; status: {action.status_label}"


def _cause(cause: CauseLine) -> str:
    return _item(cause.text, [("Kind", cause.kind_label), ("Category", cause.category)])


def _candidate(one: CandidateLine) -> str:
    place = f"impact {one.impact} of 5, effort {one.effort} of 5: {one.quadrant}" if one.impact else ""
    facts = [
        ("Place", place),
        ("About", one.cause),
        ("Prevention hierarchy", one.hierarchy),
        ("What it does", one.purpose),
        ("Taken on as", one.action),
        ("Not taken", f"{one.decided_by}: {one.reason}" if one.state == "not_taken" else ""),
    ]
    return _item(f"{one.number}. {one.text}".replace(". ", "\\. ", 1), facts)


def _point(one: Point) -> str:
    return _item(f"{one.title} ({one.minutes} min)", [("Note", one.note)])


def _related(one: RelatedLine) -> str:
    return _item(f"{one.reference} {one.title}", [("What is alike", one.why)])


def _item(lead: str, facts: list[tuple[str, str]]) -> str:
    """A list item with what belongs to it below, each on its own line and indented as far as Markdown asks."""
    lines = [f"- {_indented(lead, 2)}"]
    lines += [f"  - {label}: {_indented(value, 4)}" for label, value in facts if value]
    return "\n".join(lines)


def _indented(text: str, by: int) -> str:
    return ("\n" + " " * by).join(text.strip().splitlines())
