"""One change for many actions. Each goes through the command that a single one would go through, in a transaction of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models, transaction

from actions.commands import drop_action, edit_action, reassign_action, reschedule_action
from actions.errors import NotAllowedNow
from actions.models import Action
from actions.rows import untold
from core.errors import DomainError
from people.models import User

MOST = 1_000


class Change(models.TextChoices):
    OWNER = "owner", "Hand over to another owner"
    DUE = "due_on", "Give another due date"
    PRIORITY = "priority", "Give another priority"
    DROP = "drop", "Drop, with the reason"


@dataclass(frozen=True)
class Wish:
    """What is to be done with each of them, and why."""

    change: str
    reason: str
    owner: User | None = None
    due_on: date | None = None
    priority: str = ""

    @property
    def words(self) -> str:
        return {
            Change.OWNER: f"go to {self.owner}",
            Change.DUE: f"are due on {self.due_on:%-d %B %Y}" if self.due_on else "",
            Change.PRIORITY: f"get {self.priority} priority",
            Change.DROP: "are dropped",
        }[Change(self.change)]


@dataclass(frozen=True)
class Outcome:
    changed: list[Action] = field(default_factory=list)
    refused: list[tuple[Action, str]] = field(default_factory=list)


class _Undone(Exception):
    """Takes back what was only tried."""


def preview(actions: Iterable[Action], wish: Wish, *, by: User) -> Outcome:
    """What would become of each. The commands are run and taken back, so that there is one set of rules and no guess."""
    return _each(actions, lambda action: _try(action, wish, by))


def change_all(actions: Iterable[Action], wish: Wish, *, by: User) -> Outcome:
    """One refusal does not keep the others back; what was changed is on record for each."""
    return _each(actions, lambda action: _make(action, wish, by))


def _each(actions: Iterable[Action], does: Callable[[Action], None]) -> Outcome:
    outcome = Outcome()
    for action in actions:
        try:
            does(action)
        except DomainError as refusal:
            outcome.refused.append((action, " ".join(refusal.reasons)))
        else:
            outcome.changed.append(action)
    return outcome


def _try(action: Action, wish: Wish, by: User) -> None:
    try:
        with untold(), transaction.atomic():
            _make(action, wish, by)
            raise _Undone
    except _Undone:
        return


def _make(action: Action, wish: Wish, by: User) -> None:
    _refuse_the_same(action, wish)
    commands: dict[str, Callable[[], Any]] = {
        Change.OWNER: lambda: reassign_action(action, by=by, owner=wish.owner, reason=wish.reason),  # type: ignore[arg-type]
        Change.DUE: lambda: reschedule_action(action, by=by, due_on=wish.due_on, reason=wish.reason),  # type: ignore[arg-type]
        Change.PRIORITY: lambda: _reprioritise(action, wish, by),
        Change.DROP: lambda: drop_action(action, by=by, reason=wish.reason),
    }
    commands[wish.change]()


def _reprioritise(action: Action, wish: Wish, by: User) -> None:
    if not action.is_open:
        raise NotAllowedNow(f"{action.reference} has ended already: it is {action.get_status_display()}.")
    edit_action(
        action, by=by, seen={"priority": action.priority}, wanted={"priority": wish.priority}, reason=wish.reason
    )


def _refuse_the_same(action: Action, wish: Wish) -> None:
    """An entry on record that says nothing would only hide those that do."""
    has = {
        Change.OWNER: wish.owner is not None and action.owner_id == wish.owner.pk,
        Change.DUE: action.due_on == wish.due_on,
        Change.PRIORITY: action.priority == wish.priority,
        Change.DROP: False,
    }
    if has[Change(wish.change)]:
        raise NotAllowedNow("It is so already.")
