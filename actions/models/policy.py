"""What facilitators decide about actions: the ladder's rows, and the limits."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from core.models import TimestampedModel

DAYS = RegexValidator(r"^\d{1,4}(, ?\d{1,4})*$", "Write days with commas between them, such as 30, 90, 365.")


class ActionPolicy(TimestampedModel):
    """The one row of limits that hold for every action here."""

    class Meta:
        verbose_name = "limits of actions"
        verbose_name_plural = "limits of actions"
        constraints = [models.CheckConstraint(name="action_policy_only_one", condition=Q(pk=1))]

    accept_within_days = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text="After these, the facilitator sees which owners have not said yes.",
    )
    confirm_up_to_severity = models.PositiveSmallIntegerField(
        default=1,
        validators=[MaxValueValidator(4)],
        help_text="Up to this severity a second person confirms what is done: 1 for SEV-1 alone, 0 for none.",
    )
    checks_after_days = models.CharField(
        max_length=60,
        default="30, 90, 365",
        validators=[DAYS],
        help_text="So long after an action is done, its owner is asked whether it still holds.",
    )
    most_commitments = models.PositiveSmallIntegerField(
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="So many actions a post-mortem takes on; for one more, a reason is asked and kept.",
    )
    answer_within_days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MinValueValidator(7), MaxValueValidator(60)],
        help_text="So long a link in a mail can be answered.",
    )

    def __str__(self) -> str:
        return "limits of actions"

    def save(self, *args: object, **kwargs: object) -> None:
        self.pk = 1
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @classmethod
    def load(cls) -> "ActionPolicy":
        """Until somebody saves another one, the one in the field defaults; reading makes no row."""
        return cls.objects.first() or cls()

    @property
    def check_days(self) -> list[int]:
        return sorted({int(day) for day in self.checks_after_days.split(",")})


class EscalationStep(TimestampedModel):
    """One rung of the ladder: from how many days on who is told, and what is asked of them."""

    class Audience(models.TextChoices):
        REMINDER = "reminder", "its owner, before it is due"
        OWNER = "owner", "its owner"
        LEAD = "lead", "the team lead, in copy"
        TEAM = "team", "everybody in the team"
        MANAGER = "manager", "the engineering manager"
        DECISION = "decision", "owner, lead and manager, who owe a decision"

    # Without these an action could be forgotten: their day may change, but they stay in force.
    ALWAYS = [Audience.OWNER, Audience.DECISION]

    class Meta:
        ordering = ["days", "pk"]
        verbose_name = "step of the ladder"
        verbose_name_plural = "steps of the ladder"
        constraints = [
            models.CheckConstraint(
                name="escalation_step_always_in_force",
                condition=~Q(audience__in=["owner", "decision"]) | Q(is_in_force=True),
            ),
        ]

    audience = models.CharField("who is told", max_length=20, choices=Audience, unique=True)
    days = models.PositiveSmallIntegerField(
        help_text="Days after the due date, from which on they are told each week; for the reminder, days before it.",
        validators=[MaxValueValidator(365)],
    )
    asks = models.CharField("what is asked", max_length=400, blank=True, help_text="A sentence or two, for the mail.")
    is_in_force = models.BooleanField("in force", default=True)

    def __str__(self) -> str:
        when = "before" if self.audience == self.Audience.REMINDER else "after"
        return f"{self.days} days {when} the due date: {self.get_audience_display()}"

    def clean(self) -> None:
        if self.audience in self.ALWAYS and not self.is_in_force:
            raise ValidationError("This step stays in force: without it an action could be forgotten.")
        if self.audience == self.Audience.OWNER and self.days != 1:
            raise ValidationError({"days": "Its owner hears of it from the first day that it is late."})
