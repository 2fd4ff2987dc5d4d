"""A number and the list behind its link are one and the same: of boards, groups, the weekly review, and each group of a mail."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict

from actions.boards import pages
from actions.boards.groups import Filling
from actions.digests import Group, gather
from actions.filters import ActionFilter
from actions.headings import list_of
from actions.models import Action, HoldCheck
from actions.weekly import plan_week
from people.absences import note_absence
from people.models import User
from tests.actions.test_digests import MONDAY, Cast
from tests.factories import STARTED_AT, IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

EIGHT = datetime.fromisoformat("2026-03-16T08:00+01:00")
ENDED = [
    datetime.fromisoformat(f"{day}T12:00+00:00") for day in ("2026-03-14", "2026-03-10", "2026-03-02", "2026-01-05")
]
LATE = [-20, -3, 0, 1, 8, 15, 22, 36]


class Crowd(Cast):
    """Actions of every state, age and owner, in two teams, some restricted; some of the people are away."""

    def __init__(self) -> None:
        super().__init__()
        self.facilitator = UserFactory(name="Facilitator", role=User.Role.FACILITATOR)
        self.gone = UserFactory(name="Gone", is_active=False)
        self.other = TeamFactory(lead=self.manager, members=[self.lead, self.outsider])
        hidden = IncidentFactory(team=self.team, is_restricted=True, kind="security")
        incidents = [self.postmortem.incident, IncidentFactory(team=self.other), hidden]
        self.postmortems = [self.postmortem, *(PostmortemFactory(incident=one) for one in incidents[1:])]
        self.owners = [self.owner, self.mate, self.lead, self.outsider, self.gone, None]
        for person in (self.mate, self.outsider):
            note_absence(person, first_on=MONDAY, last_on=MONDAY + timedelta(days=4), by=person)
        Action.objects.bulk_create(Action(number=n, **facts) for n, facts in enumerate(self._all(), start=1))
        held = Action.objects.filter(status="done", finished_at=ENDED[-1])
        HoldCheck.objects.bulk_create(HoldCheck(action=one, after_days=30, due_on=date(2026, 2, 4)) for one in held)

    def _all(self) -> list[dict[str, object]]:
        common = [
            {"title": "One", "postmortem": postmortem, "owner": owner, "added_by": self.lead}
            for postmortem in self.postmortems
            for owner in self.owners
        ]
        rows: list[dict[str, object]] = []
        for n, days in enumerate([*LATE, None]):
            due_on = None if days is None else MONDAY - timedelta(days=days)
            for place, one in enumerate(common):
                asked = {"asked_at": STARTED_AT, "accepted_at": None if (n + place) % 5 == 0 else STARTED_AT}
                rows.append({**one, **asked, "due_on": due_on, **self._state(n + place)})
        for at in ENDED:
            proof = {"evidence": "https://x.example", "finished_at": at, "finished_by": self.owner}
            rows += [{**one, **proof, "due_on": MONDAY, "status": "done"} for one in common]
        rows += [{**one, "status": "dropped", "drop_reason": "No.", "dropped_by": self.lead} for one in common]
        return rows

    def _state(self, n: int) -> dict[str, object]:
        if n % 7 == 3:
            waits = {"waits_for": self.mate} if n % 2 else {"waits_for_team": self.other}
            return {"status": "blocked", "blocked_reason": "No.", "blocked_at": STARTED_AT, **waits}
        if n % 7 == 5:
            return {"status": "unconfirmed", "evidence": "https://x.example", "finished_at": STARTED_AT}
        return {"status": ["not_started", "in_progress"][n % 2], "priority": ["high", "medium", "low"][n % 3]}


@pytest.fixture
def crowd(db):
    with time_machine.travel(EIGHT, tick=False):
        yield Crowd()


def behind(person: User, query: str) -> int:
    """How many the list holds that a link opens."""
    return pages.listed(person, ActionFilter(QueryDict(query)), None, on=MONDAY).count


def unlike(person: User, filling: Filling) -> list[tuple[str, int, int]]:
    found = [(one.group.key, one.count, behind(person, one.query)) for one in filling.groups]
    assert any(count for _, count, _ in found)
    return [one for one in found if one[1] != one[2]]


def test_what_a_mail_counts_is_what_its_link_opens_all_week_long(crowd):
    people, wrong, seen = User.objects.in_bulk(), [], set()
    digests = gather(MONDAY)
    plan_week(MONDAY)

    with time_machine.travel(EIGHT + timedelta(days=3)):
        for person, digest in digests.items():
            for group, pile in digest.items():
                seen.add(group)
                if (count := behind(people[person], list_of(group))) != pile.count:
                    wrong.append((people[person].name, group.name, pile.count, count))

    assert wrong == []
    assert set(Group) - seen == set()


ADDRESSES = ["", "status=free", "overdue=on", "ended=week", "late=undecided&priority=high"]


def test_what_the_weekly_review_and_the_board_count_is_what_their_links_open(crowd):
    wrong = {}

    for person in (crowd.lead, crowd.outsider, crowd.facilitator):
        for address in ("", f"team={crowd.other.pk}"):
            week = pages.week_of(person, ActionFilter(QueryDict(address)), on=MONDAY)
            wrong[person.name, "review", address] = unlike(person, week)
    for address in ADDRESSES:
        board = pages.board_of(crowd.lead, ActionFilter(QueryDict(address)), on=MONDAY)
        wrong["Lead", "board", address] = unlike(crowd.lead, board)

    assert {place: counts for place, counts in wrong.items() if counts} == {}


@pytest.mark.parametrize("address", ["", "status=done", "status=free", "status=all", "ended=week"])
def test_what_a_board_counts_beside_its_filters_is_what_their_links_open(crowd, address):
    filters = ActionFilter(QueryDict(address))

    quick = pages.quick_filters(filters, pages.board_of(crowd.lead, filters, on=MONDAY).counts)

    assert [(one.label, one.count) for one in quick] == [(one.label, behind(crowd.lead, one.query)) for one in quick]


@pytest.mark.parametrize("status", ["", "all", "done", "blocked", "free"])
def test_what_a_list_counts_in_its_groups_and_beside_its_filters_is_what_their_links_open(crowd, status):
    filters, wrong = ActionFilter(QueryDict(f"status={status}")), {}

    for grouping in [key for key, _ in ActionFilter.GROUPS if key]:
        grouped = ActionFilter(QueryDict(f"group={grouping}&status={status}"))
        wrong[grouping] = unlike(crowd.lead, pages.grouped(crowd.lead, grouped, on=MONDAY))
    quick = pages.quick_filters(filters, pages.listed(crowd.lead, filters, None, on=MONDAY).counts)

    assert {grouping: counts for grouping, counts in wrong.items() if counts} == {}
    assert [(one.label, one.count) for one in quick] == [(one.label, behind(crowd.lead, one.query)) for one in quick]
