"""The five phases from an incident to the end of its follow-up, told by the record. Pure.

A phase is what the instants and the post-mortem's status say, never something that a person sets: whoever notes that the
incident is mitigated has moved it on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DRAFT, IN_REVIEW, PUBLISHED, CLOSED = "draft", "in_review", "published", "closed"


class Phase(StrEnum):
    RESPOND = "respond"
    RESOLVE = "resolve"
    COOL_DOWN = "cool_down"
    POSTMORTEM = "postmortem"
    FOLLOW_UP = "follow_up"
    DONE = "done"


ORDER = [Phase.RESPOND, Phase.RESOLVE, Phase.COOL_DOWN, Phase.POSTMORTEM, Phase.FOLLOW_UP]
NAMES = {
    Phase.RESPOND: "Respond",
    Phase.RESOLVE: "Resolve",
    Phase.COOL_DOWN: "Cool down",
    Phase.POSTMORTEM: "Post-mortem",
    Phase.FOLLOW_UP: "Follow up",
}
ASKS = {
    Phase.RESPOND: "Stop what users feel, tell those it concerns, and note what you see and do as you go.",
    Phase.RESOLVE: "Deal with the cause, check that it holds, and note when it was resolved.",
    Phase.COOL_DOWN: "Let feelings settle. Gather logs and chats, draft the timeline, and set the meeting.",
    Phase.POSTMORTEM: "Meet, find out why it could happen, and agree on actions that have an owner and a date.",
    Phase.FOLLOW_UP: "Bring the actions to their end, check that each is live and helps, then close.",
    Phase.DONE: "All is done.",
}
NOT_ASKED_FOR = "It was decided that this incident needs no post-mortem. The decision stays on record."


@dataclass(frozen=True)
class Facts:
    """What phases follow from. `status` is that of the post-mortem, empty where there is none."""

    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    cool_until: datetime | None = None
    meeting_at: datetime | None = None
    status: str = ""
    published_at: datetime | None = None
    closed_at: datetime | None = None
    is_needed: bool = True


@dataclass(frozen=True)
class Step:
    """`at` is when a phase that is over ended; `state` is past, current, coming or skipped."""

    key: Phase
    name: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True)
class Course:
    phase: Phase
    asks: str
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        return NAMES.get(self.phase, "Done")


def course_of(facts: Facts, *, now: datetime) -> Course:
    phase = phase_of(facts, now=now)
    is_over = phase == Phase.DONE and not facts.is_needed
    return Course(phase, NOT_ASKED_FOR if is_over else ASKS[phase], tuple(_steps(facts, phase)))


def phase_of(facts: Facts, *, now: datetime) -> Phase:
    if facts.resolved_at is None:
        return Phase.RESOLVE if facts.mitigated_at else Phase.RESPOND
    if facts.status == CLOSED or not facts.is_needed:
        return Phase.DONE
    if facts.status == PUBLISHED:
        return Phase.FOLLOW_UP
    return Phase.POSTMORTEM if _is_reviewed(facts, now) else Phase.COOL_DOWN


def _is_reviewed(facts: Facts, now: datetime) -> bool:
    """People meet, or write and have cooled down: the calendar alone begins no post-mortem."""
    has_met = facts.meeting_at is not None and facts.meeting_at <= now
    is_cool = facts.cool_until is None or facts.cool_until <= now
    return facts.status == IN_REVIEW or has_met or (bool(facts.status) and is_cool)


def _steps(facts: Facts, phase: Phase) -> Iterator[Step]:
    ends = {
        Phase.RESPOND: facts.mitigated_at or facts.resolved_at,
        Phase.RESOLVE: facts.resolved_at,
        Phase.POSTMORTEM: facts.published_at,
        Phase.FOLLOW_UP: facts.closed_at,
    }
    place = ORDER.index(phase) if phase in ORDER else len(ORDER)
    for number, key in enumerate(ORDER):
        is_skipped = not facts.is_needed and number >= ORDER.index(Phase.COOL_DOWN)
        state = "skipped" if is_skipped else "past" if number < place else "current" if number == place else "coming"
        yield Step(key, NAMES[key], state, ends.get(key) if state == "past" else None)
