"""From a read document to an incident with its post-mortem."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.db import connection, transaction

from actions.commands import add_action, add_link, finish_action
from actions.models import Action
from core.errors import DomainError
from incidents.commands import add_instant, report_incident
from incidents.models import Incident, Severity
from integrations.documents import ReadAction, ReadEvent, Reading, read
from integrations.documents.actions import plain_action
from integrations.documents.columns import apart
from integrations.documents.source import clean, decode
from integrations.errors import AlreadyImported, NotImportable
from integrations.fitting import (
    Fitted,
    fitted,
    impact_for,
    key_for,
    kind_for,
    person_named,
    place_of_work,
    services_for,
    severity_for,
    times_for,
)
from integrations.models import ImportDraft, ImportedDocument
from live.commands import add_text, announce, replace_text
from people.models import Team, User
from people.record import put_on_record
from postmortems.commands import add_cause, open_postmortem
from postmortems.history.keeping import Reason, keep_revision
from postmortems.models import Postmortem, Revision, Section, SectionRole, Template, TimelineEvent

MOST_EVENTS = 2000
MOST_ACTIONS = 500
LONGEST_EVENT = 4000
LONGEST_TITLE = 200
LONGEST_ACTION = 300
LONGEST_CAUSE = 300
LONGEST_EVIDENCE = 1000
FULL_TIMELINE = "Timeline, in full"


@dataclass(frozen=True)
class Correction:
    """What the person who imports says instead of the document; None leaves it to the document."""

    title: str | None = None
    severity: int | None = None
    is_restricted: bool = False
    kind: str | None = None
    is_near_miss: bool | None = None
    went_unusually_well: bool | None = None
    left_out: frozenset[str] = frozenset()  # names of facts, as Reading.without takes them


def fingerprint_of(text: str) -> str:
    """The same for the same words, however the lines end and whatever blanks trail."""
    lines = "\n".join(line.rstrip() for line in clean(text)[0].strip().split("\n"))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_bytes(data: bytes, name: str) -> tuple[str, Reading]:
    """The text of a file and what it says. Raises NotReadable."""
    text, warnings = decode(data)
    reading = read(text, name)
    reading.warnings[:0] = warnings
    return text, reading


def draft_import(data: bytes | str, *, by: User, source_name: str) -> ImportDraft:
    """Keep an uploaded or pasted text until its owner has looked at what was found. Raises NotReadable."""
    text, warnings = decode(data) if isinstance(data, bytes) else clean(data)
    read(text, source_name)
    return ImportDraft.objects.create(owner=by, source_name=short_name(source_name), text=text, warnings=warnings)


def short_name(name: str) -> str:
    return PurePath(name.replace("\\", "/")).name[-300:].replace("\x00", "") or "pasted text"


@transaction.atomic
def import_postmortem(
    reading: Reading,
    *,
    by: User,
    source_name: str,
    text: str,
    team: Team | None = None,
    correction: Correction | None = None,
) -> Postmortem:
    """Create an incident, its post-mortem, timeline and actions from what was read; all of it or nothing.

    Raises AlreadyImported, which names the incident, when the same text came before, and NotImportable with the
    reasons when it cannot be placed.
    """
    fingerprint = fingerprint_of(text)
    _refuse_twice(fingerprint)
    _refuse_too_much(reading)
    correction = correction or Correction()
    reading = reading.without(correction.left_out)
    incident = _incident(reading, by=by, team=team or _team_of(by), correction=correction)
    template = Template.objects.suited_to(incident)
    if template is None:
        raise NotImportable("There is no template yet: a facilitator makes one in the admin.")
    postmortem = open_postmortem(incident, template=template, by=by, is_imported=True)
    sections = fitted(reading.sections)
    sections += _add_events(postmortem, reading, by=by, source_name=source_name)
    _write_sections(postmortem, sections, by=by)
    _add_causes(postmortem, reading, by=by)
    _add_actions(postmortem, reading, by=by, source_name=source_name)
    ImportedDocument.objects.create(
        incident=incident, source_name=short_name(source_name), fingerprint=fingerprint, text=text,
        warnings=reading.warnings, imported_by=by,
    )  # fmt: skip
    put_on_record(postmortem, "postmortem.imported", by=by, source=short_name(source_name))
    keep_revision(postmortem, Reason(Revision.Kind.OPENED, f"Imported from {short_name(source_name)}"[:120], by))
    return postmortem


@transaction.atomic
def confirm_draft(draft: ImportDraft, *, by: User, team: Team, correction: Correction) -> Postmortem:
    """Import a draft and put it away. Raises what import_postmortem raises, and then keeps the draft."""
    reading = read(draft.text, draft.source_name)
    reading.warnings[:0] = draft.warnings
    postmortem = import_postmortem(
        reading, by=by, source_name=draft.source_name, text=draft.text, team=team, correction=correction
    )
    draft.delete()
    return postmortem


def _refuse_twice(fingerprint: str) -> None:
    # Two people may bring the same file at once: the second waits here until the first is done.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [fingerprint])
    known = ImportedDocument.objects.filter(fingerprint=fingerprint).select_related("incident").first()
    if known is not None:
        raise AlreadyImported(known.incident)


def _refuse_too_much(reading: Reading) -> None:
    if len(reading.timeline) > MOST_EVENTS or len(reading.actions) > MOST_ACTIONS:
        raise NotImportable(
            f"This is no single post-mortem: it has {len(reading.timeline)} timeline entries and "
            f"{len(reading.actions)} "
            f"actions; at most {MOST_EVENTS} and {MOST_ACTIONS} can be taken over."
        )


def _team_of(by: User) -> Team:
    team = Team.objects.of(by).first() or Team.objects.first()  # type: ignore[attr-defined]
    if team is None:
        raise NotImportable("There is no team yet that could answer for the incident: make one in the admin first.")
    return team


def _incident(reading: Reading, *, by: User, team: Team, correction: Correction) -> Incident:
    title = correction.title or reading.title
    severity = correction.severity or severity_for(reading.severity)
    if severity is None:
        severity = Severity.SEV3
        reading.warnings.append("No severity is stated that we know: it was recorded as SEV-3.")
    times, late_notes = times_for(reading)
    impact, odd_notes = impact_for(reading)
    reading.warnings += late_notes + odd_notes
    try:
        incident = report_incident(
            by=by, title=title[:LONGEST_TITLE], severity=severity, team=team, is_restricted=correction.is_restricted,
            kind=correction.kind or kind_for(title, reading.kind), impact=impact,
            services=services_for(reading), **times, **_marks(reading, correction),
        )  # fmt: skip
    except DomainError as error:
        raise NotImportable(*error.reasons) from error
    for name, stated in reading.own_instants.items():
        add_instant(incident, by=by, name=name, at=stated.value)
    return incident


def _marks(reading: Reading, correction: Correction) -> dict[str, Any]:
    """What the person says of these; where they say nothing, what the document says."""
    said = {name: getattr(correction, name) for name in ("is_near_miss", "went_unusually_well")}
    return {name: getattr(reading, name) if value is None else value for name, value in said.items()}


def _add_causes(postmortem: Postmortem, reading: Reading, *, by: User) -> None:
    for cause in reading.causes:
        add_cause(postmortem, by=by, text=_short(cause.text, LONGEST_CAUSE), kind=cause.kind)


def _add_events(postmortem: Postmortem, reading: Reading, *, by: User, source_name: str) -> list[Fitted]:
    """The timeline in one go. Answers with a section for what is longer than an entry may be."""
    long = [event.text for event in reading.timeline if len(event.text) > LONGEST_EVENT]
    TimelineEvent.objects.bulk_create(
        _event(event, TimelineEvent(postmortem=postmortem, position=position, added_by=by), source_name)
        for position, event in enumerate(reading.timeline)
    )
    announce(postmortem.room, "timelineChanged")
    return [Fitted(FULL_TIMELINE, "\n\n".join(long), SectionRole.OTHER)] if long else []


def _event(event: ReadEvent, row: TimelineEvent, source_name: str) -> TimelineEvent:
    told = apart(event.text)
    row.occurred_at, row.kind = event.at, event.kind
    row.text, row.who, row.effect = _short(told.text, LONGEST_EVENT), told.who, told.effect
    row.source = f"{short_name(source_name)}{f': {event.stamp}' if event.stamp else ''}"[:500]
    return row


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _write_sections(postmortem: Postmortem, sections: list[Fitted], *, by: User) -> None:
    """Words go where the template asks for them, under the document's own titles; the rest gets sections of its own."""
    ours = list(postmortem.sections.all())
    free = {section.role: section for section in reversed(ours) if section.role != SectionRole.OTHER}
    taken = {section.key for section in ours}
    filled: set[str] = set()
    for position, part in enumerate(sections, start=1):
        section = free.pop(part.role, None)
        if section is None:
            section = Section(postmortem=postmortem, key=key_for(part.title, taken), role=part.role)
            taken.add(section.key)
        section.title, section.position = part.title[:120] or "Imported", position
        is_new = section.pk is None
        section.save()
        filled.add(section.key)
        text = part.text if len(part.title) <= 120 else f"{part.title}\n\n{part.text}"
        if is_new:
            add_text(postmortem.room, section.key, text)
        else:
            replace_text(postmortem.room, section.key, text, base_version=None, by=by)
    for position, section in enumerate((one for one in ours if one.key not in filled), start=len(sections) + 1):
        section.position = position
        section.save(update_fields=["position", "updated_at"])


def _add_actions(postmortem: Postmortem, reading: Reading, *, by: User, source_name: str) -> None:
    people = list(User.objects.able_to_own())
    for action in reading.actions:
        owner = person_named(action.owner, people)
        try:
            with transaction.atomic():
                added = _add_action(postmortem, action, owner=owner, by=by)
        except DomainError:  # Whoever may not see a restricted incident cannot own what comes out of it.
            added = _add_action(postmortem, action, owner=None, by=by)
        if action.done:
            evidence = action.url or f"Marked as done in {short_name(source_name)}"
            finish_action(added, by=by, evidence=evidence[:LONGEST_EVIDENCE], was_before=True)


def _add_action(postmortem: Postmortem, action: ReadAction, *, owner: User | None, by: User) -> Action:
    title = plain_action(action.title)
    notes = [action.title] if title != action.title or len(title) > LONGEST_ACTION else []
    notes += [action.details] if action.details else []
    notes += [f"Owner in the document: {action.owner}"] if action.owner and owner is None else []
    added = add_action(
        postmortem, by=by, title=_short(title, LONGEST_ACTION), owner=owner, due_on=action.due_on,
        description="\n\n".join(notes), is_accepted=True,
    )  # fmt: skip
    if action.url and place_of_work(action.url):
        add_link(added, by=by, url=action.url)
    return added
