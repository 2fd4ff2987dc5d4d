"""From files to events on a timeline, by way of a draft that its owner looks over."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from incidents.models import Incident
from integrations.candidates import Candidates, as_stored
from integrations.commands.documents import short_name
from integrations.errors import DraftGone, NotTakeable
from integrations.models import TimelineDraft, TimelineDraftFile
from integrations.timelines import Entry, Reading, Setting, read_upload, setting_with_lists
from integrations.timelines.archives import LARGEST_FILE, MB
from integrations.timelines.folding import in_order
from people.models import User
from postmortems.commands import add_events
from postmortems.models import Postmortem, TimelineEvent

MOST_FILES = 20
MOST_CANDIDATES = 5000
# How far around an incident's own times an export is read: it was talked about before it was recorded, and after.
BEFORE, AFTER = timedelta(days=1), timedelta(days=2)
UNENDED = timedelta(days=3)


@dataclass(frozen=True)
class Brought:
    name: str
    content: bytes


def draft_timeline(postmortem: Postmortem, files: Sequence[Brought], *, by: User, zone: str) -> list[str]:
    """Keep what was brought, with what its owner has brought before, and read all of it.

    Returns a sentence for each file that could not be read and was not kept. Raises NotTakeable when none could be.
    """
    known = setting_with_lists(_setting(postmortem, zone, None), [one.content for one in files])
    readings = [(one, _read(postmortem, one.name, one.content, known)) for one in files]
    problems = [
        f"{short_name(one.name)}: {warning}"
        for one, found in readings
        if not _is_read(found)
        for warning in found.warnings
    ]
    kept = [(one, found) for one, found in readings if _is_read(found)]
    if not kept:
        raise NotTakeable(*problems)
    with transaction.atomic():
        draft = _own_draft(postmortem, by, zone)
        for one, found in kept:
            _keep(draft, one, found)
        _refuse_too_much(draft)
        _read_all(draft)
    return problems


def _is_read(found: Reading) -> bool:
    return found.kind != "unknown"


def _own_draft(postmortem: Postmortem, by: User, zone: str) -> TimelineDraft:
    TimelineDraft.objects.get_or_create(owner=by, postmortem=postmortem, defaults={"zone": zone})
    draft = TimelineDraft.objects.select_for_update().get(owner=by, postmortem=postmortem)
    draft.zone = zone
    return draft


def _keep(draft: TimelineDraft, one: Brought, found: Reading) -> None:
    sha256 = hashlib.sha256(one.content).hexdigest()
    TimelineDraftFile.objects.get_or_create(
        draft=draft,
        sha256=sha256,
        defaults={"name": short_name(one.name), "kind": found.kind, "content": one.content},
    )


def _refuse_too_much(draft: TimelineDraft) -> None:
    files = draft.files.all()
    if len(files) > MOST_FILES or sum(len(file.content) for file in files) > LARGEST_FILE:
        raise NotTakeable(
            f"Together that is more than {MOST_FILES} files or {LARGEST_FILE // MB} MB: take what is here first, then bring the rest."
        )


@transaction.atomic
def read_again(draft: TimelineDraft, *, zone: str, channel: str, is_whole: bool, day: date | None) -> TimelineDraft:
    """Read the same files in another zone, on another day where they name none, or another channel of them. Choices stay
    with the lines that are the same, whatever their time is now."""
    draft = _locked(draft)
    before = list(draft.candidates)
    draft.zone, draft.channel, draft.is_whole = zone, channel if channel in draft.channels else "", is_whole
    draft.day = day
    _read_all(draft)
    _carry_choices(draft, before)
    return draft


def _carry_choices(draft: TimelineDraft, before: Iterable[dict[str, str]]) -> None:
    """A line that only moved in time has another fingerprint, and is the same line to whoever chose it."""
    former = {(one["source"], one["text"]): one for one in before}
    for line in draft.candidates:
        was = former.get((line["source"], line["text"]))
        if was and was["fingerprint"] != line["fingerprint"] and (choice := draft.choice(was["fingerprint"])):
            draft.choices[line["fingerprint"]] = _moved(choice, was)
    draft.save(update_fields=["choices", "updated_at"])


def _moved(choice: dict[str, Any], was: dict[str, str]) -> dict[str, Any]:
    """Whoever worded a line otherwise and left its time alone gets the time that it has now."""
    edits = choice.get("edits", {})
    if "at" in edits and parse_datetime(edits["at"]) == (parse_datetime(was["at"]) if was["at"] else None):
        return {**choice, "edits": {name: value for name, value in edits.items() if name != "at"}}
    return choice


def _read_all(draft: TimelineDraft) -> None:
    files = list(draft.files.all())
    contents = [bytes(file.content) for file in files]
    known = setting_with_lists(_setting(draft.postmortem, draft.zone, draft.day), contents)
    entries: list[Entry] = []
    draft.warnings, draft.channels = [], []
    for file, content in zip(files, contents, strict=True):
        found = _read(draft.postmortem, file.name, content, known, draft)
        entries += found.entries
        draft.warnings += [f"{file.name}: {warning}" for warning in found.warnings]
        if found.channels:
            draft.channels, draft.channel = found.channels, found.channel
    if len(entries) > MOST_CANDIDATES:
        draft.warnings.append(
            f"Only the first {MOST_CANDIDATES:,} of {len(entries):,} lines are shown: bring less at a time."
        )
    draft.is_dayless = bool(known.dayless)
    draft.candidates = _distinct(in_order(entries)[:MOST_CANDIDATES])
    draft.save()


def _distinct(entries: Iterable[Entry]) -> list[dict[str, str]]:
    """One line for each fingerprint: the event where one of the same is left out."""
    found: dict[str, dict[str, str]] = {}
    for entry in entries:
        stored = as_stored(entry)
        if entry.fingerprint not in found or (found[entry.fingerprint]["left_out"] and not entry.left_out):
            found[entry.fingerprint] = stored
    return list(found.values())


def _setting(postmortem: Postmortem, zone: str, day: date | None) -> Setting:
    known = ZoneInfo(zone)
    return Setting(zone=known, day=day or day_of(postmortem.incident, known), begins=postmortem.incident.started_at)


def day_of(incident: Incident, zone: tzinfo) -> date | None:
    """Of which day times are that name none, as long as nobody says otherwise."""
    began = incident.started_at or incident.detected_at
    return began.astimezone(zone).date() if began else None


def _read(
    postmortem: Postmortem, name: str, content: bytes, setting: Setting, draft: TimelineDraft | None = None
) -> Reading:
    incident = postmortem.incident
    channel, is_whole = (draft.channel, draft.is_whole) if draft else ("", False)
    return read_upload(
        BytesIO(content),
        setting.named(short_name(name)),
        choose=lambda calendar: channel if channel in calendar else likely_channel(calendar, incident),
        days=None if is_whole else days_of(incident),
    )


def days_of(incident: Incident) -> tuple[date, date] | None:
    """The days around an incident, in UTC as exports count them; None while nobody knows when it began."""
    began = incident.started_at or incident.detected_at
    if began is None:
        return None
    ended = incident.resolved_at or min(began + UNENDED, timezone.now())
    return (began - BEFORE).date(), (max(ended, began) + AFTER).date()


def likely_channel(calendar: dict[str, list[date]], incident: Incident) -> str:
    """The channel that is named after the incident, else the one of its days that is named like incidents are."""
    days = days_of(incident)
    return max(calendar, key=lambda name: (*_likeness(name, incident), _days_within(calendar[name], days)), default="")


_INCIDENT_LIKE = re.compile(r"(?:^|[-_])(?:inc|incident|sev\d?|outage|warroom|war-room|major)(?:[-_]|\d|$)")


def _likeness(name: str, incident: Incident) -> tuple[bool, int, bool]:
    words = set(re.findall(r"[a-z]{4,}", incident.title.lower()))
    numbers = re.findall(r"\d+", name)
    began = incident.started_at
    is_number = str(incident.number) in numbers or bool(began and f"{began:%Y%m%d}" in "".join(numbers))
    return (
        is_number,
        len(words & set(re.findall(r"[a-z]{4,}", name.lower()))),
        bool(_INCIDENT_LIKE.search(name.lower())),
    )


def _days_within(there: list[date], days: tuple[date, date] | None) -> int:
    return sum(days is None or days[0] <= day <= days[1] for day in there)


@transaction.atomic
def choose_candidates(draft: TimelineDraft, *, shown: Iterable[str], taken: Iterable[str]) -> TimelineDraft:
    """Of the lines that were shown, take these and leave the others."""
    draft, wanted = _locked(draft), set(taken)
    known = {stored["fingerprint"] for stored in draft.candidates}
    for fingerprint in known.intersection(shown):
        draft.choices[fingerprint] = {**draft.choice(fingerprint), "take": fingerprint in wanted}
    draft.save(update_fields=["choices", "updated_at"])
    return draft


@transaction.atomic
def edit_candidate(draft: TimelineDraft, fingerprint: str, *, edits: dict[str, str]) -> TimelineDraft:
    """Word a line otherwise, and take it."""
    draft = _locked(draft)
    draft.choices[fingerprint] = {"take": True, "edits": edits}
    draft.save(update_fields=["choices", "updated_at"])
    return draft


@transaction.atomic
def take_draft(draft: TimelineDraft, *, by: User) -> list[TimelineEvent]:
    """Put what was chosen on the timeline, and put the draft away.

    Raises NotTakeable when nothing is chosen, DraftGone, and NotMovable once the post-mortem is closed; the draft stays then.
    """
    draft = _locked(draft)
    taken = Candidates(draft).taken
    if not taken:
        raise NotTakeable("Nothing is chosen: tick the lines that belong on the timeline.")
    added = add_events(draft.postmortem, [one.facts for one in taken], by=by, source=str(draft))
    draft.delete()
    return added


def discard_timeline(draft: TimelineDraft) -> None:
    draft.delete()


def _locked(draft: TimelineDraft) -> TimelineDraft:
    found = TimelineDraft.objects.select_for_update(of=("self",)).select_related(
        "postmortem__incident", "postmortem__room"
    )
    locked = found.filter(pk=draft.pk).first()
    if locked is None:
        raise DraftGone("This draft has been taken or put away meanwhile.")
    return locked


def edits_of(cleaned: dict[str, Any]) -> dict[str, str]:
    return {**cleaned, "at": cleaned["at"].isoformat()}
