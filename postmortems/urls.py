from django.urls import include, path

from postmortems.exporting.urls import export_urls
from postmortems.views import lifecycle, pages, sections, timeline

app_name = "postmortems"

document_urls = [
    path("", pages.detail, name="detail"),
    path("outline/", pages.outline, name="outline"),
    path("text/", pages.text, name="text"),
    path("facts/", pages.facts, name="facts"),
    path("status/", lifecycle.status, name="status"),
    path("submit/", lifecycle.submit, name="submit"),
    path("send-back/", lifecycle.send_back, name="send_back"),
    path("publish/", lifecycle.publish, name="publish"),
    path("close/", lifecycle.close, name="close"),
    path("reopen/", lifecycle.reopen, name="reopen"),
    path("sections/<int:pk>/edit/", sections.edit, name="edit_section"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline/add/", timeline.add, name="add_event"),
    path("timeline/<int:pk>/edit/", timeline.edit, name="edit_event"),
    path("timeline/<int:pk>/remove/", timeline.remove, name="remove_event"),
]

urlpatterns = [
    path("incidents/<int:number>/postmortem/", pages.create, name="create"),
    path("postmortems/", pages.index, name="index"),
    path("postmortems/<int:number>/", include(document_urls)),
    *export_urls,
]
