"""Reads that shape the pages of post-mortems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any

from django.db.models import Q
from django.forms import Form
from django.forms.boundfield import BoundWidget
from django.utils import timezone

from incidents.clocks import Clocks
from incidents.lateness import FORGETTING, clocks_of, forgotten, late
from incidents.models import Incident, SeverityPolicy
from incidents.queries import matches
from incidents.vagueness import Marked
from live.commands import read
from people.models import RecordEntry, User
from people.models.users import UserQuerySet
from postmortems.agendas import Agenda
from postmortems.discussion import open_counts
from postmortems.hints import Guide, guide_for, vague_in
from postmortems.lines import Around
from postmortems.models import LineZone, Observation, Postmortem, Section, Template, TemplateVersion, TimelineEvent
from postmortems.models.documents import PostmortemQuerySet
from postmortems.permissions import can_write
from postmortems.reviews import tally
from postmortems.versions import content_of

Status = Postmortem.Status
# Where an incident's own times begin to count, the one that is known first.
BEGINNINGS = ["started_at", "first_impact_at", "detected_at", "first_report_at", "acknowledged_at"]
UNFINISHED = [Status.DRAFT, Status.IN_REVIEW]


@dataclass(frozen=True)
class Row:
    """A post-mortem in a list, with its clocks."""

    postmortem: Postmortem
    clocks: Clocks

    @property
    def review(self) -> str:
        """How far its review is, while it is in review."""
        is_in_review = self.postmortem.status == Status.IN_REVIEW
        return tally(self.postmortem.reviewers.all()) if is_in_review else ""

    @property
    def is_forgotten(self) -> bool:
        """More than two weeks after the incident it is still being written."""
        resolved_at = self.postmortem.incident.resolved_at
        is_old = resolved_at is not None and timezone.now() - resolved_at > FORGETTING
        return is_old and self.postmortem.published_at is None


def listed(user: User, wishes: Mapping[str, Any]) -> PostmortemQuerySet:
    """The post-mortems that a person may see, narrowed by what the filter asks."""
    postmortems = Postmortem.objects.visible_to(user).select_related("incident__team").prefetch_related("reviewers")
    if text := wishes.get("text"):
        about = Incident.objects.filter(matches(text.strip()))
        postmortems = postmortems.filter(incident__in=about)
    if severity := wishes.get("severity"):
        postmortems = postmortems.filter(incident__severity=severity)
    if team := wishes.get("team"):
        postmortems = postmortems.filter(incident__team=team)
    if narrow := CLOCKS.get(wishes.get("clocks", "")):
        postmortems = postmortems.filter(incident__in=narrow(Incident.objects.all(), now=timezone.now()).values("pk"))
    return postmortems.filter(status=wishes["status"]) if "status" in wishes else postmortems


CLOCKS = {"late": late, "forgotten": forgotten}


def unfinished_of(user: User) -> list[Row]:
    """Drafts and reviews in which a person takes part, the one that is due first on top."""
    part = Q(incident__participants=user) | Q(facilitator=user) | Q(opened_by=user)
    mine = Postmortem.objects.visible_to(user).filter(part, status__in=UNFINISHED).distinct()
    rows = with_clocks(mine.select_related("incident__team").prefetch_related("reviewers"))
    return sorted(rows, key=lambda row: (row.clocks.publish_by is None, row.clocks.publish_by or timezone.now()))


def with_clocks(postmortems: Iterable[Postmortem]) -> list[Row]:
    policies = SeverityPolicy.objects.in_bulk(field_name="severity")
    return [Row(one, clocks_of(one.incident, policies.get(one.incident.severity), one)) for one in postmortems]


@dataclass(frozen=True)
class SectionView:
    """A section with its words; `is_written` here and now by the reader, or only read."""

    section: Section
    text: str
    version: int
    is_written: bool
    open_thread_count: int
    guide: Guide | None = None

    @property
    def is_empty(self) -> bool:
        return self.section.is_unwritten(self.text)

    @property
    def vague(self) -> list[Marked]:
        return vague_in(self.section, self.text)


def sections_of(postmortem: Postmortem, *, writing: bool) -> list[SectionView]:
    reading = read(postmortem.room)
    threads = open_counts(postmortem)
    return [
        SectionView(
            section,
            reading.texts.get(section.key, ""),
            reading.version,
            writing,
            threads.get(section.pk, 0),
            guide_for(section, postmortem.incident) if writing else None,
        )
        for section in postmortem.sections.all()
    ]


@dataclass(frozen=True)
class Day:
    """The events of one day of the timeline; `on` is None for those whose time is unknown."""

    on: date | None
    events: list[TimelineEvent]


def days_of(postmortem: Postmortem) -> list[Day]:
    """The timeline by days of the reader's zone, in order."""
    days: list[Day] = []
    for event in postmortem.timeline_events.all():
        day = _local_day(event.occurred_at)
        if not days or days[-1].on != day:
            days.append(Day(day, []))
        days[-1].events.append(event)
    return days


def _local_day(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


@dataclass(frozen=True)
class LineZones:
    """`chosen` is what they wrote in last on this document, or their own."""

    chosen: str
    choices: list[tuple[str, str]]


def last_writer_of(row: TimelineEvent | Observation, name: str) -> str:
    """Who wrote what stands in a field now."""
    verb, key = ("timeline_event", "event") if isinstance(row, TimelineEvent) else ("observation", "observation")
    edits = RecordEntry.objects.about(row.postmortem).filter(verb=f"{verb}.edited", **{f"details__{key}": row.pk})
    entry = edits.filter(details__after__has_key=name).select_related("by").first()
    return str(entry.by) if entry and entry.by else "Somebody else"


def around_line(postmortem: Postmortem, user: User, zone: tzinfo) -> Around:
    """What a line typed now is read with. Each goes on from their own last one: two people write at different ends."""
    incident = postmortem.incident
    timed = postmortem.timeline_events.filter(occurred_at__isnull=False)
    last = timed.filter(added_by=user).order_by("-created_at", "-pk").first() or timed.last()
    return Around(
        zone=zone,
        now=timezone.now(),
        last=last.occurred_at if last else None,
        begins=next((at for name in BEGINNINGS if (at := getattr(incident, name))), None),
        ends=incident.resolved_at,
        people_like=partial(_people_like, incident),
    )


def _people_like(incident: Incident, words: str) -> list[str]:
    """Whom a name may mean, in full; who took part goes before everybody else. Two are enough to be unsure."""
    people = User.objects.active().named_like(words).order_by("name", "pk")
    return _two_names(people.filter(incidents=incident)) or _two_names(people)


def _two_names(people: UserQuerySet) -> list[str]:
    return list(people.values_list("name", flat=True)[:2])


def line_zones(postmortem: Postmortem, user: User) -> LineZones:
    """The zones that a person may want to write times in: where people here are, and UTC."""
    kept = LineZone.objects.filter(postmortem=postmortem, user=user).values_list("zone", flat=True).first()
    mine = str(timezone.get_current_timezone())
    at_work = User.objects.active().filter(incidents=postmortem.incident).exclude(time_zone="")
    names = dict.fromkeys([mine, "UTC", *([kept] if kept else []), *at_work.values_list("time_zone", flat=True)])
    return LineZones(kept or mine, [(name, f"{name} (yours)" if name == mine else name) for name in names])


@dataclass(frozen=True)
class Place:
    """Where an event could go among those of its time: behind `after`, or before all of them."""

    label: str
    after: int | None


def places_of(event: TimelineEvent) -> list[Place]:
    """One up and one down, as far as there is room."""
    same = event.postmortem.timeline_events.filter(occurred_at=event.occurred_at)
    return places_among(same.values_list("pk", flat=True), event.pk)


def places_among(rows: Iterable[int], key: int) -> list[Place]:
    """`rows` are in order, and `key` is one of them."""
    same = list(rows)
    at = same.index(key)
    places = []
    if at > 0:
        places.append(Place("Move up", same[at - 2] if at > 1 else None))
    if at < len(same) - 1:
        places.append(Place("Move down", same[at + 1]))
    return places


def is_writing(user: User, postmortem: Postmortem, mode: str) -> bool:
    """Whether the page opens for writing: a draft does by itself, a published account is read first."""
    if not can_write(user, postmortem):
        return False
    return mode == "write" if postmortem.status == Status.PUBLISHED else mode != "read"


@dataclass(frozen=True)
class TemplateChoice:
    """A template that a post-mortem may begin with, and what it would make of this one."""

    widget: BoundWidget
    template: Template
    version: TemplateVersion
    agenda: Agenda
    is_suited: bool


def template_choices(
    form: Form, incident: Incident, suited: Template | None, policy: SeverityPolicy | None
) -> list[TemplateChoice]:
    """All that are offered, the one that suits first. Read for the page; nothing is kept by looking."""
    templates = {row.pk: row for row in Template.objects.offered().prefetch_related("sections", "agenda")}
    choices = []
    for widget in form["template"]:
        template = templates[widget.data["value"].value]
        version = TemplateVersion(template=template, content=content_of(template))
        agenda = Agenda(version.agenda_at(incident.severity), policy.meeting_minutes if policy else None)
        choices.append(TemplateChoice(widget, template, version, agenda, template == suited))
    return sorted(choices, key=lambda choice: not choice.is_suited)
