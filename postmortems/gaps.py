"""What a timeline leaves open, as questions to the room: kind ones, for nobody is at fault for what nobody wrote down."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from core.dates import in_words

# A silence is worth a question from here on, where it is also a good part of the whole and far longer than usual.
SHORTEST_SILENCE = timedelta(minutes=10)
SHARE_OF_ALL = 0.12
TIMES_THE_USUAL = 3
MOST_SILENCES = 5
LATE_ACKNOWLEDGED = timedelta(minutes=10)
LATE_ESCALATION = timedelta(minutes=30)
A_MOMENT = timedelta(minutes=1)
FAR = timedelta(days=1)


def silences(moments: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """The long waits between two events, in order of time; `moments` are in order."""
    waits = [(later - earlier, earlier, later) for earlier, later in pairwise(moments)]
    if not waits:
        return []
    usual = sorted(wait for wait, _, _ in waits)[len(waits) // 2]
    least = max(SHORTEST_SILENCE, (moments[-1] - moments[0]) * SHARE_OF_ALL)
    if len(waits) > 3:
        least = max(least, usual * TIMES_THE_USUAL)
    longest = sorted((wait for wait in waits if wait[0] >= least), reverse=True)[:MOST_SILENCES]
    return sorted((earlier, later) for _, earlier, later in longest)


class Fact(Protocol):
    """An event as the questions see it: one of the lane's marks."""

    @property
    def at(self) -> datetime: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Fill:
    """An instant of the incident that an event may stand for."""

    name: str
    label: str
    at: datetime


@dataclass(frozen=True)
class Question:
    """`key` stays the same for as long as the same thing is asked; `place` is the row it is about, `fill` a likely answer.

    `question` has a slot {at} where an instant is told in the reader's zone: that of `at`.
    """

    key: str
    question: str
    place: str = ""
    at: datetime | None = None
    fill: Fill | None = None


@dataclass(frozen=True)
class Told:
    """A timeline and its incident's instants; `facts` are in the order of time."""

    facts: Sequence[Fact]
    instants: Mapping[str, datetime]

    def of_kind(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]


def questions(told: Told) -> list[Question]:
    """In the order in which the room would come to them."""
    if not told.facts:
        return []
    found = [question for ask in ASKERS for question in ask(told)]
    return sorted(found, key=lambda one: (one.at is None, one.at or told.facts[0].at))


def _of_silences(told: Told) -> Iterator[Question]:
    for earlier, later in silences([fact.at for fact in told.facts]):
        before = next(fact for fact in reversed(told.facts) if fact.at == earlier)
        after = next(fact for fact in told.facts if fact.at == later)
        yield Question(
            f"silence:{before.name}:{after.name}",
            f"From {{at}} on, {in_words(later - earlier)} pass without an entry. What was tried, watched or waited for?",
            after.name,
            earlier,
        )


def _of_hand_offs(told: Told) -> Iterator[Question]:
    detected = told.instants.get("detected_at")
    acknowledged = told.instants.get("acknowledged_at")
    if detected and acknowledged and acknowledged - detected >= LATE_ACKNOWLEDGED:
        yield Question(
            "late:acknowledged",
            f"{in_words(acknowledged - detected)} lie between detected, {{at}}, and acknowledged. "
            "What did the signal have to pass through to reach somebody?",
            at=detected,
        )
    first = next(iter(told.of_kind("escalation")), None)
    if detected and first and first.at - detected >= LATE_ESCALATION:
        yield Question(
            f"late:escalation:{first.name}",
            f"More people were called {in_words(first.at - detected)} after detection, {{at}}. "
            "What would have made it easy to call them earlier?",
            first.name,
            first.at,
        )


def _of_detection(told: Told) -> Iterator[Question]:
    detected, reported = told.instants.get("detected_at"), told.instants.get("first_report_at")
    first = told.facts[0]
    if detected and detected + A_MOMENT < first.at:
        yield Question(
            "detected:before",
            "Detection, {at}, comes before the first event. What was it that somebody, or something, noticed?",
            first.name,
            detected,
        )
    if detected and reported and reported < detected:
        yield Question(
            "detected:after-report",
            f"Users told us {in_words(detected - reported)} before we noticed, {{at}}. What could have shown it to us first?",
            at=reported,
        )


def _of_resolution(told: Told) -> Iterator[Question]:
    resolved = told.instants.get("resolved_at")
    if resolved is None:
        return
    before = [fact for fact in told.facts if fact.at <= resolved]
    if not any(fact.kind in ("mitigation", "recovery", "action") for fact in before):
        yield Question(
            "resolved:no-mitigation",
            "It was resolved at {at}; nothing on the timeline says what was done. What made it stop?",
            at=resolved,
        )
    if not any(fact.kind == "decision" for fact in before):
        yield Question(
            "resolved:no-decision",
            "No decision is on the timeline before it was resolved, {at}. "
            "Which choices were made on the way, and what else was considered?",
            at=resolved,
        )


def _of_strays(told: Told) -> Iterator[Question]:
    begins, ends = told.instants.get("started_at"), told.instants.get("resolved_at")
    for fact in told.facts:
        if (begins and fact.at < begins - FAR) or (ends and fact.at > ends + FAR):
            away = begins - fact.at if begins and fact.at < begins else fact.at - (ends or fact.at)
            side = "before the incident began" if begins and fact.at < begins else "after it was resolved"
            yield Question(
                f"outside:{fact.name}",
                f"“{_short(fact.text)}” stands at {{at}}, {in_words(away)} {side}. Is the day right?",
                fact.name,
                fact.at,
            )


def _of_nobody(told: Told) -> Iterator[Question]:
    nameless = [fact for fact in told.facts if fact.kind in ("action", "decision", "escalation") and not fact.who]
    if nameless:
        first = nameless[0]
        others = f", and {len(nameless) - 1} more like it" if len(nameless) > 1 else ""
        yield Question(
            f"who:{first.name}",
            f"“{_short(first.text)}”, {{at}}{others}: who or what did it? It helps to know whom to ask how it looked from there.",
            first.name,
            first.at,
        )


# Which event may stand for an instant that nobody has filled in yet: by its kind, or by what it says.
HINTS: list[tuple[str, str, str, str]] = [
    (
        "first_report_at",
        "first user report",
        "",
        r"\b(customers?|users?|support)\b.*\b(report|call|complain|write|ticket)",
    ),
    ("detected_at", "detected", "detection", r"\b(alert|alarm|monitor\w*|pager|paged)\b"),
    (
        "acknowledged_at",
        "acknowledged",
        "",
        r"\b(acknowledg\w*|takes? (?:it|the (?:alert|page|call))|took (?:it|the))\b",
    ),
    ("understood_at", "understood", "diagnosis", r"\b(cause (?:is )?found|understood|root cause)\b"),
    ("mitigated_at", "mitigated", "mitigation", r"\b(mitigat\w*|users? (?:are|is) (?:fine|back))\b"),
    ("resolved_at", "resolved", "recovery", r"\b(resolved|recovered|all clear|back to normal)\b"),
]


def _of_unknowns(told: Told) -> Iterator[Question]:
    for name, label, kind, pattern in HINTS:
        if name in told.instants:
            continue
        says = re.compile(pattern, re.IGNORECASE)
        likely = [fact for fact in told.facts if (kind and fact.kind == kind) or says.search(fact.text)]
        if not likely:
            continue
        # The end of something is told by the last of its kind, all else by the first.
        fact = likely[-1] if name == "resolved_at" else likely[0]
        yield Question(
            f"unknown:{name}:{fact.name}",
            f"The timeline says “{_short(fact.text)}” at {{at}}; “{label}” is still empty. Is this it?",
            fact.name,
            fact.at,
            Fill(name, label, fact.at),
        )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59].rstrip()}…"


ASKERS: list[Callable[[Told], Iterator[Question]]] = [
    _of_detection, _of_unknowns, _of_hand_offs, _of_silences, _of_resolution, _of_strays, _of_nobody,
]  # fmt: skip
