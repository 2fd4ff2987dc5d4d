"""The scheduler of the beat process. It keeps nothing on disk: what is due is in the database."""

import time
from typing import Any

from celery import beat

LONGEST_SLEEP_SECONDS = 10


class Scheduler(beat.Scheduler):
    """Leaves its own sign of life: a task as the sign would be late whenever all workers are busy."""

    max_interval = LONGEST_SLEEP_SECONDS
    _told_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self._told_at >= LONGEST_SLEEP_SECONDS:
            from core.health import note_alive

            note_alive("beat")
            self._told_at = time.monotonic()
        return super().tick(*args, **kwargs)
