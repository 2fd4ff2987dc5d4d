"""Whom one may choose for an incident, and who is near it."""

from django.db.models import Q
from django.shortcuts import get_object_or_404

from incidents.models import Incident, Participant
from people.choosing import Pool, mates_of
from people.models import Team, User


def participants_pool(incident: Incident | None, reader: User | None = None) -> Pool:
    """Everybody at work here; whoever took part and has left since stays among them."""
    if incident is None:
        return Pool(User.objects.active(), "participants", near=lambda: [mates_of(reader)] if reader else ())
    people = User.objects.filter(Q(is_active=True) | took_part(incident))
    # Its team first: most of those who took part stand in the field already.
    return Pool(people, "participants", incident.number, near=lambda: [in_team(incident), took_part(incident)])


def participants_place(reader: User, number: int | None) -> Pool:
    if number is None:
        return participants_pool(None, reader)
    seen = Incident.objects.visible_to(reader).select_related("team")
    return participants_pool(get_object_or_404(seen, number=number))


def took_part(incident: Incident) -> Q:
    return Q(pk__in=Participant.objects.filter(incident=incident).order_by().values("user"))


def in_team(incident: Incident) -> Q:
    """Of the team that answers for it."""
    team = incident.team
    members = Team.members.through.objects.filter(team=team).values("user")
    return Q(pk__in=members) | Q(pk__in=[pk for pk in (team.lead_id, team.engineering_manager_id) if pk])
