from django.contrib import admin
from django.urls import include, path

from core import health, views
from insights.views import glossary, home

urlpatterns = [
    path("", home, name="home"),
    path("incidents/", include("incidents.urls")),
    path("", include("postmortems.urls")),
    path("actions/", include("actions.urls")),
    path("", include("integrations.urls")),
    path("people/", include("people.urls")),
    path("accounts/", include("people.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("glossary/", glossary, name="glossary"),
    path("lateness/", views.lateness, name="lateness"),
    path("style/", views.style, name="style"),
    path("csp-report/", views.csp_report, name="csp_report"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.permission_denied"
handler404 = "core.views.page_not_found"
handler500 = "core.views.server_error"
