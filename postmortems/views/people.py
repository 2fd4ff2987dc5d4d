"""Whom one may mention: people who see this post-mortem, and nobody else."""

from django.db.models import Case, Prefetch, Value, When
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core.templatetags.looks import person_color
from incidents.queries import people_who_see
from people.models import Team, User
from people.requests import SignedInRequest
from postmortems.models import Postmortem
from postmortems.views.finding import find

MOST = 8


@require_safe
def people(request: SignedInRequest, number: int) -> HttpResponse:
    """At most eight whose names have words that begin like `q`, those who took part first."""
    postmortem = find(request, number)
    found = people_who_see(postmortem.incident).named_like(request.GET.get("q", "")[:100])
    near = Case(When(pk__in=taking_part(postmortem), then=Value(0)), default=Value(1))
    teams = Prefetch("teams", Team.objects.only("name"))
    rows = found.order_by(near, "name", "pk").prefetch_related(teams)[:MOST]
    return JsonResponse({"people": [_line(person) for person in rows]})


def taking_part(postmortem: Postmortem) -> set[int]:
    incident = postmortem.incident
    named = {postmortem.facilitator_id, postmortem.opened_by_id, incident.reported_by_id}
    said = set(postmortem.threads.order_by().values_list("comments__author", flat=True).distinct())
    named |= set(postmortem.reviewers.values_list("person", flat=True))
    return {pk for pk in named | said | set(incident.participants.values_list("pk", flat=True)) if pk}


def _line(person: User) -> dict[str, object]:
    team = next((team.name for team in person.teams.all()), "")
    return {
        "id": person.pk,
        "name": str(person),
        "initials": person.initials,
        "color": person_color(person),
        "team": team,
    }
