"""The figures of actions: what counts, what does not, who sees what, and how sure one may be of few."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from actions.commands import drop_action
from actions.figures.periods import last_months, months_before
from actions.figures.shares import Share
from actions.models import Action, HoldCheck
from incidents.models import Incident
from incidents.relating import relate_incidents
from people.models import Organisation
from postmortems.models import Cause
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = "2026-06-20T12:00:00Z"


@pytest.fixture
def common(db):
    return PostmortemFactory()


def agreed(on, *, finished=None, **facts):
    """An action agreed at noon of that day, and finished at noon of another one."""
    if finished:
        facts |= {"status": Action.Status.DONE, "evidence": "https://x.example", "finished_at": f"{finished}T12:00Z"}
    with time_machine.travel(f"{on}T12:00Z", tick=False):
        return ActionFactory(**facts)


def began(at, **facts):
    return IncidentFactory(started_at=f"{at}T08:00Z", resolved_at=None, **facts)


def shown(client, address="/actions/figures/"):
    with time_machine.travel(TODAY, tick=False):
        response = client.get(address)
    assert response.status_code == 200
    return response.context, response.text


def counts(share):
    return share.part, share.whole


def test_figures_count_what_fell_due_and_was_done_by_its_date(member_client, common, member):
    due = {"postmortem": common, "due_on": date(2026, 5, 10)}
    agreed("2026-05-01", finished="2026-05-10", priority="high", **due)
    agreed("2026-05-01", finished="2026-05-11", priority="high", moved_count=2, **due)
    agreed("2026-05-01", priority="high", **due)
    with time_machine.travel("2026-06-01"):
        drop_action(agreed("2026-05-01", **due), by=member, reason="The service is switched off.")
    agreed("2026-05-01", postmortem=common, due_on=date(2026, 6, 20))  # is not late yet
    agreed("2026-01-01", finished="2026-01-02", postmortem=common, due_on=date(2026, 3, 19))
    agreed("2026-01-01", postmortem=common, due_on=None)

    context, _ = shown(member_client)

    kept = context["kept"]
    assert [counts(share) for share in (kept.in_time, kept.by_now, kept.high, kept.before)] == [
        (1, 3), (2, 3), (2, 3), (1, 1),
    ]  # fmt: skip
    assert (kept.moved_count, kept.dropped_count) == (1, 1)
    may = next(month for month in context["by_month"] if month.first == date(2026, 5, 1))
    assert (may.in_time, may.late, may.still_open, may.dropped) == (1, 1, 1, 1)
    assert [month.first.month for month in context["by_month"]] == [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]


def test_figures_take_a_day_as_it_is_where_the_organisation_is(member_client, common):
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    finished = {"status": "done", "evidence": "https://x.example", "finished_at": "2026-05-10T13:00Z"}
    agreed("2026-05-01", postmortem=common, due_on=date(2026, 5, 10), **finished)

    assert counts(shown(member_client)[0]["kept"].in_time) == (0, 1)


def test_figures_tell_how_long_actions_take_and_when_the_last_of_a_post_mortem_ended(member_client, common, member):
    for days in (2, 4, 6, 8, 40):
        agreed("2026-05-01", finished=f"{date(2026, 5, 1) + timedelta(days=days)}", postmortem=common)
    agreed("2026-05-01", finished="2026-05-05", postmortem=PostmortemFactory())
    unended = PostmortemFactory()
    agreed("2026-05-01", finished="2026-05-03", postmortem=unended)
    agreed("2026-05-01", postmortem=unended)

    context, _ = shown(member_client)

    completion, all_ended = context["completion"], context["all_ended"]
    assert (completion.count, completion.lower_days, completion.median_days, completion.upper_days) == (7, 3, 4, 7)
    assert completion.mean == timedelta(days=66) / 7
    assert (all_ended.count, all_ended.median_days, all_ended.is_few) == (2, 22, True)


def test_figures_tell_how_many_actions_come_out_of_a_post_mortem(member_client):
    published = PostmortemFactory(published_at="2026-06-01T12:00Z", status="published")
    ActionFactory.create_batch(3, postmortem=published)
    PostmortemFactory(published_at="2026-06-02T12:00Z", status="published")
    ActionFactory(postmortem=PostmortemFactory())

    context, text = shown(member_client)

    assert counts(context["each"]) == (3, 2)
    assert "1.5" in text


def test_figures_tell_which_measures_hold(member_client, member, common):
    action = agreed("2026-04-01", finished="2026-04-10", postmortem=common)
    for days, holds in ((30, True), (90, False)):
        HoldCheck.objects.create(
            action=action, after_days=days, due_on=date(2026, 5, 10), holds=holds,
            answered_at="2026-05-11T12:00Z", answered_by=member,
        )  # fmt: skip
    HoldCheck.objects.create(action=action, after_days=365, due_on=date(2027, 4, 10))

    assert counts(shown(member_client)[0]["hold"]) == (1, 2)


def test_figures_name_what_came_back_while_a_measure_was_open(member_client, member):
    first = began("2026-02-01")
    second = began("2026-06-01")
    measures = {"postmortem": PostmortemFactory(incident=first), "due_on": date(2026, 5, 20)}
    late = agreed("2026-02-02", **measures)
    agreed("2026-02-02", finished="2026-05-01", **measures)
    agreed("2026-06-02", **measures)
    dropped = agreed("2026-02-02", **measures)
    with time_machine.travel("2026-03-01"):
        drop_action(dropped, by=member, reason="Too dear.")
    finished_since = agreed("2026-02-02", finished="2026-06-10", **(measures | {"due_on": date(2026, 7, 1)}))
    relate_incidents(first, second, why="The same queue.", by=member)

    context, text = shown(member_client)

    returns = context["returns"]
    assert (returns.count, returns.incident_count) == (1, 1)
    (one,) = returns.returned
    assert (one.incident, one.earlier) == (second, first)
    assert {m.action: (m.was_dropped, m.days_overdue) for m in one.unfinished} == {
        late: (False, 12), dropped: (True, 0), finished_since: (False, 0),
    }  # fmt: skip
    assert "was 12 days overdue" in text
    assert "had been dropped" in text


def test_figures_show_what_was_agreed_by_the_cause_it_addresses(member_client, common, member):
    cause = Cause.objects.create(postmortem=common, text="Nobody looks.", category="process", added_by=member)
    agreed("2026-06-01", postmortem=common, cause=cause, hierarchy="training", due_on=date(2026, 6, 10))
    agreed("2026-06-01", finished="2026-06-03", postmortem=common, cause=cause, due_on=date(2026, 6, 10))
    agreed("2026-06-01", postmortem=common, due_on=date(2026, 9, 1))
    agreed("2026-01-01", postmortem=common, cause=cause)

    context, text = shown(member_client)

    (heading, bars), *_ = context["groups"]
    assert heading == "Cause they address"
    assert [(bar.part.label, bar.part.done, bar.part.open, bar.part.overdue) for bar in bars] == [
        ("Process", 1, 0, 1), ("Not said", 0, 1, 0),
    ]  # fmt: skip
    assert "2: 1 done, 1 overdue" in text


def test_figures_leave_out_what_was_imported(member_client):
    postmortem = PostmortemFactory(is_imported=True, published_at="2026-06-01T12:00Z", status="published")
    agreed("2026-05-01", finished="2026-05-02", postmortem=postmortem, due_on=date(2026, 5, 10))

    context, _ = shown(member_client)

    assert counts(context["kept"].in_time) == counts(context["each"]) == (0, 0)
    assert context["completion"].count == 0


def test_figures_of_a_team_are_of_its_incidents_alone(member_client):
    booking, payments = TeamFactory(), TeamFactory()
    for team, days in ((booking, 2), (payments, 20)):
        postmortem = PostmortemFactory(incident=began("2026-06-01", team=team))
        finished = date(2026, 5, 1) + timedelta(days=days)
        agreed("2026-05-01", finished=f"{finished}", postmortem=postmortem, due_on=date(2026, 5, 10))

    context, _ = shown(member_client, f"/actions/figures/?team={booking.pk}&months=12")

    assert counts(context["kept"].in_time) == (1, 1)
    assert context["completion"].median_days == 2
    assert context["returns"].incident_count == 1


def test_figures_count_nothing_of_a_restricted_incident_for_strangers(member_client, client, owner, secret_action):
    secret = secret_action.postmortem.incident
    Action.objects.filter(pk=secret_action.pk).update(due_on=date(2026, 6, 1), created_at="2026-05-01T12:00Z")
    Incident.objects.filter(pk=secret.pk).update(started_at="2026-04-01T08:00Z", resolved_at=None)
    public = began("2026-06-01")
    relate_incidents(secret, public, why="CANARY-WHY", by=owner)

    strange, text = shown(member_client)
    client.force_login(owner)
    inside, _ = shown(client)

    assert (counts(strange["kept"].in_time), strange["returns"].count, strange["returns"].incident_count) == (
        (0, 0),
        0,
        1,
    )
    assert "CANARY" not in text
    assert (counts(inside["kept"].in_time), inside["returns"].count, inside["returns"].incident_count) == ((0, 1), 1, 2)


@pytest.mark.parametrize("count", [1, 3])
def test_figures_ask_as_often_for_three_as_for_one(member_client, member, django_assert_num_queries, count):
    for _ in range(count):
        first = began("2026-02-01")
        agreed("2026-02-02", postmortem=PostmortemFactory(incident=first), due_on=date(2026, 6, 1))
        later = began("2026-06-01")
        relate_incidents(first, later, why="The same.", by=member)

    with django_assert_num_queries(18):
        context, _ = shown(member_client)
    assert context["returns"].count == count


@pytest.mark.parametrize("address", ["?months=7", "?months=x", "?team=nobody", "?team=999999", "?months=12&team="])
def test_figures_take_what_makes_no_sense_for_the_usual(member_client, address):
    context, text = shown(member_client, f"/actions/figures/{address}")

    assert context["months"] == (12 if "12" in address else 3)
    assert "None fell due in this time." in text
    assert "No action has fallen due yet" in text


@pytest.mark.parametrize(
    ("share", "percent", "is_reached"),
    [
        (Share(0, 0, 90), 0, None),
        (Share(3, 4, 90), 75, None),
        (Share(4, 4, 90), 100, True),
        (Share(9, 10, 90), 90, True),
        (Share(899, 1000, 90), 89, False),
        (Share(999, 1000, 100), 99, False),
    ],
)
def test_a_share_of_few_is_no_verdict(share, percent, is_reached):
    assert (share.percent, share.is_reached) == (percent, is_reached)


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2026, 3, 20), 3, date(2025, 12, 20)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_months_before_a_day_end_with_their_month(day, months, earlier):
    assert months_before(day, months) == earlier
    assert last_months(months, until=day, zone=ZoneInfo("UTC")).begin == earlier


def test_a_viewer_reads_the_figures_too(client):
    client.force_login(UserFactory(role="viewer"))

    assert "Done by their date" in shown(client)[1]
