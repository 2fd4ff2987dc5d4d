"""QUALITY row J6: two hundred dated cases of the ladder, one for each story and day, against an oracle of its own.

The stories are about what makes the ladder hard: people who are away, another owner, another date, a decision, an action that
is taken up again, one that waits. The oracle is a plain reading of docs/actions.md and knows nothing of the code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from actions import commands
from actions.digests import gather
from actions.models import Action
from actions.weekly import plan_week
from core.dates import at_local
from people.absences import note_absence
from people.models import OutboxMail, User
from tests.actions.test_digests import MONDAY, Cast
from tests.factories import UserFactory

DUE = MONDAY
DAYS = [-3, 0, 1, 3, 6, 7, 8, 10, 13, 14, 15, 17, 20, 21, 22, 24, 27, 28, 29, 31, 34, 35, 36, 42, 60]
BERLIN = ZoneInfo("Europe/Berlin")
PROOF = "https://code.example/pull/7"


@dataclass
class Facts:
    """What the oracle is told of one story on one day."""

    due: int = 0  # counted from DUE, as are all days here
    owner: str = "Owner"
    is_over: bool = False
    away: set[str] = field(default_factory=set)
    waits_for: str = ""


def oracle(day: int, facts: Facts) -> dict[str, str]:
    """Who hears of it, and as what."""
    late, told = day - facts.due, dict[str, str]()
    if facts.is_over:
        return {}
    present = [name for name in ("Lead", "Manager") if name not in facts.away]
    stand_in = present[0] if present else "Facilitator"
    monday = day - (DUE + timedelta(days=day)).weekday()
    is_owners_turn = late > 0 or facts.due < monday + 7

    def tell(name: str, words: str) -> None:
        if name not in facts.away:
            told.setdefault(name, words)

    if late >= 28:
        for name in (facts.owner, "Lead", "Manager"):
            tell(name, "DECISION")
    if is_owners_turn:
        tell(facts.owner, "OVERDUE" if late > 0 else "DUE")
    if late >= 21:
        tell("Manager", "ESCALATED")
    if is_owners_turn and facts.owner in facts.away:
        tell(stand_in, "AWAY")
    if facts.waits_for:
        tell(facts.waits_for, "WAITS_FOR_YOU") if facts.waits_for not in facts.away else tell(stand_in, "WAITS_FOR_YOU")
    if late >= 7:
        tell("Lead", "COPY")
    if late >= 35:
        tell("Facilitator", "STUCK")
    if late >= 14:
        for name in ("Owner", "Mate"):
            tell(name, "TEAM")
    return told


class House(Cast):
    def __init__(self) -> None:
        super().__init__()
        self.facilitator = UserFactory(name="Facilitator", role=User.Role.FACILITATOR)
        self.postmortem.facilitator = self.facilitator
        self.postmortem.save()
        self.one = self.action(number=45, due_on=DUE)

    def away(self, name: str, first: int, last: int) -> None:
        person = User.objects.get(name=name)
        with at(-60):
            note_absence(person, first_on=DUE + timedelta(days=first), last_on=DUE + timedelta(days=last), by=person)


def at(day: int) -> time_machine.travel:
    return time_machine.travel(datetime(2026, 3, 16, 12, tzinfo=BERLIN) + timedelta(days=day), tick=False)


Told = Callable[[House, int], Facts]


def plain(house: House, day: int) -> Facts:
    return Facts()


def owner_away(house: House, day: int) -> Facts:
    return Facts(away={"Owner"} if 5 <= day <= 21 else set())


def lead_and_owner_away(house: House, day: int) -> Facts:
    return Facts(away={"Owner", "Lead"} if 7 <= day <= 30 else set())


def everybody_away(house: House, day: int) -> Facts:
    return Facts(away={"Owner", "Lead", "Manager", "Mate"} if 10 <= day <= 36 else set())


def another_owner(house: House, day: int) -> Facts:
    if day == 10:
        with at(day):
            commands.reassign_action(house.one, by=house.mate, owner=house.mate, reason="Leave.")
    return Facts(owner="Mate" if day >= 10 else "Owner")


def another_date(house: House, day: int) -> Facts:
    """The one kind of snooze there is: it takes a reason, and is counted."""
    if day == 8:
        with at(day):
            commands.reschedule_action(house.one, by=house.owner, due_on=DUE + timedelta(days=17), reason="Parts.")
    return Facts(due=17 if day >= 8 else 0)


def done_and_taken_up_again(house: House, day: int) -> Facts:
    with at(day):
        if day == 8:
            commands.finish_action(house.one, by=house.owner, evidence=PROOF)
        if day == 22:
            commands.reopen_action(house.one, by=house.lead, reason="It does not prove it.")
    return Facts(is_over=8 <= day < 22)


def blocked_by_somebody_away(house: House, day: int) -> Facts:
    if day == 3:
        with at(day):
            commands.block_action(house.one, by=house.owner, reason="No access.", waits_for=house.outsider)
    waits_for = "Outsider" if day >= 3 else ""
    return Facts(waits_for=waits_for, away={"Outsider"} if 14 <= day <= 24 else set())


ABSENCES = {
    owner_away: [("Owner", 5, 21)],
    lead_and_owner_away: [("Owner", 7, 30), ("Lead", 7, 30)],
    everybody_away: [(name, 10, 36) for name in ("Owner", "Lead", "Manager", "Mate")],
    blocked_by_somebody_away: [("Outsider", 14, 24)],
}
STORIES: list[Told] = [
    plain, owner_away, lead_and_owner_away, everybody_away, another_owner, another_date, done_and_taken_up_again,
    blocked_by_somebody_away,
]  # fmt: skip


def test_there_are_two_hundred_cases():
    assert len(STORIES) * len(DAYS) == 200


@pytest.mark.django_db
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_each_person_hears_of_it_on_each_day_as_the_promise_says(story):
    house = House()
    for absence in ABSENCES.get(story, ()):
        house.away(*absence)
    expected, heard = {}, {}

    for day in DAYS:
        expected[day] = oracle(day, story(house, day))
        heard[day] = _heard(DUE + timedelta(days=day))

    assert heard == expected


def _heard(day: date) -> dict[str, str]:
    """What was finished lately is told beside other things, and is no rung."""
    names = dict(User.objects.values_list("pk", "name"))
    groups = {(names[person], group.name) for person, digest in gather(day).items() for group in digest}
    return {name: group for name, group in groups if not group.endswith("FINISHED")}


@pytest.mark.django_db
def test_the_words_say_until_when_an_owner_is_away_and_the_days_go_on_counting():
    house = House()
    house.away("Owner", 5, 21)

    plan_week(DUE + timedelta(days=14))

    text = OutboxMail.objects.get(recipient=house.lead).text
    assert "THEIR OWNER IS AWAY: 1\n" in text
    assert "Owner, away until 6 Apr · 14 days overdue (due 16 Mar 2026)" in text
    assert not OutboxMail.objects.filter(recipient=house.owner).exists()


@pytest.mark.django_db
def test_an_action_that_waits_for_acceptance_waits_for_its_owner_to_be_back():
    house = House()
    house.away("Owner", -7, 1)
    Action.objects.update(
        due_on=DUE + timedelta(days=30), accepted_at=None, asked_at=datetime(2026, 3, 13, 12, tzinfo=BERLIN)
    )

    from actions.daily import plan_day

    assert [plan_day(DUE + timedelta(days=n)) for n in (0, 1, 2, 3)] == [0, 0, 1, 0]


ZONES = ["", "America/Los_Angeles", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Auckland"]
# The Mondays around both changes of the clock, in Europe, America and New Zealand.
MONDAYS = [
    date(2026, 3, 2),
    date(2026, 3, 9),
    date(2026, 3, 30),
    date(2026, 4, 6),
    date(2026, 10, 26),
    date(2026, 11, 2),
]


@pytest.mark.django_db
def test_a_mail_leaves_at_eight_where_its_reader_is_and_never_before_it_is_planned():
    house = House()
    people = [UserFactory(time_zone=zone) for zone in ZONES]
    for person in people:
        house.action(owner=person, due_on=date(2026, 2, 27))
    left, right = {}, {}

    for monday in MONDAYS:
        planned_at = at_local(monday, 8, BERLIN)
        with time_machine.travel(planned_at, tick=False):
            run = plan_week(monday)
        for person in people:
            mail = OutboxMail.objects.get(recipient=person, period=run.period)
            eight = datetime(
                monday.year, monday.month, monday.day, 8, tzinfo=ZoneInfo(person.time_zone or "Europe/Berlin")
            )
            left[person.time_zone, monday] = mail.next_try_at
            right[person.time_zone, monday] = max(eight, planned_at)

    assert left == right
    assert len(left) == 36
