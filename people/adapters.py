from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody signs up, and nobody is told who has one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
