"""What the policy says of an incident: does it need a post-mortem, what speaks for one, and what against."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from core.dates import in_words
from incidents.models import Impact, Incident, Review, ReviewTrigger, Service, SeverityPolicy
from people.models import User

STRENGTH = [Review.OPTIONAL, Review.BRIEF, Review.RECOMMENDED, Review.REQUIRED]
SLA_PERIOD = timedelta(days=30)
OF_ITS_KIND_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Finding:
    """A trigger that matched: what was found, with its numbers; why that matters; the review that it asks for."""

    words: str
    because: str
    answer: str = ""

    @property
    def label(self) -> str:
        return Review(self.answer).label if self.answer else ""


@dataclass(frozen=True)
class Requirement:
    """The policy's answer, the strongest of what speaks for one; what speaks against is told, and never subtracted."""

    policy: SeverityPolicy | None
    answer: Review
    speaks_for: list[Finding]
    speaks_against: list[Finding]
    is_ongoing: bool


@dataclass(frozen=True)
class Budget:
    """The downtime that a promise leaves over 30 days, and how much of it this incident used.

    99.95 % of 30 days (43,200 minutes) leaves 21.6 minutes. All of the time that users felt it counts, however few felt
    it: who wants to weigh it by the share of users must know that share.
    """

    service: Service
    promised: Decimal
    used: timedelta

    @property
    def allowed(self) -> timedelta:
        return SLA_PERIOD * float((100 - self.promised) / 100)

    @property
    def percent_used(self) -> float:
        """Infinite where nothing is allowed."""
        return 100 * self.used / self.allowed if self.allowed else float("inf")

    @property
    def words(self) -> str:
        allowed = f"{self.allowed.total_seconds() / 60:,.1f} min allowed in 30 days at {self.promised.normalize():f} %"
        share = f" ({self.percent_used:,.0f} % used)" if self.allowed else ""
        return f"{self.service}: {in_words(self.used)} felt, {allowed}{share}"


@dataclass(frozen=True)
class Case:
    """The facts of one incident that conditions ask about."""

    incident: Incident
    impact: Impact
    services: list[Service]
    of_its_kind: int

    @property
    def felt(self) -> timedelta | None:
        """How long users felt it: from the first impact, or its start, until it was mitigated, resolved, or now.

        None where nobody felt it, and for failures of work that took no service from anyone.
        """
        nobody_felt_it = self.incident.is_near_miss or self.impact.users_affected_count == 0
        if nobody_felt_it or self.incident.kind in (Incident.Kind.PROJECT, Incident.Kind.PROCESS):
            return None
        start = self.incident.first_impact_at or self.incident.started_at
        end = self.incident.mitigated_at or self.incident.resolved_at or timezone.now()
        return max(end - start, timedelta()) if start else None

    @property
    def budgets(self) -> list[Budget]:
        felt = self.felt
        if felt is None:
            return []
        return [Budget(one, one.sla_percent, felt) for one in self.services if one.sla_percent is not None]


def requirement_of(incident: Incident, user: User) -> Requirement:
    """Five queries, whatever the policy holds. Of other incidents only those count that `user` may see."""
    case = _case(incident, user)
    policy = SeverityPolicy.objects.filter(severity=incident.severity).first()
    found = [_by_severity(policy), *(_found(trigger, case) for trigger in ReviewTrigger.objects.in_force())]
    findings = [finding for finding in found if finding]
    speaks_for = _strongest_first(finding for finding in findings if finding.answer)
    answer = Review(speaks_for[0].answer) if speaks_for else Review.OPTIONAL
    against = [finding for finding in findings if not finding.answer]
    return Requirement(policy, answer, speaks_for, against, not incident.is_resolved)


def _strongest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Of several rows that found the same, the one that asks for most."""
    ordered = sorted(findings, key=lambda finding: -STRENGTH.index(Review(finding.answer)))
    strongest: dict[str, Finding] = {}
    for finding in ordered:
        strongest.setdefault(finding.words, finding)
    return list(strongest.values())


def _case(incident: Incident, user: User) -> Case:
    services = list(incident.services.all())
    return Case(incident, incident.impact, services, len(set(_alike(incident, services, user))) + 1)


def _alike(incident: Incident, services: list[Service], user: User) -> "QuerySet[Incident, int]":
    """Earlier incidents of the same kind on one of the same services, as far as the person may see them."""
    at = incident.started_at or incident.created_at
    alike = Incident.objects.visible_to(user).filter(kind=incident.kind, services__in=services).exclude(pk=incident.pk)
    return alike.filter(started_at__gte=at - OF_ITS_KIND_WITHIN, started_at__lte=at).values_list("pk", flat=True)


def _by_severity(policy: SeverityPolicy | None) -> Finding | None:
    return Finding(str(policy), policy.definition, policy.review) if policy else None


def _found(trigger: ReviewTrigger, case: Case) -> Finding | None:
    words = CONDITIONS[ReviewTrigger.Condition(trigger.condition)](case, trigger.at_least or Decimal(0))
    return Finding(words, trigger.because, trigger.answer) if words else None


Check = Callable[[Case, Decimal], str | None]


def _users_share(case: Case, at_least: Decimal) -> str | None:
    share = case.impact.users_affected_percent
    return f"{share.normalize():f} % of users were affected" if share is not None and share >= at_least else None


def _users_count(case: Case, at_least: Decimal) -> str | None:
    count = case.impact.users_affected_count
    return f"{count:,} users were affected" if count is not None and count >= at_least else None


def _downtime(case: Case, at_least: Decimal) -> str | None:
    felt = case.felt
    return f"Users felt it for {in_words(felt)}" if felt and felt >= timedelta(minutes=float(at_least)) else None


def _sla_budget(case: Case, at_least: Decimal) -> str | None:
    over = [budget for budget in case.budgets if budget.percent_used >= at_least]
    return "; ".join(budget.words for budget in over) or None


def _within_sla(case: Case, at_least: Decimal) -> str | None:
    budgets = case.budgets
    is_within = budgets and case.impact.is_sla_breached is not True and all(b.percent_used <= 100 for b in budgets)
    return "; ".join(budget.words for budget in budgets) if is_within else None


def _revenue_lost(case: Case, at_least: Decimal) -> str | None:
    lost = case.impact.revenue_lost
    return f"{lost:,.2f} {case.impact.currency} of revenue were lost" if lost is not None and lost >= at_least else None


def _payments(case: Case, at_least: Decimal) -> str | None:
    paying = [service.name for service in case.services if service.takes_payments]
    return f"Customers pay through {', '.join(paying)}" if paying else None


def _of_its_kind(case: Case, at_least: Decimal) -> str | None:
    return (
        f"The {_ordinal(case.of_its_kind)} of its kind on its services in 90 days"
        if case.of_its_kind >= at_least
        else None
    )


def _single_report(case: Case, at_least: Decimal) -> str | None:
    count, tickets = case.impact.users_affected_count, case.impact.support_tickets_count
    known = [number for number in (count, tickets) if number is not None]
    return "Only one user was affected or wrote to us" if known and max(known) == 1 else None


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _fact(claim: Callable[[Case], bool | None], words: str) -> Check:
    """A condition without a number: it holds or it does not, and unknown does not."""
    return lambda case, at_least: words if claim(case) else None


def _is_of_kind(kind: Incident.Kind) -> Check:
    return _fact(lambda case: case.incident.kind == kind, f"It is a {kind.label}")


Condition = ReviewTrigger.Condition
CONDITIONS: dict[ReviewTrigger.Condition, Check] = {
    Condition.USERS_SHARE: _users_share,
    Condition.USERS_COUNT: _users_count,
    Condition.DOWNTIME: _downtime,
    Condition.SLA_BUDGET: _sla_budget,
    Condition.SLA_BREACHED: _fact(lambda case: case.impact.is_sla_breached, "The SLA was breached"),
    Condition.REVENUE_LOST: _revenue_lost,
    Condition.DATA_LOST: _fact(lambda case: case.impact.is_data_lost, "Data was lost"),
    Condition.DATA_EXPOSED: _fact(lambda case: case.impact.is_data_exposed, "Data was exposed"),
    Condition.PAYMENTS: _payments,
    Condition.SECURITY: _is_of_kind(Incident.Kind.SECURITY),
    Condition.PROJECT: _is_of_kind(Incident.Kind.PROJECT),
    Condition.PROCESS: _is_of_kind(Incident.Kind.PROCESS),
    Condition.NEAR_MISS: _fact(lambda case: case.incident.is_near_miss, "It was a near miss"),
    Condition.WENT_WELL: _fact(lambda case: case.incident.went_unusually_well, "It went unusually well"),
    Condition.OF_ITS_KIND: _of_its_kind,
    Condition.SINGLE_REPORT: _single_report,
    Condition.PLANNED: _fact(lambda case: case.incident.is_planned, "It was planned maintenance"),
    Condition.WORKAROUND: _fact(lambda case: case.incident.has_workaround, "It is a known issue with a workaround"),
    Condition.WITHIN_SLA: _within_sla,
}
