from django.urls import path

from incidents import related_views, views
from incidents.during import add_instant, edit_instant, note, notes, remove_instant, roles

app_name = "incidents"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("mark-vague/", views.mark_vague, name="mark_vague"),
    path("mark-blame/", views.mark_blame, name="mark_blame"),
    path("decisions/", views.decisions, name="decisions"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/notes/", notes, name="notes"),
    path("<int:number>/notes/add/", note, name="note"),
    path("<int:number>/times/add/", add_instant, name="add_instant"),
    path("<int:number>/times/<int:pk>/edit/", edit_instant, name="edit_instant"),
    path("<int:number>/times/<int:pk>/remove/", remove_instant, name="remove_instant"),
    path("<int:number>/roles/", roles, name="roles"),
    path("<int:number>/edit/", views.edit, name="edit"),
    path("<int:number>/related/", related_views.related, name="related"),
    path("<int:number>/related/add/", related_views.relate, name="relate"),
    path("<int:number>/related/<int:relation>/remove/", related_views.unrelate, name="unrelate"),
    path("<int:number>/decide-review/", views.decide_review, name="decide_review"),
]
