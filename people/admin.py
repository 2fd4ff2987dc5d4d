from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from core.dates import time_zone_choices
from core.errors import DomainError
from people.commands import (
    add_person,
    edit_person,
    edit_problems,
    remove_second_factor,
    send_mail_again,
    send_password_link,
    try_mail_again,
)
from people.kept_admin import KeptAdmin, ReadOnlyAdmin
from people.models import Absence, Organisation, OutboxMail, RecordEntry, Team, User
from people.permissions import can_keep_people
from people.record import put_on_record
from people.requests import person_behind


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "name", "role", "time_zone", "is_active"]

    time_zone = forms.ChoiceField(
        choices=lambda: [("", "The organisation's own"), *time_zone_choices()], required=False
    )
    by: User

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if self.instance.pk and {"role", "is_active"} <= facts.keys():
            stored = User.objects.get(pk=self.instance.pk)
            problems = edit_problems(stored, by=self.by, role=facts["role"], is_active=facts["is_active"])
            if problems:
                raise forms.ValidationError(problems)
        return facts

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a person with this address already.")
        return email


@admin.register(User)
class PersonAdmin(KeptAdmin):
    """People are switched off, never deleted. Only administrators change accounts and rights."""

    form = PersonForm
    change_form_template = "admin/people/user/change_form.html"
    list_display = ["name", "email", "role", "teams_named", "is_active"]
    list_filter = ["role", "is_active", "teams"]
    search_fields = ["name", "email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("teams")

    @admin.display(description="teams")
    def teams_named(self, person: User) -> str:
        return ", ".join(team.name for team in person.teams.all())

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> type[ModelForm]:  # type: ignore[override]
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:  # type: ignore[override]
        fields = ["name", "email", "role", "time_zone"]
        return [*fields, "is_active"] if obj else fields

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        facts = {name: form.cleaned_data[name] for name in form.cleaned_data}
        if change:
            obj.__dict__.update(edit_person(obj, by=person_behind(request), **facts).__dict__)
            return
        obj.__dict__.update(add_person(by=person_behind(request), **facts).__dict__)
        self._send_password_link(request, obj)

    # The commands put on record what was done, with who and what.
    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override]
        return None

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override]
        return None

    def get_urls(self) -> list[URLPattern]:
        def named(name: str) -> str:
            return f"people_user_{name}"

        view = self.admin_site.admin_view
        return [
            path("<int:pk>/send-password-link/", view(self.send_link), name=named("send_password_link")),
            path("<int:pk>/remove-second-factor/", view(self.remove_factor), name=named("remove_second_factor")),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        person = context.get("original")
        if person and can_keep_people(person_behind(request)):
            has_factor = Authenticator.objects.filter(user=person).exists()
            context |= {"can_send_password_link": person.is_active, "can_remove_second_factor": has_factor}
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def send_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self._person_to_keep(request, pk)
        self._send_password_link(request, person)
        return redirect(reverse("admin:people_user_change", args=[pk]))

    @method_decorator(require_POST)
    def remove_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self._person_to_keep(request, pk)
        try:
            remove_second_factor(person, by=person_behind(request))
        except DomainError as error:
            self.refuse(request, error)
        else:
            self.message_user(request, f"{person} signs in with the password alone until a new factor is set up.")
        return redirect(reverse("admin:people_user_change", args=[pk]))

    def _person_to_keep(self, request: HttpRequest, pk: int) -> User:
        if not can_keep_people(person_behind(request)):
            raise PermissionDenied
        return get_object_or_404(User, pk=pk)

    def _send_password_link(self, request: HttpRequest, person: User) -> None:
        try:
            send_password_link(person, by=person_behind(request), request=request)
        except DomainError as error:
            self.refuse(request, error)
        except OSError as error:  # smtplib's refusals are OSErrors, as is a server that is away
            problem = f"The mail to {person.email} could not be sent ({type(error).__name__}). Please try again later."
            self.message_user(request, problem, messages.ERROR)
        else:
            self.message_user(request, f"{person.email} got a link to choose a password.", messages.SUCCESS)


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ["name", "lead", "engineering_manager", "members"]

    by: User

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        joins = self.by in [facts.get("lead"), facts.get("engineering_manager"), *(facts.get("members") or [])]
        was_in = bool(self.instance.pk) and Team.objects.of(self.by).filter(pk=self.instance.pk).exists()
        if joins and not was_in and not self.by.is_administrator:
            # A team sees its restricted incidents: nobody opens that door for themselves.
            raise forms.ValidationError("You cannot put yourself into a team: ask an administrator.")
        return facts


@admin.register(Team)
class TeamAdmin(KeptAdmin):
    form = TeamForm
    list_display = ["name", "lead", "engineering_manager"]
    list_select_related = ["lead", "engineering_manager"]
    search_fields = ["name", "lead__name", "members__name"]
    autocomplete_fields = ["lead", "engineering_manager", "members"]

    def get_form(self, request: HttpRequest, obj: Team | None = None, **kwargs: Any) -> type[ModelForm]:  # type: ignore[override]
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        team: Team = form.instance
        before = set(team.members.values_list("pk", flat=True))
        super().save_related(request, form, formsets, change)
        after = set(team.members.values_list("pk", flat=True))
        if before != after:
            put_on_record(
                team,
                "team.members_changed",
                by=person_behind(request),
                joined=sorted(after - before),
                left=sorted(before - after),
            )


@admin.register(Absence)
class AbsenceAdmin(KeptAdmin):
    """Who is away when: for those who fell ill, or forgot to say so. One that ends early gets an earlier last day."""

    list_display = ["person", "first_on", "last_on", "noted_by"]
    list_select_related = ["person", "noted_by"]
    search_fields = ["person__name", "person__email"]
    autocomplete_fields = ["person"]
    date_hierarchy = "first_on"
    fields = ["person", "first_on", "last_on"]

    def get_readonly_fields(self, request: HttpRequest, obj: Absence | None = None) -> list[str]:
        return ["person"] if obj else []

    def save_model(self, request: HttpRequest, obj: Absence, form: ModelForm, change: bool) -> None:
        if not change:
            obj.noted_by = person_behind(request)
        super().save_model(request, obj, form, change)


@admin.register(Organisation)
class OrganisationAdmin(KeptAdmin):
    def get_form(self, request: HttpRequest, obj: Organisation | None = None, **kwargs: Any) -> type[ModelForm]:  # type: ignore[override]
        form = super().get_form(request, obj, **kwargs)
        if "time_zone" in form.base_fields:
            form.base_fields["time_zone"] = forms.ChoiceField(choices=time_zone_choices)
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return redirect("admin:people_organisation_change", Organisation.load().pk)


@admin.register(OutboxMail)
class OutboxMailAdmin(ReadOnlyAdmin):
    """Which mail went to whom. Its words may tell of restricted incidents: only administrators read them."""

    list_display = ["kind", "recipient", "period", "status", "attempt_count", "created_at", "sent_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["recipient"]
    date_hierarchy = "created_at"
    actions = ["try_again", "send_again"]
    MOST_AGAIN = 50

    WORDS = ["subject", "text", "html"]
    FACTS = [
        "kind", "recipient", "period", "status", "attempt_count", "doubt_count", "next_try_at", "sent_at", "last_error", "message_id",
        "created_at",
    ]  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: OutboxMail | None = None) -> list[str]:  # type: ignore[override]
        return self.FACTS + (self.WORDS if request.user.is_administrator else [])  # type: ignore[union-attr]

    def get_search_fields(self, request: HttpRequest) -> list[str]:  # type: ignore[override]
        people = ["recipient__name", "recipient__email", "period"]
        return [*people, "subject"] if request.user.is_administrator else people  # type: ignore[union-attr]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("people.retry_outboxmail")

    @admin.action(description="Try again: mails that were given up", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> None:
        self._each(request, queryset, try_mail_again)

    @admin.action(description="Send again: mails that were sent", permissions=["retry"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> None:
        # One slip of the mouse must not write to the whole house.
        if queryset.count() > self.MOST_AGAIN:
            self.message_user(request, f"Choose {self.MOST_AGAIN} mails at most to send again.", messages.ERROR)
        else:
            self._each(request, queryset, send_mail_again)

    def _each(self, request: HttpRequest, mails: QuerySet[OutboxMail], owe: Callable[..., OutboxMail]) -> None:
        """One refusal keeps no other back."""
        owed = 0
        for mail in mails:
            try:
                owe(mail, by=person_behind(request))
            except DomainError as error:
                self.refuse(request, error)
            else:
                owed += 1
        if owed:
            self.message_user(request, f"{owed} to be sent again within a minute.", messages.SUCCESS)


@admin.register(RecordEntry)
class RecordEntryAdmin(ReadOnlyAdmin):
    """All that was done, by whom. It tells of restricted incidents too, so it is for administrators;
    facilitators read the record of each thing that they see, on that thing's page."""

    list_display = ["at", "verb", "by", "thing_type", "thing_id"]
    list_filter = ["verb", "thing_type"]
    list_select_related = ["by", "thing_type"]
    search_fields = ["verb", "by__name", "by__email"]
    date_hierarchy = "at"
    fields = ["at", "verb", "by", "thing_type", "thing_id", "details"]
