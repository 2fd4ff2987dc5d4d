from celery import shared_task

from core.health import note_alive


@shared_task
def beat_heartbeat() -> None:
    """Planned by beat, run by a worker: when it arrives, both stand."""
    note_alive("beat")
