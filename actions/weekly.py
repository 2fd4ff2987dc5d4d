"""The weekly mail: the run that owes each person one mail a week, once."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from actions.digests import Digest, gather
from actions.emails import unwritten_letter, weekly_letter
from actions.escalation import Ladder
from actions.models import WeeklyRun
from core.dates import at_local, monday_of
from people.mail import Letter, plan_mails
from people.models import Organisation, User

logger = logging.getLogger(__name__)
KIND = "weekly"
PEOPLE_AT_ONCE = 1000


@dataclass(frozen=True)
class Run:
    """What planning came to: the period's name, and how many mails are new."""

    period: str
    mail_count: int
    is_new: bool


def period_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def plan_due_week(now: datetime) -> Run | None:
    """Plan this week's mail once its hour on Monday has come; later in the week when nobody did it then."""
    organisation = Organisation.load()
    today = now.astimezone(organisation.zone).date()
    if now < at_local(monday_of(today), organisation.weekly_mail_hour, organisation.zone):
        return None
    if WeeklyRun.objects.filter(monday=monday_of(today)).exists():
        return None
    return plan_week(today)


@transaction.atomic
def plan_week(as_of: date, *, at_once: bool = False) -> Run:
    """Owe everyone the mail of the week of that day, as things stand on it. A week is planned once, for ever.

    Each leaves at the hour where its reader is, unless `at_once`.
    Whoever comes second waits for the first to commit and then owes nothing; a planner that dies leaves no trace.
    """
    period = period_of(as_of)
    run, is_new = WeeklyRun.objects.get_or_create(monday=monday_of(as_of))
    if not is_new:
        return Run(period, 0, is_new=False)
    run.mail_count = plan_mails(
        KIND, period, (replace(letter, not_before=None) if at_once else letter for letter in letters(as_of))
    )
    run.save(update_fields=["mail_count", "updated_at"])
    return Run(period, run.mail_count, is_new=True)


def letters(as_of: date) -> Iterator[Letter]:
    """One for each person who is to hear something, written as they are asked for."""
    organisation = Organisation.load()
    digests, ladder = gather(as_of), Ladder.load()
    for person in User.objects.filter(pk__in=list(digests)).order_by("pk").iterator(chunk_size=PEOPLE_AT_ONCE):
        yield letter_to(person, digests.pop(person.pk), as_of, organisation, ladder)


def letter_to(person: User, digest: Digest, as_of: date, organisation: Organisation, ladder: Ladder) -> Letter:
    try:
        return weekly_letter(person, digest, as_of, organisation, ladder)
    except Exception:  # one person's odd row must not keep the mail from everybody else
        logger.exception("the weekly mail of account %s could not be written", person.pk)
        return unwritten_letter(person)
