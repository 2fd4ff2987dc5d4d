from typing import Any

from django.db import models
from django.db.models import F, Q

from core.dates import validate_time_zone
from core.models import TimestampedModel
from people.models import User
from postmortems.models.documents import Postmortem


class TimelineEvent(TimestampedModel):
    """One fact of an incident with the instant it happened; an opinion is an observation and belongs elsewhere."""

    class Kind(models.TextChoices):
        DETECTION = "detection", "detection"
        DIAGNOSIS = "diagnosis", "diagnosis"
        COMMUNICATION = "communication", "communication"
        DECISION = "decision", "decision"
        ACTION = "action", "action"
        ESCALATION = "escalation", "escalation"
        MITIGATION = "mitigation", "mitigation"
        RECOVERY = "recovery", "recovery"
        OTHER = "other", "other"

    class Meta:
        ordering = [F("occurred_at").asc(nulls_last=True), "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["postmortem", "fingerprint"],
                condition=~Q(fingerprint=""),
                name="event_from_a_file_taken_once",
            )
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="timeline_events")
    occurred_at = models.DateTimeField(
        "when", null=True, help_text="Empty only for imported events whose time is unknown."
    )
    text = models.TextField("what happened", max_length=4000)
    who = models.CharField("who or what", max_length=120, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    is_key = models.BooleanField("key moment", default=False, help_text="One of the few that the story turns on.")
    effect = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=500, blank=True, help_text="A link to the evidence, or where it was written.")
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="Of the line in a file that it was taken from, to know that line again."
    )
    position = models.PositiveIntegerField(default=0, help_text="Orders events of the same instant.")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    # What open pages were told of the last change: whoever made it is answered with the same.
    told: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.text[:80]


class Observation(TimestampedModel):
    """What the room thinks of what happened: an opinion, beneath the facts, and about one of them where it is."""

    class Kind(models.TextChoices):
        WELL = "well", "went well"
        BADLY = "badly", "went badly"
        LUCKY = "lucky", "lucky"
        QUESTION = "question", "question"

    class Meta:
        ordering = ["position", "pk"]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="observations")
    text = models.TextField("what we noticed", max_length=2000)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.WELL)
    event = models.ForeignKey(
        TimelineEvent, on_delete=models.SET_NULL, null=True, blank=True, related_name="observations"
    )
    position = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    # As for events.
    told: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.text[:80]


class LineZone(TimestampedModel):
    """The zone in which a person writes the times of one timeline, where it is not the zone on their account."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["postmortem", "user"], name="line_zone_once_for_a_person")]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    zone = models.CharField(max_length=64, validators=[validate_time_zone])


class QuestionSetAside(TimestampedModel):
    """A question that the timeline raises and the room does not want to see any more; `key` is what gaps.py calls it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["postmortem", "key"], name="question_set_aside_once")]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="questions_set_aside")
    key = models.CharField(max_length=80)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
