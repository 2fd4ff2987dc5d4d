from actions.models.actions import Action, ActionQuerySet, nobodys
from actions.models.candidates import ActionCandidate, CandidateQuerySet
from actions.models.filters import SavedFilter
from actions.models.following import ActionLink, HoldCheck, UsedAnswer
from actions.models.policy import ActionPolicy, EscalationStep
from actions.models.runs import DailyRun, WeeklyRun
from actions.models.weighing import Hierarchy, Horizon, Purpose, Quadrant

__all__ = [
    "Action",
    "ActionCandidate",
    "ActionLink",
    "ActionPolicy",
    "ActionQuerySet",
    "CandidateQuerySet",
    "DailyRun",
    "EscalationStep",
    "Hierarchy",
    "HoldCheck",
    "Horizon",
    "Purpose",
    "Quadrant",
    "SavedFilter",
    "UsedAnswer",
    "WeeklyRun",
    "nobodys",
]
