from datetime import UTC, date, datetime

import pytest
import time_machine

from incidents.defaults import install_severity_policies
from insights.queries import my_work
from postmortems.models import Postmortem
from tests.factories import (
    RESOLVED_AT,
    ActionFactory,
    IncidentFactory,
    ParticipantFactory,
    PostmortemFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture
def signed_in(client, member):
    client.force_login(member)
    return client


def test_my_work_holds_my_actions_by_what_they_need_from_me(member):
    common = PostmortemFactory()

    def mine(title, **facts):
        ActionFactory(**{"postmortem": common, "owner": member, "title": title, "due_on": TODAY} | facts)

    mine("asked", accepted_at=None, due_on=date(2026, 1, 1))
    mine("owed", due_on=date(2026, 2, 1))
    mine("late", due_on=date(2026, 3, 9))
    mine("stuck", status="blocked", blocked_reason="x", blocked_at=RESOLVED_AT, waits_for=common.opened_by)
    mine("today")
    mine("far", due_on=date(2026, 5, 1))
    mine("undated", due_on=None)
    mine("looked at", status="unconfirmed", evidence="x", finished_at=RESOLVED_AT)
    mine("finished", status="done", evidence="x", finished_at=RESOLVED_AT)
    mine("long finished", status="done", evidence="x", finished_at="2025-01-01T00:00Z")
    ActionFactory(postmortem=common)

    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        work = my_work(member, on=TODAY)

    assert {one.key: [action.title for action in one.actions] for one in work.actions} == {
        "accept": ["asked"],
        "decision": ["owed"],
        "overdue": ["late"],
        "blocked": ["stuck"],
        "week": ["today"],
        "later": ["far", "undated"],
        "confirm": ["looked at"],
        "finished": ["finished"],
    }
    assert work.action_count == 8


def test_my_work_hides_an_action_whose_incident_i_may_no_longer_see(member):
    ActionFactory(owner=member, postmortem__incident__is_restricted=True)

    assert my_work(member, on=TODAY).action_count == 0


@pytest.mark.parametrize("part", ["participant", "facilitator", "opened_by", "none"])
def test_my_work_holds_the_post_mortems_i_take_part_in(member, part):
    postmortem = PostmortemFactory(**({part: member} if part in ("facilitator", "opened_by") else {}))
    if part == "participant":
        ParticipantFactory(incident=postmortem.incident, user=member)

    found = [row.postmortem for row in my_work(member, on=TODAY).postmortems]

    assert found == ([] if part == "none" else [postmortem])


def test_my_work_ends_with_publishing(member):
    PostmortemFactory(published=True, opened_by=member)
    review = PostmortemFactory(status=Postmortem.Status.IN_REVIEW, opened_by=member)

    assert [row.postmortem for row in my_work(member, on=TODAY).postmortems] == [review]


def test_my_work_shows_first_what_is_due_first(member):
    install_severity_policies()
    running = PostmortemFactory(opened_by=member, incident=IncidentFactory(number=1, resolved_at=None))
    later = PostmortemFactory(
        opened_by=member, incident=IncidentFactory(number=2, resolved_at=datetime(2026, 3, 9, tzinfo=UTC))
    )
    sooner = PostmortemFactory(opened_by=member, incident=IncidentFactory(number=3))

    assert [row.postmortem for row in my_work(member, on=TODAY).postmortems] == [sooner, later, running]


def test_home_says_what_is_late(signed_in, member):
    install_severity_policies()
    ActionFactory(owner=member, due_on=date(2026, 3, 9), postmortem=PostmortemFactory(opened_by=member))

    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        page = signed_in.get("/").content.decode()

    assert "overdue since" in page
    assert "Publishing late by 4 d 20 h" in page


def test_home_counts_days_where_the_reader_is(signed_in, member):
    ActionFactory(owner=member, due_on=TODAY)

    # Half past eleven in the evening in London is tomorrow already in Berlin.
    with time_machine.travel(datetime(2026, 3, 10, 23, 30, tzinfo=UTC), tick=False):
        page = signed_in.get("/").content.decode()

    assert "overdue since" in page


def test_home_teaches_when_nothing_waits(signed_in):
    page = signed_in.get("/").content.decode()

    assert "Nothing is owed by you" in page
    assert "No account is being written with you" in page
    assert 'href="/incidents/new/"' in page


def test_home_of_a_viewer_offers_nothing_to_write(client, viewer):
    client.force_login(viewer)

    assert "/incidents/new/" not in client.get("/").content.decode()


def test_home_hides_restricted_incidents_from_strangers(signed_in):
    IncidentFactory(title="Canary", is_restricted=True)

    assert "Canary" not in signed_in.get("/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_home_asks_the_database_as_often_for_one_of_each_as_for_three(
    signed_in, member, django_assert_num_queries, warm, rows
):
    for number in range(1, rows + 1):
        postmortem = PostmortemFactory(opened_by=member, incident=IncidentFactory(number=number))
        ActionFactory(owner=member, postmortem=postmortem)
    warm(signed_in)

    with django_assert_num_queries(13):
        signed_in.get("/")
