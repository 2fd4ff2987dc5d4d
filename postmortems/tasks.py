import logging
import time

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from live.errors import CannotLoad
from postmortems.commands import words
from postmortems.exporting import making
from postmortems.history.keeping import keep_automatic, postmortems_to_keep
from postmortems.models import Postmortem

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


@shared_task
def read_changed_words() -> None:
    """Every few seconds. One post-mortem that cannot be read must not keep the others from their turn."""
    for pk in words.postmortems_to_read():
        try:
            words.read_words(pk, now=timezone.now())
        except CannotLoad:
            logger.exception("the texts of post-mortem %s cannot be read", pk)


def queue_on_commit(pk: int) -> None:
    transaction.on_commit(lambda: queue(pk))


def queue(pk: int) -> None:
    """Tell a worker. With the broker away nobody hears it: the row stays, and resume_exports asks again."""
    try:
        make_export.delay(pk)
    except (OperationalError, OSError) as error:
        logger.warning("export %s waits for the broker: %s", pk, error)


# The next minute's run goes on where this one stops.
LONGEST_KEEPING_SECONDS = 45


@shared_task
def keep_revisions() -> None:
    """Each minute: tell what was written since as revisions, wherever a stretch of work is over."""
    ends_at = time.monotonic() + LONGEST_KEEPING_SECONDS
    for pk in postmortems_to_keep():
        if time.monotonic() > ends_at:
            return
        try:
            keep_automatic(Postmortem.objects.select_related("room", "incident").get(pk=pk))
        except Exception:
            # One document that cannot be told must not keep the others from their turn; its log stays until it is told.
            logger.exception("the history of post-mortem %s could not be kept", pk)
