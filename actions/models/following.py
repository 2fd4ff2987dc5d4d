"""What follows an action: where the work is done, whether it still holds, and which links of mails were used."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from actions.models.actions import Action
from core.models import TimestampedModel
from people.models import User


class ActionLink(TimestampedModel):
    """A ticket, a change or another page where an action is worked on; its kind follows from the address."""

    class Kind(models.TextChoices):
        CHANGE = "change", "pull request"
        ISSUE = "issue", "issue"
        TICKET = "ticket", "ticket"
        COMMIT = "commit", "commit"
        DOCUMENT = "document", "page"

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["action", "url"], name="action_link_once")]

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="links")
    url = models.URLField("address", max_length=1000)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.DOCUMENT)
    label = models.CharField(max_length=200, help_text="What people call it: PAY-123, platform/gate#45.")
    tracker = models.CharField(max_length=20, blank=True, help_text="Which system it stands in, when that is known.")
    external_key = models.CharField(max_length=200, blank=True, help_text="Its name in that system.")
    external_state = models.CharField(max_length=60, blank=True, help_text="What that system last said of it.")
    state_seen_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.label


class HoldCheckQuerySet(models.QuerySet["HoldCheck"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(action__in=Action.objects.visible_to(user))

    def waiting(self, on: date) -> Self:
        """Due and not answered; an action that was taken up again is asked about once it is done again."""
        return self.filter(answered_at=None, due_on__lte=on, action__status=Action.Status.DONE)


class HoldCheck(TimestampedModel):
    """Some time after an action is done: is the measure still in place, and does it work?"""

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "after_days"], name="hold_check_once_for_each_day"),
            models.CheckConstraint(
                name="hold_check_answer_with_a_name",
                condition=Q(answered_at=None, holds=None, answered_by=None)
                | Q(answered_at__isnull=False, holds__isnull=False, answered_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="hold_check_waiting", condition=Q(answered_at=None))]

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="checks")
    after_days = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    holds = models.BooleanField(null=True, blank=True)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = HoldCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.action.reference} after {self.after_days} days"


class UsedAnswer(models.Model):
    """A link of a mail that was answered: it changes something once, however often it is opened or sent."""

    mail_id = models.BigIntegerField()
    purpose = models.CharField(max_length=20)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mail_id", "purpose", "action"], name="answer_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.action_id} of mail {self.mail_id}"
