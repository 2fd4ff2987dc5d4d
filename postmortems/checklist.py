"""The five steps of a post-mortem, and in words what each still lacks. All of it is read from the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from incidents.models import Incident
from live.commands import texts_of
from postmortems.models import Postmortem, Section, SectionRole

FEWEST_EVENTS = 3
CAUSES: list[str] = [SectionRole.CAUSES, SectionRole.FACTORS]
NEEDED_INSTANTS = {"started_at": "when it began", "detected_at": "when it was noticed", "resolved_at": "when it ended"}
SHOWN = 4


@dataclass(frozen=True)
class Gap:
    """What is missing, and where it can be put right."""

    words: str
    url: str


@dataclass(frozen=True)
class Step:
    number: int
    name: str
    gaps: list[Gap] = field(default_factory=list)
    is_current: bool = False

    @property
    def is_done(self) -> bool:
        return not self.gaps

    @property
    def state(self) -> str:
        return "done" if self.is_done else "current" if self.is_current else "open"


@dataclass(frozen=True)
class Checklist:
    steps: list[Step]

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.steps)


def checklist_of(postmortem: Postmortem, texts: Mapping[str, str] | None = None) -> Checklist:
    """`texts` are those of its room, where the caller has read them already."""
    words = texts_of(postmortem.room) if texts is None else texts
    sections = list(postmortem.sections.all())
    actions = list(postmortem.actions.select_related("owner").order_by("number"))  # type: ignore[attr-defined]
    found = [
        ("Timeline and impact", _facts(postmortem)),
        ("Cause", _cause(sections, words)),
        ("Actions", _actions(actions)),
        ("Document and share", _document(postmortem, sections, words)),
        ("Track", _track(postmortem, actions)),
    ]
    gaps = [list(of_step) for _, of_step in found]
    first = next((number for number, of_step in enumerate(gaps) if of_step), -1)
    return Checklist(
        [Step(n + 1, name, of_step, n == first) for n, ((name, _), of_step) in enumerate(zip(found, gaps, strict=True))]
    )


def _facts(postmortem: Postmortem) -> Iterable[Gap]:
    incident = postmortem.incident
    count = postmortem.timeline_events.count()
    if count < FEWEST_EVENTS:
        told = {0: "no event yet", 1: "only one event"}.get(count, f"only {count} events")
        yield Gap(f"The timeline has {told}.", "#timeline")
    yield from _instants(incident)
    edit = reverse("incidents:edit", args=[incident.number])
    impact = incident.impact
    if impact.users_affected_count is None and impact.users_affected_percent is None:
        yield Gap("How many users felt it is unknown.", edit)
    money = [impact.revenue_lost, impact.sla_credits, impact.is_sla_breached, impact.support_tickets_count]
    if all(value is None for value in money):
        yield Gap("Nothing is known of revenue, SLA or complaints.", edit)


def _instants(incident: Incident) -> Iterable[Gap]:
    missing = [words for name, words in NEEDED_INSTANTS.items() if getattr(incident, name) is None]
    if missing:
        yield Gap(f"It is unknown {', and '.join(missing)}.", reverse("incidents:edit", args=[incident.number]))


def _cause(sections: list[Section], texts: Mapping[str, str]) -> Iterable[Gap]:
    """One section about causes or factors with words is enough; a template that has none of them asks for none."""
    about = sorted(
        (section for section in sections if section.role in CAUSES), key=lambda section: CAUSES.index(section.role)
    )
    if about and not any(_has_words(section, texts) for section in about):
        yield Gap(f"“{about[0].title}” is empty.", f"#{about[0].anchor}")


def _actions(actions: list[Any]) -> Iterable[Gap]:
    running = [action for action in actions if action.is_open]
    if not actions:
        yield Gap("No action is agreed yet.", "#actions")
    if without := [action.reference for action in running if action.owner_id is None]:
        yield Gap(f"{_named(without)} without an owner.", "#actions")
    if without := [action.reference for action in running if action.due_on is None]:
        yield Gap(f"{_named(without)} without a due date.", "#actions")


def _document(postmortem: Postmortem, sections: list[Section], texts: Mapping[str, str]) -> Iterable[Gap]:
    for section in sections:
        if section.is_required and section.role not in CAUSES and not _has_words(section, texts):
            yield Gap(f"“{section.title}” is empty.", f"#{section.anchor}")
    if postmortem.draft_shared_at is None and postmortem.published_at is None:
        yield Gap("The draft has not been shared.", f"#postmortem-{postmortem.pk}-standing")
    if postmortem.published_at is None:
        yield Gap("It is not published.", f"#postmortem-{postmortem.pk}-status")


def _track(postmortem: Postmortem, actions: list[Any]) -> Iterable[Gap]:
    if still_open := [action.reference for action in actions if action.is_open]:
        yield Gap(f"{_named(still_open)} still open.", "#actions")
    if not postmortem.is_closed:
        yield Gap("It is not closed.", f"#postmortem-{postmortem.pk}-status")


def _has_words(section: Section, texts: Mapping[str, str]) -> bool:
    return bool(texts.get(section.key, "").strip())


def _named(references: list[str]) -> str:
    shown, more = references[:SHOWN], len(references) - SHOWN
    verb = "is" if len(references) == 1 else "are"
    return f"{', '.join(shown)}{f' and {more} more' if more > 0 else ''} {verb}"
