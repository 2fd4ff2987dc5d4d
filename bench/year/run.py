"""The year itself: the clock, the beat that ticks twice, the sweeps, and what was owed against what came."""

import re
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

import time_machine

from actions.models import Action
from actions.tasks import plan_daily_mail, plan_weekly_mail
from actions.weekly import period_of
from bench.year.house import House, Size
from bench.year.oracle import BERLIN, Oracle, Told
from bench.year.post import KilledError, Post, delivering_to
from people.mail import send_due_mail
from people.models import OutboxMail, RecordEntry

FIRST_MONDAY = date(2026, 1, 5)
SWEEPS = [time(8, 2), time(8, 20), time(9), time(12), time(15), time(19)]
IN_A_MAIL = re.compile(r"^\* ACT-(\d+) ", re.M)
SHOWN = 10  # lines of a group: what is more, a mail counts


@dataclass
class Report:
    """`wrong` is empty after a year as it should be; `late` are still open then, and somebody is told of each."""

    owed: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    twice: int = 0
    failures: int = 0
    deaths: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    late: int = 0
    wrong: list[str] = field(default_factory=list)


class Year:
    def __init__(self, size: Size, seed: int) -> None:
        self.dice, self.size = Random(seed), size
        self.oracle, self.report = Oracle(), Report()
        self.post = Post(Random(seed + 1), fails=0.1, dies=0.02)
        self.owed: dict[tuple[str, str], Told] = {}
        self.silent_until = FIRST_MONDAY

    def run(self) -> Report:
        with time_machine.travel(_at(FIRST_MONDAY, time(6)), tick=False) as self.clock, delivering_to(self.post):
            self.house = House(self.size, self.dice, FIRST_MONDAY)
            for n in range(self.size.weeks * 7):
                self._day(FIRST_MONDAY + timedelta(days=n))
            end = FIRST_MONDAY + timedelta(days=self.size.weeks * 7)
            self.clock.move_to(_at(end, time(8)))
            self._plan(end)
            for n in range(3):  # What still waits for another try.
                self._sweep_all(end + timedelta(days=n))
        self._compare()
        self._look_for_the_forgotten(end)
        return self.report

    def _day(self, day: date) -> None:
        self.clock.move_to(_at(day, time(8)))
        if day.weekday() == 0 and self.dice.random() < 0.1:  # No beat ticks on some Mondays, or even until Friday.
            self.silent_until = day + timedelta(days=self.dice.choice([1, 4]))
        if day >= self.silent_until:
            self._plan(day)
        self._sweep_all(day)
        self.clock.move_to(_at(day, time(21)))
        with suppress(KilledError):  # Whoever clicked then saw an error; another day they try again.
            self.house.live(day)
        for action in Action.objects.filter(ask_mailed_at__gte=_at(day, time(21)), accepted_at=None):
            self.oracle.was_written_to(action)

    def _plan(self, day: date) -> None:
        self._expect(day)
        for tick in (plan_daily_mail, plan_weekly_mail, plan_weekly_mail, plan_daily_mail):
            self._survive(tick)

    def _expect(self, day: date) -> None:
        week = ("weekly", period_of(day))
        is_new = week not in self.owed
        if is_new:
            self.owed[week] = self.oracle.week(day)
        if day.weekday() < 5:
            for kind, told in self.oracle.day(day, is_told=is_new).items():
                self.owed[kind, str(day)] = told

    def _survive(self, task: object) -> None:
        """A planner may die between any two batches: then it is started again, as the next tick would."""
        while True:
            try:
                task()  # type: ignore[operator]
                return
            except KilledError:
                continue

    def _sweep_all(self, day: date) -> None:
        for hour in SWEEPS:
            self.clock.move_to(_at(day, hour))
            for _ in range(2):  # Two workers, one after the other's death.
                try:
                    send_due_mail(within_seconds=600)
                except KilledError:
                    continue

    def _compare(self) -> None:
        """Each mail that is owed came, under one Message-ID; and no other came."""
        report, expected = self.report, defaultdict[tuple[str, str, int], set[int]](set)
        for (kind, period), told in self.owed.items():
            for person, numbers in told.items():
                expected[kind, period, person] = numbers
        rows = OutboxMail.objects.filter(kind__in=["weekly", "reminder", "acceptance"])
        came = {(mail.kind, mail.period, mail.recipient_id): mail for mail in rows}
        report.owed.update(kind for kind, _, _ in expected)
        report.wrong += [f"missing: {key}" for key in sorted(expected.keys() - came.keys())]
        report.wrong += [f"not owed: {key}" for key in sorted(came.keys() - expected.keys())]
        for key in expected.keys() & came.keys():
            report.wrong += self._of_one(came[key], expected[key])
        self._count()

    def _look_for_the_forgotten(self, end: date) -> None:
        """Of each that is neither done nor dropped, and late, the last mails tell somebody: no action just ends."""
        told = set[int]().union(*self.owed["weekly", period_of(end)].values())
        late = list(Action.objects.overdue(end).values_list("number", flat=True))
        self.report.late = len(late)
        self.report.wrong += [f"ACT-{number} is late, and nobody is told" for number in late if number not in told]

    def _of_one(self, mail: OutboxMail, numbers: set[int]) -> list[str]:
        problems = []
        if self.post.received[mail.message_id] == 0 and mail.recipient.is_active:
            problems.append(f"never arrived: {mail} ({mail.get_status_display()} {mail.last_error})")
        told = {int(number) for number in IN_A_MAIL.findall(mail.text)}
        if not told <= numbers or (len(numbers) <= SHOWN and told != numbers):
            problems.append(f"{mail} tells of {sorted(told)} instead of {sorted(numbers)}")
        return problems

    def _count(self) -> None:
        report, post = self.report, self.post
        report.sent, report.failures, report.deaths = len(post.received), post.failures, post.deaths
        report.twice = sum(count - 1 for count in post.received.values())
        if report.twice > post.deaths_after_yes:
            report.wrong.append(f"{report.twice} mails came twice, after {post.deaths_after_yes} deaths past the yes")
        report.actions = Counter(Action.objects.values_list("status", flat=True))
        report.entries = RecordEntry.objects.filter(verb__startswith="action.").count()
        for action in Action.objects.exclude(status__in=Action.OPEN):
            verbs = set(RecordEntry.objects.about(action).values_list("verb", flat=True))
            if not verbs & {"action.finished", "action.confirmed", "action.dropped", "action.decided"}:
                report.wrong.append(f"{action.reference} ended without a word")


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=BERLIN)
