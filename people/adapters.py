from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.message import EmailAlternative
from django.http import HttpRequest
from django.urls import reverse

from people.mail import inlined


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody signs up, and nobody is told who has one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def render_mail(
        self, template_prefix: str, email: str | list[str], context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
        message = super().render_mail(template_prefix, email, context, headers)
        if isinstance(message, EmailMultiAlternatives):
            message.alternatives = [EmailAlternative(inlined(str(page)), kind) for page, kind in message.alternatives]
        return message

    def get_reset_password_from_key_url(self, key: str) -> str:
        # The Host header of whoever asked has no say in where the mail leads.
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts for each Host header, which a guesser may vary by a port: we count for the account alone.
        return str(credentials.get("email") or credentials.get("username") or "").lower()
