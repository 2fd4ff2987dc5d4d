"""A post-mortem as plain values: what every export is made from. Unknown is a value, and it is None."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch
from django.utils.text import capfirst

from core.dates import in_words
from core.embeds import Surroundings
from incidents.clocks import Clocks
from incidents.durations import Measured, instants_by_name, measured
from incidents.impact import UNKNOWN, figures_of
from incidents.lateness import clocks_of
from incidents.models import Impact, Incident, SeverityPolicy
from incidents.relating import related_for_all
from live.commands import texts_of
from people.models import Organisation
from postmortems.agendas import Agenda, agenda_of
from postmortems.exporting.moments import Moment, ObservationLine, moments_of, observations_of
from postmortems.exporting.plans import CandidateLine, CauseLine, candidates_of, causes_of
from postmortems.exporting.signatures import ReviewerLine, authors_of, reviewers_of
from postmortems.mentions import Named, named_in
from postmortems.models import Attachment, Comment, Postmortem, Section, SectionRole, Thread

FactValue = int | Decimal | bool | str | timedelta | None


@dataclass(frozen=True)
class Fact:
    """One figure of the impact. `text` says it to people, and says so when it is unknown.

    `is_asked` says that incidents of this kind are asked for it: of the others, nobody need read that they are unknown.
    """

    name: str
    label: str
    value: FactValue
    text: str
    is_asked: bool = True

    @property
    def is_known(self) -> bool:
        return self.value is not None

    @property
    def is_told(self) -> bool:
        """In sentences, which want the whole width."""
        return self.name == "user_experience"

    @property
    def in_a_sentence(self) -> str:
        return self.label if self.label[1:2].isupper() else self.label[:1].lower() + self.label[1:]


def unknown_among(facts: Iterable[Fact]) -> list[str]:
    """What should be known and is not, to be read after a colon."""
    return [fact.in_a_sentence for fact in facts if fact.is_asked and not fact.is_known]


@dataclass(frozen=True)
class Instant:
    """A time of the incident; `after_start` is None while it or the start is unknown. `is_none`: there was no such time."""

    name: str
    label: str
    at: datetime | None
    after_start: timedelta | None
    is_none: bool = False


@dataclass(frozen=True)
class OwnInstantLine:
    """A time with a name of its own."""

    name: str
    at: datetime


@dataclass(frozen=True)
class IncidentFacts:
    reference: str
    title: str
    kind: str
    kind_label: str
    severity: int
    severity_name: str
    severity_definition: str
    services: list[str]
    team: str
    is_restricted: bool
    is_near_miss: bool
    summary: str
    instants: list[Instant]
    duration: timedelta | None

    @property
    def severity_label(self) -> str:
        name = f" {self.severity_name}" if self.severity_name else ""
        return f"SEV-{self.severity}{name}"

    def at(self, name: str) -> datetime | None:
        return next((instant.at for instant in self.instants if instant.name == name), None)


@dataclass(frozen=True)
class SectionText:
    key: str
    title: str
    role: str
    text: str
    is_required: bool
    is_unwritten: bool = False

    @property
    def is_empty(self) -> bool:
        return self.is_unwritten or not self.text.strip()

    @property
    def is_printed_elsewhere(self) -> bool:
        """Whether it holds nothing but a list that the printed document has as a part of its own."""
        return self.text.strip() in ("{{timeline}}", "{{actions}}")


@dataclass(frozen=True)
class ActionLine:
    reference: str
    title: str
    description: str
    owner: str
    due_on: date | None
    priority: str
    priority_label: str
    status: str
    status_label: str
    is_open: bool
    days_overdue: int
    evidence: str
    finished_at: datetime | None
    drop_reason: str
    dropped_by: str
    address: str = ""
    cause: str = ""
    hierarchy: str = ""
    purpose: str = ""
    horizon: str = ""


@dataclass(frozen=True)
class PersonLine:
    name: str
    role: str


@dataclass(frozen=True)
class CommentLine:
    author: str
    at: datetime
    text: str
    edited_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class ThreadLine:
    """What people said about a passage as it was, or about a whole section when nothing is quoted."""

    section: str
    quote: str
    opened_by: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    comments: list[CommentLine]


@dataclass(frozen=True)
class AttachmentLine:
    """`address` is where the site serves it, to those who may see the post-mortem."""

    id: int
    name: str
    kind: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    note: str
    is_picture: bool
    address: str
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True)
class VersionLine:
    """A version with a name, of the document's history."""

    number: int
    name: str
    kind: str
    at: datetime
    by: str


@dataclass(frozen=True)
class RelatedLine:
    """An incident like this one, of those that everybody at work may see."""

    reference: str
    title: str
    why: str
    started_at: datetime | None


@dataclass(frozen=True)
class Document:
    organisation: str
    zone: ZoneInfo
    made_at: datetime
    address: str
    number: int
    status: str
    status_label: str
    opened_at: datetime
    draft_shared_at: datetime | None
    meeting_at: datetime | None
    meeting_place: str
    published_at: datetime | None
    closed_at: datetime | None
    incident: IncidentFacts
    currency: str
    durations: Measured
    own_instants: list[OwnInstantLine]
    impact: list[Fact]
    clocks: Clocks
    sections: list[SectionText]
    timeline: list[Moment]
    observations: list[ObservationLine]
    causes: list[CauseLine]
    candidates: list[CandidateLine]
    actions: list[ActionLine]
    people: list[PersonLine]
    authors: list[str]
    reviewers: list[ReviewerLine]
    published_anyway: str
    threads: list[ThreadLine]
    versions: list[VersionLine]
    around: Surroundings
    attachments: list[AttachmentLine]
    agenda: Agenda
    related: list[RelatedLine]

    @property
    def duration(self) -> timedelta | None:
        return self.incident.duration

    @property
    def title(self) -> str:
        return f"{self.incident.reference} {self.incident.title}"

    @property
    def impact_shown(self) -> list[Fact]:
        """What is known, and of the rest what incidents of its kind are asked for."""
        return [fact for fact in self.impact if fact.is_known or fact.is_asked]

    @property
    def impact_tally(self) -> str:
        return f"{sum(fact.is_known for fact in self.impact_shown)} of {len(self.impact_shown)} known"

    def text_of(self, role: SectionRole) -> str:
        """The words of every section of a role, in the order of the document; empty when there are none."""
        return "\n\n".join(section.text.strip() for section in self._written(role)).strip()

    def _written(self, role: SectionRole) -> list[SectionText]:
        return [section for section in self.sections if section.role == role and not section.is_empty]


def document_of(postmortem: Postmortem, *, at: datetime, address: str = "") -> Document:
    """Everything that is known of a post-mortem at that instant; `address` is where its page stands."""
    incident = postmortem.incident
    organisation = Organisation.load()
    policy = SeverityPolicy.objects.filter(severity=incident.severity).first()
    impact = Impact.objects.filter(incident=incident).first() or Impact(incident=incident)
    sections = _sections(postmortem)
    return Document(
        organisation=organisation.name,
        zone=organisation.zone,
        made_at=at,
        address=address,
        number=postmortem.number,
        status=str(postmortem.status),
        status_label=postmortem.get_status_display(),
        opened_at=postmortem.created_at,
        draft_shared_at=postmortem.draft_shared_at,
        meeting_at=postmortem.meeting_at,
        meeting_place=postmortem.meeting_place,
        published_at=postmortem.published_at,
        closed_at=postmortem.closed_at,
        incident=_incident_facts(incident, policy),
        currency=impact.currency,
        durations=measured(instants_by_name(incident)),
        own_instants=[OwnInstantLine(one.name, one.at) for one in incident.own_instants.all()],
        impact=impact_facts(impact),
        clocks=clocks_of(incident, policy, postmortem),
        sections=sections,
        timeline=moments_of(postmortem),
        observations=list(observations_of(postmortem)),
        causes=causes_of(postmortem),
        candidates=candidates_of(postmortem),
        actions=action_lines_of(postmortem, today=at.astimezone(organisation.zone).date()),
        people=list(_people(postmortem)),
        authors=authors_of(postmortem),
        reviewers=list(reviewers_of(postmortem)),
        published_anyway=postmortem.published_anyway,
        threads=[_thread(thread) for thread in _threads(postmortem)],
        versions=_versions(postmortem),
        around=Named(named_in(*(section.text for section in sections))),
        attachments=list(_attachments(postmortem)),
        agenda=agenda_of(postmortem, policy),
        related=[
            RelatedLine(one.incident.reference, one.incident.title, one.why, one.incident.started_at)
            for one in related_for_all(incident)
        ],
    )


def _incident_facts(incident: Incident, policy: SeverityPolicy | None) -> IncidentFacts:
    return IncidentFacts(
        reference=incident.reference,
        title=incident.title,
        kind=str(incident.kind),
        kind_label=incident.get_kind_display(),
        severity=int(incident.severity),
        severity_name=policy.name if policy else "",
        severity_definition=policy.definition if policy else "",
        services=[service.name for service in incident.services.all()],
        team=incident.team.name,
        is_restricted=incident.is_restricted,
        is_near_miss=incident.is_near_miss,
        summary=incident.summary,
        instants=[_instant(incident, name) for name in Incident.INSTANTS],
        duration=incident.duration,
    )


def _instant(incident: Incident, name: str) -> Instant:
    at: datetime | None = getattr(incident, name)
    started_at = incident.started_at
    label = str(Incident._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    after = at - started_at if at is not None and started_at is not None and name != "started_at" else None
    return Instant(name, label, at, after, incident.has_no(name))


def impact_facts(impact: Impact) -> list[Fact]:
    """The impact in the order in which people ask; an empty field is unknown, never zero."""
    duration = impact.incident.duration
    words = impact.user_experience
    return [
        Fact("duration", "Duration", duration, UNKNOWN if duration is None else in_words(duration), is_asked=True),
        *(
            Fact(figure.name, capfirst(figure.label), figure.value, figure.text, is_asked=figure.is_asked)
            for figure in figures_of(impact)
        ),
        Fact("user_experience", "What it was like for users", words or None, words or UNKNOWN, is_asked=False),
    ]


def _sections(postmortem: Postmortem) -> list[SectionText]:
    texts = texts_of(postmortem.room)
    return [_section(section, texts.get(section.key, "")) for section in postmortem.sections.all()]


def _section(section: Section, text: str) -> SectionText:
    unwritten = section.is_unwritten(text)
    return SectionText(section.key, section.title, str(section.role), text, section.is_required, unwritten)


def action_lines_of(postmortem: Postmortem, *, today: date) -> list[ActionLine]:
    rows = postmortem.actions.select_related("owner", "dropped_by", "cause").order_by("number")  # type: ignore[attr-defined]
    return [_action_line(action, today) for action in rows]


def _action_line(action: Any, today: date) -> ActionLine:
    # Actions live above post-mortems: their model cannot be named here.
    return ActionLine(
        reference=action.reference,
        title=action.title,
        description=action.description,
        owner=str(action.owner or ""),
        due_on=action.due_on,
        priority=str(action.priority),
        priority_label=action.get_priority_display(),
        status=str(action.status),
        status_label=action.get_status_display(),
        is_open=action.is_open,
        days_overdue=action.days_overdue(today),
        evidence=action.evidence,
        finished_at=action.finished_at,
        drop_reason=action.drop_reason,
        dropped_by=str(action.dropped_by or ""),
        address=action.get_absolute_url(),
        cause=str(action.cause or ""),
        hierarchy=action.get_hierarchy_display(),
        purpose=action.get_purpose_display(),
        horizon=action.horizon_label,
    )


def _threads(postmortem: Postmortem) -> Iterable[Thread]:
    threads = postmortem.threads.select_related("section", "opened_by", "resolved_by").order_by("pk")
    return threads.prefetch_related(Prefetch("comments", Comment.objects.select_related("author")))


def _thread(thread: Thread) -> ThreadLine:
    return ThreadLine(
        section=thread.section.key,
        quote=thread.quote,
        opened_by=str(thread.opened_by),
        opened_at=thread.created_at,
        resolved_at=thread.resolved_at,
        resolved_by=str(thread.resolved_by or ""),
        comments=[
            CommentLine(str(one.author), one.created_at, one.text, one.edited_at, one.withdrawn_at)
            for one in thread.comments.all()
        ],
    )


def _people(postmortem: Postmortem) -> Iterable[PersonLine]:
    incident = postmortem.incident
    if postmortem.facilitator:
        yield PersonLine(str(postmortem.facilitator), "facilitator")
    yield PersonLine(str(postmortem.opened_by), "opened the post-mortem")
    yield PersonLine(str(incident.reported_by), "recorded the incident")
    for participation in incident.participations.select_related("user"):
        yield PersonLine(str(participation.user), participation.get_role_display())


def _attachments(postmortem: Postmortem) -> Iterable[AttachmentLine]:
    for row in Attachment.objects.described().filter(postmortem=postmortem).select_related("uploaded_by"):
        yield AttachmentLine(
            id=row.pk, name=row.name, kind=row.kind, size=row.size, width=row.width, height=row.height,
            sha256=row.sha256, note=row.note, is_picture=row.is_picture,
            address=f"{settings.SITE_URL}{row.address_in(postmortem.number)}",
            uploaded_by=str(row.uploaded_by), uploaded_at=row.created_at,
        )  # fmt: skip


def _versions(postmortem: Postmortem) -> list[VersionLine]:
    """The named ones, the oldest first: what was kept between them by itself says nothing to an archive."""
    named = postmortem.revisions.exclude(name="").select_related("by").defer("parts", "changes").order_by("number")
    return [VersionLine(one.number, one.name, str(one.kind), one.at, str(one.by or "")) for one in named]
