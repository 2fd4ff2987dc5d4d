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
BEGAN = Coalesce("started_at", "detected_at", "created_at")


def began_at(incident: Incident) -> datetime:
    """BEGAN of one that was read."""
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
    began = (
        Incident.objects.visible_to(user)
        .annotate(began_at=BEGAN)
        .filter(began_at__gte=period.begins_at, began_at__lt=period.ends_at)
    )
    if team:
        began = began.filter(team__in=team.keys)
    pks = set(began.values_list("pk", flat=True))
    pairs = _pairs(user, pks)
    measures = _measures(user, {earlier.pk for _, earlier in pairs})
    found = [
        Returned(later, earlier, began_at(later), unfinished)
        for later, earlier in pairs
        if (unfinished := [one for action in measures[earlier.pk] if (one := _unfinished(action, began_at(later)))])
    ]
    return Returns(sorted(found, key=lambda one: one.began_at, reverse=True), len(pks))


def _pairs(user: User, later: set[int]) -> list[tuple[Incident, Incident]]:
    """Each of these with every one like it that began before it."""
    relations = Relation.objects.visible_to(user).filter(Q(incident__in=later) | Q(other__in=later))
    pairs = [(row.incident, row.other) for row in relations.select_related("incident", "other")]
    both_ways = pairs + [(other, one) for one, other in pairs]
    return [(one, other) for one, other in both_ways if one.pk in later and began_at(other) < began_at(one)]


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
