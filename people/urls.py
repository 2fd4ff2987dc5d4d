from django.urls import path

from people import views

app_name = "people"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("mails/", views.mails, name="mails"),
    path("suggest/<slug:place>/", views.suggest, name="suggest"),
    path("suggest/<slug:place>/<int:number>/", views.suggest, name="suggest_within"),
    path("away/", views.away, name="away"),
    path("away/<int:pk>/come-back/", views.come_back, name="come_back"),
    path("mails/stop/<str:token>/", views.stop_mail, name="stop_mail"),
]
