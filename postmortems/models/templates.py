from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.models import TimestampedModel
from incidents.models import Incident, Severity
from people.models import User


class SectionRole(models.TextChoices):
    """What a section tells, whatever a template calls it: the PDF and the importer find sections by it."""

    SUMMARY = "summary", "summary"
    IMPACT = "impact", "impact"
    CAUSES = "causes", "root causes"
    FACTORS = "factors", "contributing factors"
    DETECTION = "detection", "detection"
    RESPONSE = "response", "response"
    WENT_WELL = "went_well", "what went well"
    WENT_BADLY = "went_badly", "what went badly"
    LUCKY = "lucky", "where we got lucky"
    LESSONS = "lessons", "lessons learned"
    REFERENCES = "references", "references"
    OTHER = "other", "other"


class TemplateQuerySet(models.QuerySet["Template"]):
    def offered(self) -> Self:
        return self.filter(is_offered=True)

    def suited_to(self, incident: Incident) -> "Template | None":
        """The first template whose kinds and severities include the incident's; else the first of all."""
        offered = list(self.offered())
        fitting = [template for template in offered if template.suits(incident)]
        return next(iter(fitting or offered), None)


class Template(TimestampedModel):
    """What a new post-mortem starts with. A running one keeps the version it started with."""

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["default_key"], condition=~Q(default_key=""), name="template_default_installed_once"
            )
        ]

    name = models.CharField(max_length=120, unique=True)
    description = models.CharField(max_length=300, blank=True)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Incident.Kind),
        default=list,
        blank=True,
        help_text="None chosen: every kind.",
    )
    severities = ArrayField(
        models.PositiveSmallIntegerField(choices=Severity),
        default=list,
        blank=True,
        help_text="None chosen: every severity.",
    )
    asked_instants = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    asked_numbers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=100, help_text="Of several that fit, the lowest is proposed.")
    is_offered = models.BooleanField("offered", default=True)
    default_key = models.CharField(max_length=40, blank=True, editable=False)

    objects = TemplateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("postmortems:template", args=[self.pk])

    def suits(self, incident: Incident) -> bool:
        return (not self.kinds or incident.kind in self.kinds) and (
            not self.severities or incident.severity in self.severities
        )

    def because(self, incident: Incident) -> str:
        """Why it suits an incident, to be read after “because”; empty where nothing of the incident speaks for it."""
        reasons = []
        if incident.kind in self.kinds:
            kind = incident.get_kind_display()
            reasons.append(f"it is {'an' if kind[0] in 'aeiou' else 'a'} {kind}")
        if incident.severity in self.severities:
            reasons.append(f"it is {incident.get_severity_display()}")
        return " and ".join(reasons) if self.suits(incident) else ""

    @property
    def is_edited(self) -> bool:
        """Whether some person here has changed it since it was installed."""
        return self.versions.filter(by__isnull=False).exists()


class TemplateSection(TimestampedModel):
    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["template", "key"], name="template_section_key_once")]

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=60, help_text="Its name in addresses and exports: root-causes.")
    title = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=SectionRole, default=SectionRole.OTHER)
    guidance = models.TextField(blank=True, help_text="Shown to those who write, never printed.")
    prompts = models.TextField(
        "questions", blank=True, help_text="One a line. Those who write see one at a time; they are never printed."
    )
    body = models.TextField(
        "starting text",
        blank=True,
        help_text="Markdown that the section starts with. On a line of its own, {{timeline}}, {{actions}} or {{impact}} "
        "shows what the records say; {{duration}} does so within a line.",
    )
    position = models.PositiveSmallIntegerField(default=100)
    is_required = models.BooleanField("required", default=False, help_text="Review asks for words here.")

    def __str__(self) -> str:
        return self.title


class AgendaItem(TimestampedModel):
    """One point of the meeting, and the minutes for it at each severity. With 0 minutes it is left out."""

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "agenda item"

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="agenda")
    title = models.CharField(max_length=120)
    note = models.TextField("what is done", blank=True, max_length=500)
    sev1_minutes = models.PositiveSmallIntegerField("SEV-1", default=10)
    sev2_minutes = models.PositiveSmallIntegerField("SEV-2", default=10)
    sev3_minutes = models.PositiveSmallIntegerField("SEV-3", default=5)
    sev4_minutes = models.PositiveSmallIntegerField("SEV-4", default=5)
    position = models.PositiveSmallIntegerField(default=100)

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class KeptSection:
    """A section as a version of its template has it."""

    key: str
    title: str
    role: str
    guidance: str
    prompts: str
    body: str
    is_required: bool

    @property
    def questions(self) -> list[str]:
        return questions_in(self.prompts)


@dataclass(frozen=True)
class Point:
    """A point of the agenda with its minutes at one severity."""

    title: str
    note: str
    minutes: int


class TemplateVersion(models.Model):
    """A template as it was from one save to the next. It is never changed: running post-mortems refer to it."""

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_number_once")]

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField(encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: Debrief itself."
    )
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.content['name']}, version {self.number}"

    @property
    def previous(self) -> int | None:
        return self.number - 1 or None

    @property
    def sections(self) -> list[KeptSection]:
        return [KeptSection(**section) for section in self.content["sections"]]

    @property
    def asked_instants(self) -> list[str]:
        return list(self.content["asked_instants"])

    @property
    def asked_numbers(self) -> list[str]:
        return list(self.content["asked_numbers"])

    def agenda_at(self, severity: int) -> list[Point]:
        items: list[Mapping[str, Any]] = self.content["agenda"]
        points = [Point(item["title"], item["note"], item["minutes"][severity - 1]) for item in items]
        return [point for point in points if point.minutes]


def questions_in(prompts: str) -> list[str]:
    return [line.strip() for line in prompts.splitlines() if line.strip()]
