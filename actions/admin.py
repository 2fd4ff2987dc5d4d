from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from actions.commands import reassign_action
from actions.models import Action, ActionPolicy, DailyRun, EscalationStep, WeeklyRun
from actions.permissions import can_edit
from core.errors import DomainError
from people.kept_admin import KeptAdmin, ReadOnlyAdmin
from people.models import User


class ReassignForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.able_to_own(), label="New owner")
    reason = forms.CharField(max_length=500, help_text="It stays on the record of each action.")


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    """To find actions by, and to hand over many at once; each is worked on its own page."""

    has_page = True
    list_display = ["reference", "title", "owner", "due_on", "priority", "status", "incident"]
    list_filter = ["status", "priority", "due_on", "owner"]
    list_select_related = ["owner", "postmortem__incident"]
    search_fields = ["title", "number", "owner__name", "owner__email"]
    date_hierarchy = "due_on"
    actions = ["reassign"]
    fields = [
        "reference", "title", "description", "incident", "owner", "asked_at", "accepted_at", "due_on", "moved_count",
        "priority", "status", "progress_percent", "progress_note", "blocked_reason", "waits_for", "waits_for_team",
        "evidence", "finished_at", "confirmed_by", "drop_reason", "dropped_by", "added_by", "follows",
    ]  # fmt: skip
    readonly_fields = ["reference", "incident"]

    @admin.display(ordering="postmortem__incident__number")
    def incident(self, action: Action) -> str:
        return str(action.postmortem.incident)

    def has_reassign_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("actions.reassign_action")

    @admin.action(description="Give to another owner", permissions=["reassign"])
    def reassign(self, request: HttpRequest, queryset: QuerySet[Action]) -> HttpResponse:
        """First asks for the new owner and the reason; then hands over one by one, so that one refusal stops no other."""
        form = ReassignForm(request.POST if "apply" in request.POST else None)
        if form.is_valid():
            self._hand_over(request, queryset, form.cleaned_data)
            return redirect(request.get_full_path())
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Give to another owner",
            "opts": self.opts,
            "form": form,
            "chosen": queryset.order_by("number"),
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/actions/action/reassign.html", context)

    def _hand_over(self, request: HttpRequest, queryset: QuerySet[Action], facts: dict[str, Any]) -> None:
        handed_over = 0
        for action in queryset.order_by("number"):
            try:
                self._reassign(request.user, action, facts)  # type: ignore[arg-type]
            except DomainError as error:
                for reason in error.reasons:
                    self.message_user(request, f"{action.reference} stays as it is. {reason}", messages.ERROR)
            else:
                handed_over += 1
        if handed_over:
            self.message_user(request, f"{handed_over} now with {facts['owner']}.", messages.SUCCESS)

    def _reassign(self, by: User, action: Action, facts: dict[str, Any]) -> None:
        if not can_edit(by, action):
            raise DomainError("You may not change it.")
        reassign_action(action, by=by, owner=facts["owner"], reason=facts["reason"])


@admin.register(WeeklyRun)
class WeeklyRunAdmin(ReadOnlyAdmin):
    """Which weeks were mailed."""

    list_display = ["monday", "mail_count", "created_at"]
    fields = ["monday", "mail_count", "created_at", "updated_at"]


@admin.register(DailyRun)
class DailyRunAdmin(ReadOnlyAdmin):
    """On which days reminders and requests to accept were mailed."""

    list_display = ["day", "mail_count", "created_at"]
    fields = ["day", "mail_count", "created_at", "updated_at"]


@admin.register(EscalationStep)
class EscalationStepAdmin(KeptAdmin):
    """The ladder: when who is told of an overdue action, and what is asked of them. It holds from the next mail on."""

    list_display = ["audience", "days", "asks", "is_in_force"]
    fields = ["audience", "days", "asks", "is_in_force"]
    readonly_fields = ["audience"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ActionPolicy)
class ActionPolicyAdmin(KeptAdmin):
    list_display = [
        "__str__",
        "most_commitments",
        "accept_within_days",
        "confirm_up_to_severity",
        "checks_after_days",
        "answer_within_days",
    ]
    fields = [
        "most_commitments",
        "accept_within_days",
        "confirm_up_to_severity",
        "checks_after_days",
        "answer_within_days",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
