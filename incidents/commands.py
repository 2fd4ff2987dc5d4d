from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from incidents.errors import TimesOutOfOrder
from incidents.models import TIME_ORDER, Impact, Incident, Participant, Service
from incidents.signals import incident_edited
from people.models import Team, User
from people.record import put_on_record


def order_problems(times: dict[str, datetime | None]) -> dict[str, str]:
    """A sentence for each instant that lies before one that must come first; keyed by field name."""
    problems: dict[str, str] = {}
    for first, later in TIME_ORDER:
        before, after = times.get(first), times.get(later)
        if before and after and after < before:
            problems.setdefault(later, f"“{_label(later)}” is before “{_label(first)}”. Please correct one of the two.")
    return problems


def _label(name: str) -> str:
    return str(Incident._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


@transaction.atomic
def report_incident(
    *,
    by: User,
    title: str,
    severity: int,
    team: Team,
    services: Iterable[Service] = (),
    impact: dict[str, Any] | None = None,
    participants: Iterable[User] = (),
    **facts: Any,
) -> Incident:
    """Put a new incident on record, with the person who reports it among its participants.

    `facts` are further fields of Incident, `impact` fields of Impact. Raises TimesOutOfOrder and then keeps nothing.
    """
    _refuse_wrong_order(facts)
    incident = Incident.objects.create(title=title, severity=severity, team=team, reported_by=by, **facts)
    incident.services.set(services)
    Impact.objects.create(incident=incident, **(impact or {}))
    for person in dict.fromkeys([by, *participants]):
        Participant.objects.create(incident=incident, user=person)
    put_on_record(incident, "incident.reported", by=by, title=title, severity=severity)
    return incident


@transaction.atomic
def edit_incident(
    incident: Incident,
    *,
    by: User,
    services: Iterable[Service] | None = None,
    participants: Iterable[User] | None = None,
    impact: dict[str, Any] | None = None,
    **facts: Any,
) -> Incident:
    """Correct an incident's facts; what changed goes on record, and open pages and sockets hear of it.

    Raises TimesOutOfOrder and then changes nothing.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    _refuse_wrong_order({name: getattr(incident, name) for name in Incident.INSTANTS} | facts)
    changes = {
        name: [getattr(incident, name), value] for name, value in facts.items() if getattr(incident, name) != value
    }
    for name in changes:
        setattr(incident, name, facts[name])
    incident.save(update_fields=[*changes, "updated_at"])
    if services is not None:
        incident.services.set(services)
    if impact is not None:
        Impact.objects.filter(incident=incident).update(**impact)
    if participants is not None:
        _set_participants(incident, participants)
    put_on_record(incident, "incident.edited", by=by, changes={name: _plain(pair) for name, pair in changes.items()})
    incident_edited.send(Incident, incident=incident, changed=set(changes))
    return incident


def _refuse_wrong_order(facts: dict[str, Any]) -> None:
    if problems := order_problems(facts):
        raise TimesOutOfOrder(*problems.values())


def _set_participants(incident: Incident, people: Iterable[User]) -> None:
    wanted = {person.pk for person in people}
    incident.participations.exclude(user__in=wanted).delete()
    present = set(incident.participations.values_list("user", flat=True))
    Participant.objects.bulk_create(Participant(incident=incident, user_id=pk) for pk in sorted(wanted - present))


def _plain(pair: list[Any]) -> list[Any]:
    return [value.pk if hasattr(value, "pk") else value for value in pair]
