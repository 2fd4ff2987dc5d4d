"""What a plan is worth: where its actions stand on the prevention hierarchy, and which causes nothing is done about."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.models import Action, ActionPolicy, Hierarchy
from postmortems.models import Cause, Postmortem

ONLY_TRAINING = (
    "Everything agreed so far tells people something. They will forget, change teams and be tired: "
    "what would make it impossible, or stop it by itself?"
)
ONLY_WEAK = (
    "Everything agreed so far works only while people remember it and follow it. "
    "What could the system do instead: a check, a limit, one step less?"
)


@dataclass(frozen=True)
class Step:
    """One step of the hierarchy, with the actions that stand on it."""

    rank: Hierarchy
    actions: Sequence[Action]


@dataclass(frozen=True)
class Coverage:
    cause: Cause
    actions: Sequence[Action]


@dataclass(frozen=True)
class Weighed:
    postmortem: Postmortem
    actions: Sequence[Action]
    causes: Sequence[Coverage]
    most: int

    @property
    def steps(self) -> list[Step]:
        return [Step(rank, [one for one in self.actions if one.hierarchy == rank]) for rank in Hierarchy]

    @property
    def unranked_count(self) -> int:
        return sum(not action.hierarchy for action in self.actions)

    @property
    def challenge(self) -> str:
        """What speaks against a plan that prevents nothing by itself; empty when something does, or may."""
        ranks = {Hierarchy(action.hierarchy) for action in self.actions if action.hierarchy}
        if not ranks or self.unranked_count or not all(rank.is_weak for rank in ranks):
            return ""
        return ONLY_TRAINING if ranks == {Hierarchy.TRAINING} else ONLY_WEAK

    @property
    def bare(self) -> list[Cause]:
        """The causes that no action addresses."""
        return [one.cause for one in self.causes if not one.actions]

    @property
    def bare_in_words(self) -> str:
        total, bare = len(self.causes), len(self.bare)
        if not bare:
            return "Every cause has an action." if total > 1 else "The cause has an action."
        if bare == total:
            return "No cause has an action yet."
        return f"{bare} of {total} causes {'has' if bare == 1 else 'have'} no action."

    @property
    def is_full(self) -> bool:
        return len(self.actions) >= self.most


def weigh(postmortem: Postmortem) -> Weighed:
    """Of what was agreed and not dropped; three queries."""
    agreed = Action.objects.filter(postmortem=postmortem).exclude(status=Action.Status.DROPPED)
    actions = list(agreed.only("number", "title", "hierarchy", "cause_id", "status"))
    causes = [
        Coverage(cause, [one for one in actions if one.cause_id == cause.pk]) for cause in postmortem.causes.all()
    ]
    return Weighed(postmortem, actions, causes, ActionPolicy.load().most_commitments)
