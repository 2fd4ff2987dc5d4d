"""Answers to news from below."""

from collections import defaultdict
from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from actions.digests.staff import Staff
from actions.emails import owe_owner_left
from actions.models import Action
from people.models import User
from people.signals import person_left


@receiver(person_left)
def alarm_the_leads(person: User, **kwargs: Any) -> None:
    """What they owned stays with their name until somebody takes it over; whoever looks after each team hears at once.

    So does what waits for them, when they have left the house: who may still read may still do their part of it.
    """
    concerns = Q(owner=person)
    if not person.is_active:
        concerns |= Q(waits_for=person)
    orphaned = Action.objects.at_work().filter(concerns).select_related("postmortem__incident").order_by("due_on")
    if not orphaned:
        return
    staff, by_guardian = Staff.load(timezone.localdate()), defaultdict[int, list[Action]](list)
    for action in orphaned:
        for guardian in staff.guardians(action.postmortem.incident.team_id) - {person.pk}:
            by_guardian[guardian].append(action)
    people = User.objects.in_bulk(by_guardian)
    seen = {people[pk]: _seen_by(people[pk], actions) for pk, actions in by_guardian.items()}
    owe_owner_left(person, {guardian: actions for guardian, actions in seen.items() if actions})


def _seen_by(person: User, actions: list[Action]) -> list[Action]:
    keys = Action.objects.visible_to(person).filter(pk__in=[a.pk for a in actions]).values_list("pk", flat=True)
    return [action for action in actions if action.pk in set(keys)]
