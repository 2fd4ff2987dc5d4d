"""Incidents that came back: one like it had happened, a measure had been agreed, and it was not done."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce

from actions.figures.periods import Period
from actions.filters import Named
from actions.models import Action
from incidents.models import Incident, Relation
from people.models import User

MOST_SHOWN = 20
INSTANTS = ["started_at", "detected_at", "created_at"]


def began_of(path: str = "") -> Coalesce:
    """When an incident began, as far as it is known; `path` leads to it."""
    return Coalesce(*(f"{path}{name}" for name in INSTANTS))


def began_at(incident: Incident) -> datetime:
    """The same of one that was read."""
    return incident.started_at or incident.detected_at or incident.created_at


@dataclass(frozen=True)
class Unfinished:
    """A measure that was not done when the incident came back; `days_overdue` as of then, 0 for one that was not late."""

    action: Action
    was_dropped: bool
    days_overdue: int


@dataclass(frozen=True)
class Returned:
    """`incident` began while measures agreed after `earlier`, which people named as alike, were not done."""

    incident: Incident
    earlier: Incident
    began_at: datetime
    unfinished: list[Unfinished]


@dataclass(frozen=True)
class Returns:
    """Of `incident_count` that began in the period; the latest of those that came back first."""

    returned: list[Returned]
    incident_count: int

    @property
    def count(self) -> int:
        """An incident counts once, however many it is like."""
        return len({one.incident.pk for one in self.returned})

    @property
    def shown(self) -> list[Returned]:
        return self.returned[:MOST_SHOWN]


def returns(user: User, team: Named | None, period: Period) -> Returns:
    """Whoever may not see one of two incidents is not told that they are alike."""
    began = Incident.objects.visible_to(user).annotate(began=began_of()).filter(**_within("began", period))
    if team:
        began = began.filter(team__in=team.keys)
    pairs = [pair for pair in _pairs(user, period) if not team or pair[0].team_id in team.keys]
    measures = _measures(user, {earlier.pk for _, earlier in pairs})
    found = [
        Returned(later, earlier, began_at(later), unfinished)
        for later, earlier in pairs
        if (unfinished := [one for action in measures[earlier.pk] if (one := _unfinished(action, began_at(later)))])
    ]
    return Returns(sorted(found, key=lambda one: one.began_at, reverse=True), began.count())


def _within(name: str, period: Period) -> dict[str, datetime]:
    return {f"{name}__gte": period.begins_at, f"{name}__lt": period.ends_at}


def _pairs(user: User, period: Period) -> list[tuple[Incident, Incident]]:
    """Incidents that began in the period, each with every one like it that began before it."""
    either = Q(**_within("one_began", period)) | Q(**_within("other_began", period))
    relations = (
        Relation.objects.visible_to(user)
        .annotate(one_began=began_of("incident__"), other_began=began_of("other__"))
        .filter(either)
        .select_related("incident", "other")
    )
    pairs = [(row.incident, row.other) for row in relations]
    both_ways = pairs + [(other, one) for one, other in pairs]
    return [
        (one, other)
        for one, other in both_ways
        if began_at(other) < began_at(one) and period.begins_at <= began_at(one) < period.ends_at
    ]


def _measures(user: User, incidents: set[int]) -> Mapping[int, list[Action]]:
    """What was agreed after these incidents, by the incident."""
    measures: dict[int, list[Action]] = defaultdict(list)
    agreed = Action.objects.visible_to(user).filter(postmortem__incident__in=incidents, postmortem__is_imported=False)
    for action in agreed.select_related("postmortem").order_by("number"):
        measures[action.postmortem.incident_id].append(action)
    return measures


def _unfinished(action: Action, at: datetime) -> Unfinished | None:
    if action.created_at >= at or (action.finished_at is not None and action.finished_at <= at):
        return None
    was_dropped = action.status == Action.Status.DROPPED and action.updated_at <= at
    late = (at.date() - action.due_on).days if action.due_on and not was_dropped else 0
    return Unfinished(action, was_dropped, max(late, 0))
