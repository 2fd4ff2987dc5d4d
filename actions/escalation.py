"""The ladder that an overdue action climbs, by days. It knows days and what facilitators decided, not people or mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from actions.models import ActionPolicy, EscalationStep
from core.dates import DAYS_A_WEEK

Audience = EscalationStep.Audience


class Rung(IntEnum):
    """How far an action has climbed. Whoever hears of it on one rung goes on hearing of it on those above."""

    NONE = 0  # not overdue
    OWNER = 1  # its owner, with their own list
    LEAD = 2  # the team lead, in copy
    TEAM = 3  # everyone in the team
    MANAGER = 4  # the engineering manager
    DECISION = 5  # owner, lead and manager owe a decision, each week until there is one on record


@dataclass(frozen=True)
class Step:
    days: int
    asks: str


# Audience -> from how many days on (before the due date for the reminder), and what is asked.
DEFAULTS: dict[str, Step] = {
    Audience.REMINDER: Step(2, "Will it be done by then? If not, say so now: another date needs only a reason."),
    Audience.OWNER: Step(1, "Blocked? Say what it waits for. Need help? Ask. Another date that holds? Give it."),
    Audience.LEAD: Step(
        7, "Ask their owners: what stands in the way, what would help, is another date or priority the honest answer?"
    ),
    Audience.TEAM: Step(14, "A word in the stand-up may free them."),
    Audience.MANAGER: Step(21, "Overdue for three weeks or more. What would let the team finish them?"),
    Audience.DECISION: Step(
        28,
        "Overdue for four weeks or more. Each needs one of three: a date by which it is finished, another priority and "
        "date with the reason, or to be dropped with the reason. You are asked each week until it is on record.",
    ),
}
RUNGS = {
    Audience.OWNER: Rung.OWNER,
    Audience.LEAD: Rung.LEAD,
    Audience.TEAM: Rung.TEAM,
    Audience.MANAGER: Rung.MANAGER,
    Audience.DECISION: Rung.DECISION,
}


@dataclass(frozen=True)
class Ladder:
    """The steps in force, by audience."""

    steps: Mapping[str, Step]

    @classmethod
    def load(cls) -> Self:
        """What facilitators decided; an audience that has no row is told as in the beginning."""
        steps = dict(DEFAULTS)
        for row in EscalationStep.objects.all():
            if row.is_in_force:
                steps[Audience(row.audience)] = Step(row.days, row.asks)
            else:
                del steps[Audience(row.audience)]
        return cls(steps)

    def has_reached(self, rung: Rung, days_overdue: int) -> bool:
        step = next((self.steps.get(audience) for audience, of in RUNGS.items() if of is rung), None)
        return step is not None and days_overdue > 0 and days_overdue >= step.days

    def rung_of(self, days_overdue: int) -> Rung:
        """The highest rung it has reached; `days_overdue` is 0 for an action that is not late, or has ended."""
        return max((rung for rung in RUNGS.values() if self.has_reached(rung, days_overdue)), default=Rung.NONE)

    @property
    def decision_days(self) -> int:
        """From how many days overdue on a decision is owed: that step is always in force, and never before the date."""
        return max(self.steps[Audience.DECISION].days, 1)

    def is_stuck(self, days_overdue: int) -> bool:
        """A decision was asked for a week ago, and there is none."""
        return self.has_reached(Rung.DECISION, days_overdue - DAYS_A_WEEK)

    @property
    def asks_before(self) -> str:
        return self.asks(Audience.REMINDER)

    def asks(self, audience: Audience) -> str:
        return self.steps[audience].asks if audience in self.steps else ""


def install_ladder() -> int:
    """Make the rows that are missing, for facilitators to edit. Returns how many steps were made."""
    ActionPolicy.objects.get_or_create(pk=1)
    made = 0
    for audience, step in DEFAULTS.items():
        _, is_new = EscalationStep.objects.get_or_create(
            audience=audience, defaults={"days": step.days, "asks": step.asks}
        )
        made += is_new
    return made
