"""The addresses of live documents. config/asgi.py puts the check of Origin in front."""

from django.urls import path

from live.socket import application

websocket_urlpatterns = [
    path("ws/<slug:kind>/<int:number>/", application),  # type: ignore[arg-type]  # Channels routes ASGI applications
]
