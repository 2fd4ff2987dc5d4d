from django.urls import path

from integrations import views

app_name = "integrations"

urlpatterns = [
    path("", views.index, name="index"),
    path("drafts/<int:pk>/", views.preview, name="preview"),
    path("drafts/<int:pk>/discard/", views.discard, name="discard"),
]
