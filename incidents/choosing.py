"""Whom one may choose for an incident, and who is near it."""

from collections.abc import Collection, Sequence

from django.db.models import Q
from django.shortcuts import get_object_or_404

from incidents.models import Incident, Participant
from people.choosing import Pool, mates_of
from people.models import User


def participants_pool(incident: Incident | None, reader: User | None = None) -> Pool:
    """Everybody at work here; whoever took part and has left since stays among them."""
    if incident is None:
        return Pool(User.objects.active(), "participants", near=lambda: [mates_of(reader)] if reader else [])
    took_part = Participant.objects.filter(incident=incident).values("user")
    people = User.objects.filter(Q(is_active=True) | Q(pk__in=took_part))
    # Its team first: most of those who took part stand in the field already.
    return Pool(people, "participants", incident.number, near=lambda: near_to(incident)[::-1])


def participants_place(reader: User, number: int | None) -> Pool:
    if number is None:
        return participants_pool(None, reader)
    seen = Incident.objects.visible_to(reader).select_related("team")
    return participants_pool(get_object_or_404(seen, number=number))


def near_to(incident: Incident) -> Sequence[Collection[int]]:
    """Those who took part, then those of its team."""
    team = incident.team
    members = {*team.members.order_by().values_list("pk", flat=True), team.lead_id, team.engineering_manager_id}
    took_part = set(incident.participants.order_by().values_list("pk", flat=True))
    return [took_part, {pk for pk in members - took_part if pk}]
