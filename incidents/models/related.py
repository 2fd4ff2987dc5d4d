"""Incidents that resemble one another: whoever reads of one finds the other."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from core.models import TimestampedModel
from incidents.models.incidents import Incident
from people.models import User


class RelationQuerySet(models.QuerySet["Relation"]):
    def visible_to(self, user: User) -> Self:
        """Only where both may be seen: who sees one is not told that there is another."""
        seen = Incident.objects.visible_to(user)
        return self.filter(incident__in=seen, other__in=seen)

    def of(self, incident: Incident) -> Self:
        """From either side."""
        return self.filter(Q(incident=incident) | Q(other=incident))


class Relation(TimestampedModel):
    """Two incidents and what is alike about them. It has no direction; one row serves both."""

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="relation_between_two_incidents", condition=~Q(incident=F("other"))),
            models.UniqueConstraint(Least("incident", "other"), Greatest("incident", "other"), name="relation_once"),
        ]

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="relations")
    other = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="relations_from_others")
    why = models.CharField("what is alike", max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RelationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.incident.reference} and {self.other.reference}"

    def beside(self, incident: Incident) -> Incident:
        """The one of the two that `incident` is not."""
        return self.other if self.incident_id == incident.pk else self.incident
