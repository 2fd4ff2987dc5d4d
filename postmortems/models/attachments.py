from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.models import TimestampedModel
from people.models import User
from postmortems.models.documents import Postmortem

LONGEST_NAME = 100


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def described(self) -> Self:
        """All but the bytes, which a list has no use for."""
        return self.defer("content")


class Attachment(TimestampedModel):
    """A picture, or a text such as a log: evidence kept beside the words of one post-mortem. It is never changed.

    `content` is not what was uploaded but what we made of it: pictures are drawn anew, so that nothing hides in them.
    `sha256` is of the bytes that came, which is how the same file brought twice is known.
    """

    class Kind(models.TextChoices):
        PNG = "image/png", "PNG picture"
        JPEG = "image/jpeg", "JPEG picture"
        GIF = "image/gif", "GIF picture"
        WEBP = "image/webp", "WebP picture"
        TEXT = "text/plain", "text"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["postmortem", "sha256"], name="attachment_kept_once"),
            models.CheckConstraint(
                name="attachment_picture_has_a_size",
                condition=Q(kind="text/plain", width=None, height=None)
                | (~Q(kind="text/plain") & Q(width__gte=1, height__gte=1)),
            ),
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=10, choices=Kind)
    size = models.PositiveIntegerField(help_text="In bytes, as it is kept.")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    first_line = models.CharField(max_length=200, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attachments")
    content = models.BinaryField()

    objects = AttachmentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def address_in(self, number: int) -> str:
        """Where it is served; `number` is its post-mortem's, which whoever lists attachments has at hand."""
        return reverse("postmortems:attachment", args=[number, self.pk, self.name])

    @property
    def is_picture(self) -> bool:
        return self.kind != self.Kind.TEXT

    @property
    def note(self) -> str:
        """How much there is to read, beside a link to it."""
        if self.is_picture:
            return f"{self.width} × {self.height}, {self.weight}"
        return f"{self.line_count:,} {'line' if self.line_count == 1 else 'lines'}, {self.weight}"

    @property
    def weight(self) -> str:
        if self.size < 1000:
            return f"{self.size} bytes"
        return f"{self.size / 1000:.0f} kB" if self.size < 1_000_000 else f"{self.size / 1_000_000:.1f} MB"

    @property
    def markdown(self) -> str:
        """What puts it into a text."""
        words = self.name.rpartition(".")[0] if self.is_picture else self.name
        for sign in "\\[]`*_<>":
            words = words.replace(sign, f"\\{sign}")
        return f"{'!' if self.is_picture else ''}[{words}](attachment:{self.pk})"
