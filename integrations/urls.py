from django.urls import include, path

from integrations.views import documents, timelines

app_name = "integrations"

import_urls = [
    path("", documents.index, name="index"),
    path("drafts/<int:pk>/", documents.preview, name="preview"),
    path("drafts/<int:pk>/discard/", documents.discard, name="discard"),
]

timeline_urls = [
    path("", timelines.bring, name="bring_timeline"),
    path("preview/", timelines.preview, name="preview_timeline"),
    path("read-again/", timelines.read_again, name="read_timeline_again"),
    path("choose/", timelines.choose, name="choose_candidates"),
    path("take/", timelines.take, name="take_timeline"),
    path("discard/", timelines.discard, name="discard_timeline"),
    path("<slug:fingerprint>/edit/", timelines.edit, name="edit_candidate"),
]

urlpatterns = [
    path("import/", include(import_urls)),
    path("postmortems/<int:number>/timeline/files/", include(timeline_urls)),
]
