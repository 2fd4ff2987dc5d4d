"""Rows of actions and of candidates as every open page shows them: rendered once for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.template.loader import render_to_string
from django.utils import timezone

from actions.models import Action, ActionCandidate
from live.commands import announce_row
from people.models import Organisation, User

ACTIONS, CANDIDATES = "actions", "candidates"


_is_only_tried = ContextVar("is_only_tried", default=False)


@contextmanager
def untold() -> Iterator[None]:
    """For what is tried and taken back: nobody is told of it, and no row is rendered for that."""
    token = _is_only_tried.set(True)
    try:
        yield
    finally:
        _is_only_tried.reset(token)


def tell_written(action: Action, *, by: User) -> None:
    if _is_only_tried.get():
        return
    # The day is the house's, for one row goes to every reader.
    with timezone.override(Organisation.load().zone):
        action.is_overdue = action.days_overdue(timezone.localdate()) > 0  # type: ignore[attr-defined]
        html = render_to_string("actions/_row.html", {"action": action})
    room = action.postmortem.room
    action.told = announce_row(room, ACTIONS, name_of(action), version=action.version, html=html, by=by)


def name_of(action: Action) -> str:
    return f"action-{action.number}"


def tell_candidate_written(candidate: ActionCandidate, *, by: User) -> None:
    html = render_to_string("actions/_candidate.html", {"candidate": candidate, "can_write": True})
    room, name = candidate.postmortem.room, name_of_candidate(candidate)
    candidate.told = announce_row(room, CANDIDATES, name, version=candidate.version, html=html, by=by)


def name_of_candidate(candidate: ActionCandidate) -> str:
    return f"candidate-{candidate.number}"
