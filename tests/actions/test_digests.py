"""Who hears of which action, as what: against an oracle that knows the promise and the people, not the code."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Q

from actions.digests import Group, gather
from actions.digests.lines import lines_by_pk
from actions.models import Action
from people.models import User
from tests.factories import (
    STARTED_AT,
    ActionFactory,
    IncidentFactory,
    OrganisationFactory,
    ParticipantFactory,
    PostmortemFactory,
    TeamFactory,
    UserFactory,
)

MONDAY = date(2026, 3, 16)


class Cast:
    """A team with a lead, a manager and two members, one of whom owns the action."""

    def __init__(self) -> None:
        OrganisationFactory()
        self.owner, self.mate, self.lead, self.manager, self.outsider = (
            UserFactory(name=name) for name in ("Owner", "Mate", "Lead", "Manager", "Outsider")
        )
        self.team = TeamFactory(lead=self.lead, engineering_manager=self.manager, members=[self.owner, self.mate])
        self.postmortem = PostmortemFactory(incident=IncidentFactory(team=self.team))

    def action(self, **facts: object) -> Action:
        return ActionFactory(postmortem=self.postmortem, **{"owner": self.owner, **facts})


@pytest.fixture
def cast(db):
    return Cast()


def heard(day: date = MONDAY) -> dict[str, dict[str, list[int]]]:
    """name of the person -> name of the group -> numbers of the actions"""
    names = dict(User.objects.values_list("pk", "name"))
    return {
        names[person]: {group.name: [line.number for line in pile.lines] for group, pile in sorted(digest.items())}
        for person, digest in gather(day).items()
    }


def oracle(days: int) -> dict[str, str]:
    """The promise, said a second time: who hears of an action that many days late, and as what."""
    if days <= -7:
        return {}
    if days <= 0:
        return {"Owner": "DUE"}
    told = {"Owner": "OVERDUE"}
    if days >= 7:
        told["Lead"] = "COPY"
    if days >= 14:
        told["Mate"] = "TEAM"
    if days >= 21:
        told["Manager"] = "ESCALATED"
    if days >= 28:
        told |= dict.fromkeys(["Owner", "Lead", "Manager"], "DECISION")
    return told


@pytest.mark.parametrize("days", [-30, -8, -7, -6, -1, 0, 1, 6, 7, 8, 13, 14, 15, 20, 21, 22, 27, 28, 29, 35, 120])
def test_each_person_hears_of_an_action_once_on_the_right_rung(cast, days):
    cast.action(number=45, due_on=MONDAY - timedelta(days=days))

    assert heard() == {name: {group: [45]} for name, group in oracle(days).items()}


@pytest.mark.parametrize("status", ["draft", "in_review", "published", "closed"])
def test_reminders_go_on_whatever_became_of_the_post_mortem(cast, status):
    cast.action(number=45, due_on=MONDAY - timedelta(days=3))
    cast.postmortem.status = status
    cast.postmortem.published_at = datetime(2026, 3, 3, tzinfo=UTC) if status in ("published", "closed") else None
    cast.postmortem.closed_at = datetime(2026, 3, 4, tzinfo=UTC) if status == "closed" else None
    cast.postmortem.save()

    assert heard() == {"Owner": {"OVERDUE": [45]}}


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_an_action_that_ended_long_ago_is_heard_of_no_more(cast, status):
    cast.action(
        due_on=MONDAY - timedelta(days=90), status=status, evidence="https://x.example",
        finished_at=datetime(2026, 1, 5, tzinfo=UTC), drop_reason="No need.", dropped_by=cast.lead,
    )  # fmt: skip

    assert heard() == {}


def test_a_person_who_is_lead_manager_and_member_hears_of_it_once(cast):
    cast.team.engineering_manager = cast.lead
    cast.team.save()
    cast.team.members.add(cast.lead)
    cast.action(number=45, due_on=MONDAY - timedelta(days=21))

    assert heard()["Lead"] == {"ESCALATED": [45]}


def test_a_lead_who_owns_it_hears_of_it_as_owner(cast):
    cast.action(number=45, owner=cast.lead, due_on=MONDAY - timedelta(days=8))

    assert heard() == {"Lead": {"OVERDUE": [45]}}


def test_a_week_of_several_is_grouped(cast):
    cast.action(number=1, due_on=MONDAY)
    cast.action(number=2, due_on=MONDAY + timedelta(days=6))
    cast.action(number=3, due_on=MONDAY - timedelta(days=2))
    cast.action(number=4, due_on=None)
    cast.action(number=5, due_on=MONDAY - timedelta(days=30), status="in_progress")

    assert heard()["Owner"] == {"DECISION": [5], "OVERDUE": [3], "DUE": [1, 2], "UNDATED": [4]}


def test_what_nobody_owns_goes_to_the_lead_whenever_it_is_due(cast):
    cast.action(number=1, owner=None, due_on=None)
    cast.action(number=2, owner=None, due_on=MONDAY + timedelta(days=90))

    assert heard() == {"Lead": {"NEEDS_OWNER": [2, 1]}}


def test_what_the_owner_left_behind_goes_to_the_lead_and_says_so(cast):
    cast.action(number=1, due_on=MONDAY + timedelta(days=90))
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)

    assert heard() == {"Lead": {"NEEDS_OWNER": [1]}}
    assert gather(MONDAY)[cast.lead.pk][Group.NEEDS_OWNER].lines[0].owner_problem == "its owner Owner has left"


@pytest.mark.parametrize(("without", "guardian"), [(["lead"], "Manager"), (["lead", "manager"], "Facilitator")])
def test_what_nobody_owns_finds_somebody_without_a_lead(cast, without, guardian):
    UserFactory(name="Facilitator", role=User.Role.FACILITATOR)
    User.objects.filter(pk__in=[getattr(cast, name).pk for name in without]).update(is_active=False)
    cast.action(number=1, owner=None)

    assert guardian in heard()


def test_people_who_left_hear_nothing(cast):
    cast.action(number=1, due_on=MONDAY - timedelta(days=40))
    User.objects.filter(name__in=["Lead", "Manager", "Mate"]).update(is_active=False)

    assert heard() == {"Owner": {"DECISION": [1]}}


def test_what_was_finished_last_week_is_celebrated(cast):
    for number, at in enumerate(["2026-03-08T23:30", "2026-03-09T00:30", "2026-03-15T22:30", "2026-03-16T00:30"], 1):
        finished_at = datetime.fromisoformat(at + "+01:00")  # Berlin, before summer time
        cast.action(number=number, status="done", evidence="https://x.example", finished_at=finished_at)

    # The mate and the lead have nothing else to hear: for them alone no mail is made.
    assert heard() == {"Owner": {"FINISHED": [2, 3]}}

    cast.action(number=9, due_on=MONDAY - timedelta(days=9))
    assert heard()["Lead"] == {"COPY": [9], "TEAM_FINISHED": [2, 3]}


def test_the_days_since_its_owner_was_asked_are_those_of_the_house(cast):
    asked_at = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)  # Friday in Berlin
    action = cast.action(accepted_at=None, asked_at=asked_at)

    (line,) = lines_by_pk(MONDAY, Q(pk=action.pk))

    assert line.days_asked == 3


class TestRestricted:
    @pytest.fixture
    def secret(self, cast):
        cast.postmortem.incident.is_restricted = True
        cast.postmortem.incident.save()
        return cast

    def test_its_own_team_hears_of_it(self, secret):
        secret.action(number=1, due_on=MONDAY - timedelta(days=21))

        assert set(heard()) == {"Owner", "Lead", "Mate", "Manager"}

    def test_an_owner_who_lost_sight_of_it_hears_nothing_and_the_lead_is_told(self, secret):
        secret.action(number=1, owner=secret.outsider, due_on=MONDAY - timedelta(days=3))

        line = gather(MONDAY)[secret.lead.pk][Group.NEEDS_OWNER].lines[0]
        assert heard() == {"Lead": {"NEEDS_OWNER": [1]}}
        assert line.owner_problem == "Outsider can no longer see it"

    def test_an_owner_who_takes_part_hears_of_it(self, secret):
        ParticipantFactory(incident=secret.postmortem.incident, user=secret.outsider)
        secret.action(number=1, owner=secret.outsider, due_on=MONDAY - timedelta(days=3))

        assert heard() == {"Outsider": {"OVERDUE": [1]}}

    def test_facilitators_who_cannot_see_it_are_not_asked_for_an_owner(self, secret):
        UserFactory(name="Facilitator", role=User.Role.FACILITATOR)
        UserFactory(name="Administrator", role=User.Role.ADMINISTRATOR)
        User.objects.filter(name__in=["Lead", "Manager"]).update(is_active=False)
        secret.action(number=1, owner=None)

        assert heard() == {"Administrator": {"NEEDS_OWNER": [1]}}

    def test_a_due_date_far_away_is_nobodys_news(self, secret):
        secret.action(number=1, due_on=MONDAY + timedelta(days=90))

        assert heard() == {}


@pytest.mark.parametrize("count", [1, 3])
def test_gathering_asks_the_same_number_of_queries_for_any_number_of_people(cast, django_assert_num_queries, count):
    for number in range(count):
        team = TeamFactory(members=[UserFactory()])
        ActionFactory(
            number=number + 1, postmortem=PostmortemFactory(incident=IncidentFactory(team=team)),
            due_on=MONDAY - timedelta(days=30),
        )  # fmt: skip

    heard()
    with django_assert_num_queries(11):
        assert len(gather(MONDAY)) == 4 * count


def test_of_a_long_list_the_latest_are_kept_and_the_rest_counted(cast):
    Action.objects.bulk_create(
        Action(
            number=n, title=f"action {n}", postmortem=cast.postmortem, owner=cast.owner, added_by=cast.owner,
            due_on=MONDAY - timedelta(days=n), accepted_at=STARTED_AT,
        )
        for n in range(1, 28)
    )  # fmt: skip

    pile = gather(MONDAY)[cast.owner.pk][Group.OVERDUE]

    assert ([line.number for line in pile.lines], pile.count, pile.rest) == (list(range(27, 17, -1)), 27, 17)
