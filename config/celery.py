"""The Celery application: worker and beat read the same settings as the web."""

import os

from celery import Celery
from celery.signals import heartbeat_sent, setup_logging, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("debrief")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _log_like_the_web(**kwargs: object) -> None:
    # A connected receiver keeps Celery from installing its own handlers; Django's configuration stands.
    from django.conf import settings
    from django.utils.log import configure_logging

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@worker_ready.connect
@heartbeat_sent.connect
def _worker_is_alive(**kwargs: object) -> None:
    from core.health import note_alive

    note_alive("worker")
