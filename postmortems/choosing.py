"""Whom one may choose to lead the meeting, and to review."""

from collections.abc import Callable, Collection, Mapping, Sequence

from django.db.models import Q
from django.shortcuts import get_object_or_404

from incidents.choosing import in_team, took_part
from incidents.models import Incident, Participant
from incidents.queries import people_who_see
from people.choosing import Pool, not_here
from people.models import User
from postmortems.models import Postmortem


def facilitators_pool(postmortem: Postmortem) -> Pool:
    """Those who see it and may write. Whoever leads it already stays, also after having left."""
    incident = postmortem.incident
    able = Q(pk__in=people_who_see(incident).able_to_own()) | Q(pk=postmortem.facilitator_id)

    def why_not(person: User) -> str:
        if not person.can_write:
            return f"{person} cannot lead a meeting: the account is for reading, or no longer active."
        return _unseen(person)

    def notes(people: Collection[int], reader: User) -> Mapping[int, str]:
        took_part = Participant.objects.filter(incident=incident, user__in=people)
        return dict.fromkeys(took_part.values_list("user", flat=True), "took part")

    return Pool(User.objects.filter(able), "facilitator", incident.number, lambda: _near(incident), why_not, notes)


def reviewers_pool(postmortem: Postmortem) -> Pool:
    """Those who see it. Whoever is named already stays, also after having left."""
    incident = postmortem.incident
    named = postmortem.reviewers.values("person")
    able = Q(pk__in=people_who_see(incident)) | Q(pk__in=named)

    def why_not(person: User) -> str:
        return not_here(person) if not person.is_active else _unseen(person)

    def near() -> Sequence[Q]:
        return [in_team(incident), took_part(incident)]

    return Pool(User.objects.filter(able), "reviewer", incident.number, near, why_not)


def _unseen(person: User) -> str:
    return f"{person} cannot see this restricted incident: add them to its participants first."


def _near(incident: Incident) -> Sequence[Q]:
    """Facilitators who did not work on it, then others of its team who did not."""
    fresh = ~took_part(incident)
    return [Q(role=User.Role.FACILITATOR) & fresh, in_team(incident) & fresh]


def of_postmortem(pool: Callable[[Postmortem], Pool]) -> Callable[[User, int | None], Pool]:
    def place(reader: User, number: int | None) -> Pool:
        seen = Postmortem.objects.visible_to(reader).select_related("incident__team")
        return pool(get_object_or_404(seen, incident__number=number))

    return place
