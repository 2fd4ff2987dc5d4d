import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from postmortems.exporting import making

logger = logging.getLogger(__name__)


@shared_task
def make_export(pk: int) -> None:
    making.make(pk)


@shared_task
def resume_exports() -> None:
    """Each minute: queue again what got lost, and remove what nobody fetches any more."""
    for pk in making.take_back_lost():
        queue(pk)
    making.remove_old()


def queue_on_commit(pk: int) -> None:
    transaction.on_commit(lambda: queue(pk))


def queue(pk: int) -> None:
    """Tell a worker. With the broker away nobody hears it: the row stays, and resume_exports asks again."""
    try:
        make_export.delay(pk)
    except (OperationalError, OSError) as error:
        logger.warning("export %s waits for the broker: %s", pk, error)
