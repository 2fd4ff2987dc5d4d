"""Parts of a whole and spreads, said with as much certainty as there is."""

from dataclasses import dataclass
from datetime import timedelta

FEW = 5


@dataclass(frozen=True)
class Share:
    """So many of so many. `target` is a percentage that is to be reached."""

    part: int
    whole: int
    target: int | None = None

    @property
    def is_few(self) -> bool:
        """Of fewer than five a percentage would say more than is known."""
        return self.whole < FEW

    @property
    def percent(self) -> int:
        """Rounded down: 99.6 % of what was promised is not all of it."""
        return 100 * self.part // self.whole if self.whole else 0

    @property
    def is_reached(self) -> bool | None:
        """None where it cannot be said: without a target, or of too few."""
        if self.target is None or not self.whole or (self.is_few and self.part < self.whole):
            return None
        return 100 * self.part >= self.target * self.whole


@dataclass(frozen=True)
class Spread:
    """How long it took: half of `count` took between the quartiles. Durations are None of nothing."""

    count: int
    lower: timedelta | None = None
    median: timedelta | None = None
    upper: timedelta | None = None
    mean: timedelta | None = None

    @property
    def is_few(self) -> bool:
        return self.count < FEW

    @property
    def median_days(self) -> int | None:
        return in_days(self.median)

    @property
    def lower_days(self) -> int | None:
        return in_days(self.lower)

    @property
    def upper_days(self) -> int | None:
        return in_days(self.upper)

    @property
    def mean_days(self) -> int | None:
        return in_days(self.mean)


def in_days(value: timedelta | None) -> int | None:
    return None if value is None else round(value / timedelta(days=1))
