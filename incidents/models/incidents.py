from datetime import timedelta
from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from core.models import NumberedModel, TimestampedModel
from people.models import Team, User

# Each pair says: the first is never after the second. Times that real incidents break are left free: a fault may be
# mitigated before anyone notices it, and understood long after it is resolved.
TIME_ORDER = [
    ("started_at", "first_impact_at"),
    ("started_at", "first_report_at"),
    ("started_at", "detected_at"),
    ("started_at", "acknowledged_at"),
    ("started_at", "understood_at"),
    ("started_at", "recovery_decided_at"),
    ("recovery_decided_at", "resolved_at"),
    ("started_at", "mitigated_at"),
    ("started_at", "resolved_at"),
    ("first_impact_at", "first_report_at"),
    ("first_impact_at", "resolved_at"),
    ("detected_at", "acknowledged_at"),
    ("detected_at", "resolved_at"),
    ("acknowledged_at", "resolved_at"),
    ("mitigated_at", "resolved_at"),
]


class Severity(models.IntegerChoices):
    SEV1 = 1, "SEV-1"
    SEV2 = 2, "SEV-2"
    SEV3 = 3, "SEV-3"
    SEV4 = 4, "SEV-4"


class SeverityPolicy(TimestampedModel):
    """What a severity means here, and what it asks for. Facilitators edit it."""

    class Review(models.TextChoices):
        REQUIRED = "required", "full post-mortem required"
        RECOMMENDED = "recommended", "post-mortem recommended"
        BRIEF = "brief", "brief review"
        OPTIONAL = "optional", "post-mortem optional"

    class Unit(models.TextChoices):
        HOURS = "hours", "hours after it was resolved"
        DAYS = "days", "calendar days, the day it was resolved being day 0"

    class Meta:
        ordering = ["severity"]
        verbose_name_plural = "severity policies"
        constraints = [
            models.CheckConstraint(
                name="policy_cool_down_then_meeting_then_publishing",
                condition=Q(meeting_from__lte=F("meeting_within")) & Q(meeting_within__lte=F("publish_within")),
            )
        ]

    severity = models.PositiveSmallIntegerField(choices=Severity, unique=True)
    name = models.CharField(max_length=40)
    definition = models.CharField(max_length=300)
    review = models.CharField(max_length=20, choices=Review)
    counted_in = models.CharField(
        "clocks count in",
        max_length=5,
        choices=Unit,
        default=Unit.HOURS,
        help_text="Hours are real hours, also where summer time begins. Days are those of the organisation's zone.",
    )
    meeting_from = models.PositiveSmallIntegerField(
        "cool-down", default=0, help_text="From when on the meeting may be; 0 asks for no cool-down."
    )
    meeting_within = models.PositiveSmallIntegerField("meeting by", default=48)
    share_before_hours = models.PositiveSmallIntegerField(
        "draft shared before (hours)",
        default=24,
        validators=[MaxValueValidator(240)],
        help_text="How many hours before the meeting people have its draft to read.",
    )
    publish_within = models.PositiveSmallIntegerField("publish by", default=72, validators=[MaxValueValidator(2000)])
    meeting_minutes = models.PositiveSmallIntegerField(
        "length of the meeting (minutes)", default=60, validators=[MinValueValidator(15), MaxValueValidator(240)]
    )

    def __str__(self) -> str:
        return f"{self.get_severity_display()} {self.name}"


class Service(TimestampedModel):
    """A running system of ours."""

    class Meta:
        ordering = ["name"]

    name = models.CharField(max_length=120, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="services")
    sla_percent = models.DecimalField(
        "promised availability (%)",
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text="What customers are promised over 30 days, such as 99.95. Empty: nothing is promised.",
    )
    takes_payments = models.BooleanField(default=False, help_text="Customers pay through it.")

    def __str__(self) -> str:
        return self.name


UNRESTRICTED = Q(is_restricted=False)


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> Self:
        """The one door to incidents. A restricted one is for its team, its participants and administrators."""
        if not user.is_active:
            return self.none()
        if user.is_administrator:
            return self
        teams = Team.objects.of(user).values("pk")
        taking_part = Participant.objects.filter(user=user).values("incident")
        return self.filter(UNRESTRICTED | Q(team__in=teams) | Q(pk__in=taking_part))

    def visible_to_all(self) -> Self:
        """What `visible_to` shows to everybody at work, so that many people need not be asked about one by one."""
        return self.filter(UNRESTRICTED)

    def hidden_from(self, user: User) -> Self:
        """What `visible_to` leaves out, looked for only among the restricted: of a person at work all others are seen."""
        among = self if not user.is_active else self.exclude(UNRESTRICTED)
        return among.exclude(pk__in=among.visible_to(user).values("pk"))

    def open(self) -> Self:
        return self.filter(resolved_at=None)

    def resolved(self) -> Self:
        return self.filter(resolved_at__isnull=False)


class Incident(NumberedModel):
    """An unplanned loss or fall in a service. Every instant may be unknown."""

    REFERENCE_PREFIX = "INC"

    class Kind(models.TextChoices):
        PRODUCTION_OUTAGE = "production_outage", "production outage"
        SECURITY = "security", "security incident"
        PROJECT = "project", "project or product failure"
        PROCESS = "process", "process failure"

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(name="incident_severity_1_to_4", condition=Q(severity__gte=1, severity__lte=4)),
            *(
                models.CheckConstraint(
                    name=f"incident_{first.removesuffix('_at')}_by_{later.removesuffix('_at')}",
                    condition=Q(**{f"{first}__lte": F(later)}) | Q(**{first: None}) | Q(**{later: None}),
                )
                for first, later in TIME_ORDER
            ),
        ]

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PRODUCTION_OUTAGE)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    summary = models.TextField(blank=True, help_text="What is known so far, in a sentence or two.")
    services = models.ManyToManyField(Service, blank=True, related_name="incidents")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="incidents")
    is_restricted = models.BooleanField(
        "restricted", default=False, help_text="Only its team, its participants and administrators can see it."
    )
    is_near_miss = models.BooleanField("near miss", default=False, help_text="Caught before users felt anything.")
    went_unusually_well = models.BooleanField(
        default=False, help_text="Something held that might not have: worth learning from too."
    )
    is_planned = models.BooleanField("planned maintenance", default=False, help_text="It was announced beforehand.")
    has_workaround = models.BooleanField(
        "known issue with a workaround", default=False, help_text="Users could go on another way, and knew how."
    )
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="incidents_reported")
    participants = models.ManyToManyField(User, through="Participant", related_name="incidents")

    started_at = models.DateTimeField("started", null=True, blank=True)
    first_impact_at = models.DateTimeField("first user impact", null=True, blank=True)
    first_report_at = models.DateTimeField("first user report", null=True, blank=True)
    detected_at = models.DateTimeField("detected", null=True, blank=True)
    acknowledged_at = models.DateTimeField("acknowledged", null=True, blank=True)
    understood_at = models.DateTimeField("understood", null=True, blank=True)
    recovery_decided_at = models.DateTimeField("recovery decided", null=True, blank=True)
    mitigated_at = models.DateTimeField("mitigated", null=True, blank=True)
    resolved_at = models.DateTimeField("resolved", null=True, blank=True)

    INSTANTS = [
        "started_at", "first_impact_at", "first_report_at", "detected_at",
        "acknowledged_at", "understood_at", "recovery_decided_at", "mitigated_at", "resolved_at",
    ]  # fmt: skip

    FELT = ["first_impact_at", "first_report_at"]

    objects = IncidentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("incidents:detail", args=[self.number])

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None

    def has_no(self, instant: str) -> bool:
        """Whether there was no such time, rather than one that nobody noted: of a near miss no user felt anything."""
        return self.is_near_miss and instant in self.FELT and getattr(self, instant) is None

    @property
    def duration(self) -> timedelta | None:
        """From its start to its resolution; None while either is unknown."""
        if self.started_at is None or self.resolved_at is None:
            return None
        return self.resolved_at - self.started_at


class OwnInstant(TimestampedModel):
    """A time of an incident that the general ones have no name for, such as “hotfix deployed”.

    It may lie before the start: the change that set a fault off often does.
    """

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = "time of its own"
        constraints = [models.UniqueConstraint(Lower("name"), "incident", name="own_instant_named_once")]

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="own_instants")
    name = models.CharField(max_length=60)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}, {self.at:%-d %b %Y %H:%M} UTC"


class IncidentNote(TimestampedModel):
    """One line that somebody wrote while the incident went on. Nobody edits it: what was said then was said then."""

    class Meta:
        ordering = ["noted_at", "pk"]

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=500)
    noted_at = models.DateTimeField(help_text="When it happened, as far as the line says so.")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.text[:80]


class Participant(TimestampedModel):
    """A person who took part in an incident, and as what."""

    class Role(models.TextChoices):
        COMMANDER = "commander", "incident commander"
        SCRIBE = "scribe", "scribe"
        RESPONDER = "responder", "responder"
        INVITED = "invited", "invited"

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="participant_once_in_an_incident")]

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="participations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=20, choices=Role, default=Role.RESPONDER)

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


NOT_NEGATIVE = [MinValueValidator(0)]


class Impact(TimestampedModel):
    """What users, the business and our systems felt, in numbers. An empty field means unknown, which is not zero."""

    class Experience(models.TextChoices):
        COMPLETE = "complete", "nothing worked"
        DEGRADED = "degraded", "it worked, but badly"
        INTERMITTENT = "intermittent", "it failed now and then"

    class Meta:
        verbose_name_plural = "impacts"

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="impact")

    users_affected_count = models.PositiveBigIntegerField("users affected", null=True, blank=True)
    users_affected_percent = models.DecimalField(
        "share of users (%)", max_digits=6, decimal_places=3, null=True, blank=True,
        validators=[*NOT_NEGATIVE, MaxValueValidator(Decimal(100))],
    )  # fmt: skip
    experience = models.CharField("how bad it was", max_length=12, choices=Experience, blank=True)
    failed_requests_count = models.PositiveBigIntegerField("requests failed", null=True, blank=True)
    support_tickets_count = models.PositiveIntegerField("support tickets", null=True, blank=True)
    customers_lost_count = models.PositiveIntegerField("customers lost", null=True, blank=True)
    nps_change = models.DecimalField(
        "change of NPS (points)", max_digits=5, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(Decimal(-200)), MaxValueValidator(Decimal(200))],
    )  # fmt: skip
    user_experience = models.TextField("what it was like for users", max_length=1000, blank=True)

    currency = models.CharField(
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}$", "Use a code of three capitals, such as EUR.")],
    )
    revenue_lost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE)
    yearly_revenue_lost = models.DecimalField(
        "yearly revenue lost (ARR)", max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    is_sla_breached = models.BooleanField("SLA breached", null=True, blank=True)
    sla_credits = models.DecimalField(
        "SLA credits", max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    escalations_count = models.PositiveIntegerField("escalations by customers", null=True, blank=True)
    media_reports_count = models.PositiveIntegerField("reports in the media", null=True, blank=True)
    is_reportable = models.BooleanField("must be reported by law", null=True, blank=True)
    response_hours = models.DecimalField(
        "response (person-hours)", max_digits=8, decimal_places=1, null=True, blank=True, validators=NOT_NEGATIVE
    )
    follow_up_hours = models.DecimalField(
        "follow-up (person-hours)", max_digits=8, decimal_places=1, null=True, blank=True, validators=NOT_NEGATIVE
    )
    wasted_hours = models.DecimalField(
        "work lost or done again (person-hours)",
        max_digits=8, decimal_places=1, null=True, blank=True, validators=NOT_NEGATIVE,
    )  # fmt: skip
    delay_days = models.DecimalField(
        "delay (days)", max_digits=7, decimal_places=1, null=True, blank=True, validators=NOT_NEGATIVE
    )

    systems = models.CharField("systems touched", max_length=300, blank=True)
    is_data_lost = models.BooleanField("data lost", null=True, blank=True)
    is_data_exposed = models.BooleanField("data exposed", null=True, blank=True)
    records_affected_count = models.PositiveBigIntegerField("records lost or exposed", null=True, blank=True)
    downstream = models.CharField("downstream services hit", max_length=300, blank=True)

    unknowable = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text="Looked into; nobody can know any more."
    )

    def __str__(self) -> str:
        return f"impact of {self.incident.reference}"

    def is_known(self, name: str) -> bool:
        return getattr(self, name) not in (None, "")
