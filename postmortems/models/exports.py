from typing import Self

from django.db import models
from django.db.models import Q

from core.models import TimestampedModel
from people.models import User
from postmortems.models.documents import Postmortem


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """A person's own exports, while they may still see what is in them."""
        return self.filter(requested_by=user, postmortem__in=Postmortem.objects.visible_to(user))


class Export(TimestampedModel):
    """One file made of a post-mortem for one person, and how far its making is."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        MARKDOWN = "md", "Markdown"
        JSON = "json", "JSON"

    class Status(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "being made"
        READY = "ready", "ready"
        FAILED = "failed", "failed"

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="export_content_iff_ready",
                condition=Q(status="ready", content__isnull=False) | (~Q(status="ready") & Q(content=None)),
            )
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=4, choices=Format)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    step = models.CharField(max_length=120, blank=True, help_text="What is being done now, for the person who waits.")
    percent = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    content = models.BinaryField(null=True)

    objects = ExportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_format_display()} of {self.postmortem}"

    @property
    def file_name(self) -> str:
        return f"{self.postmortem.incident.reference}-post-mortem.{self.format}"
