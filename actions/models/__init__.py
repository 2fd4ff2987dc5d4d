from actions.models.actions import Action, ActionQuerySet
from actions.models.following import ActionLink, HoldCheck, UsedAnswer
from actions.models.policy import ActionPolicy, EscalationStep
from actions.models.runs import DailyRun, WeeklyRun

__all__ = [
    "Action",
    "ActionLink",
    "ActionPolicy",
    "ActionQuerySet",
    "DailyRun",
    "EscalationStep",
    "HoldCheck",
    "UsedAnswer",
    "WeeklyRun",
]
