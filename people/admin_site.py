from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse


class FacilitatorSite(AdminSite):
    """Where facilitators keep templates, policies, teams and re-assignments."""

    site_header = "Debrief for facilitators"
    site_title = "Debrief"
    index_title = "What you keep"

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        # The same door for everybody: its limits on guessing and its second factor hold here too.
        return secure_admin_login(super().login)(request, extra_context)
