"""What cannot wait for Monday: reminders before a due date, and who is asked to accept. One mail a person, kind and day."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from actions.digests.lines import Line, lines_by_pk
from actions.emails import daily_letter
from actions.escalation import Audience, Ladder
from actions.models import Action, ActionQuerySet, DailyRun, WeeklyRun
from actions.weekly import plan_due_week
from core.dates import at_local
from people.mail import Letter, plan_mails
from people.models import Organisation, User

logger = logging.getLogger(__name__)
FRIDAY = 4


def plan_due_day(now: datetime) -> int:
    """Plan a working day's mails once its hour has come; returns how many. What was missed is made up for."""
    organisation = Organisation.load()
    today = now.astimezone(organisation.zone).date()
    is_time = now >= at_local(today, organisation.weekly_mail_hour, organisation.zone)
    if today.weekday() > FRIDAY or not is_time or DailyRun.objects.filter(day=today).exists():
        return 0
    # First: the week tells its owners of all that this day would, and nobody gets two mails at one hour.
    plan_due_week(now)
    midnight = at_local(today, 0, organisation.zone)
    return plan_day(today, is_told=WeeklyRun.objects.filter(created_at__gte=midnight).exists())


@transaction.atomic
def plan_day(today: date, *, is_told: bool = False) -> int:
    """A day is planned once, for ever. What an action was mailed for is noted beside it, in the same transaction.

    `is_told`: the weekly mail that left today has said it all.
    """
    run, is_new = DailyRun.objects.get_or_create(day=today)
    if not is_new:
        return 0
    ladder = Ladder.load()
    reminded, asked = due_soon(today, ladder), asked_lately()
    if not is_told:
        run.mail_count = sum(
            plan_mails(kind, f"{today}", _letters(kind, actions, today, ladder))
            for kind, actions in (("reminder", reminded), ("acceptance", asked))
        )
    # Only now: what these rows were chosen by is about to change.
    asked.update(ask_mailed_at=timezone.now())
    reminded.update(reminded_for=F("due_on"))
    run.save(update_fields=["mail_count", "updated_at"])
    return run.mail_count


def due_soon(today: date, ladder: Ladder) -> ActionQuerySet:
    """Due within the days that the ladder says, and not reminded of that date; weekends are looked past on Friday."""
    reminder = ladder.steps.get(Audience.REMINDER)
    if reminder is None:
        return Action.objects.none()
    # Nobody is written to on a weekend: Friday's mail tells what Saturday's and Sunday's would have.
    weekend = 2 if today.weekday() == FRIDAY else 0
    until = today + timedelta(days=reminder.days + weekend)
    at_work = Action.objects.at_work().filter(owner__is_active=True, due_on__gte=today, due_on__lte=until)
    return at_work.filter(Q(reminded_for=None) | ~Q(reminded_for=F("due_on")))


def asked_lately() -> ActionQuerySet:
    return Action.objects.unaccepted().filter(ask_mailed_at=None)


def _letters(kind: str, actions: ActionQuerySet, today: date, ladder: Ladder) -> Iterator[Letter]:
    """One for each owner who may see what it tells of."""
    organisation, owned = Organisation.load(), defaultdict[int, list[int]](list)
    for pk, owner in actions.order_by("due_on", "number").values_list("pk", "owner_id"):
        owned[owner].append(pk)
    for person in User.objects.filter(pk__in=list(owned)).order_by("pk").iterator(chunk_size=1000):
        try:
            if lines := _seen_lines(person, owned[person.pk], today):
                yield daily_letter(kind, person, lines, organisation, ladder)
        except Exception:  # one person's odd row must not keep the mail from everybody else
            logger.exception("the %s mail of account %s could not be written", kind, person.pk)


def _seen_lines(person: User, keys: list[int], today: date) -> list[Line]:
    seen = Action.objects.visible_to(person).filter(pk__in=keys)
    return lines_by_pk(today, Q(pk__in=list(seen.order_by().values_list("pk", flat=True))))
