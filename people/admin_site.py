from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.decorators import method_decorator

from people.mail import undelivered_count

OURS = {"people", "incidents", "postmortems", "actions"}
# Leads from any row's id to its page, and so would tell which restricted rows exist; the pages here link by themselves.
NOT_OFFERED = {"view_on_site"}


class FacilitatorSite(AdminSite):
    """Where facilitators keep templates, policies, teams and re-assignments."""

    site_header = "Debrief for facilitators"
    site_title = "Debrief"
    index_title = "What you keep"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        # Packages bring admin pages for secrets, sessions and groups: those are nothing to browse in.
        several = isinstance(model_or_iterable, Iterable) and not isinstance(model_or_iterable, type)
        offered: Iterable[type[models.Model]] = model_or_iterable if several else [model_or_iterable]
        for model in offered:
            if model._meta.app_label in OURS:
                super().register(model, admin_class or ModelAdmin, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_OFFERED]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {"undelivered_count": undelivered_count(), **(extra_context or {})})

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        # The same door for everybody: its limits on guessing and its second factor hold here too.
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("admin:index")
