"""How the words of another team's document fit ours: its severities, the sections it has, the names it uses."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst, slugify

from actions.models import ActionLink
from actions.trackers import recognise
from incidents.commands import order_problems
from incidents.impact import FIGURES, figures_of, label_of
from incidents.models import Impact, Incident, Service, Severity
from integrations.documents import Reading, ReadSection
from integrations.documents.meanings import plain
from people.models import User
from postmortems.models import Cause, SectionRole

# Beyond this a document has no sections but crumbs; what comes later is joined to the last one.
LONGEST_ADDRESS = 1000
MOST_SECTIONS = 60

_SEVERITIES = [
    (
        Severity.SEV1,
        r"\b(?:sev|severity|s|p)[-_ ]?[01]\b|critical|catastrophic|urgent|blocker|down|kritisch|critique|crític|"
        r"緊急|致命",
    ),
    (
        Severity.SEV2,
        r"\b(?:sev|severity|s|p)[-_ ]?2\b|high|major|severe|disrupted|hoch|schwer|élevée|majeur|alta|grave|重大|高",
    ),
    (
        Severity.SEV3,
        r"\b(?:sev|severity|s|p)[-_ ]?3\b|medium|moderate|mild|normal|minor|degraded|mittel|moyen|media|mineur|中",
    ),
    (Severity.SEV4, r"\b(?:sev|severity|s|p)[-_ ]?[45]\b|low|notice|trivial|info|niedrig|faible|baja|低|軽微"),
]

_ROLES = [
    (SectionRole.WENT_WELL, r"(?:went|that worked|did we do) (?:well|right)|what worked|gut (?:lief|gelaufen)|"
    r"bien (?:passé|fonctionné)|salió bien|うまくい"),
    (SectionRole.WENT_BADLY, r"went (?:wrong|poorly|badly|less)|(?:did ?n.t|not) (?:go|work)|could (?:be|have)|"
    r"to improve|schlecht|mal (?:passé|fonctionné)|salió mal|改善が"),
    (SectionRole.LUCKY, r"luck|glück|chance|suerte|運"),
    (SectionRole.LESSONS, r"lesson|learn|takeaway|insight|erkenntnis|lehren|leçons|lecciones|教訓"),
    (SectionRole.FACTORS, r"contribut|factors|fault\b|leadup|lead-?up|beitragend|facteurs|factores|寄与"),
    (SectionRole.CAUSES, r"cause|why\b|whys\b|ursache|causa|原因"),
    (SectionRole.IMPACT, r"impact|affected|customer|auswirkung|impacto|影響"),
    (SectionRole.DETECTION, r"detect|identified|erkenn|détect|detecci|検知"),
    (SectionRole.RESPONSE, r"respon|resol|recover|mitigat|remediat|what (?:we|was) d(?:id|one)|behebung|résol|"
    r"resoluci|対応|復旧"),
    (SectionRole.SUMMARY, r"summary|overview|abstract|tl;?dr|introduction|what happened|executive|"
    r"zusammenfassung|überblick|résumé|resumen|概要|サマリー"),
    (SectionRole.REFERENCES, r"reference|appendi|support|links?\b|resources|further reading|referenz|référence|参考"),
]  # fmt: skip


@dataclass(frozen=True)
class Fitted:
    """A section as it will stand in the post-mortem."""

    title: str
    text: str
    role: SectionRole


def severity_for(written: str | None) -> Severity | None:
    """Our level for what a document calls it; None where it says nothing that we know."""
    for severity, pattern in _SEVERITIES:
        if written and re.search(pattern, written, re.I):
            return severity
    return None


def kind_for(title: str, written: str | None = None) -> Incident.Kind:
    """`written` is the kind that the document names itself."""
    if written:
        return Incident.Kind(written)
    is_security = re.search(
        r"(?i)securit|phish|compromis|vulnerab|breach|leak|attack|malicious|CVE-\d|sicherheit|sécurité|seguridad", title
    )
    return Incident.Kind.SECURITY if is_security else Incident.Kind.PRODUCTION_OUTAGE


def times_for(reading: Reading) -> tuple[dict[str, Any], list[str]]:
    """The instants of the incident, and a note on each that contradicts those before it and is left out."""
    times: dict[str, Any] = {"started_at": reading.started_at, "resolved_at": reading.resolved_at}
    notes = []
    for name in Incident.INSTANTS:
        if (stated := reading.instants.get(name)) is None:
            continue
        if problems := order_problems(times | {name: stated.value}):
            reason = next(iter(problems.values())).partition(". ")[0]
            notes.append(f"The time stated for “{_label(name)}” ({stated.words}) was left out: {reason}.")
        else:
            times[name] = stated.value
    return times, notes


def impact_for(reading: Reading) -> tuple[dict[str, Any], list[str]]:
    """The figures of the impact, and a note on each that is no possible value and is left out."""
    figures, notes = {}, []
    for name, stated in reading.impact.items():
        try:
            figures[name] = Impact._meta.get_field(name).clean(stated.value, None)  # type: ignore[union-attr]
        except ValidationError:
            notes.append(f"What is stated for “{label_of(name)}” ({stated.words}) cannot be right and was left out.")
    return figures, notes


def services_for(reading: Reading) -> list[Service]:
    """Those of ours that the text names among the systems affected, by their whole names."""
    if (stated := reading.impact.get("systems")) is None:
        return []
    names = {re.sub(r"\s*[(（].*", "", one).strip().lower() for one in re.split(r"[,;、]", str(stated.value))}
    return [service for service in Service.objects.all() if service.name.lower() in names]


@dataclass(frozen=True)
class Fact:
    """One thing the document states, as the preview shows it; `words` are the document's own."""

    name: str
    label: str
    words: str = ""
    at: datetime | None = None
    text: str = ""


def facts_of(reading: Reading) -> list[tuple[str, list[Fact]]]:
    """What will be taken over beside timeline, actions and sections, in groups; empty groups are left out."""
    groups = [("Times", _times_found(reading)), ("Impact", _impact_found(reading)), ("Causes", _causes_found(reading))]
    return [(name, facts) for name, facts in groups if facts]


def _times_found(reading: Reading) -> list[Fact]:
    """In the order in which an incident has them."""
    times, _ = times_for(reading)
    found = []
    for name in Incident.INSTANTS:
        stated = reading.instants.get(name)
        if at := times.get(name):
            found.append(Fact(name, capfirst(_label(name)), stated.words if stated else "", at))
    return found + [Fact(f"own:{name}", name, one.words, one.value) for name, one in reading.own_instants.items()]


def _impact_found(reading: Reading) -> list[Fact]:
    """In the order in which people ask."""
    values, _ = impact_for(reading)
    known = {one.name: one.as_heading for one in figures_of(Impact(incident=Incident(), **values)) if one.is_known}
    found = [
        Fact(name, capfirst(label_of(name)), reading.impact[name].words, text=known[name])
        for name in FIGURES
        if name in known
    ]
    if felt := values.get("user_experience"):
        found.append(Fact("user_experience", "What it was like for users", text=felt))
    return found


def _causes_found(reading: Reading) -> list[Fact]:
    kinds = dict(Cause.Kind.choices)
    return [
        Fact(f"cause:{place}", capfirst(kinds[one.kind]), text=one.text) for place, one in enumerate(reading.causes)
    ]


def _label(name: str) -> str:
    return str(Incident._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def role_of(title: str) -> SectionRole:
    words = plain(title)
    return next((role for role, pattern in _ROLES if re.search(pattern, words, re.I)), SectionRole.OTHER)


def fitted(sections: list[ReadSection]) -> list[Fitted]:
    """Sections with words in them, each with its role; a role is given once, to the first that claims it."""
    filled = [section for section in sections if section.text.strip()]
    kept, rest = filled[:MOST_SECTIONS], filled[MOST_SECTIONS:]
    if rest:
        more = "\n\n".join(f"## {section.title}\n\n{section.text}" for section in rest)
        kept[-1] = ReadSection(kept[-1].title, f"{kept[-1].text}\n\n{more}")
    found: list[Fitted] = []
    for section in kept:
        role = role_of(section.title)
        taken = any(one.role is role for one in found)
        found.append(Fitted(section.title, section.text, SectionRole.OTHER if taken else role))
    return found


def key_for(title: str, taken: set[str]) -> str:
    """A key that no other section of the post-mortem has."""
    base = slugify(plain(title))[:50].strip("-") or "imported"
    number, key = 2, base
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _addresses(person: User) -> tuple[str, str]:
    return person.email, person.email.split("@")[0]


def person_named(written: str, people: list[User]) -> User | None:
    """The one person that a name, an address or a handle can only mean."""
    wanted = written.strip().lstrip("@").lower()
    if not wanted:
        return None
    names = {
        person.pk: {name.lower() for name in (person.name, person.name.replace(" ", ""), *_addresses(person))}
        for person in people
    }
    found = [person for person in people if wanted in names[person.pk]]
    return found[0] if len(found) == 1 else None


def place_of_work(url: str | None) -> str:
    """What a ticket or a change is called; empty for any other page that an action may name, such as a graph."""
    if not url or len(url) > LONGEST_ADDRESS:
        return ""
    found = recognise(url)
    return "" if found.kind == ActionLink.Kind.DOCUMENT else found.label
