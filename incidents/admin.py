from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from incidents.commands import apply_preset
from incidents.defaults import PRESETS
from incidents.models import Incident, ReviewTrigger, Service, SeverityPolicy
from incidents.models.reviews import MEASURED
from people.kept_admin import KeptAdmin, ReadOnlyAdmin
from people.requests import person_behind

CLOCKS: list[str | list[str] | tuple[str, ...] | tuple[()]] = [
    "counted_in",
    "meeting_from",
    "meeting_within",
    "share_before_hours",
    "publish_within",
    "meeting_minutes",
]


class SeverityPolicyForm(forms.ModelForm):
    class Meta:
        model = SeverityPolicy
        fields = ["name", "definition", "review", *CLOCKS]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        start, meeting, publish = (facts.get(name) for name in ("meeting_from", "meeting_within", "publish_within"))
        if start is not None and meeting is not None and start > meeting:
            self.add_error("meeting_from", "The cool-down lasts beyond the meeting: give it a smaller number.")
        if meeting is not None and publish is not None and meeting > publish:
            self.add_error(
                "meeting_within", "The meeting comes before the text is published: give it a smaller number."
            )
        return facts

    def _get_validation_exclusions(self) -> set[str]:
        # clean() says it at the field; the constraint would say it again in the database's words.
        return super()._get_validation_exclusions() | {"meeting_within"}  # type: ignore[misc]


@admin.register(SeverityPolicy)
class SeverityPolicyAdmin(KeptAdmin):
    form = SeverityPolicyForm
    fieldsets = [(None, {"fields": ["name", "definition", "review"]}), ("Clocks and meeting", {"fields": CLOCKS})]
    list_display = ["severity", "name", "review", "clocks_in_words"]
    actions = ["apply_fast", "apply_cool_down"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="clocks")
    def clocks_in_words(self, policy: SeverityPolicy) -> str:
        unit = "h" if policy.counted_in == SeverityPolicy.Unit.HOURS else "d"
        start = f"from {policy.meeting_from} {unit} " if policy.meeting_from else ""
        return f"meeting {start}by {policy.meeting_within} {unit}, published by {policy.publish_within} {unit}"

    @admin.action(description=f"Apply the clocks: {PRESETS['fast'].name}", permissions=["change"])
    def apply_fast(self, request: HttpRequest, chosen: QuerySet[SeverityPolicy]) -> None:
        self._apply(request, chosen, "fast")

    @admin.action(description=f"Apply the clocks: {PRESETS['cool_down'].name}", permissions=["change"])
    def apply_cool_down(self, request: HttpRequest, chosen: QuerySet[SeverityPolicy]) -> None:
        self._apply(request, chosen, "cool_down")

    def _apply(self, request: HttpRequest, chosen: QuerySet[SeverityPolicy], key: str) -> None:
        for policy in chosen:
            apply_preset(policy, PRESETS[key], by=person_behind(request))
        names = ", ".join(str(policy) for policy in chosen)
        self.message_user(request, f"{PRESETS[key].name.capitalize()} now holds for {names}.")


class ReviewTriggerForm(forms.ModelForm):
    class Meta:
        model = ReviewTrigger
        fields = ["condition", "at_least", "answer", "because", "position", "is_in_force"]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        is_measured, has_number = facts.get("condition") in MEASURED, facts.get("at_least") is not None
        if is_measured and not has_number and "at_least" not in self.errors:
            self.add_error("at_least", "This condition compares with a number: write from which one on it holds.")
        if has_number and not is_measured and "condition" in facts:
            self.add_error("at_least", "This condition has no number: it holds or it does not.")
        return facts

    def _get_validation_exclusions(self) -> set[str]:
        # clean() says it at the field; the constraint would say it again in the database's words.
        return super()._get_validation_exclusions() | {"at_least"}  # type: ignore[misc]


@admin.register(ReviewTrigger)
class ReviewTriggerAdmin(KeptAdmin):
    """The review policy, row by row. A row that no longer holds is taken out of force, and can come back."""

    form = ReviewTriggerForm
    list_display = ["__str__", "answer_in_words", "because", "is_in_force"]
    list_filter = ["answer", "is_in_force"]

    @admin.display(description="asks for", ordering="answer")
    def answer_in_words(self, trigger: ReviewTrigger) -> str:
        return trigger.get_answer_display() or "speaks against"


@admin.register(Service)
class ServiceAdmin(KeptAdmin):
    list_display = ["name", "team", "sla_percent", "takes_payments"]
    list_filter = ["team", "takes_payments"]
    list_select_related = ["team"]
    search_fields = ["name"]
    fields = ["name", "team", "sla_percent", "takes_payments"]


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """To find incidents by; they are written on their own pages."""

    has_page = True
    list_display = ["reference", "title", "severity", "kind", "team", "is_restricted", "started_at", "resolved_at"]
    list_filter = ["severity", "kind", "is_restricted", "is_near_miss", "team"]
    list_select_related = ["team"]
    search_fields = ["title", "number", "services__name"]
    fields = [
        "reference", "title", "kind", "severity", "summary", "services", "team", "is_restricted", "is_near_miss",
        "reported_by", *Incident.INSTANTS,
    ]  # fmt: skip
    readonly_fields = ["reference"]
