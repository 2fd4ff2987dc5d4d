"""The mails that actions send: what stands in them, for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import cache, lru_cache
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from actions.digests import TOPICS, Digest, Group, Line
from actions.escalation import Ladder
from actions.headings import HEADINGS, Answer, Heading, answers_of, list_of
from actions.models import Action
from core.dates import at_local, monday_of
from people.mail import Letter, inlined, plan_mails
from people.models import Organisation, User

LINES_A_DAY = 15
CHANGED = "Who may see some of your actions changed before this mail left. What you own is here:\n{}\n"


# Mail programs cut off what is longer than 102 kB. A line costs about 350 bytes for each of these, an answer as much twice.
BUDGET, LINE_COST, ANSWER_COST = 240, 4, 2


@dataclass(frozen=True)
class Entry:
    """One action in a mail. A run writes hundreds of thousands: what a template would put together piece by piece is whole."""

    line: Line
    facts: str
    answers: list[Answer]

    @classmethod
    def of(cls, group: Group, line: Line) -> "Entry":
        facts = line.facts if HEADINGS[group].is_own else f"{line.answerable} · {line.facts}"
        return cls(line, facts, answers_of(group, line))

    @property
    def cost(self) -> int:
        return LINE_COST + ANSWER_COST * len(self.answers)

    @property
    def buttons(self) -> SafeString:
        classes = ["answer first", *repeat("answer", len(self.answers))]
        facts = ((look, answer.url, answer.label) for look, answer in zip(classes, self.answers, strict=False))
        return format_html_join(" ", '<a class="{}" href="{}">{}</a>', facts)

    @property
    def written_answers(self) -> str:
        return "".join(f"  {answer.label}: {answer.url}\n" for answer in self.answers)


@dataclass(frozen=True)
class Chapter:
    """One group of a mail: the lines that there is room for, how many more there are, and where all of them stand."""

    heading: Heading
    count: int
    asks: str
    entries: list[Entry]
    rest_url: str

    @property
    def counted(self) -> str:
        return self.heading.counted.format(self.count)

    @property
    def rest(self) -> int:
        return self.count - len(self.entries)


def weekly_letter(person: User, digest: Digest, as_of: date, organisation: Organisation, ladder: Ladder) -> Letter:
    zone = _zone_of(person, organisation)
    with timezone.override(zone):
        chapters = _chapters(digest, ladder)
    summary = ", ".join(chapter.counted for chapter in chapters[:3])
    context = {"as_of": as_of, "chapters": chapters, "zone": zone, "mine_url": _list_url("mine=on"), "summary": summary}
    text, html = _written("weekly", person, organisation, zone, context)
    lines = [entry.line for chapter in chapters for entry in chapter.entries]
    # Planned at the organisation's hour; it leaves at the same hour where its reader is, if that is later.
    hour = at_local(monday_of(as_of), organisation.weekly_mail_hour, zone)
    return Letter(
        person.pk, f"Your week: {summary}", text, html,
        concerns={"incident": [line.incident_number for line in lines]}, instead=CHANGED.format(_list_url("mine=on")),
        topic="weekly" if TOPICS.keys() & digest.keys() else "", not_before=hour,
    )  # fmt: skip


def _chapters(digest: Digest, ladder: Ladder) -> list[Chapter]:
    """In the order of reading, each with at least a line, the first ones with as many as there is room for."""
    room, chapters = BUDGET, []
    for group in sorted(digest):
        entries: list[Entry] = []
        for entry in (Entry.of(group, line) for line in digest[group].lines):
            if entries and entry.cost > room:
                break
            room -= entry.cost
            entries.append(entry)
        chapters.append(_chapter(group, digest[group].count, entries, ladder, list_of(group)))
    return chapters


def _chapter(group: Group, count: int, entries: list[Entry], ladder: Ladder, query: str) -> Chapter:
    return Chapter(HEADINGS[group], count, HEADINGS[group].asks(ladder), entries, _list_url(query))


def unwritten_letter(person: User) -> Letter:
    """In place of a mail that could not be written: nobody is left without a word."""
    text = f"Your weekly list could not be written this time. What you own is here:\n{_list_url('mine=on')}\n"
    return Letter(person.pk, "Your week: the list could not be written", text)


def daily_letter(kind: str, person: User, lines: list[Line], organisation: Organisation, ladder: Ladder) -> Letter:
    """`reminder` of what is due soon, or `acceptance` asked for: both list actions with the answers beside them."""
    group = Group.DUE if kind == "reminder" else Group.ACCEPT
    entries = [Entry.of(group, line) for line in lines[:LINES_A_DAY]]
    chapter = _chapter(group, len(lines), entries, ladder, "mine=on")
    context = {"chapter": chapter, "is_reminder": kind == "reminder", "asks": ladder.asks_before, "count": len(lines)}
    text, html = _written("daily", person, organisation, _zone_of(person, organisation), context)
    what = lines[0].title if len(lines) == 1 else f"{len(lines)} actions"
    subject = f"Due soon: {what}" if kind == "reminder" else f"Will you answer for it? {what}"
    return Letter(
        person.pk, subject, text, html, concerns={"incident": [line.incident_number for line in lines]},
        instead=CHANGED.format(_list_url("mine=on")), topic="reminder" if kind == "reminder" else "",
    )  # fmt: skip


def owe_declined(action: Action, to: User, *, by: User, reason: str) -> None:
    """To whoever it went back to, at once: somebody else has to be found."""
    incident, organisation = action.postmortem.incident, Organisation.load()
    url = settings.SITE_URL + action.get_absolute_url()
    context = {"action": action, "incident": incident, "who": by, "reason": reason, "url": url}
    text, html = _written("declined", to, organisation, _zone_of(to, organisation), context)
    concerns = {"incident": [incident.number]}
    letter = Letter(to.pk, f"{by} declined {action.reference}", text, html, concerns=concerns)
    plan_mails("declined", f"{action.reference}-{action.version}", [letter])


def owe_owner_left(gone: User, actions: Mapping[User, Iterable[Action]]) -> None:
    """To whoever looks after each team, at once: what has nobody who answers for it now, and what waits for nobody."""
    organisation = Organisation.load()
    letters = [_owner_left(gone, person, list(theirs), organisation) for person, theirs in actions.items()]
    plan_mails("owner_left", f"{gone.pk}-{gone.version}", letters)


def _owner_left(gone: User, person: User, actions: list[Action], organisation: Organisation) -> Letter:
    owned = [action for action in actions if action.owner_id == gone.pk]
    waiting = [action for action in actions if action.owner_id != gone.pk]
    chapters, counted = [], []
    if owned:
        needs = "1 action needs" if len(owned) == 1 else f"{len(owned)} actions need"
        counted.append(f"{needs} an owner")
        chapters.append((f"{needs} somebody else. Whom would you ask?", _with_addresses(owned)))
    if waiting:
        wait = "1 action waits" if len(waiting) == 1 else f"{len(waiting)} actions wait"
        counted.append(f"{wait} for them")
        chapters.append((f"{wait} for {gone}. Who does that part now?", _with_addresses(waiting)))
    context = {"gone": gone, "chapters": chapters}
    text, html = _written("owner_left", person, organisation, _zone_of(person, organisation), context)
    numbers = [action.postmortem.incident.number for action in actions]
    return Letter(person.pk, f"{gone} has left: {', '.join(counted)}", text, html, concerns={"incident": numbers})


def _with_addresses(actions: list[Action]) -> list[tuple[Action, str]]:
    return [(action, settings.SITE_URL + action.get_absolute_url()) for action in actions]


def _written(
    name: str, person: User, organisation: Organisation, zone: tzinfo, context: Mapping[str, Any]
) -> tuple[str, str]:
    whole = {"person": person, "organisation": organisation, "mails_url": _mails_url(), **context}
    with timezone.override(zone):
        text = render_to_string(f"emails/{name}.txt", whole)
        return text, inlined(render_to_string(f"emails/{name}.html", whole))


def _zone_of(person: User, organisation: Organisation) -> ZoneInfo:
    try:
        return ZoneInfo(person.time_zone) if person.time_zone else organisation.zone
    except (ZoneInfoNotFoundError, ValueError):
        return organisation.zone


@cache
def _mails_url() -> str:
    return settings.SITE_URL + reverse("people:mails")


@lru_cache(maxsize=100)
def _list_url(query: str) -> str:
    return settings.SITE_URL + reverse("actions:index") + (f"?{query}" if query else "")
