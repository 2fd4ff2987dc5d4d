"""Whether an incident needs a post-mortem: the policy's rows, and what people decided."""

from decimal import Decimal
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from core.models import TimestampedModel
from incidents.models.incidents import Incident, SeverityPolicy
from people.models import User

Review = SeverityPolicy.Review
MEASURED = ["users_share", "users_count", "downtime", "sla_budget", "revenue_lost", "of_its_kind"]


class ReviewTriggerQuerySet(models.QuerySet["ReviewTrigger"]):
    def in_force(self) -> Self:
        return self.filter(is_in_force=True)


class ReviewTrigger(TimestampedModel):
    """One row of the policy: a condition, and the review that it asks for. Without an answer it speaks against one."""

    class Condition(models.TextChoices):
        USERS_SHARE = "users_share", "share of users affected, in %, at least"
        USERS_COUNT = "users_count", "users affected, at least"
        DOWNTIME = "downtime", "minutes that users felt it, at least"
        SLA_BUDGET = "sla_budget", "share of the month's SLA budget used, in %, at least"
        SLA_BREACHED = "sla_breached", "the SLA was breached"
        REVENUE_LOST = "revenue_lost", "revenue lost, in its currency, at least"
        DATA_LOST = "data_lost", "data was lost"
        DATA_EXPOSED = "data_exposed", "data was exposed"
        PAYMENTS = "payments", "a service that takes payments was hit"
        SECURITY = "security", "it is a security incident"
        PROJECT = "project", "it is a project or product failure"
        PROCESS = "process", "it is a process failure"
        NEAR_MISS = "near_miss", "it was a near miss"
        WENT_WELL = "went_well", "it went unusually well"
        OF_ITS_KIND = "of_its_kind", "incidents of this kind on its services within 90 days, at least"
        SINGLE_REPORT = "single_report", "no more than one user reported it"
        PLANNED = "planned", "it was planned maintenance"
        WORKAROUND = "workaround", "it is a known issue with a workaround"
        WITHIN_SLA = "within_sla", "it stayed within what is promised"

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="trigger_number_iff_measured",
                condition=Q(condition__in=MEASURED, at_least__isnull=False)
                | (~Q(condition__in=MEASURED) & Q(at_least=None)),
            )
        ]

    condition = models.CharField(max_length=20, choices=Condition)
    at_least = models.DecimalField(
        "number",
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="For conditions that end in “at least”.",
    )
    answer = models.CharField(
        max_length=20, choices=Review, blank=True, help_text="Empty: it speaks against a post-mortem."
    )
    because = models.CharField(max_length=300, help_text="Why, in a sentence for whoever decides.")
    position = models.PositiveSmallIntegerField(default=100)
    is_in_force = models.BooleanField("in force", default=True)

    objects = ReviewTriggerQuerySet.as_manager()

    def __str__(self) -> str:
        number = f" {self.at_least.normalize():f}" if self.at_least is not None else ""
        return f"{self.get_condition_display()}{number}"


class ReviewDecisionQuerySet(models.QuerySet["ReviewDecision"]):
    def visible_to(self, user: User) -> Self:
        """The one door to decisions: who may see the incident may see what was decided about it."""
        return self.filter(incident__in=Incident.objects.visible_to(user))


class ReviewDecision(TimestampedModel):
    """What a person decided about an incident's post-mortem. Kept for ever; the latest one counts."""

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="decision_against_the_policy_with_a_reason",
                condition=Q(answer=models.F("proposed")) | ~Q(reason=""),
            )
        ]

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="review_decisions")
    answer = models.CharField(max_length=20, choices=Review)
    proposed = models.CharField(max_length=20, choices=Review, help_text="What the policy answered then.")
    reason = models.TextField(blank=True)
    explained_by = models.ForeignKey(
        Incident,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="An earlier incident whose post-mortem explains this one.",
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ReviewDecisionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.incident.reference}: {self.get_answer_display()}"

    @property
    def differs(self) -> bool:
        return self.answer != self.proposed
