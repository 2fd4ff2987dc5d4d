from django.urls import path

from people import views

app_name = "people"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("mails/", views.mails, name="mails"),
    path("mails/stop/<str:token>/", views.stop_mail, name="stop_mail"),
]
