"""Who may do what with an action that they can see; the caller came through `visible_to`."""

from actions.models import Action
from people.models import User
from postmortems.models import Postmortem


def can_add(user: User, postmortem: Postmortem) -> bool:
    return user.can_write and not postmortem.is_closed


def can_edit(user: User, action: Action) -> bool:
    """Move it along, correct its words, move its date, hand it over: everything but deleting, which nobody may."""
    return user.can_write


def can_confirm(user: User, action: Action) -> bool:
    """Look at what proves it, as a second person: neither its owner nor whoever said that it is done."""
    is_waiting = action.status == Action.Status.UNCONFIRMED
    return is_waiting and user.can_write and user.pk not in (action.owner_id, action.finished_by_id)
