from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from incidents.models import Incident, Severity
from people.kept_admin import KeptAdmin, ReadOnlyAdmin
from postmortems.models import Postmortem, Template, TemplateSection


class TemplateForm(forms.ModelForm):
    class Meta:
        model = Template
        fields = ["name", "description", "kinds", "severities", "position", "is_offered"]

    kinds = forms.MultipleChoiceField(
        choices=Incident.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: every kind.",
    )  # fmt: skip
    severities = forms.TypedMultipleChoiceField(
        choices=Severity.choices, coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: every severity.",
    )  # fmt: skip


class TemplateSectionInline(admin.StackedInline):
    model = TemplateSection
    extra = 0
    fields = ["title", "key", "role", "is_required", "position", "guidance", "body"]
    prepopulated_fields = {"key": ["title"]}


@admin.register(Template)
class TemplateAdmin(KeptAdmin):
    """A running post-mortem keeps the sections it started with; a template no longer wanted is not offered."""

    form = TemplateForm
    inlines = [TemplateSectionInline]
    list_display = ["name", "fits", "position", "is_offered"]
    list_filter = ["is_offered"]
    search_fields = ["name", "sections__title"]

    @admin.display(description="fits")
    def fits(self, template: Template) -> str:
        kinds = [Incident.Kind(kind).label for kind in template.kinds] or ["every kind"]
        severities = [Severity(severity).label for severity in template.severities] or ["every severity"]
        return f"{', '.join(kinds)}; {', '.join(severities)}"


@admin.register(Postmortem)
class PostmortemAdmin(ReadOnlyAdmin):
    """To find post-mortems by; they are written on their own pages."""

    has_page = True
    list_display = ["reference", "title", "status", "opened_by", "published_at", "closed_at"]
    list_filter = ["status", "incident__severity", "incident__team"]
    list_select_related = ["incident", "opened_by"]
    search_fields = ["incident__title", "incident__number"]
    fields = [
        "reference", "title", "template", "status", "opened_by", "facilitator", "published_at", "closed_at",
    ]  # fmt: skip
    readonly_fields = ["reference", "title"]

    @admin.display(description="incident", ordering="incident__number")
    def reference(self, postmortem: Postmortem) -> str:
        return postmortem.incident.reference

    @admin.display(ordering="incident__title")
    def title(self, postmortem: Postmortem) -> str:
        return postmortem.incident.title

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("incident", "opened_by")
