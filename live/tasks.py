import structlog
from celery import shared_task

from live import log
from live.errors import CannotLoad

logger = structlog.get_logger(__name__)


@shared_task
def fold_rooms() -> None:
    """Shorten what must be read to open a room, and bring plain texts up to date where a web process died too early."""
    for room_id in sorted({*log.rooms_to_fold(), *log.texts_behind()}):
        try:
            log.fold_room(room_id)
        except CannotLoad as error:
            logger.error("live.room_cannot_be_folded", room=room_id, error=str(error))
    log.forget_old_rows()
