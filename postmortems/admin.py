from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from incidents.impact import FIGURES, label_of
from incidents.models import Incident, Severity
from people.kept_admin import KeptAdmin, ReadOnlyAdmin
from people.requests import person_behind
from postmortems.models import AgendaItem, Postmortem, Template, TemplateSection
from postmortems.versions import copy_template, fits_in_words, instant_label, keep_version

NAMES_OF_INSTANTS = [(name, capfirst(instant_label(name))) for name in Incident.INSTANTS]
NAMES_OF_NUMBERS = [(name, capfirst(label_of(name))) for name in FIGURES]


class TemplateForm(forms.ModelForm):
    class Meta:
        model = Template
        fields = [
            "name", "description", "kinds", "severities", "asked_instants", "asked_numbers", "position", "is_offered",
        ]  # fmt: skip

    kinds = forms.MultipleChoiceField(
        choices=Incident.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: every kind.",
    )  # fmt: skip
    severities = forms.TypedMultipleChoiceField(
        choices=Severity.choices, coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: every severity.",
    )  # fmt: skip
    asked_instants = forms.MultipleChoiceField(
        label="Times", choices=NAMES_OF_INSTANTS, required=False, widget=forms.CheckboxSelectMultiple
    )
    asked_numbers = forms.MultipleChoiceField(
        label="Impact", choices=NAMES_OF_NUMBERS, required=False, widget=forms.CheckboxSelectMultiple
    )


class TemplateSectionInline(admin.StackedInline):
    model = TemplateSection
    extra = 0
    verbose_name = "section"
    verbose_name_plural = "sections, in the order of their positions"
    fields = [("title", "role", "is_required"), ("key", "position"), "guidance", "prompts", "body"]
    prepopulated_fields = {"key": ["title"]}
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 100})}}


class AgendaInline(admin.TabularInline):
    model = AgendaItem
    verbose_name_plural = "agenda, in minutes at each severity (0: left out)"
    extra = 0
    fields = ["title", "note", "sev1_minutes", "sev2_minutes", "sev3_minutes", "sev4_minutes", "position"]
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 40})}}


@admin.register(Template)
class TemplateAdmin(KeptAdmin):
    """Each saved change makes a version. A running post-mortem keeps its own; what is no longer wanted is not offered."""

    has_page = True
    form = TemplateForm
    inlines = [TemplateSectionInline, AgendaInline]
    change_form_template = "admin/postmortems/template/change_form.html"
    list_display = ["name", "fits", "version", "position", "is_offered"]
    list_filter = ["is_offered"]
    search_fields = ["name", "sections__title"]
    actions = ["copy_templates"]
    fieldsets = [
        (None, {"fields": ["name", "description", "is_offered", "position"]}),
        ("For which incidents", {"fields": ["kinds", "severities"]}),
        ("What review asks for", {
            "fields": ["asked_instants", "asked_numbers"],
            "description": "Beside the sections marked as required. Nothing can go to review while one of these is "
            "missing, unless the incident says that nobody can know it any more.",
        }),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(latest=Max("versions__number"))

    @admin.display(description="fits")
    def fits(self, template: Template) -> str:
        return fits_in_words(template.kinds, template.severities)

    @admin.display(ordering="latest")
    def version(self, template: Any) -> str:
        return str(template.latest or "–")

    def get_urls(self) -> list[URLPattern]:
        copy = self.admin_site.admin_view(self.copy)
        return [path("<int:pk>/copy/", copy, name="postmortems_template_copy"), *super().get_urls()]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        keep_version(form.instance, by=person_behind(request))

    @method_decorator(require_POST)
    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A copy of one, opened at once to be edited."""
        template = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        copied = copy_template(template, by=person_behind(request))
        self.message_user(request, f"This is “{copied}”. Nobody is offered it until you say so below.")
        return redirect("admin:postmortems_template_change", copied.pk)

    @admin.action(description="Copy", permissions=["add"])
    def copy_templates(self, request: HttpRequest, queryset: Any) -> None:
        for template in queryset:
            copied = copy_template(template, by=person_behind(request))
            self.message_user(request, f"“{copied}” was made. Nobody is offered it until you say so.")


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
