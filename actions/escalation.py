"""The ladder that an overdue action climbs, by whole weeks. Pure: it knows days, not people or mail."""

from enum import IntEnum

from core.dates import DAYS_A_WEEK


class Rung(IntEnum):
    """How far an action has climbed. Whoever hears of it on one rung goes on hearing of it on those above."""

    NONE = 0  # not overdue
    OWNER = 1  # its owner, with their own list
    LEAD = 2  # the team lead, in copy
    TEAM = 3  # everyone in the team
    MANAGER = 4  # the engineering manager
    DECISION = 5  # owner, lead and manager owe a decision, each week until there is one on record


def rung_of(days_overdue: int) -> Rung:
    """`days_overdue` is 0 for an action that is not late, or has ended."""
    if days_overdue <= 0:
        return Rung.NONE
    weeks = days_overdue // DAYS_A_WEEK
    return Rung(min(Rung.OWNER + weeks, Rung.DECISION))
