"""The ledger of an action, told as its story: one sentence an entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from actions.models import Action, Hierarchy, Horizon, Purpose
from people.models import RecordEntry, Team, User


@dataclass(frozen=True)
class Line:
    """One entry as a person reads it; `reason` is what was given for it."""

    at: datetime
    by: User | None
    words: str
    reason: str
    is_by_mail: bool = False


def story_of(action: Action) -> list[Line]:
    """Who did what to it and why, the latest first."""
    entries = list(RecordEntry.objects.about(action).select_related("by"))
    names = Names.of(entries)
    return [_line(Entry(entry.verb, entry.details, names), entry) for entry in entries]


def _line(told: "Entry", entry: RecordEntry) -> Line:
    words = SENTENCES[entry.verb](told) if entry.verb in SENTENCES else told.fallback
    reason = str(entry.details.get("reason") or told.after("blocked_reason") or "")
    return Line(entry.at, entry.by, words, reason, entry.details.get("via") == "mail")


@dataclass(frozen=True)
class Names:
    people: Mapping[int, User]
    teams: Mapping[int, Team]

    @classmethod
    def of(cls, entries: list[RecordEntry]) -> "Names":
        people, teams = set(), set()
        for entry in entries:
            for side in ("before", "after"):
                people |= {_side(entry.details, side, name) for name in ("owner", "waits_for")}
                teams.add(_side(entry.details, side, "waits_for_team"))
        return cls(_in_bulk(User, people), _in_bulk(Team, teams))


def _in_bulk(model: Any, keys: set[Any]) -> Any:
    wanted = {key for key in keys if isinstance(key, int)}
    return model.objects.in_bulk(wanted) if wanted else {}


def _side(details: Mapping[str, Any], side: str, name: str) -> Any:
    """Entries of the first version held the value alone, without the name of its field."""
    value = details.get(side)
    return value.get(name) if isinstance(value, dict) else value


@dataclass(frozen=True)
class Entry:
    verb: str
    details: Mapping[str, Any]
    names: Names

    def before(self, name: str) -> Any:
        return _side(self.details, "before", name)

    def after(self, name: str) -> Any:
        value = self.details.get("after")
        return value.get(name) if isinstance(value, dict) else None

    def owner(self, side: str) -> str:
        return str(self.names.people.get(_side(self.details, side, "owner"), "nobody"))

    def day(self, side: str) -> str:
        day = parse_date(str(_side(self.details, side, "due_on") or "")[:10])
        return date_format(day, "j M Y") if day else "no date"

    @property
    def waits_for(self) -> str:
        person, team = self.after("waits_for"), self.after("waits_for_team")
        return str(self.names.people.get(person) or self.names.teams.get(team) or "somebody")

    @property
    def fallback(self) -> str:
        return self.verb.partition(".")[2].replace("_", " ")


LABELLED: list[Any] = [Action.Priority, Hierarchy, Purpose, Horizon]
NAMES = {"hierarchy": "prevention hierarchy", "purpose": "what it does", "cause": "the cause that it addresses"}


def _edited(entry: Entry) -> str:
    after = entry.details.get("after") or {}
    labels: dict[Any, Any] = {value: label for kind in LABELLED for value, label in kind.choices}
    changed = [
        f"{NAMES.get(name, name)}" + ("" if name == "cause" else f" to “{labels.get(value, value) or 'none'}”")
        for name, value in after.items()
    ]
    return f"changed {', '.join(changed) or 'nothing'}"


def _progressed(entry: Entry) -> str:
    percent, note = entry.after("progress_percent"), entry.after("progress_note")
    share = f"{percent} % done" if percent is not None else ""
    return "noted: " + (": ".join(filter(None, [share, note])) or "no progress to tell of")


def _finished(entry: Entry) -> str:
    waits = entry.after("status") == Action.Status.UNCONFIRMED
    proof = entry.after("evidence") or entry.details.get("evidence", "")
    return f"finished it, with evidence: {proof}" + (" (a second person confirms)" if waits else "")


def _decided(entry: Entry) -> str:
    words = f"decided: finish it by {entry.day('after')}"
    if priority := entry.after("priority"):
        words = f"decided: {Action.Priority(priority).label} priority, and finish it by {entry.day('after')}"
    return f"{words} (was {entry.day('before')})"


SENTENCES: dict[str, Callable[[Entry], str]] = {
    "action.added": lambda entry: "added it",
    "action.over_cap": lambda entry: (
        f"took it on as number {entry.details.get('count')}, where {entry.details.get('most')} are held for enough"
    ),
    "action.accepted": lambda entry: "accepted it",
    "action.declined": lambda entry: f"declined it; it went to {entry.owner('after')}",
    "action.started": lambda entry: "started it",
    "action.blocked": lambda entry: f"said it is blocked: it waits for {entry.waits_for}",
    "action.unblocked": lambda entry: "went on with it: it is no longer blocked",
    "action.progressed": _progressed,
    "action.finished": _finished,
    "action.confirmed": lambda entry: "confirmed that it is done",
    "action.dropped": lambda entry: "decided to drop it" if entry.details.get("is_decision") else "dropped it",
    "action.decided": _decided,
    "action.reopened": lambda entry: "took it up again",
    "action.reassigned": lambda entry: f"handed it from {entry.owner('before')} to {entry.owner('after')}",
    "action.rescheduled": lambda entry: f"moved it from {entry.day('before')} to {entry.day('after')}",
    "action.edited": _edited,
    "action.linked": lambda entry: f"linked {entry.details.get('label')}",
    "action.unlinked": lambda entry: f"took away the link to {entry.details.get('label')}",
    "action.held": lambda entry: f"said that it still holds after {entry.details.get('after_days')} days",
    "action.failed": lambda entry: (
        f"said that it no longer holds: {Action.REFERENCE_PREFIX}-{entry.details.get('follower')} stands in its place"
    ),
}
