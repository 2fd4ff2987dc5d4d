"""What stood in a person's weekly mail, as a list: by the very rules that the mail was made by."""

from datetime import date

from django.db.models import Q
from django.utils import timezone

from actions.digests import Group
from actions.digests.gathering import told_of
from actions.digests.staff import Staff
from actions.models import Action, HoldCheck, WeeklyRun, nobodys
from core.dates import monday_of
from people.models import Organisation, Team, User
from postmortems.models import Postmortem

Status = Action.Status


def told_to(person: User, group: str) -> list[int]:
    """The keys of all that this week's mail tells the person of in that group, as things stand now.

    As of the day on which it was planned: what climbed or ended since by the calendar alone is not what the mail counted.
    """
    as_of, wanted = _day_of_this_weeks_mail(), Group[group.upper()]
    staff = Staff.load(as_of)
    seen = Q(postmortem__in=Postmortem.objects.visible_to(person).values("pk"))
    lines = told_of(as_of, _may_be(wanted, person, as_of, staff) & _concerns(person) & seen, staff, hearer=person.pk)
    return [line.pk for line, told in lines if told.get(person.pk) is wanted]


def _day_of_this_weeks_mail() -> date:
    zone = Organisation.load().zone
    today = timezone.localdate(timezone=zone)
    run = WeeklyRun.objects.filter(monday=monday_of(today)).first()
    return max(timezone.localdate(run.created_at, zone), run.monday) if run else today


def _concerns(person: User) -> Q:
    """Of whose actions a person may hear at all; facilitators of everybody's."""
    if person.is_facilitator:
        return Q()
    teams = Team.objects.of(person).values("pk")
    near = Q(owner=person) | Q(waits_for=person) | Q(waits_for_team__in=teams) | Q(postmortem__facilitator=person)
    return near | Q(postmortem__incident__team__in=teams)


def _may_be(group: Group, person: User, as_of: date, staff: Staff) -> Q:
    """A condition that all of a group fulfil, so that few others are read."""
    match group:
        case Group.DECISION | Group.ESCALATED | Group.COPY | Group.TEAM | Group.STUCK:
            return Q(due_on__lt=as_of, status__in=Action.AT_WORK)
        case Group.NOT_ACCEPTED:
            return Q(accepted_at=None)
        case Group.NEEDS_OWNER:
            return nobodys() | Q(postmortem__incident__is_restricted=True)
        case Group.AWAY:
            return Q(owner__in=staff.away.keys())
        case Group.CONFIRM:
            return Q(status=Status.UNCONFIRMED)
        case Group.CHECK:
            return Q(pk__in=HoldCheck.objects.waiting(as_of).order_by().values("action"))
        case Group.WAITS_FOR_YOU:
            return Q(status=Status.BLOCKED)
        case Group.OVERDUE | Group.ACCEPT | Group.DUE | Group.UNDATED | Group.FINISHED:
            return Q(owner=person)
        case Group.TEAM_FINISHED:
            return Q(status=Status.DONE)
