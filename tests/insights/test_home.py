from datetime import UTC, date, datetime

import pytest
import time_machine

from actions.models import Action
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


def test_my_work_holds_my_open_actions_the_overdue_apart(member):
    common = PostmortemFactory()
    overdue = ActionFactory(postmortem=common, owner=member, due_on=date(2026, 3, 9))
    due_today = ActionFactory(postmortem=common, owner=member, due_on=TODAY)
    undated = ActionFactory(postmortem=common, owner=member, due_on=None)
    ActionFactory(postmortem=common, owner=member, status=Action.Status.DONE, evidence="x", finished_at=RESOLVED_AT)
    ActionFactory(postmortem=common)

    work = my_work(member, on=TODAY)

    assert work.overdue == [overdue]
    assert work.open == [due_today, undated]


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

    with django_assert_num_queries(8):
        signed_in.get("/")
