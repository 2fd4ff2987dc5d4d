from incidents.models import Incident
from people.models import User


def can_report(user: User) -> bool:
    return user.can_write


def can_edit(user: User, incident: Incident) -> bool:
    """Whoever can see an incident and may write may correct its facts; the caller came through `visible_to`."""
    return user.can_write
