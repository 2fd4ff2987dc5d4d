from datetime import date
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.models import NumberedModel, TimestampedModel
from people.models import User
from postmortems.models import Postmortem


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: User) -> Self:
        """The one door to actions: who may see the incident may see what came out of it."""
        return self.filter(postmortem__in=Postmortem.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(status__in=Action.OPEN)

    def overdue(self, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def delete(self) -> NoReturn:
        raise TypeError("Actions are never deleted: drop them, with a reason.")


class Action(NumberedModel):
    """Agreed follow-up work: one owner, one due date. It ends as done, with proof, or dropped, on the record.

    Owner and due date are empty only for actions that were imported without them.
    """

    REFERENCE_PREFIX = "ACT"

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "not started"
        IN_PROGRESS = "in_progress", "in progress"
        DONE = "done", "done"
        DROPPED = "dropped", "dropped"

    class Priority(models.TextChoices):
        HIGH = "high", "high"
        MEDIUM = "medium", "medium"
        LOW = "low", "low"

    OPEN = [Status.NOT_STARTED, Status.IN_PROGRESS]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="action_done_with_evidence",
                condition=~Q(status="done") | (~Q(evidence="") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="action_dropped_with_reason_and_name",
                condition=~Q(status="dropped") | (~Q(drop_reason="") & Q(dropped_by__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="action_open_by_due_date",
                condition=Q(status__in=["not_started", "in_progress"]),
            )
        ]

    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="actions")
    due_on = models.DateField("due", null=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.MEDIUM)
    status = models.CharField(max_length=20, choices=Status, default=Status.NOT_STARTED)
    evidence = models.CharField(
        max_length=1000, blank=True, help_text="A link that proves it: a pull request, a dashboard."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    drop_reason = models.TextField(blank=True)
    dropped_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="actions_dropped"
    )
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="actions_added")

    objects = ActionQuerySet.as_manager()

    # What open pages were told of the last change: whoever made it is answered with the same.
    told: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("actions:detail", args=[self.number])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.reference} is never deleted: drop it, with a reason.")

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def days_overdue(self, on: date) -> int:
        """Whole days past its due date; 0 for one that is not late or has ended."""
        return max((on - self.due_on).days, 0) if self.is_open and self.due_on else 0


class WeeklyRun(TimestampedModel):
    """The weekly mail of one week was planned. One row a week, whoever planned it, and however often it was tried."""

    class Meta:
        ordering = ["-monday"]

    monday = models.DateField(unique=True)
    mail_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"week of {self.monday}"
