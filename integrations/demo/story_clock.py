"""The demo’s own clock: what its people did weeks ago is noted as done then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from unittest import mock

from django.utils import timezone


@contextmanager
def as_if(instant: datetime) -> Iterator[None]:
    """Commands that ask Django’s clock are told that it is `instant`. For one thread, and for invented stories alone."""
    with mock.patch.object(timezone, "now", lambda: instant):
        yield


@dataclass
class Course:
    """What happened one after the other; nothing of it later than `now`."""

    now: datetime
    steps: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)

    def add(self, instant: datetime, act: Callable[[], object]) -> None:
        self.steps.append((min(instant, self.now), act))

    def run(self) -> None:
        for instant, act in sorted(self.steps, key=lambda step: step[0]):
            with as_if(instant):
                act()
