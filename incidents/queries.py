"""Reads that shape the pages of incidents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from incidents.lateness import late
from incidents.models import (
    Impact,
    Incident,
    IncidentQuerySet,
    Participant,
    Review,
    ReviewDecision,
    Severity,
    SeverityPolicy,
)
from people.models import RecordEntry, Team, User
from people.models.users import UserQuerySet

BY_NUMBER = re.compile(r"(?:INC-?)?(\d{1,9})", re.IGNORECASE)


def listed(user: User, wishes: Mapping[str, Any]) -> IncidentQuerySet:
    """The incidents that a person may see, narrowed by what the filter asks, with all that a row shows."""
    incidents = Incident.objects.visible_to(user).select_related("team", "postmortem")
    if text := wishes.get("text"):
        incidents = incidents.filter(matches(text.strip()))
    if severity := wishes.get("severity"):
        incidents = incidents.filter(severity=severity)
    if team := wishes.get("team"):
        incidents = incidents.filter(team=team)
    match wishes.get("state"):
        case "open":
            return incidents.open()
        case "resolved":
            return incidents.resolved()
        case "late":
            return late(incidents, now=timezone.now())
    return incidents


def matches(text: str) -> Q:
    by_number = BY_NUMBER.fullmatch(text)
    numbered = Q(number=int(by_number[1])) if by_number else Q()
    return numbered | Q(title__icontains=text) | Q(summary__icontains=text)


def decided(user: User, wishes: Mapping[str, Any]) -> "QuerySet[ReviewDecision]":
    """The log of decisions as far as the person may see it, the latest first; each with all that its row shows."""
    log = ReviewDecision.objects.visible_to(user).select_related("incident__team", "by")
    if team := wishes.get("team"):
        log = log.filter(incident__team=team)
    return log.exclude(answer=F("proposed")) if wishes.get("show") == "differs" else log


def decision_of(incident: Incident) -> ReviewDecision | None:
    """The latest; what came before it is in the log."""
    return incident.review_decisions.select_related("by").first()


def explanation_of(decision: ReviewDecision, user: User) -> Incident | None:
    """The incident that a decision refers to, if the reader may know of it."""
    if decision.explained_by_id is None:
        return None
    return Incident.objects.visible_to(user).filter(pk=decision.explained_by_id).first()


def policy_of(incident: Incident) -> SeverityPolicy | None:
    return SeverityPolicy.objects.filter(severity=incident.severity).first()


@dataclass(frozen=True)
class Instant:
    """One of an incident's times, and how long after its start that was; `is_none` where there was no such time."""

    label: str
    at: datetime | None
    after: timedelta | None
    is_none: bool


def instants_of(incident: Incident) -> list[Instant]:
    start = incident.started_at
    moments = [(name, getattr(incident, name)) for name in Incident.INSTANTS]
    return [
        Instant(_label(name), at, at - start if at and start and at != start else None, incident.has_no(name))
        for name, at in moments
    ]


def participants_of(incident: Incident) -> list[Participant]:
    return list(incident.participations.select_related("user").order_by("user__name", "pk"))


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One entry of the record, as a person reads it."""

    at: datetime
    by: User | None
    words: str
    changes: list[Change] = field(default_factory=list)
    said: str = ""


WORDS = {
    "incident.reported": "recorded the incident",
    "incident.edited": "changed",
    "incident.review_decided": "decided about the post-mortem",
    "incident.noted": "noted",
    "incident.instant_added": "added a time",
    "incident.instant_edited": "changed a time",
    "incident.instant_removed": "removed a time",
    "incident.roles_assigned": "said who took part as what",
    "incident.related": "named a related incident",
    "incident.unrelated": "took a related incident off",
}


def history_of(incident: Incident) -> list[Line]:
    """Who did what to it, the latest first."""
    entries = RecordEntry.objects.about(incident).select_related("by")
    return [
        Line(
            entry.at, entry.by, WORDS.get(entry.verb, _verb_in_words(entry.verb)), _changes(entry.details), _said(entry)
        )
        for entry in entries
    ]


def _said(entry: RecordEntry) -> str:
    """What a decision was, and the reason given for it."""
    details = entry.details
    match entry.verb:
        case "incident.noted":
            return str(details["text"])
        case "incident.instant_added" | "incident.instant_removed":
            return f"{details['name']}, {_in_words('at', details['at'])}"
        case "incident.instant_edited":
            return f"{details['before']} → {details['after']}"
        case "incident.roles_assigned":
            return ", ".join(f"{name}: {after}" for name, (_, after) in details["roles"].items())
        case "incident.review_decided":
            return _decision_in_words(details)
    return ""


def _decision_in_words(details: Mapping[str, Any]) -> str:
    answer, reason = Review(details["answer"]).label.capitalize(), details["reason"]
    return f"{answer}: {reason}" if reason else answer


def _verb_in_words(verb: str) -> str:
    return verb.partition(".")[2].replace("_", " ")


def _changes(details: Mapping[str, Any]) -> list[Change]:
    changes = details.get("changes") or {}
    return [Change(_label(name), _in_words(name, pair[0]), _in_words(name, pair[1])) for name, pair in changes.items()]


def _label(name: str) -> str:
    model = Incident if name in {field.name for field in Incident._meta.get_fields()} else Impact
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _in_words(name: str, value: Any) -> str:
    if value is None or value == "":
        return "unknown" if value is None else "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "unknowable":
        return ", ".join(_label(one) for one in value) or "nothing"
    if isinstance(value, list):
        return ", ".join(value) or "nobody" if name == "participants" else ", ".join(value) or "none"
    if name == "severity":
        return Severity(value).label
    if name == "kind":
        return Incident.Kind(value).label
    if (name == "at" or name.endswith("_at")) and (at := parse_datetime(str(value))):
        return f"{timezone.localtime(at):%-d %b %Y %H:%M}"
    return str(value)


def people_who_see(incident: Incident) -> UserQuerySet:
    """Everyone whom `visible_to` shows an incident: the same rule, read from the other end."""
    people = User.objects.active()
    if not incident.is_restricted:
        return people
    team = incident.team
    inside = {team.lead_id, team.engineering_manager_id, *incident.participants.values_list("pk", flat=True)}
    members = Team.members.through.objects.filter(team=team).values("user")
    return people.filter(Q(role=User.Role.ADMINISTRATOR) | Q(pk__in=inside - {None}) | Q(pk__in=members))
