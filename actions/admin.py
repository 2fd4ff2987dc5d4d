from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from actions.commands import reassign_action
from actions.models import Action, ActionPolicy, DailyRun, EscalationStep, WeeklyRun
from actions.permissions import can_edit
from actions.preview import Expected, expect, expected_letter, next_monday
from core.errors import DomainError
from people.kept_admin import KeptAdmin, NumbersOnly, ReadOnlyAdmin, is_row_number
from people.models import User
from people.requests import person_behind


class ReassignForm(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.able_to_own(),
        label="New owner",
        widget=NumbersOnly(Action._meta.get_field("owner"), admin.site),
    )
    reason = forms.CharField(max_length=500, help_text="It stays on the record of each action.")


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    """To find actions by, and to hand over many at once; each is worked on its own page."""

    has_page = True
    list_display = ["reference", "title", "owner", "due_on", "priority", "status", "incident"]
    list_filter = ["status", "priority", "due_on"]
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
    """Which weeks were mailed, and what goes out next."""

    PEOPLE_A_PAGE = 50
    list_display = ["monday", "mail_count", "created_at"]
    fields = ["monday", "mail_count", "created_at", "updated_at"]

    def get_urls(self) -> list[URLPattern]:
        return [
            path("next/", self.admin_site.admin_view(self.next_monday), name="actions_weeklyrun_next"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def next_monday(self, request: HttpRequest) -> HttpResponse:
        """Who would get which mail; with `?person=`, that mail as they would read it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        monday = next_monday(timezone.now())
        mails = expect(person_behind(request), monday)
        people = User.objects.filter(pk__in=list(mails)).order_by("name", "pk")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "monday": monday}
        if chosen := request.GET.get("person"):
            person = people.filter(pk=chosen).first() if is_row_number(chosen) else None
            return self._mail_of(request, person, mails, context)
        return self._mails_of(request, people, mails, context)

    def _mail_of(
        self, request: HttpRequest, person: User | None, mails: Mapping[int, Expected], context: dict[str, Any]
    ) -> HttpResponse:
        if person is None:
            raise Http404
        expected = mails[person.pk]
        letter = expected_letter(person, expected, context["monday"]) if expected.digest else None
        context |= {"title": f"To {person}", "person": person, "expected": expected, "letter": letter}
        return TemplateResponse(request, "admin/actions/weeklyrun/next_mail.html", context)

    def _mails_of(
        self, request: HttpRequest, people: QuerySet[User], mails: Mapping[int, Expected], context: dict[str, Any]
    ) -> HttpResponse:
        if words := request.GET.get("q", "").strip():
            people = people.filter(Q(name__icontains=words) | Q(email__icontains=words))
        page = Paginator(people, self.PEOPLE_A_PAGE).get_page(request.GET.get("p", 1))
        rows = [(person, mails[person.pk]) for person in page]
        context |= {"title": "Next Monday", "page": page, "rows": rows, "words": words, "mail_count": len(mails)}
        return TemplateResponse(request, "admin/actions/weeklyrun/next.html", context)


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
