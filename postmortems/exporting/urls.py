from django.urls import path

from postmortems.exporting import views

export_urls = [
    path("postmortems/<int:number>/export/<slug:format>/", views.export, name="export"),
    path("postmortems/exports/<int:pk>/", views.export_status, name="export_status"),
    path("postmortems/exports/<int:pk>/download/", views.export_download, name="export_download"),
]
