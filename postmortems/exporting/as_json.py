"""A post-mortem for machines. docs/exports.md describes every field; a changed meaning raises VERSION."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.embeds import with_embeds_as_text
from incidents.durations import Duration
from postmortems.exporting.around import InFile
from postmortems.exporting.document import ActionLine, AttachmentLine, Document, Fact, ThreadLine
from postmortems.exporting.moments import Moment

FORMAT = "debrief.postmortem"
VERSION = 1


def as_json(document: Document) -> bytes:
    return (json.dumps(payload(document), ensure_ascii=False, indent=2) + "\n").encode()


def payload(document: Document) -> dict[str, Any]:
    around = InFile(document)
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": _plain(document.made_at),
        "organisation": {"name": document.organisation, "time_zone": str(document.zone)},
        "incident": _incident(document),
        "postmortem": {
            "status": document.status,
            "opened_at": _plain(document.opened_at),
            "published_at": _plain(document.published_at),
            "closed_at": _plain(document.closed_at),
            "draft_shared_at": _plain(document.draft_shared_at),
            "meeting_at": _plain(document.meeting_at),
            "meeting_place": document.meeting_place,
            "meeting_by": _plain(document.clocks.meeting_by),
            "publish_by": _plain(document.clocks.publish_by),
            "address": document.address,
            "authors": document.authors,
            "published_anyway": document.published_anyway or None,
        },
        "reviews": [
            {
                "reviewer": one.name,
                "state": one.state,
                "answered_at": _plain(one.answered_at),
                "words": one.words or None,
            }
            for one in document.reviewers
        ],
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "role": section.role,
                "text": with_embeds_as_text(section.text, around),
            }
            for section in document.sections
        ],
        "timeline": [_moment(moment) for moment in document.timeline],
        "observations": [
            {"text": one.text, "kind": one.kind, "about": one.about or None} for one in document.observations
        ],
        "causes": [asdict(cause) for cause in document.causes],
        "candidates": [asdict(candidate) for candidate in document.candidates],
        "actions": [_action(action) for action in document.actions],
        "threads": [_thread(thread) for thread in document.threads],
        "people": [{"name": person.name, "role": person.role} for person in document.people],
        "attachments": [_attachment(attachment) for attachment in document.attachments],
        "versions": [
            {"number": one.number, "name": one.name, "kind": one.kind, "at": _plain(one.at), "by": one.by or None}
            for one in document.versions
        ],
        "related": [
            {"reference": one.reference, "title": one.title, "why": one.why, "started_at": _plain(one.started_at)}
            for one in document.related
        ],
        "agenda": [
            {"title": point.title, "note": point.note, "minutes": point.minutes} for point in document.agenda.points
        ],
    }


def _incident(document: Document) -> dict[str, Any]:
    incident = document.incident
    return {
        "reference": incident.reference,
        "number": document.number,
        "title": incident.title,
        "kind": incident.kind,
        "severity": incident.severity,
        "severity_name": incident.severity_name,
        "severity_definition": incident.severity_definition,
        "services": incident.services,
        "team": incident.team,
        "is_restricted": incident.is_restricted,
        "is_near_miss": incident.is_near_miss,
        "summary": incident.summary,
        "own_times": [{"name": one.name, "at": _plain(one.at)} for one in document.own_instants],
        "durations": [_duration(one) for one in document.durations.durations],
        "times": {instant.name: _plain(instant.at) for instant in incident.instants},
        "impact": {"currency": document.currency} | _impact(document.impact),
    }


def _duration(one: Duration) -> dict[str, Any]:
    """`seconds` is null where it is unknown; `unknown_because` then says why."""
    missing = ", ".join(one.missing)
    return {
        "name": one.definition.short,
        "definition": one.definition.sentence,
        "from": one.definition.begins,
        "to": one.definition.ends,
        "seconds": _plain(one.value),
        "unknown_because": one.contradiction or (f"not noted: {missing}" if missing else None),
    }


def _impact(facts: list[Fact]) -> dict[str, Any]:
    """A duration is told in seconds under a name that says so."""
    names = {"duration": "duration_seconds"}
    return {names.get(fact.name, fact.name): _plain(fact.value) for fact in facts}


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "occurred_at": _plain(moment.occurred_at),
        "text": moment.text,
        "who": moment.who,
        "kind": moment.kind,
        "is_key": moment.is_key,
        "effect": moment.effect,
        "source": moment.source,
    }


def _action(action: ActionLine) -> dict[str, Any]:
    return {
        "reference": action.reference,
        "title": action.title,
        "description": action.description,
        "owner": action.owner or None,
        "due_on": _plain(action.due_on),
        "priority": action.priority,
        "status": action.status,
        "cause": action.cause or None,
        "hierarchy": action.hierarchy or None,
        "purpose": action.purpose or None,
        "horizon": action.horizon or None,
        "days_overdue": action.days_overdue,
        "evidence": action.evidence,
        "finished_at": _plain(action.finished_at),
        "drop_reason": action.drop_reason,
        "dropped_by": action.dropped_by or None,
    }


def _thread(thread: ThreadLine) -> dict[str, Any]:
    return {
        "section": thread.section,
        "quote": thread.quote or None,
        "opened_by": thread.opened_by,
        "opened_at": _plain(thread.opened_at),
        "resolved_at": _plain(thread.resolved_at),
        "resolved_by": thread.resolved_by or None,
        "comments": [
            {
                "author": comment.author,
                "at": _plain(comment.at),
                "text": comment.text,
                "edited_at": _plain(comment.edited_at),
                "withdrawn_at": _plain(comment.withdrawn_at),
            }
            for comment in thread.comments
        ],
    }


def _attachment(attachment: AttachmentLine) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "name": attachment.name,
        "content_type": attachment.kind,
        "size_bytes": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
        "sha256": attachment.sha256,
        "address": attachment.address,
        "uploaded_by": attachment.uploaded_by,
        "uploaded_at": _plain(attachment.uploaded_at),
    }


def _plain(value: Any) -> Any:
    """Instants in UTC, decimals as text (JSON's own numbers round them), durations in seconds."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case timedelta():
            return int(value.total_seconds())
    return value
