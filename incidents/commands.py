from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from core.edits import EditConflict, merge_fields
from incidents.defaults import Preset
from incidents.errors import DecisionUnexplained, InstantNamedTwice, NotNotable, ShutsYouOut, TimesOutOfOrder
from incidents.models import (
    TIME_ORDER,
    Impact,
    Incident,
    IncidentNote,
    OwnInstant,
    Participant,
    Review,
    ReviewDecision,
    Service,
    SeverityPolicy,
)
from incidents.notes import read_note
from incidents.reviewing import requirement_of
from incidents.signals import incident_edited, incident_noted
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
    seen: Mapping[str, Any] | None = None,
    services: Iterable[Service] | None = None,
    participants: Iterable[User] | None = None,
    impact: dict[str, Any] | None = None,
    **facts: Any,
) -> Incident:
    """Correct an incident's facts; what changed goes on record, and open pages and sockets hear of it.

    `seen` holds the values that the person had before them: fields left alone keep what somebody else wrote meanwhile.
    Raises EditConflict, TimesOutOfOrder or ShutsYouOut, and then changes nothing.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    seen = seen or {}
    changes = _merge(incident, seen, facts | (impact or {}))
    changes |= _set_many(incident, "services", services, seen)
    changes |= _set_many(incident, "participants", participants, seen)
    _refuse_wrong_order({name: getattr(incident, name) for name in Incident.INSTANTS})
    _refuse_shutting_out(incident, by)
    if not changes:
        return incident
    incident.save(update_fields=[*(name for name in changes if name in facts), "updated_at"])
    incident.impact.save()
    put_on_record(incident, "incident.edited", by=by, changes=changes)
    incident_edited.send(Incident, incident=incident, changed=set(changes))
    return incident


@transaction.atomic
def decide_review(
    incident: Incident, *, by: User, answer: Review, reason: str = "", explained_by: Incident | None = None
) -> ReviewDecision:
    """Keep what a person decides about the post-mortem of an incident, beside what the policy answers at that moment.

    Raises DecisionUnexplained where the two differ and no reason is given, and then keeps nothing.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    proposed = requirement_of(incident, by).answer
    if answer != proposed and not reason.strip():
        raise DecisionUnexplained(
            {
                "reason": f"The policy says “{proposed.label}”. Say in a sentence why it is different here; it stays on record."
            }
        )
    decision = ReviewDecision.objects.create(
        incident=incident, answer=answer, proposed=proposed, reason=reason.strip(), explained_by=explained_by, by=by
    )
    put_on_record(incident, "incident.review_decided", by=by, answer=answer, proposed=proposed, reason=decision.reason)
    incident_edited.send(Incident, incident=incident, changed={"review"})
    return decision


@transaction.atomic
def apply_preset(policy: SeverityPolicy, preset: Preset, *, by: User) -> SeverityPolicy:
    """Set the clocks of a severity; those of running incidents change with it."""
    policy = SeverityPolicy.objects.select_for_update().get(pk=policy.pk)
    wanted = {name: value for name, value in asdict(preset).items() if name != "name"}
    changes = {name: [getattr(policy, name), value] for name, value in wanted.items() if getattr(policy, name) != value}
    for name in changes:
        setattr(policy, name, wanted[name])
    policy.save(update_fields=[*changes, "updated_at"])
    put_on_record(policy, "severity_policy.preset_applied", by=by, preset=preset.name, changes=changes)
    return policy


@transaction.atomic
def note(incident: Incident, *, by: User, line: str, zone: ZoneInfo) -> IncidentNote:
    """Keep a line while the incident goes on; once there is a post-mortem, its timeline has it too.

    Raises NotNotable for an incident that is over.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.is_resolved:
        raise NotNotable(f"{incident.reference} is resolved: put it on the timeline of its post-mortem.")
    noted_at, text = read_note(line, now=timezone.now(), zone=zone)
    kept = IncidentNote.objects.create(incident=incident, text=text, noted_at=noted_at, author=by)
    put_on_record(incident, "incident.noted", by=by, text=text, noted_at=noted_at)
    incident_noted.send(Incident, incident=incident, note=kept)
    return kept


@transaction.atomic
def add_instant(incident: Incident, *, by: User, name: str, at: datetime) -> OwnInstant:
    """Give an incident a time of its own name. Raises InstantNamedTwice."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    _refuse_second_name(incident, name)
    instant = OwnInstant.objects.create(incident=incident, name=name, at=at)
    return _tell_of(instant, "incident.instant_added", by=by, name=name, at=at)


@transaction.atomic
def edit_instant(instant: OwnInstant, *, by: User, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> OwnInstant:
    """Raises InstantNamedTwice, and EditConflict where somebody else changed the same; then nothing changes."""
    Incident.objects.select_for_update().get(pk=instant.incident_id)
    instant = OwnInstant.objects.select_related("incident").get(pk=instant.pk)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(instant, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this time while you were writing.")
    if not merge.changes:
        return instant
    _refuse_second_name(instant.incident, merge.changes.get("name", instant.name), beside=instant)
    before = str(instant)
    for name, value in merge.changes.items():
        setattr(instant, name, value)
    instant.save(update_fields=[*merge.changes, "updated_at"])
    return _tell_of(instant, "incident.instant_edited", by=by, before=before, after=str(instant))


@transaction.atomic
def remove_instant(instant: OwnInstant, *, by: User) -> None:
    """What it said stays on record."""
    _tell_of(instant, "incident.instant_removed", by=by, name=instant.name, at=instant.at)
    instant.delete()


def _tell_of(instant: OwnInstant, verb: str, *, by: User, **details: Any) -> OwnInstant:
    put_on_record(instant.incident, verb, by=by, **details)
    incident_edited.send(Incident, incident=instant.incident, changed={"own_instants"})
    return instant


def _refuse_second_name(incident: Incident, name: str, *, beside: OwnInstant | None = None) -> None:
    others = incident.own_instants.exclude(pk=beside.pk) if beside else incident.own_instants.all()
    if name.lower() in {_label(one).lower() for one in Incident.INSTANTS}:
        raise InstantNamedTwice({"name": f"Every incident has “{name.lower()}” already: edit the incident to set it."})
    if others.filter(name__iexact=name).exists():
        raise InstantNamedTwice(
            {"name": f"This incident has “{name}” already: change that one, or name this otherwise."}
        )


@transaction.atomic
def assign_roles(
    incident: Incident,
    *,
    by: User,
    seen: Mapping[int, str],
    wanted: Mapping[int, str],
    added: User | None = None,
    added_as: str = Participant.Role.RESPONDER,
) -> Incident:
    """Say as what people take part, and add somebody. `seen` and `wanted` map people's ids to roles.

    Raises EditConflict where somebody else gave the same person another role, and then changes nothing.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    rows = {row.user_id: row for row in incident.participations.select_related("user")}
    merge = merge_fields(
        seen={str(key): role for key, role in seen.items()},
        wanted={str(key): role for key, role in wanted.items() if key in rows},
        current={str(key): row.role for key, row in rows.items()},
    )
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed these roles while you were choosing.")
    changes = {}
    for key, role in merge.changes.items():
        row = rows[int(key)]
        changes[str(row.user)] = [row.get_role_display(), Participant.Role(role).label]
        row.role = role
        row.save(update_fields=["role", "updated_at"])
    if added and added.pk not in rows:
        Participant.objects.create(incident=incident, user=added, role=added_as)
        changes[str(added)] = ["", Participant.Role(added_as).label]
    if changes:
        put_on_record(incident, "incident.roles_assigned", by=by, roles=changes)
        incident_edited.send(Incident, incident=incident, changed={"participants"})
    return incident


def _merge(incident: Incident, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set on `incident` and its impact what may be set; answers [before, after] of each, as the record keeps it."""
    holders = {name: incident if hasattr(incident, name) else incident.impact for name in wanted}
    current = {name: getattr(holder, name) for name, holder in holders.items()}
    merge = merge_fields(seen=seen, wanted=wanted, current=current)
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this incident while you were writing.")
    for name, value in merge.changes.items():
        setattr(holders[name], name, value)
    return {name: [_plain(current[name]), _plain(value)] for name, value in merge.changes.items()}


def _set_many(
    incident: Incident, name: str, wanted: Iterable[Any] | None, seen: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """Add and remove what the person added and removed: two people who each add someone both succeed."""
    if wanted is None:
        return {}
    related = getattr(incident, name)
    current, wanted = set(related.all()), set(wanted)
    former = set(seen.get(name, current))
    added, removed = wanted - former - current, (former - wanted) & current
    related.add(*added)
    related.remove(*removed)
    if not added and not removed:
        return {}
    after = (current | added) - removed
    return {name: [sorted(map(str, current)), sorted(map(str, after))]}


def _refuse_wrong_order(facts: dict[str, Any]) -> None:
    if problems := order_problems(facts):
        raise TimesOutOfOrder(problems)


def _refuse_shutting_out(incident: Incident, by: User) -> None:
    if not incident.is_restricted or by.is_administrator or incident.participations.filter(user=by).exists():
        return
    if not Team.objects.of(by).filter(pk=incident.team_id).exists():
        raise ShutsYouOut(
            {
                "is_restricted": "You would no longer see this incident yourself: you are neither in its team nor "
                "among its participants. Add yourself to the participants first."
            }
        )


def _plain(value: Any) -> Any:
    """As the record keeps it: a row by the name it had then."""
    return str(value) if isinstance(value, Team) else value
