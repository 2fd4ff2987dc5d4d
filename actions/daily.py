"""What cannot wait for Monday: reminders before a due date, and who is asked to accept. One mail a person, kind and day."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from actions.digests.lines import Line, lines_by_pk
from actions.emails import daily_letter
from actions.escalation import Audience, Ladder
from actions.models import Action, ActionQuerySet, DailyRun, WeeklyRun, nobodys
from actions.weekly import plan_due_week
from core.dates import DAYS_A_WEEK, at_local, monday_of
from people.mail import Letter, plan_mails
from people.models import Absence, Organisation, RecordEntry, User

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
    week = WeeklyRun.objects.filter(monday=monday_of(today), created_at__gte=midnight).first()
    return plan_day(today, week=week)


@transaction.atomic
def plan_day(today: date, *, week: WeeklyRun | None = None) -> int:
    """A day is planned once, for ever. What an action was mailed for is noted beside it, in the same transaction.

    `week`: the run of the weekly mail that leaves today, which says its part.
    """
    run, is_new = DailyRun.objects.get_or_create(day=today)
    if not is_new:
        return 0
    ladder = Ladder.load()
    reminded, asked = Round("reminder", due_soon(today, ladder), week), Round("acceptance", asked_lately(today), week)
    run.mail_count = sum(plan_mails(one.kind, f"{today}", one.letters(today, ladder)) for one in (reminded, asked))
    # Only now: until the run commits, whoever would change one of these waits.
    reminded.told().update(reminded_for=F("due_on"))
    asked.told().update(ask_mailed_at=timezone.now())
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
    near = Action.objects.at_work().filter(~nobodys(), due_on__gte=today, due_on__lte=until)
    return near.filter(Q(reminded_for=None) | ~Q(reminded_for=F("due_on")), ~_owner_away(today))


def asked_lately(today: date) -> ActionQuerySet:
    """Whoever is away is asked on the first working day that they are back."""
    return Action.objects.unaccepted().filter(~_owner_away(today), ask_mailed_at=None)


def _owner_away(today: date) -> Q:
    return Q(owner__in=Absence.objects.on(today).values("person"))


class Chosen(NamedTuple):
    """An action as it was when its mail was planned."""

    pk: int
    owner_id: int
    due_on: date | None
    asked_at: datetime | None
    created_at: datetime


class Round:
    """One kind of mail on one day. Which actions it is about is read once; told are those that a mail really names."""

    def __init__(self, kind: str, actions: ActionQuerySet, week: WeeklyRun | None) -> None:
        self.kind, self.week = kind, week
        rows = actions.order_by("due_on", "number").values_list(*Chosen._fields)
        self.chosen = {row.pk: row for row in map(Chosen._make, rows)}
        self.told_keys: list[int] = []
        self.moved_since = _moved_since(week, self.chosen) if week else frozenset[int]()

    def letters(self, today: date, ladder: Ladder) -> Iterator[Letter]:
        """One for each owner who may see what it tells of."""
        organisation, owned = Organisation.load(), defaultdict[int, list[int]](list)
        for row in self.chosen.values():
            owned[row.owner_id].append(row.pk)
        for person in User.objects.filter(pk__in=list(owned)).order_by("pk").iterator(chunk_size=1000):
            try:
                lines = _seen_lines(person, owned[person.pk], today)
                if news := [line for line in lines if not self._is_said_by_the_week(line.pk)]:
                    yield daily_letter(self.kind, person, news, organisation, ladder)
                self.told_keys += [line.pk for line in lines]
            except Exception:  # one person's odd row must not keep the mail from everybody else
                logger.exception("the %s mail of account %s could not be written", self.kind, person.pk)

    def _is_said_by_the_week(self, pk: int) -> bool:
        """It tells owners of what they did not accept and what is due until Sunday, as things stood then."""
        row = self.chosen[pk]
        if self.week is None or (row.asked_at or row.created_at) > self.week.created_at or pk in self.moved_since:
            return False
        next_monday = self.week.monday + timedelta(days=DAYS_A_WEEK)
        return self.kind == "acceptance" or (row.due_on is not None and row.due_on < next_monday)

    def told(self) -> ActionQuerySet:
        """But not those whose owner or date changed while the mails were written: these are for another day."""
        facts = attrgetter("owner_id", "due_on" if self.kind == "reminder" else "asked_at")
        locked = Action.objects.select_for_update().filter(pk__in=self.told_keys).order_by("pk")
        now = map(Chosen._make, locked.values_list(*Chosen._fields))
        return Action.objects.filter(pk__in=[row.pk for row in now if facts(row) == facts(self.chosen[row.pk])])


def _moved_since(week: WeeklyRun, actions: Iterable[int]) -> frozenset[int]:
    """Those that got another date after the week's mail was planned, which therefore knew nothing of it."""
    about = RecordEntry.objects.filter(thing_type=ContentType.objects.get_for_model(Action), thing_id__in=list(actions))
    moved = about.filter(at__gt=week.created_at, details__after__has_key="due_on")
    return frozenset(moved.order_by().values_list("thing_id", flat=True))


def _seen_lines(person: User, keys: list[int], today: date) -> list[Line]:
    seen = Action.objects.visible_to(person).filter(pk__in=keys)
    return lines_by_pk(today, Q(pk__in=list(seen.order_by().values_list("pk", flat=True))))
