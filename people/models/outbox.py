from datetime import datetime
from typing import Self

from django.db import models

from core.models import TimestampedModel
from people.models.users import User


class OutboxMailQuerySet(models.QuerySet["OutboxMail"]):
    def due(self, now: datetime) -> Self:
        """Planned mails whose time has come, and those whose sender fell silent before it could say how it went."""
        return self.filter(status__in=[OutboxMail.Status.PLANNED, OutboxMail.Status.SENDING], next_try_at__lte=now)


class OutboxMail(TimestampedModel):
    """One mail that is owed to one person. The row comes first; a message is only ever sent from a row.

    `(kind, recipient, period)` is unique, so that planning twice owes nothing twice.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", "planned"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        FAILED = "failed", "given up"

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "mail"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "recipient", "period"], name="mail_once_for_person_kind_and_period"
            ),
            models.CheckConstraint(
                name="mail_sent_at_iff_sent",
                condition=models.Q(status="sent", sent_at__isnull=False)
                | (~models.Q(status="sent") & models.Q(sent_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="mail_waiting", condition=models.Q(status__in=["planned", "sending"])
            ),
            models.Index(fields=["updated_at"], name="mail_given_up", condition=models.Q(status="failed")),
        ]

    kind = models.CharField(max_length=40)
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mails")
    period = models.CharField(max_length=40, help_text="What it is owed for: 2026-W47, or the id of an event.")
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    concerns = models.JSONField(
        default=dict, blank=True, help_text="What its words tell of, looked at again when it is sent."
    )
    instead = models.TextField(blank=True, help_text="Sent in place of the words if the recipient may not read them.")
    topic = models.CharField(
        max_length=40, blank=True, help_text="What of it may be done without, by one click. Empty: nothing."
    )
    message_id = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    doubt_count = models.PositiveSmallIntegerField(
        default=0, help_text="How often the mail server had all of it, and did not say whether it keeps it."
    )
    next_try_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxMailQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.period} to {self.recipient}"
