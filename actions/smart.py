"""Five checks of an action as it is written down. They advise and never refuse; nothing is read or written here.

Each says whether it is passed, why, and what would help. None stands for what cannot be said yet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial


@dataclass(frozen=True)
class Check:
    key: str
    label: str
    passed: bool | None
    why: str
    suggestion: str = ""


@dataclass(frozen=True)
class Load:
    """What the owner has to do already, as far as the reader may know; and the days away in which the date lies."""

    open_count: int = 0
    due_that_week_count: int = 0
    away: str = ""


@dataclass(frozen=True)
class Words:
    """What the checks look for, in small letters; a team may bring its own."""

    appeals: Sequence[str] = (
        "be more careful", "be careful", "be more attentive", "pay attention", "pay more attention", "take care",
        "take more care", "double check", "double-check", "remember to", "don't forget", "do not forget",
        "be mindful", "be aware", "keep in mind", "avoid mistakes", "try harder", "stay alert", "be vigilant",
    )  # fmt: skip
    vague_verbs: Sequence[str] = (
        "improve", "enhance", "optimise", "optimize", "look into", "look at", "look over", "investigate", "explore",
        "consider", "think about", "discuss", "review", "revisit", "evaluate", "address", "handle", "deal with",
        "work on", "strengthen", "increase", "reduce", "ensure", "make sure", "try", "support", "foster", "raise",
        "clean up", "fix", "streamline", "rethink", "assess", "monitor", "better",
    )  # fmt: skip
    vague_amounts: Sequence[str] = (
        "better", "more", "less", "fewer", "faster", "quicker", "robust", "resilient", "stable", "reliable", "properly",
        "appropriate", "appropriately", "adequate", "sufficient", "as needed", "if possible", "where possible", "etc",
        "some", "several", "various", "regularly", "often", "soon", "stuff", "things",
    )  # fmt: skip
    vague_objects: Sequence[str] = (
        "monitoring", "communication", "documentation", "process", "processes", "alerting", "testing", "tests",
        "awareness", "quality", "it", "this", "issue", "issues", "problem", "problems", "things", "performance",
        "reliability", "observability", "the process", "the code", "the system", "everything", "stability",
    )  # fmt: skip
    results: Sequence[str] = (
        "add", "remove", "delete", "alert", "page", "block", "limit", "cap", "reject", "refuse", "validate", "write",
        "publish", "migrate", "move", "replace", "automate", "switch", "turn", "rotate", "upgrade", "update", "deploy",
        "roll", "set", "show", "measure", "test", "run", "rehearse", "create", "build", "drop", "introduce", "require",
        "enforce", "log", "record", "split", "isolate", "retry", "back", "restore", "name", "assign", "document",
        "train", "hold", "send", "stop", "disable", "enable", "pin", "encrypt", "revoke", "lower", "give", "put",
        "store", "keep", "make", "let", "fail", "use", "change", "install", "draw", "schedule", "shorten", "ask",
        "tell", "list", "merge", "cut", "check", "cancel", "count", "configure", "cache", "teach", "practise",
    )  # fmt: skip
    outcomes: Sequence[str] = (
        "so that", "when", "whenever", "until", "unless", "before", "within", "at least", "at most", "no longer",
        "every", "each", "without", "fails if", "below", "above", "per", "as soon as", "instead of", "only",
    )  # fmt: skip
    groups: Sequence[str] = (
        "team", "teams", "everyone", "everybody", "all", "squad", "engineers", "developers", "sre", "sres", "ops",
        "on-call", "management", "anyone", "we", "somebody", "someone", "department", "crew", "guild", "tbd",
    )  # fmt: skip


WORDS = Words()
BUSY_AT, CROWDED_AT, NEAR_DAYS, FAR_DAYS = 8, 3, 1, 180
ARTICLES = {"the", "a", "an", "our", "their", "its", "all"}
LEAD = r"^(?:(?:we|i|they|someone|somebody) )?(?:(?:should|must|need to|have to|will|to|please) )*"
NUMBER = re.compile(r"\d")


@dataclass(frozen=True)
class Draft:
    """An action as far as it is written. `owner` is the name of whoever is to answer for it; empty: nobody yet.

    `is_person` says that the name is known to be one person's; of a name that was only written, the words decide.
    """

    text: str
    owner: str = ""
    is_person: bool = False
    due_on: date | None = None
    today: date = field(default_factory=date.today)
    load: Load = Load()


def smart(draft: Draft, words: Words = WORDS) -> list[Check]:
    return [specific(draft, words), measurable(draft, words), assignable(draft, words), realistic(draft), timed(draft)]


def of_text(text: str, words: Words = WORDS) -> list[Check]:
    """The two checks that need no owner and no date: for candidates."""
    draft = Draft(text)
    return [specific(draft, words), measurable(draft, words)]


def specific(draft: Draft, words: Words = WORDS) -> Check:
    make = partial(Check, "specific", "Specific")
    text = _plain(draft.text)
    if not text:
        return make(None, "Nothing is written yet.")
    if appeal := _found(words.appeals, text):
        return make(
            False,
            f"“{appeal}” asks people to try harder; they tried already.",
            "What would make the slip impossible, or show it at once?",
        )
    verb, rest = _vague_verb(text, words)
    tokens = [token for token in rest.split() if token not in ARTICLES]
    if verb and not NUMBER.search(text) and not _found(words.outcomes, text):
        return make(False, f"“{verb}” does not say what will be different.", "Name what is built, changed or removed.")
    if not tokens or " ".join(tokens) in words.vague_objects or len(text.split()) < 3:
        return make(
            False, "It does not say what it is done to.", "Name the service, the screen, the alert or the document."
        )
    return make(True, "It says what is done, and to what.")


def measurable(draft: Draft, words: Words = WORDS) -> Check:
    make = partial(Check, "measurable", "Measurable")
    text = _plain(draft.text)
    if not text:
        return make(None, "Nothing is written yet.")
    if _found(words.appeals, text):
        return make(False, "Nobody can check how careful somebody is.", "Write what one would see once it is done.")
    if NUMBER.search(text):
        return make(True, "It has a figure that can be checked.")
    if amount := _found(words.vague_amounts, text):
        return make(
            False, f"“{amount}” has no measure.", "How much, or compared with what? A figure or a test says it."
        )
    if _found(words.outcomes, text):
        return make(True, "It says what will be so.")
    verb, rest = _vague_verb(text, words)
    first = text.removesuffix(rest).split()[-1:]
    if verb or first[0] not in words.results or len(rest.split()) < 2:
        return make(
            False, "Two people could disagree whether it is done.", "Add what one can check: “so that …”, “within …”."
        )
    return make(True, "Anyone can see whether it is there.")


def assignable(draft: Draft, words: Words = WORDS) -> Check:
    make = partial(Check, "assignable", "Assignable")
    if not draft.owner.strip():
        return make(False, "Nobody answers for it yet.", "Choose one person; others may help.")
    group = "" if draft.is_person else _found(words.groups, _plain(draft.owner))
    if group:
        return make(False, f"“{group}” is not one person.", "What belongs to everybody is done by nobody: name one.")
    return make(True, f"{draft.owner} answers for it.")


def realistic(draft: Draft) -> Check:
    make = partial(Check, "realistic", "Realistic")
    if not draft.owner.strip() or draft.due_on is None:
        return make(None, "An owner and a date say whether it can be done.")
    load, days = draft.load, (draft.due_on - draft.today).days
    if 0 <= days <= NEAR_DAYS:
        when = "tomorrow" if days else "today"
        return make(False, f"It is due {when}.", "Is it nearly done? Otherwise give it some days.")
    if load.away:
        return make(False, f"{draft.owner} is away then ({load.away}).", "A day before or after, or another owner?")
    if load.open_count >= BUSY_AT:
        return make(
            False, f"{draft.owner} has {load.open_count} open actions.", "Somebody else, or something dropped for it?"
        )
    if load.due_that_week_count >= CROWDED_AT:
        return make(
            False,
            f"{load.due_that_week_count} other actions of {draft.owner} are due in the same week.",
            "Another week, or another owner?",
        )
    count = load.open_count
    return make(True, f"{draft.owner} has {count or 'no'} other open action{'' if count == 1 else 's'}.")


def timed(draft: Draft) -> Check:
    make = partial(Check, "timed", "Time-bound")
    if draft.due_on is None:
        return make(False, "It has no date.", "Until when can others count on it?")
    days = (draft.due_on - draft.today).days
    if days < 0:
        return make(False, "Its date is over.", "Choose a day that is still to come.")
    if days > FAR_DAYS:
        return make(
            False, f"It is due in {days // 30} months.", "Begin with a first step that ends within three months."
        )
    return make(True, f"It is due in {days} day{'' if days == 1 else 's'}." if days else "It is due today.")


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split()).strip(" .!?:;,-")


def _found(phrases: Sequence[str], text: str) -> str:
    """The first of the phrases that stands in the text as whole words."""
    return next((one for one in phrases if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text)), "")


def _vague_verb(text: str, words: Words) -> tuple[str, str]:
    """The vague verb it begins with, also behind “we should” or “to”, and what follows its first word."""
    text = re.sub(LEAD, "", text)
    for verb in words.vague_verbs:
        if text == verb or text.startswith(f"{verb} "):
            return verb, text[len(verb) :].strip()
    return "", text.partition(" ")[2]
