"""Who is asked whether a post-mortem may be published, and what they answered."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from core.models import TimestampedModel
from people.models import User
from postmortems.models.documents import Postmortem
from postmortems.models.revisions import Revision


class ReviewerQuerySet(models.QuerySet["Reviewer"]):
    def waited_for(self) -> Self:
        """Asked, and silent since."""
        return self.filter(Q(answered_at=None) | Q(answered_at__lt=F("asked_at")), asked_at__isnull=False)

    def objecting(self) -> Self:
        return self.filter(answer=Reviewer.Answer.CHANGES)


class Reviewer(TimestampedModel):
    """A person who is named to review a post-mortem, with their latest answer; earlier ones are on record."""

    class Answer(models.TextChoices):
        APPROVED = "approved", "approved"
        CHANGES = "changes", "asks for changes"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["postmortem", "person"], name="reviewer_named_once"),
            models.CheckConstraint(
                name="reviewer_answered_at_a_version_iff_answered",
                condition=Q(answer="", answered_at=None, revision=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, revision__isnull=False)),
            ),
            models.CheckConstraint(
                name="reviewer_asks_for_changes_in_words", condition=~Q(answer="changes") | ~Q(words="")
            ),
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="reviewers")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When last; empty while it is a draft.")
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="+", help_text="What the answer is about."
    )

    objects = ReviewerQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.person)

    @property
    def is_waited_for(self) -> bool:
        if self.asked_at is None:
            return False
        return self.answered_at is None or self.answered_at < self.asked_at
