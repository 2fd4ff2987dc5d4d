from collections.abc import Sequence

from incidents.models import Incident
from people.models import User


def can_report(user: User) -> bool:
    return user.can_write


def can_edit(user: User, incident: Incident) -> bool:
    """Whoever can see an incident and may write may correct its facts; the caller came through `visible_to`."""
    return user.can_write


def sees_all(user: User, numbers: Sequence[int]) -> bool:
    """Whether someone sees each of these incidents now: asked before a mail that tells of them leaves."""
    return Incident.objects.visible_to(user).filter(number__in=numbers).count() == len(numbers)


def can_decide_review(user: User, incident: Incident) -> bool:
    """Facilitators, and who answers for the team, have the last word on whether there is a post-mortem."""
    team = incident.team
    return user.can_write and (user.is_facilitator or user.pk in (team.lead_id, team.engineering_manager_id))
