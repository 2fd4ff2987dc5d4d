"""Rows of the list of actions as every open page shows them: rendered once for all."""

from django.template.loader import render_to_string
from django.utils import timezone

from actions.models import Action
from live.commands import announce_row
from people.models import User

ACTIONS = "actions"


def tell_written(action: Action, *, by: User) -> None:
    action.is_overdue = action.days_overdue(timezone.now().date()) > 0  # type: ignore[attr-defined]
    html = render_to_string("actions/_row.html", {"action": action})
    room = action.postmortem.room
    action.told = announce_row(room, ACTIONS, name_of(action), version=action.version, html=html, by=by)


def name_of(action: Action) -> str:
    return f"action-{action.number}"
