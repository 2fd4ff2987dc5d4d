from django.urls import path

from incidents import views

app_name = "incidents"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("mark-vague/", views.mark_vague, name="mark_vague"),
    path("decisions/", views.decisions, name="decisions"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/edit/", views.edit, name="edit"),
    path("<int:number>/decide-review/", views.decide_review, name="decide_review"),
]
