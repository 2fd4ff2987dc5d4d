"""Pages that allauth would bring and Debrief does not have: each leads where the same need is met.

Accounts and addresses are an administrator's to give, so that nobody collects the mail of somebody else's account.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import RedirectView

to_sign_in: Any = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=False))
to_profile: Any = RedirectView.as_view(pattern_name="people:profile")


def key_is_of_no_use(request: Any, key: str) -> Any:
    return to_sign_in(request)


urlpatterns = [
    path("signup/", to_sign_in, name="account_signup"),
    path("confirm-email/", to_sign_in, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", login_not_required(key_is_of_no_use), name="account_confirm_email"),
    path("login/code/confirm/", to_sign_in, name="account_confirm_login_code"),
    path("email/", to_profile, name="account_email"),
]
