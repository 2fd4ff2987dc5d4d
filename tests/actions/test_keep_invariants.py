"""Whatever people do in whatever order: an action never vanishes, and ends only with a state and a reason.

DEBRIEF_SEQUENCES=10000 for the long form.
"""

import os
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from actions import commands
from actions.ledger import story_of
from actions.models import Action
from core.errors import DomainError
from people.models import RecordEntry, User
from tests.factories import IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
SEQUENCES, STEPS = int(os.environ.get("DEBRIEF_SEQUENCES", "8")), 12
ENDINGS = {"done": {"action.finished", "action.confirmed"}, "dropped": {"action.dropped"}}


@pytest.fixture
def people():
    return [UserFactory(), UserFactory(), UserFactory(role=User.Role.VIEWER), UserFactory(is_active=False)]


def step(dice: Random, action: Action, people: list[User]) -> None:
    by, person = dice.choice(people[:2]), dice.choice(people)
    reason = dice.choice(["", "  ", "Because."])
    day = timezone.localdate() + timedelta(days=dice.randrange(-40, 40))
    proof = dice.choice(["", "https://x.example"])
    choice, priority = dice.choice(list(commands.Choice.values)), dice.choice(Action.Priority.values)
    dice.choice([
        lambda: commands.accept_action(action, by=by),
        lambda: commands.decline_action(action, by=by, reason=reason),
        lambda: commands.start_action(action, by=by),
        lambda: commands.block_action(action, by=by, reason=reason, waits_for=dice.choice([None, person])),
        lambda: commands.note_progress(action, by=by, percent=dice.choice([None, 0, 60]), note=reason),
        lambda: commands.finish_action(action, by=by, evidence=proof),
        lambda: commands.confirm_action(action, by=by),
        lambda: commands.drop_action(action, by=by, reason=reason),
        lambda: commands.reopen_action(action, by=by, reason=reason),
        lambda: commands.reassign_action(action, by=by, owner=person, reason=reason),
        lambda: commands.reschedule_action(action, by=by, due_on=day, reason=reason),
        lambda: commands.decide_action(action, by=by, choice=choice, due_on=day, priority=priority, reason=reason),
    ])()  # fmt: skip


def broken(action: Action) -> list[str]:
    """Every promise that this action does not keep."""
    last = RecordEntry.objects.about(action).first()
    promises = {
        "done has evidence": action.status not in ("done", "unconfirmed") or bool(action.evidence),
        "dropped has a reason and a name": action.status != "dropped" or bool(action.drop_reason and action.dropped_by),
        "blocked names somebody": (action.status == "blocked") == bool(action.blocked_reason and action.waits_for_whom),
        "an owner may write": action.owner is None or action.owner.can_write,
        "the ledger knows its state": last is not None and _told(action, "status") == action.status,
        "the ledger knows its owner": _told(action, "owner") == action.owner_id,
        "an end has its entry": not (ended := ENDINGS.get(action.status)) or bool(ended & _verbs(action)),
        "a second person confirmed": action.confirmed_by is None
        or action.confirmed_by not in (action.owner, action.finished_by),
        "each entry is a sentence": all(line.words for line in story_of(action)),
    }
    return [promise for promise, is_kept in promises.items() if not is_kept]


def _told(action: Action, name: str) -> object:
    """What the ledger says a field is: its last word of it, else what it was in the beginning."""
    entry = RecordEntry.objects.about(action).filter(details__after__has_key=name).first()
    if entry is not None:
        return entry.details["after"][name]
    return {"status": "not_started", "owner": RecordEntry.objects.about(action).last().details.get("owner")}[name]


def _verbs(action: Action) -> set[str]:
    return set(RecordEntry.objects.about(action).values_list("verb", flat=True))


@pytest.mark.parametrize("severity", [1, 2])
def test_any_sequence_of_steps_keeps_every_promise(people, severity):
    crew = TeamFactory(lead=people[0], engineering_manager=people[1], members=people)
    postmortem = PostmortemFactory(incident=IncidentFactory(severity=severity, team=crew))

    for seed in range(SEQUENCES // 2):
        dice = Random(seed)
        action = commands.add_action(
            postmortem, by=people[0], title="A", owner=dice.choice(people[:2]), due_on=timezone.localdate()
        )
        for n in range(STEPS):
            try:
                step(dice, action, people)
            except DomainError:
                continue
            action = Action.objects.select_related("owner", "confirmed_by", "finished_by", "waits_for").get(
                pk=action.pk
            )
            assert broken(action) == [], f"seed {seed}, step {n}"
    assert Action.objects.count() == SEQUENCES // 2
