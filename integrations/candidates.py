"""What a draft of a timeline holds, as its owner sees it: each line that was read, with what they chose for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from integrations.models import TimelineDraft
from integrations.timelines import Entry
from integrations.timelines.moments import written
from integrations.timelines.reading import folded
from people.models import User
from postmortems.models import Postmortem, TimelineEvent

# Of more events than this nothing is taken until somebody has chosen: that is a log, not a timeline.
MOST_TAKEN_UNASKED = 150
SAME_MINUTE = timedelta(seconds=60)


@dataclass
class Candidate:
    """One line of a draft. `left_out` says why it was not offered as an event; `is_there`: the timeline has it."""

    fingerprint: str
    at: datetime | None
    text: str
    who: str
    kind: str
    source: str
    left_out: str
    is_taken: bool
    is_there: bool = False
    is_edited: bool = False
    person: User | None = None

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "occurred_at": self.at,
            "text": self.text,
            "who": self.who,
            "kind": self.kind,
            "source": self.source,
            "fingerprint": self.fingerprint,
        }

    def get_kind_display(self) -> str:
        return str(TimelineEvent.Kind(self.kind).label)


@dataclass
class Day:
    on: date | None
    candidates: list[Candidate]


def as_stored(entry: Entry) -> dict[str, str]:
    return {
        "fingerprint": entry.fingerprint,
        "at": written(entry.at) if entry.at else "",
        "text": entry.text,
        "who": entry.who,
        "kind": entry.kind,
        "source": entry.source,
        "left_out": entry.left_out,
    }


class People:
    """The members that a name, an address or a handle can only mean, looked up for many at once."""

    def __init__(self, people: Iterable[User]) -> None:
        self.named: dict[str, User | None] = {}
        for person in people:
            local = person.email.split("@")[0]
            for name in {person.name, person.name.replace(" ", ""), person.email, local, local.replace(".", " ")}:
                known = name.casefold()
                self.named[known] = None if known in self.named else person

    def of(self, who: str) -> User | None:
        return self.named.get(who.strip().lstrip("@").casefold())


class Candidates:
    """Everything in a draft, in order."""

    def __init__(self, draft: TimelineDraft) -> None:
        self.draft = draft
        self.people = People(User.objects.able_to_own())

    @cached_property
    def all(self) -> list[Candidate]:
        there = _There(self.draft.postmortem)
        found = [self._candidate(stored) for stored in self.draft.candidates]
        events = [one for one in found if not one.left_out]
        for one in found:
            one.is_there = there.has(one)
            chosen = self.draft.choice(one.fingerprint).get("take")
            unasked = not one.left_out and len(events) <= MOST_TAKEN_UNASKED
            one.is_taken = one.at is not None and not one.is_there and (unasked if chosen is None else chosen)
        return found

    @property
    def events(self) -> list[Candidate]:
        return [one for one in self.all if not one.left_out or one.is_edited]

    @property
    def left_out(self) -> list[Candidate]:
        return [one for one in self.all if one.left_out and not one.is_edited]

    @property
    def taken(self) -> list[Candidate]:
        return [one for one in self.all if one.is_taken]

    def named(self, fingerprint: str) -> Candidate | None:
        return next((one for one in self.all if one.fingerprint == fingerprint), None)

    def _candidate(self, stored: dict[str, str]) -> Candidate:
        edits = self.draft.choice(stored["fingerprint"]).get("edits", {})
        facts = {**stored, **edits}
        person = self.people.of(facts["who"])
        at = parse_datetime(facts["at"]) if facts["at"] else None
        return Candidate(
            stored["fingerprint"], at, facts["text"], person.name if person else facts["who"], facts["kind"],
            facts["source"], stored["left_out"], is_taken=False, is_edited=bool(edits), person=person,
        )  # fmt: skip


def by_days(candidates: Iterable[Candidate]) -> list[Day]:
    """As the reader's clock has them; those whose time is unknown come last."""
    days: list[Day] = []
    for one in sorted(candidates, key=lambda one: (one.at is None, one.at.timestamp() if one.at else 0)):
        on = timezone.localtime(one.at).date() if one.at else None
        if not days or days[-1].on != on:
            days.append(Day(on, []))
        days[-1].candidates.append(one)
    return days


class _There:
    """What the timeline holds already, by fingerprint, or because somebody wrote the same by hand."""

    def __init__(self, postmortem: Postmortem) -> None:
        self.fingerprints: set[str] = set()
        self.words: dict[str, list[datetime]] = {}
        for fingerprint, at, text in postmortem.timeline_events.values_list("fingerprint", "occurred_at", "text"):
            self.fingerprints.add(fingerprint)
            if at:
                self.words.setdefault(folded(text), []).append(at)

    def has(self, one: Candidate) -> bool:
        if one.fingerprint in self.fingerprints:
            return True
        at = one.at
        return at is not None and any(abs(at - other) < SAME_MINUTE for other in self.words.get(folded(one.text), ()))
