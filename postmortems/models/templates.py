from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.models import TimestampedModel
from incidents.models import Incident, Severity


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
    """The sections that a new post-mortem starts with. A running post-mortem keeps what it started with."""

    class Meta:
        ordering = ["position", "name"]

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
    position = models.PositiveSmallIntegerField(default=100, help_text="Of several that fit, the lowest is proposed.")
    is_offered = models.BooleanField("offered", default=True)

    objects = TemplateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def suits(self, incident: Incident) -> bool:
        return (not self.kinds or incident.kind in self.kinds) and (
            not self.severities or incident.severity in self.severities
        )


class TemplateSection(TimestampedModel):
    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["template", "key"], name="template_section_key_once")]

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=60, help_text="Its name in addresses and exports: root-causes.")
    title = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=SectionRole, default=SectionRole.OTHER)
    guidance = models.TextField(blank=True, help_text="Shown to those who write, never printed.")
    body = models.TextField(blank=True, help_text="Markdown that the section starts with.")
    position = models.PositiveSmallIntegerField(default=100)
    is_required = models.BooleanField("required", default=False, help_text="Review asks for words here.")

    def __str__(self) -> str:
        return self.title
