"""The rows that a post-mortem itself has: its timeline, and the facts of its incident."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from incidents.models import Impact, Incident
from people.models import RecordEntry
from postmortems.exporting.document import impact_facts
from postmortems.history.rows import Field, Row, people_on_record, plain
from postmortems.models import Cause, Observation, Postmortem, TimelineEvent


def record_of(model: type[Any], reference: str) -> QuerySet[RecordEntry]:
    """Entries about what `reference` leads to from a post-mortem, made after its history was last read."""
    about = ContentType.objects.get_for_model(model)
    return RecordEntry.objects.filter(
        thing_type=about, thing_id=OuterRef(reference), at__gt=OuterRef("history__rows_at")
    )


class TimelineRows:
    key, title, one, many = "timeline", "Timeline", "timeline event", "timeline events"
    moves_on: frozenset[str] = frozenset()
    fields: Mapping[str, Field] = {
        "occurred_at": Field("When"),
        "text": Field("What happened"),
        "who": Field("Who or what", unknown="nobody named"),
        "kind": Field("Kind", dict(TimelineEvent.Kind.choices)),
        "is_key": Field("Key moment"),
        "effect": Field("Effect", unknown="none noted"),
        "source": Field("Source", unknown="none noted"),
    }

    def rows(self, postmortem: Postmortem) -> list[Row]:
        names = [*self.fields, "position"]
        events = TimelineEvent.objects.filter(postmortem=postmortem)
        return [Row(event.pk, {name: plain(getattr(event, name)) for name in names}) for event in events]

    def heading(self, row: Row) -> str:
        """`2 Mar 14:05 The first alert fires.`, by the reader's clock."""
        at, text = row.values.get("occurred_at"), str(row.values.get("text") or "")
        moment = parse_datetime(at) if at else None
        return f"{date_format(timezone.localtime(moment), 'j M H:i')} {text}" if moment else text

    def people(self, postmortem: Postmortem, since: datetime) -> set[int]:
        entries = RecordEntry.objects.about(postmortem).filter(verb__startswith="timeline_event.")
        return people_on_record(entries, since)

    def has_changed(self) -> Q:
        return Q(Exists(record_of(Postmortem, "pk").filter(verb__startswith="timeline_event.")))


class ObservationRows:
    key, title, one, many = "observations", "Observations", "observation", "observations"
    moves_on: frozenset[str] = frozenset()
    fields: Mapping[str, Field] = {
        "text": Field("What we noticed"),
        "kind": Field("Kind", dict(Observation.Kind.choices)),
        "about": Field("About", unknown="no single event"),
    }

    def rows(self, postmortem: Postmortem) -> list[Row]:
        found = Observation.objects.filter(postmortem=postmortem).select_related("event")
        return [Row(one.pk, {"text": one.text, "kind": one.kind, "about": str(one.event or "")}) for one in found]

    def heading(self, row: Row) -> str:
        return str(row.values.get("text") or "")

    def people(self, postmortem: Postmortem, since: datetime) -> set[int]:
        return people_on_record(RecordEntry.objects.about(postmortem).filter(verb__startswith="observation."), since)

    def has_changed(self) -> Q:
        return Q(Exists(record_of(Postmortem, "pk").filter(verb__startswith="observation.")))


class CauseRows:
    key, title, one, many = "causes", "Causes", "cause", "causes"
    moves_on: frozenset[str] = frozenset()
    fields: Mapping[str, Field] = {
        "text": Field("Cause"),
        "kind": Field("Kind", dict(Cause.Kind.choices)),
        "category": Field("Category", dict(Cause.Category.choices), unknown="none"),
    }

    def rows(self, postmortem: Postmortem) -> list[Row]:
        causes = Cause.objects.filter(postmortem=postmortem)
        return [Row(cause.pk, {name: plain(getattr(cause, name)) for name in self.fields}) for cause in causes]

    def heading(self, row: Row) -> str:
        return str(row.values.get("text") or "")

    def people(self, postmortem: Postmortem, since: datetime) -> set[int]:
        return people_on_record(RecordEntry.objects.about(postmortem).filter(verb__startswith="cause."), since)

    def has_changed(self) -> Q:
        return Q(Exists(record_of(Postmortem, "pk").filter(verb__startswith="cause.")))


class FactsRows:
    """One row: what is known of the incident. It is told in words, for nobody brings it back from here."""

    key, title, one, many = "facts", "Facts", "fact", "facts"
    moves_on: frozenset[str] = frozenset()

    def __init__(self) -> None:
        unsaved = Impact(incident=Incident())
        self.fields: Mapping[str, Field] = {
            "title": Field("Title"),
            "summary": Field("Summary", unknown="none"),
            "kind": Field("Kind", dict(Incident.Kind.choices)),
            "severity": Field("Severity"),
            "services": Field("Services"),
            "team": Field("Team"),
            "is_restricted": Field("Restricted"),
            "is_near_miss": Field("Near miss"),
            **{name: Field(_label(name)) for name in Incident.INSTANTS},
            **{fact.name: Field(fact.label) for fact in impact_facts(unsaved) if fact.name != "duration"},
            "own_instants": Field("Times of its own"),
            "participants": Field("Participants"),
        }

    def rows(self, postmortem: Postmortem) -> list[Row]:
        incident = (
            Incident.objects.select_related("team", "impact")
            .prefetch_related("services", "participations__user", "own_instants")
            .get(pk=postmortem.incident_id)
        )
        return [Row(0, _facts_of(incident))]

    def heading(self, row: Row) -> str:
        return self.title

    def people(self, postmortem: Postmortem, since: datetime) -> set[int]:
        return people_on_record(RecordEntry.objects.about(postmortem.incident), since)

    def has_changed(self) -> Q:
        return Q(Exists(record_of(Incident, "incident_id")))


def _label(name: str) -> str:
    return str(Incident._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]


def _facts_of(incident: Incident) -> dict[str, Any]:
    impact = getattr(incident, "impact", None) or Impact(incident=incident)
    return {
        "title": incident.title,
        "summary": incident.summary,
        "kind": str(incident.kind),
        "severity": f"SEV-{incident.severity}",
        "services": [service.name for service in incident.services.all()],
        "team": incident.team.name,
        "is_restricted": incident.is_restricted,
        "is_near_miss": incident.is_near_miss,
        **{name: plain(getattr(incident, name)) for name in Incident.INSTANTS},
        **{fact.name: fact.text for fact in impact_facts(impact) if fact.name != "duration"},
        "own_instants": [str(instant) for instant in incident.own_instants.all()],
        "participants": [str(part) for part in incident.participations.all()],
    }
