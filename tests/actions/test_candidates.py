"""From what people say to what is taken on: written down, placed, committed to, or left with the reason."""

import json
import re
from datetime import date

import pytest

from actions.commands import (
    add_candidate,
    agree_action,
    drop_action,
    edit_candidate,
    leave_candidate,
    place_candidate,
    take_candidate,
)
from actions.errors import NotAllowedNow, OverTheCap
from actions.ledger import story_of
from actions.models import Action, ActionCandidate, ActionPolicy, Horizon, Quadrant
from actions.queries import load_of
from actions.weighed import ONLY_TRAINING, ONLY_WEAK, weigh
from core.edits import EditConflict
from people.models import RecordEntry
from postmortems.commands import add_cause, close_postmortem, remove_cause
from postmortems.errors import NotClosable, NotMovable
from postmortems.exporting.as_json import as_json
from postmortems.exporting.as_markdown import as_markdown
from postmortems.exporting.as_pdf import html_of
from postmortems.exporting.document import document_of
from postmortems.models import Postmortem
from tests.actions.conftest import ROW
from tests.factories import RESOLVED_AT, ActionFactory, IncidentFactory, PostmortemFactory

pytestmark = pytest.mark.django_db
PLACE = "/actions/for/7/candidates/1/"
DUE = date(2026, 5, 4)


@pytest.fixture
def postmortem(db):
    return PostmortemFactory(incident=IncidentFactory(number=7))


@pytest.fixture
def candidate(postmortem, member):
    return add_candidate(postmortem, by=member, text="Give retries one shared budget")


@pytest.fixture
def close_to(postmortem):
    """So many commitments are enough."""

    def set_cap(most):
        ActionPolicy.objects.update_or_create(pk=1, defaults={"most_commitments": most})

    return set_cap


@pytest.fixture
def closed(postmortem, candidate):
    Postmortem.objects.update(status="closed", published_at=RESOLVED_AT, closed_at=RESOLVED_AT)
    return candidate


def verbs(postmortem):
    return [entry.verb for entry in RecordEntry.objects.about(postmortem).order_by("pk")]


def test_candidates_count_from_one_in_each_post_mortem(postmortem, member):
    add_candidate(PostmortemFactory(), by=member, text="Elsewhere")

    numbers = [add_candidate(postmortem, by=member, text=text).number for text in ("One", "Two")]

    assert numbers == [1, 2]
    assert verbs(postmortem) == ["candidate.added", "candidate.added"]


def test_of_too_many_that_wait_one_has_to_be_decided_before_the_next(candidate, member, monkeypatch):
    monkeypatch.setattr("actions.commands.candidates.MOST_OPEN", 2)
    second = add_candidate(candidate.postmortem, by=member, text="Two")
    with pytest.raises(NotAllowedNow, match="Up to 2 candidates wait"):
        add_candidate(candidate.postmortem, by=member, text="Three")

    leave_candidate(second, by=member, reason="Too dear")

    assert add_candidate(candidate.postmortem, by=member, text="Three").number == 3


def test_a_row_is_told_to_every_open_page(candidate):
    assert (candidate.told["event"], candidate.told["list"], candidate.told["row"]) == (
        "rowChanged", "candidates", "candidate-1",
    )  # fmt: skip
    assert "Give retries one shared budget" in candidate.told["html"]


def test_the_last_move_on_the_grid_wins_and_keeps_its_name(candidate, member, facilitator):
    place_candidate(candidate, by=member, impact=5, effort=1)
    moved = place_candidate(candidate, by=facilitator, impact=4, effort=2)

    moved.refresh_from_db()
    assert (moved.impact, moved.effort, moved.placed_by) == (4, 2, facilitator)
    assert verbs(candidate.postmortem).count("candidate.placed") == 2


def test_a_move_to_where_it_stands_leaves_no_trace(candidate, member, facilitator):
    place_candidate(candidate, by=member, impact=5, effort=1)

    assert place_candidate(candidate, by=facilitator, impact=5, effort=1).placed_by == member


@pytest.mark.parametrize(
    ("impact", "effort", "quadrant"),
    [
        (5, 1, "do_now"), (3, 2, "do_now"), (5, 5, "project"), (3, 3, "project"), (1, 1, "spare"), (2, 2, "spare"),
        (1, 5, "skip"), (2, 3, "skip"),
    ],
)  # fmt: skip
def test_impact_and_effort_name_the_quadrant(impact, effort, quadrant):
    assert Quadrant.at(impact, effort) == quadrant


def test_two_people_in_the_words_of_one_candidate(candidate, member, facilitator):
    edit_candidate(candidate, by=facilitator, seen={"text": candidate.text}, wanted={"text": "Theirs"})

    with pytest.raises(EditConflict) as conflict:
        edit_candidate(candidate, by=member, seen={"text": candidate.text}, wanted={"text": "Mine"})

    assert conflict.value.theirs == {"text": "Theirs"}


def test_a_candidate_is_taken_on_with_what_is_known_of_it(member_client, candidate, member):
    cause = add_cause(candidate.postmortem, by=member, text="Retries without a limit", kind="root")
    wanted = {"cause": cause, "hierarchy": "engineering", "purpose": "prevent"}
    edit_candidate(candidate, by=member, seen={}, wanted=wanted)
    page = member_client.get(f"{PLACE}take/").content.decode()
    assert re.search(r'value="high" selected', page)
    assert re.search(rf'value="{cause.pk}" selected', page)

    facts = {"title": candidate.text, "owner": member.pk, "due_on": "2026-05-04", "priority": "high", "cause": cause.pk}
    facts |= {"hierarchy": "engineering", "purpose": "prevent"}
    response = member_client.post(f"{PLACE}take/", {f"action-{name}": value for name, value in facts.items()})

    assert response.status_code == 302
    action = Action.objects.get()
    assert (action.cause, action.hierarchy, action.purpose, action.due_on) == (cause, "engineering", "prevent", DUE)
    candidate.refresh_from_db()
    assert (candidate.state, candidate.action, candidate.decided_by) == ("taken", action, member)


def test_what_is_taken_on_stays_as_it_is(candidate, member):
    take_candidate(candidate, by=member, title="It", owner=member, due_on=DUE)

    for again in (
        lambda: take_candidate(candidate, by=member, title="It", owner=member, due_on=DUE),
        lambda: leave_candidate(candidate, by=member, reason="No"),
        lambda: place_candidate(candidate, by=member, impact=1, effort=1),
    ):
        with pytest.raises(NotAllowedNow, match="taken on already, as ACT-1"):
            again()


def test_what_is_not_taken_keeps_its_reason_and_can_be_taken_later(candidate, member, facilitator):
    with pytest.raises(NotAllowedNow):
        leave_candidate(candidate, by=facilitator, reason=" ")
    left = leave_candidate(candidate, by=facilitator, reason="The gateway is replaced in May")
    assert (left.state, left.reason, left.decided_by) == ("not_taken", "The gateway is replaced in May", facilitator)

    action = take_candidate(candidate, by=member, title="It", owner=member, due_on=DUE)

    candidate.refresh_from_db()
    assert (candidate.state, candidate.action) == ("taken", action)


def test_over_the_cap_a_reason_is_asked_and_kept(candidate, close_to, member):
    close_to(1)
    first = agree_action(candidate.postmortem, by=member, title="First", owner=member, due_on=DUE)

    with pytest.raises(OverTheCap):
        take_candidate(candidate, by=member, title="One more", owner=member, due_on=DUE)
    action = take_candidate(candidate, by=member, over_cap="The bank insists", title="More", owner=member, due_on=DUE)

    assert [(line.words, line.reason) for line in story_of(action)] == [
        ("took it on as number 2, where 1 are held for enough", "The bank insists"),
        ("added it", ""),
    ]
    assert [line.words for line in story_of(first)] == ["added it"]


def test_facilitators_say_how_many_are_enough(client, facilitator):
    client.force_login(facilitator)
    ActionPolicy.objects.create()
    limits = {
        "most_commitments": 9, "accept_within_days": 3, "confirm_up_to_severity": 1, "checks_after_days": "30, 90",
        "answer_within_days": 14,
    }  # fmt: skip

    response = client.post("/admin/actions/actionpolicy/1/change/", limits)

    assert (response.status_code, ActionPolicy.load().most_commitments) == (302, 9)


def test_a_dropped_action_makes_room_for_another(candidate, close_to, member):
    close_to(1)
    first = agree_action(candidate.postmortem, by=member, title="First", owner=member, due_on=DUE)
    drop_action(first, by=member, reason="Not needed")

    assert take_candidate(candidate, by=member, title="Second", owner=member, due_on=DUE).number == 2


def test_the_form_shows_the_question_once_the_cap_is_reached(member_client, candidate, close_to, member):
    close_to(1)
    agree_action(candidate.postmortem, by=member, title="First", owner=member, due_on=DUE)
    facts = {"action-title": "It", "action-owner": member.pk, "action-due_on": "2026-05-04", "action-priority": "low"}

    refused = member_client.post("/actions/new/7/", facts, headers=ROW)
    added = member_client.post("/actions/new/7/", facts | {"action-over_cap": "The bank insists"}, headers=ROW)

    assert refused.status_code == 422
    assert 'name="action-over_cap"' in refused.json()["form"]
    assert (added.status_code, Action.objects.count()) == (200, 2)


@pytest.mark.parametrize(
    "do",
    [
        lambda one, by: add_candidate(one.postmortem, by=by, text="Late"),
        lambda one, by: edit_candidate(one, by=by, seen={}, wanted={"text": "Late"}),
        lambda one, by: place_candidate(one, by=by, impact=1, effort=1),
        lambda one, by: take_candidate(one, by=by, title="Late", owner=by, due_on=DUE),
        lambda one, by: leave_candidate(one, by=by, reason="Late"),
    ],
)
def test_nothing_happens_to_candidates_of_a_closed_post_mortem(closed, member, do):
    with pytest.raises(NotAllowedNow, match="This post-mortem is closed"):
        do(closed, member)


def test_a_post_mortem_with_an_open_candidate_does_not_close(candidate, facilitator):
    Postmortem.objects.update(status="published", published_at=RESOLVED_AT)
    with pytest.raises(NotClosable) as refusal:
        close_postmortem(candidate.postmortem, by=facilitator)
    assert refusal.value.reasons == ("1 candidate is still open: take it on, or say why not.",)

    leave_candidate(candidate, by=facilitator, reason="Too dear")

    assert close_postmortem(candidate.postmortem, by=facilitator).is_closed


def test_a_cause_that_something_is_agreed_about_is_not_removed(candidate, member):
    cause = add_cause(candidate.postmortem, by=member, text="Retries without a limit")
    ActionFactory(postmortem=candidate.postmortem, cause=cause)

    with pytest.raises(NotMovable, match="addresses this cause"):
        remove_cause(cause, by=member)

    assert candidate.postmortem.causes.get() == cause


@pytest.mark.parametrize(
    ("ranks", "challenge"),
    [
        ([], ""),
        (["training"], ONLY_TRAINING),
        (["training", "administrative"], ONLY_WEAK),
        (["training", "engineering"], ""),
        (["training", ""], ""),
    ],
)
def test_a_plan_that_leans_on_people_is_challenged(postmortem, ranks, challenge):
    for rank in ranks:
        ActionFactory(postmortem=postmortem, hierarchy=rank)
    ActionFactory(
        postmortem=postmortem,
        hierarchy="eliminate",
        status="dropped",
        drop_reason="No",
        dropped_by=postmortem.opened_by,
    )

    assert weigh(postmortem).challenge == challenge


@pytest.mark.parametrize(
    ("count", "acted_on", "words"),
    [
        (5, 2, "3 of 5 causes have no action."), (2, 1, "1 of 2 causes has no action."),
        (2, 0, "No cause has an action yet."), (2, 2, "Every cause has an action."),
    ],
)  # fmt: skip
def test_causes_without_an_action_are_counted(postmortem, member, count, acted_on, words):
    causes = [add_cause(postmortem, by=member, text=f"Cause {n}") for n in range(count)]
    for cause in causes[:acted_on]:
        ActionFactory(postmortem=postmortem, cause=cause)

    assert weigh(postmortem).bare_in_words == words


@pytest.mark.parametrize(
    ("days", "horizon"), [(0, "immediate"), (14, "immediate"), (15, "short_term"), (91, "long_term")]
)
def test_the_horizon_follows_from_the_date(days, horizon):
    assert Horizon.between(DUE, date.fromordinal(DUE.toordinal() + days)) == horizon


def test_the_load_counts_what_the_reader_may_see(owner, action, secret_action, facilitator):
    seen = load_of(owner, date(2026, 3, 18), reader=facilitator)
    own = load_of(owner, date(2026, 3, 18), reader=owner)

    assert (seen.open_count, seen.due_that_week_count) == (1, 1)
    assert (own.open_count, own.due_that_week_count) == (2, 2)
    assert load_of(owner, None, reader=owner).due_that_week_count == 0


def test_advice_is_given_while_one_types_and_changes_nothing(member_client, candidate, member):
    facts = {"action-title": "Improve monitoring", "action-owner": member.pk, "action-due_on": ""}

    html = member_client.post("/actions/for/7/smart/", facts, headers=ROW).json()["html"]

    assert re.findall(r'data-passed="(\w+)"', html) == ["no", "no", "yes", "open", "no"]
    assert Action.objects.count() == 0


def test_a_place_that_there_is_not_is_refused(member_client, candidate):
    answers = [
        member_client.post(f"{PLACE}place/", place, headers=ROW)
        for place in ({"impact": 6, "effort": 1}, {"impact": 3, "effort": ""}, {"impact": "x", "effort": 1})
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert ActionCandidate.objects.get().impact is None


def test_exports_hold_causes_and_candidates(candidate, member):
    cause = add_cause(candidate.postmortem, by=member, text="Retries without a limit", kind="root")
    place_candidate(candidate, by=member, impact=5, effort=1)
    edit_candidate(candidate, by=member, seen={}, wanted={"cause": cause})
    leave_candidate(candidate, by=member, reason="Too dear")
    document = document_of(candidate.postmortem, at=RESOLVED_AT)

    told = json.loads(as_json(document))
    assert [(one["text"], one["kind"]) for one in told["causes"]] == [("Retries without a limit", "root")]
    (one,) = told["candidates"]
    assert (one["cause"], one["impact"], one["quadrant"]) == ("Retries without a limit", 5, "Do now")
    markdown = as_markdown(document).decode()
    assert "  - Not taken: Mira Member: Too dear" in markdown
    assert "impact 5 of 5, effort 1 of 5: Do now" in markdown
    assert "Mira Member: Too dear" in html_of(document)


def test_the_plan_asks_the_database_as_often_for_one_of_each_as_for_three(
    member_client, warm, candidate, member, django_assert_num_queries
):
    def add_one_of_each():
        cause = add_cause(candidate.postmortem, by=member, text="Retries")
        other = add_candidate(candidate.postmortem, by=member, text="Alert", cause=cause)
        place_candidate(other, by=member, impact=2, effort=2)
        take_candidate(other, by=member, title="It", owner=member, due_on=DUE, cause=cause)

    warm(member_client)
    for count in (1, 2):
        for _ in range(count):
            add_one_of_each()
        with django_assert_num_queries(11):
            member_client.get("/actions/for/7/plan/")
