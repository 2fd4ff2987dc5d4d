"""Which clocks run for an incident now, and which incidents have late ones.

Of an incident without a post-mortem the lists go by what was decided, and else by its severity: its page alone also asks
the triggers of the policy. Where the answer is “optional”, no clock runs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from incidents.clocks import Clocks, Reached, clocks, resolved_before
from incidents.models import Incident, IncidentQuerySet, Review, ReviewDecision, SeverityPolicy
from incidents.phases import Course, Facts, course_of
from people.models import Organisation, User

FORGETTING = timedelta(days=14)
WAITED_FOR = Q(postmortem=None) | Q(postmortem__published_at=None, postmortem__is_imported=False)


class Account(Protocol):
    """A post-mortem, as far as clocks know of it."""

    meeting_at: Any
    draft_shared_at: Any
    published_at: Any
    closed_at: Any
    status: Any
    is_imported: Any


def reached_by(account: Account | None, *, answer: str) -> Reached:
    """`answer` says whether a review is asked for; where a post-mortem was begun, it is."""
    if account is None:
        return Reached(is_needed=answer != Review.OPTIONAL)
    return Reached(account.meeting_at, account.draft_shared_at, account.published_at, is_imported=account.is_imported)


def clocks_of(
    incident: Incident, policy: SeverityPolicy | None, account: Account | None, *, answer: str = ""
) -> Clocks:
    reached = reached_by(account, answer=answer)
    return clocks(incident.resolved_at, policy, reached, now=timezone.now(), zone=Organisation.load().zone)


def course_with(incident: Incident, clocks: Clocks, account: Account | None, *, is_needed: bool = True) -> Course:
    facts = Facts(
        mitigated_at=incident.mitigated_at,
        resolved_at=incident.resolved_at,
        cool_until=clocks.meeting_from,
        meeting_at=account.meeting_at if account else None,
        status=account.status if account else "",
        published_at=account.published_at if account else None,
        closed_at=account.closed_at if account else None,
        is_needed=is_needed,
    )
    return course_of(facts, now=timezone.now())


def late(incidents: IncidentQuerySet, *, now: datetime) -> IncidentQuerySet:
    """Those of which at least one clock is late: the same answer as `clocks` gives, for many at once."""
    policies = list(SeverityPolicy.objects.all())
    undecided_severities = [policy.severity for policy in policies if policy.review != Review.OPTIONAL]
    latest = ReviewDecision.objects.filter(incident=OuterRef("pk")).values("answer")[:1]
    is_asked_for = (
        Q(postmortem__isnull=False)
        | Q(decided__isnull=False) & ~Q(decided=Review.OPTIONAL)
        | Q(decided=None, severity__in=undecided_severities)
    )
    is_late = Q(pk__in=[])
    for policy in policies:
        is_late |= Q(severity=policy.severity) & _late_by(policy, now)
    return incidents.annotate(decided=Subquery(latest)).filter(WAITED_FOR, is_asked_for, is_late)


def _late_by(policy: SeverityPolicy, now: datetime) -> Q:
    zone = Organisation.load().zone
    ahead = timedelta(hours=policy.share_before_hours)
    past_meeting = Q(resolved_at__lt=resolved_before(now, policy.meeting_within, policy, zone))
    past_publishing = Q(resolved_at__lt=resolved_before(now, policy.publish_within, policy, zone))
    past_sharing = Q(resolved_at__lt=min(resolved_before(now + ahead, policy.meeting_within, policy, zone), now))
    not_met = Q(postmortem__meeting_at=None) | Q(postmortem__meeting_at__gt=now)
    not_shared = Q(postmortem__draft_shared_at=None) & (
        Q(postmortem__meeting_at=None) & past_sharing
        | Q(postmortem__meeting_at__gt=now, postmortem__meeting_at__lt=now + ahead, resolved_at__lt=now)
    )
    return past_publishing | past_meeting & not_met | not_shared


def forgotten(incidents: IncidentQuerySet, *, now: datetime) -> IncidentQuerySet:
    """Resolved more than two weeks ago, with a post-mortem that is still being written."""
    return incidents.filter(postmortem__isnull=False, postmortem__published_at=None, resolved_at__lt=now - FORGETTING)


@dataclass(frozen=True)
class LateIncident:
    incident: Incident
    clocks: Clocks


def concerning(incidents: IncidentQuerySet, user: User) -> IncidentQuerySet:
    """Facilitators look after all that they see; others after what they reported, took part in, lead or facilitate."""
    if user.is_facilitator:
        return incidents
    taking_part = Incident.objects.filter(participations__user=user).values("pk")
    led = Q(postmortem__facilitator=user) | Q(postmortem__opened_by=user)
    mine = led | Q(reported_by=user) | Q(team__lead=user) | Q(pk__in=taking_part)
    return incidents.filter(mine)


def late_for(user: User, *, now: datetime) -> IncidentQuerySet:
    """The latest first: there what was seen is still remembered."""
    seen = late(concerning(Incident.objects.visible_to(user), user), now=now)
    return seen.select_related("team", "postmortem").order_by("-resolved_at", "-number")


def with_clocks(incidents: "QuerySet[Incident]") -> list[LateIncident]:
    policies = SeverityPolicy.objects.in_bulk(field_name="severity")
    return [
        LateIncident(one, clocks_of(one, policies.get(one.severity), getattr(one, "postmortem", None)))
        for one in incidents
    ]
