from typing import Any

from django.db import models

from core.models import TimestampedModel
from people.models import User
from postmortems.models.documents import Postmortem


class Cause(TimestampedModel):
    """Why it could happen: a root cause, or a condition that made it likelier or worse. Never a person."""

    class Kind(models.TextChoices):
        ROOT = "root", "root cause"
        FACTOR = "factor", "contributing factor"

    class Category(models.TextChoices):
        TECHNICAL = "technical", "technical"
        PROCESS = "process", "process"
        ENVIRONMENTAL = "environmental", "environmental"
        PEOPLE = "people", "people"
        EXTERNAL = "external", "external"

    class Meta:
        ordering = ["pk"]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="causes")
    text = models.CharField("cause", max_length=300)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FACTOR)
    category = models.CharField(max_length=20, choices=Category, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    # What open pages were told of the last change: whoever made it is answered with the same.
    told: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.text
