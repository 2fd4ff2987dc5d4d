"""Naming the document as it is, and bringing back what it was: always as a change of today, never by erasing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from live.commands import replace_text, texts_of
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.commands.timeline import add_event, edit_event, remove_event
from postmortems.errors import NotBringable
from postmortems.history.keeping import Reason, keep_revision
from postmortems.history.kinds import TimelineRows
from postmortems.history.rows import Row
from postmortems.history.states import State, state_of
from postmortems.models import Postmortem, Revision, TimelineEvent

TIMELINE = "timeline"
EVENT_FIELDS = list(TimelineRows.fields)


@transaction.atomic
def name_revision(postmortem: Postmortem, name: str, *, by: User) -> Revision:
    """Keep the document as it is now under a name. A closed one too: it is looked at, not changed."""
    revision = keep_revision(postmortem, Reason(Revision.Kind.NAMED, name, by))
    assert revision is not None  # noqa: S101 - only `only_if_changed` answers None
    put_on_record(postmortem, "postmortem.version_named", by=by, number=revision.number, name=name)
    return revision


@dataclass(frozen=True)
class TimelinePlan:
    """What bringing back a timeline means for each event."""

    added: list[Row] = field(default_factory=list)
    reset: list[tuple[TimelineEvent, Row]] = field(default_factory=list)
    removed: list[TimelineEvent] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.reset or self.removed)


@dataclass(frozen=True)
class Plan:
    """What bringing back a revision would change now: the keys of sections, and the timeline."""

    sections: list[str]
    timeline: TimelinePlan

    @property
    def parts(self) -> list[str]:
        return [*self.sections, *([TIMELINE] if self.timeline else [])]


def plan_of(postmortem: Postmortem, state: State) -> Plan:
    """Sections that the document had then and has now, where their words differ; and the timeline."""
    texts = texts_of(postmortem.room)
    had = {heading.key for heading in state.headings}
    sections = [
        section.key
        for section in postmortem.sections.all()
        if section.key in had and texts.get(section.key, "") != state.text(section.key)
    ]
    return Plan(sections, _timeline_plan(postmortem, state))


def _timeline_plan(postmortem: Postmortem, state: State) -> TimelinePlan:
    """Events are known by their number; one that was brought back before has another, and is known by what it says."""
    wanted = {row.key: row for row in state.rows.get(TIMELINE, [])}
    here = {event.pk: event for event in postmortem.timeline_events.all()}
    both = [(here.pop(key), wanted.pop(key)) for key in list(wanted) if key in here]
    missing: list[Row] = []
    for row in wanted.values():
        twin = next((key for key, event in here.items() if _values(event) == _kept_values(row)), None)
        if twin is None:
            missing.append(row)
        else:
            del here[twin]
    reset = [(event, row) for event, row in both if _values(event) != _kept_values(row)]
    return TimelinePlan(missing, reset, list(here.values()))


def _values(event: TimelineEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in EVENT_FIELDS}


def _kept_values(row: Row) -> dict[str, Any]:
    at = row.values.get("occurred_at")
    return {name: row.values.get(name, "") for name in EVENT_FIELDS} | {
        "occurred_at": parse_datetime(at) if at else None,
        "is_key": bool(row.values.get("is_key")),
    }


@transaction.atomic
def bring_back(revision: Revision, parts: Collection[str], *, base_version: int | None, by: User) -> Revision | None:
    """Write sections (by key) and the timeline (`timeline`) as they stood in a revision, as a change of today.

    What others typed since `base_version` stays. Kept first: the document as it was before, so that this too can be
    taken back. Actions and facts stay as they are. Answers with the revision that holds the result, None when nothing
    had to be changed. Raises NotMovable when the post-mortem is closed, VersionTooOld, and NotBringable for a part that
    the revision or the document does not have.
    """
    postmortem = Postmortem.objects.select_related("room", "incident__team").get(pk=revision.postmortem_id)
    refuse_when_closed(postmortem, "bring anything back")
    state = state_of(revision)
    plan = plan_of(postmortem, state)
    _refuse_unknown(postmortem, state, list(parts))
    wanted = [part for part in plan.parts if part in parts]
    if not wanted:
        return None
    keep_revision(postmortem, Reason(), only_if_changed=True)
    for key in wanted:
        if key != TIMELINE:
            replace_text(postmortem.room, key, state.text(key), base_version=base_version, by=by)
    if TIMELINE in wanted:
        _bring_back_timeline(postmortem, plan.timeline, by=by)
    put_on_record(postmortem, "postmortem.brought_back", by=by, number=revision.number, parts=wanted)
    return keep_revision(postmortem, Reason(Revision.Kind.BROUGHT_BACK, _name(revision), by))


def _refuse_unknown(postmortem: Postmortem, state: State, parts: list[str]) -> None:
    known = {section.key for section in postmortem.sections.all()} & {heading.key for heading in state.headings}
    if unknown := [part for part in parts if part not in known and part != TIMELINE]:
        raise NotBringable(*(f"There is no section “{part}” in both: nothing was brought back." for part in unknown))


def _bring_back_timeline(postmortem: Postmortem, plan: TimelinePlan, *, by: User) -> None:
    for event in plan.removed:
        remove_event(event, by=by)
    for row in plan.added:
        add_event(postmortem, by=by, position=row.values.get("position"), **_kept_values(row))
    for event, row in plan.reset:
        edit_event(event, by=by, seen={}, wanted=_kept_values(row))


def _name(revision: Revision) -> str:
    what = f"“{revision.name}”" if revision.name else f"version {revision.number}"
    return f"Brought back from {what}"[:120]
