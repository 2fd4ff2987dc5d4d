"""Saying that two incidents are alike, and taking it back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from incidents.errors import IncidentRefused
from incidents.models import Incident, Relation
from incidents.signals import incident_edited
from people.models import User
from people.record import put_on_record


class NotRelatable(IncidentRefused):
    """Two incidents are one and the same, or related already."""


@dataclass(frozen=True)
class Related:
    """Another incident, and what is alike, as the page of one of the two shows it."""

    pk: int
    incident: Incident
    why: str
    by: User
    at: datetime


def related_to(incident: Incident, user: User) -> list[Related]:
    """What `user` may know of; the latest first."""
    rows = Relation.objects.visible_to(user).of(incident).select_related("incident", "other", "by")
    return [Related(row.pk, row.beside(incident), row.why, row.by, row.created_at) for row in rows]


def related_for_all(incident: Incident) -> list[Related]:
    """What a file may tell that goes from hand to hand: only incidents that everybody at work may see."""
    seen = Incident.objects.visible_to_all()
    rows = Relation.objects.of(incident).filter(
        Q(incident=incident, other__in=seen) | Q(other=incident, incident__in=seen)
    )
    return [
        Related(row.pk, row.beside(incident), row.why, row.by, row.created_at)
        for row in rows.select_related("incident", "other", "by")
    ]


@transaction.atomic
def relate_incidents(incident: Incident, other: Incident, *, why: str, by: User) -> Relation:
    """Keep that two incidents are alike; open pages of both show it. Raises NotRelatable, and then keeps nothing."""
    if incident == other:
        raise NotRelatable({"other": "That is this incident itself."})
    # Two people may say so at once, from either side: the rows are locked in one order.
    list(Incident.objects.select_for_update().filter(pk__in=[incident.pk, other.pk]).order_by("pk"))
    if Relation.objects.of(incident).of(other).exists():
        raise NotRelatable({"other": f"{other.reference} is among the related ones already."})
    relation = Relation.objects.create(incident=incident, other=other, why=why, by=by)
    _tell(relation, "incident.related", by)
    return relation


@transaction.atomic
def unrelate_incidents(relation: Relation, *, by: User) -> None:
    relation = Relation.objects.select_for_update(of=("self",)).select_related("incident", "other").get(pk=relation.pk)
    _tell(relation, "incident.unrelated", by)
    relation.delete()


def _tell(relation: Relation, verb: str, by: User) -> None:
    """On record with both. Neither record names the other: whoever reads it may not be allowed to know of it."""
    for incident in (relation.incident, relation.other):
        put_on_record(incident, verb, by=by)
        incident_edited.send(Incident, incident=incident, changed={"related"})
