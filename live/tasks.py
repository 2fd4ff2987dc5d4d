from collections.abc import Callable

import structlog
from celery import shared_task

from live import log
from live.errors import CannotLoad

logger = structlog.get_logger(__name__)


@shared_task
def fold_rooms() -> None:
    """Shorten what must be read to open a room, and bring plain texts up to date where a web process died too early."""
    for room_id in log.texts_behind():
        _with_care(room_id, lambda room_id: log.store_texts(room_id, log.read_texts(room_id)))
    for room_id in log.rooms_to_fold():
        _with_care(room_id, log.fold_room)
    log.forget_old_rows()


def _with_care(room_id: int, act: Callable[[int], object]) -> None:
    """One room that cannot be read must not keep the others from their turn."""
    try:
        act(room_id)
    except CannotLoad as error:
        logger.error("live.room_cannot_be_folded", room=room_id, error=str(error))
