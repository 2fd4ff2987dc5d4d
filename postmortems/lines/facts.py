"""A typed line as the fields of an event: when, what, who, which kind, a star, an effect, a link."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from postmortems.errors import UnreadableLine
from postmortems.lines.times import Around, read_when
from postmortems.models import TimelineEvent

Kind = TimelineEvent.Kind
LONGEST = 4000
LONGEST_WHO = 120
LONGEST_EFFECT = 300
LONGEST_SOURCE = 500

# The word that a line begins with says its kind to everyone who reads it.
BEGINNINGS = {
    Kind.DETECTION: "alert alerted alarm detected detection noticed monitoring",
    Kind.DIAGNOSIS: "diagnosis diagnosed investigated investigating suspected hypothesis checked found traced",
    Kind.DECISION: "decision decided decide agreed",
    Kind.ESCALATION: "escalation escalated escalate paged called",
    Kind.COMMUNICATION: "communication told announced announcement posted informed wrote asked",
    Kind.ACTION: "action restarted deployed rolled disabled enabled scaled stopped started changed killed rebooted drained",
    Kind.MITIGATION: "mitigation mitigated workaround mitigate",
    Kind.RECOVERY: "recovery recovered resolved restored recover",
}
BY_WORD = {word: kind for kind, words in BEGINNINGS.items() for word in words.split()}
# Who puts a colon behind these names nobody.
NOBODY = {
    "error", "errors", "warning", "warn", "note", "notes", "update", "status", "cause", "fix", "result", "todo",
    "question", "answer", "hypothesis", "impact", "effect", "http", "https", "info", "debug", "fatal", "critical",
    "reason", "summary", "action", "decision", "detection", "diagnosis", "escalation", "communication",
    "mitigation", "recovery", "other", "root", "later", "after", "before", "meanwhile", "then", "and", "but",
    "actual", "expected",
}  # fmt: skip
KIND_TAG = re.compile(r"(?:^|(?<=\s))#([a-z]{3,14})\b", re.IGNORECASE)
STAR = re.compile(r"^\*(?!\*)\s*|(?<=\s)\*$")
AT_NAME = re.compile(r"^@([^\W_][\w.'-]*(?:\s+[^\W\d_][\w'-]*){0,2})")
NAMED = re.compile(r"^(?:who:\s*)([^,;:–]{1,120})[,;:–]\s+|^([^\W_][\w.'/-]*(?:\s[^\W_][\w.'-]*){0,2}):\s+(?=\S)")
EFFECT = re.compile(r"\s+(?:=>|⇒)\s+(.+)$", re.DOTALL)
SOURCE = re.compile(r"(?:^|\s+)<?(https?://[^\s<>]+)>?$")


@dataclass(frozen=True)
class Line:
    """`notes` tell what was decided for the writer, to be shown before it is kept."""

    occurred_at: datetime
    text: str
    who: str = ""
    kind: str = Kind.OTHER
    is_key: bool = False
    effect: str = ""
    source: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        """What add_event takes."""
        names = ["occurred_at", "text", "who", "kind", "is_key", "effect", "source"]
        return {name: getattr(self, name) for name in names}

    @property
    def kind_label(self) -> str:
        return Kind(self.kind).label if self.kind != Kind.OTHER else ""


@dataclass
class _Marks:
    is_key: bool = False
    kind: str = ""


def read_line(words: str, around: Around) -> Line:
    """Raises UnreadableLine, in a sentence, for what cannot be an event."""
    marks = _Marks()
    when = read_when(_without_marks(words.strip(), marks), around)
    text = _without_marks(when.rest.strip(), marks)
    text, source = _cut(SOURCE, text, LONGEST_SOURCE)
    text, effect = _cut(EFFECT, text, LONGEST_EFFECT)
    text, who = _without_who(_without_marks(text, marks), around)
    text, kind = _without_kind(text, marks)
    text = text or source
    if not text:
        raise UnreadableLine("Write what happened, behind the time.")
    if len(text) > LONGEST:
        raise UnreadableLine(f"An event has at most {LONGEST:,} letters; this has {len(text):,}.")
    return Line(when.at, text, who, kind, marks.is_key, effect, source, when.notes)


def _without_marks(text: str, marks: _Marks) -> str:
    """The star, `!` for a decision, and `#kind` wherever it stands."""
    text, stars = STAR.subn("", text)
    marks.is_key |= stars > 0
    if text.startswith("!") and text[1:].strip():
        marks.kind, text = Kind.DECISION, text[1:].lstrip("! ")
    for found in KIND_TAG.finditer(text):
        kinds = [kind for kind in Kind.values if kind.startswith(found[1].lower())]
        if len(kinds) == 1:
            marks.kind = kinds[0]
            before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
            return _without_marks(f"{before} {after}".strip(), marks)
    return STAR.sub("", text).strip() if stars else text.strip()


def _cut(pattern: re.Pattern[str], text: str, longest: int) -> tuple[str, str]:
    """What stands at the end under a sign of its own, unless nothing else is left or it is too long to be kept so."""
    found = pattern.search(text)
    if not found or len(found[1]) > longest:
        return text, ""
    return text[: found.start()].strip(), found[1].strip()


def _without_who(text: str, around: Around) -> tuple[str, str]:
    if found := AT_NAME.match(text):
        return _person(text, found, around)
    found = NAMED.match(text)
    if not found:
        return text, ""
    name = (found[1] or found[2]).strip()
    if not found[1] and name.lower() in NOBODY:
        return text, ""
    people = around.people_like(name)
    is_name = found[1] or len(people) == 1 or name[:1].isupper() or len(name.split()) == 1
    return (text[found.end() :], people[0] if len(people) == 1 else name) if is_name else (text, "")


def _person(text: str, found: re.Match[str], around: Around) -> tuple[str, str]:
    """The longest beginning behind @ that names one person; else its first word, as it was typed."""
    words = found[1].split()
    for count in range(len(words), 0, -1):
        people = around.people_like(" ".join(words[:count]))
        if len(people) == 1:
            return _behind(text, words[:count]), people[0]
    return _behind(text, words[:1]), words[0].rstrip(".")


def _behind(text: str, words: list[str]) -> str:
    found = re.match("@" + r"\s+".join(map(re.escape, words)), text)
    return text[found.end() :].lstrip(" :,") if found else text


def _without_kind(text: str, marks: _Marks) -> tuple[str, str]:
    """A leading “decision:” goes, for the kind says it; a leading “decided” is part of the sentence and stays."""
    first = re.match(r"([^\W\d_]+)(:\s+)?", text)
    said = BY_WORD.get(first[1].lower()) if first else None
    if first and first[2] and (said or first[1].lower() in Kind.values):
        kind = first[1].lower() if first[1].lower() in Kind.values else said
        return text[first.end() :], marks.kind or str(kind)
    return text, marks.kind or str(said or Kind.OTHER)
