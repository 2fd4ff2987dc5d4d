from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from people.models import User
from postmortems.models.documents import Postmortem


class RevisionPart(models.Model):
    """One text, or one list of rows, as it stood in a revision. Revisions that have it alike share it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["postmortem", "digest"], name="revision_part_kept_once")]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="revision_parts")
    digest = models.CharField(max_length=32)
    content = models.BinaryField(help_text="Compressed; a text, or the JSON of rows.")


class Revision(models.Model):
    """The whole document as it stood at one moment. The database refuses to change or delete one."""

    class Kind(models.TextChoices):
        OPENED = "opened", "opened"
        AUTOMATIC = "automatic", "kept by itself"
        STATUS = "status", "status changed"
        NAMED = "named", "named"
        REVIEWED = "reviewed", "reviewed"
        BROUGHT_BACK = "brought_back", "brought back"

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["postmortem", "number"], name="revision_number_once"),
            models.CheckConstraint(
                name="revision_named_unless_automatic",
                condition=(Q(kind="automatic", name="") | ~Q(kind="automatic") & ~Q(name="")),
            ),
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    upto = models.BigIntegerField(help_text="The row of the live log up to which the texts are told.")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.AUTOMATIC)
    name = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: Debrief kept it by itself."
    )
    parts = models.JSONField(help_text="The key of each RevisionPart, by what it holds.")
    changes = models.JSONField(default=list, help_text="What differs from the revision before, and who changed it.")
    changed = ArrayField(models.CharField(max_length=80), default=list, help_text="The parts in `changes`.")
    people = ArrayField(models.BigIntegerField(), default=list, help_text="Everyone in `changes`.")

    def __str__(self) -> str:
        return f"version {self.number} of {self.postmortem}"

    @property
    def title(self) -> str:
        return self.name or f"Version {self.number}"

    @property
    def is_named(self) -> bool:
        return bool(self.name)


class HistoryMark(models.Model):
    """How far the history of a post-mortem is kept. Whoever adds a revision holds the post-mortem's row meanwhile."""

    postmortem = models.OneToOneField(Postmortem, on_delete=models.PROTECT, primary_key=True, related_name="history")
    upto = models.BigIntegerField(default=0, help_text="The rows of the live log that revisions tell.")
    rows_at = models.DateTimeField(help_text="Changes of rows that were on record by then are in it.")
