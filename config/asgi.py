"""The door of the web process: pages go to Django, live documents to the socket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter

from core.bodies import bounded
from live.gate import guarded
from live.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": bounded(django_application),
        "websocket": guarded(URLRouter(websocket_urlpatterns)),
    }
)
