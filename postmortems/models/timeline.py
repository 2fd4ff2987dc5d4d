from typing import Any

from django.db import models
from django.db.models import F

from core.models import TimestampedModel
from people.models import User
from postmortems.models.documents import Postmortem


class TimelineEvent(TimestampedModel):
    """One fact of an incident with the instant it happened; an opinion is an observation and belongs elsewhere."""

    class Kind(models.TextChoices):
        DETECTION = "detection", "detection"
        COMMUNICATION = "communication", "communication"
        DECISION = "decision", "decision"
        ACTION = "action", "action"
        ESCALATION = "escalation", "escalation"
        MITIGATION = "mitigation", "mitigation"
        RECOVERY = "recovery", "recovery"
        OTHER = "other", "other"

    class Meta:
        ordering = [F("occurred_at").asc(nulls_last=True), "position", "pk"]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="timeline_events")
    occurred_at = models.DateTimeField(
        "when", null=True, help_text="Empty only for imported events whose time is unknown."
    )
    text = models.TextField("what happened", max_length=4000)
    who = models.CharField("who or what", max_length=120, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    effect = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=500, blank=True, help_text="A link to the evidence, or where it was written.")
    position = models.PositiveIntegerField(default=0, help_text="Orders events of the same instant.")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    # What open pages were told of the last change: whoever made it is answered with the same.
    told: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.text[:80]
