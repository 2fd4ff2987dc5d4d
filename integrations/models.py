from typing import Any, Self

from django.db import models

from core.models import TimestampedModel
from incidents.models import Incident
from people.models import User
from postmortems.models import Postmortem


class ImportedDocument(TimestampedModel):
    """A document that became an incident with its post-mortem, kept word for word as it came."""

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["fingerprint"], name="document_imported_once")]

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="imported_document")
    source_name = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the text, to know it when it comes again.")
    text = models.TextField()
    warnings = models.JSONField(default=list, blank=True)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="documents_imported")

    def __str__(self) -> str:
        return self.source_name


class ImportDraftQuerySet(models.QuerySet["ImportDraft"]):
    def visible_to(self, user: User) -> Self:
        """What one person uploads and has not confirmed is nobody else's business."""
        return self.filter(owner=user)


class ImportDraft(TimestampedModel):
    """A text that was uploaded or pasted and waits for its owner to look at what was found in it."""

    class Meta:
        ordering = ["-created_at", "-pk"]

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="import_drafts")
    source_name = models.CharField(max_length=300)
    text = models.TextField()
    warnings = models.JSONField(default=list, blank=True, help_text="About the bytes, before the text was read.")

    objects = ImportDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return self.source_name


class TimelineDraftQuerySet(models.QuerySet["TimelineDraft"]):
    def visible_to(self, user: User) -> Self:
        """As an ImportDraft: nobody else's business before something is taken from it."""
        return self.filter(owner=user)


class TimelineDraft(TimestampedModel):
    """What one person brought for the timeline of one post-mortem and has not taken yet, with their choices so far."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "postmortem"], name="one_timeline_draft_each")]

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="timeline_drafts")
    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="timeline_drafts")
    zone = models.CharField(max_length=64, help_text="Of times that name none.")
    day = models.DateField(null=True, blank=True, help_text="Of times that name none; empty: that of the incident.")
    is_dayless = models.BooleanField(default=False, help_text="Some of what was brought names no day.")
    channel = models.CharField(max_length=200, blank=True, help_text="Of a chat export; empty until one was chosen.")
    is_whole = models.BooleanField(default=False, help_text="All days of an export, not only those of the incident.")
    channels = models.JSONField(default=list, blank=True)
    candidates = models.JSONField(default=list, blank=True, help_text="What was read, in order.")
    choices = models.JSONField(
        default=dict, blank=True, help_text="By fingerprint: taken or left, and what was edited."
    )
    warnings = models.JSONField(default=list, blank=True)

    objects = TimelineDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return ", ".join(file.name for file in self.files.all())

    def choice(self, fingerprint: str) -> dict[str, Any]:
        found: dict[str, Any] = self.choices.get(fingerprint, {})
        return found


class TimelineDraftFile(models.Model):
    """The bytes as they came: another zone or another channel reads them anew."""

    class Kind(models.TextChoices):
        SLACK = "slack_export", "Slack"
        PAGERDUTY = "pagerduty_log_entries", "PagerDuty"
        PAGERDUTY_WEBHOOK = "pagerduty_webhook_v3", "PagerDuty webhook"
        ALERTMANAGER = "alertmanager", "Alertmanager"
        OPSGENIE = "opsgenie", "Opsgenie"
        GRAFANA = "grafana", "Grafana"
        STATUSPAGE = "statuspage", "Statuspage"
        GOOGLE_CLOUD = "gcp_status", "Google Cloud status"
        GITHUB = "github_issue", "GitHub issue"
        CSV = "csv", "a table"
        JSON = "json", "JSON of another tool"
        TEXT = "text", "text"

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["draft", "sha256"], name="timeline_file_brought_once")]

    draft = models.ForeignKey(TimelineDraft, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=40, choices=Kind)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name
