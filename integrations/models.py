from typing import Self

from django.db import models

from core.models import TimestampedModel
from incidents.models import Incident
from people.models import User


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
