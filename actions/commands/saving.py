"""What every command does around its own rule: lock, refuse, save, put in the ledger, tell open pages.

The ledger of an action is what `people.record` keeps about it: entries that the database refuses to change or delete,
each with who, when, why, and every field that changed as it was `before` and is `after`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import Model

from actions.errors import NotAllowedNow
from actions.models import Action
from actions.rows import tell_written
from core.edits import EditConflict, merge_fields
from people.models import User
from people.record import put_on_record
from postmortems.models import Postmortem

NOTHING: Mapping[str, Any] = MappingProxyType({})


def locked(action: Action) -> Action:
    rows = Action.objects.select_for_update(of=("self",))
    related = [
        "owner",
        "added_by",
        "cause",
        "waits_for",
        "waits_for_team",
        "postmortem__incident__team",
        "postmortem__room",
    ]
    return rows.select_related(*related).get(pk=action.pk)


def save(action: Action, verb: str, *, by: User, changes: dict[str, Any], **details: Any) -> Action:
    """`changes` are fields and their new values; those that are no instants go into the ledger, before and after."""
    told = {name: value for name, value in changes.items() if not name.endswith("_at")}
    before = {name: _plain(getattr(action, name)) for name in told}
    for name, value in changes.items():
        setattr(action, name, value)
    action.save(update_fields=[*changes, "updated_at"])
    after = {name: _plain(value) for name, value in told.items()}
    put_on_record(action, verb, by=by, before=before, after=after, **{k: v for k, v in details.items() if v})
    tell_written(action, by=by)
    return action


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def differs(action: Action, seen: Mapping[str, Any], **wanted: Any) -> bool:
    """Whether there is something to save; for those who tell what they had seen. Raises EditConflict."""
    if not seen:
        return True
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(action, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this action while you were writing.")
    return bool(merge.changes)


def refuse_ended(action: Action) -> None:
    if not action.is_open:
        raise NotAllowedNow(f"{action.reference} has ended already: it is {action.get_status_display()}.")
    if not action.is_at_work:
        raise NotAllowedNow(
            f"{action.reference} is done and waits for a second person: confirm it, or say what is missing."
        )


def refuse_unfit_owner(postmortem: Postmortem, owner: User | None) -> None:
    if owner is not None and (why := why_unfit(postmortem, owner)):
        raise NotAllowedNow(why)


def why_unfit(postmortem: Postmortem, owner: User) -> str:
    """Why somebody cannot answer for its actions; empty for whoever can."""
    if not owner.can_write:
        return f"{owner} cannot own an action: the account is for reading, or no longer active."
    if not Postmortem.objects.visible_to(owner).filter(pk=postmortem.pk).exists():
        return f"{owner} cannot see this restricted incident: add them to its participants first."
    return ""


def is_fit_owner(postmortem: Postmortem, person: User | None) -> bool:
    return person is not None and not why_unfit(postmortem, person)
