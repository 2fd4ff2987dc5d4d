"""The ledger of an action: who, when, from, to and why, told as its story."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError

from actions import commands
from actions.errors import NotAllowedNow
from actions.ledger import story_of
from actions.models import Action
from people.models import RecordEntry
from people.record import put_on_record
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def before_it_is_due():
    with time_machine.travel("2026-03-10T09:00Z", tick=True):
        yield


def test_every_change_is_told_with_who_from_to_and_why(action, owner, member):
    nina, platform = UserFactory(name="Nina New"), TeamFactory(name="Platform")

    commands.reschedule_action(action, by=member, due_on=date(2026, 4, 6), reason="Parts are late.")
    commands.reassign_action(action, by=member, owner=nina, reason="Olga is on leave.")
    commands.edit_action(action, by=member, seen={}, wanted={"priority": "high"})
    commands.note_progress(action, by=nina, percent=60, note="The alert is written")
    commands.block_action(action, by=nina, reason="No access to the queue.", waits_for=platform)
    commands.start_action(action, by=nina)
    commands.finish_action(action, by=nina, evidence="https://code.example/pull/7")

    story = [(line.by, line.words, line.reason) for line in reversed(story_of(action))]
    assert story == [
        (member, "moved it from 16 Mar 2026 to 6 Apr 2026", "Parts are late."),
        (member, "handed it from Olga Owner to Nina New", "Olga is on leave."),
        (member, "changed priority to “high”", ""),
        (nina, "noted: 60 % done: The alert is written", ""),
        (nina, "said it is blocked: it waits for Platform", "No access to the queue."),
        (nina, "went on with it: it is no longer blocked", ""),
        (nina, "finished it, with evidence: https://code.example/pull/7", ""),
    ]


def test_each_entry_holds_both_sides_of_every_field(action, member):
    commands.block_action(action, by=member, reason="No access.", waits_for=member)

    details = RecordEntry.objects.about(action).get().details
    sides = {name: (details["before"][name], details["after"][name]) for name in details["after"]}
    assert sides == {
        "status": ("not_started", "blocked"),
        "blocked_reason": ("", "No access."),
        "waits_for": (None, member.pk),
        "waits_for_team": (None, None),
    }


def test_an_entry_is_neither_changed_nor_deleted_by_anybody(action, member):
    commands.start_action(action, by=member)

    for statement in ("update people_recordentry set verb = 'x'", "delete from people_recordentry"):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_entries_of_the_first_version_are_still_read(action, owner, member):
    put_on_record(action, "action.reassigned", by=member, before=None, after=owner.pk, reason="")
    put_on_record(action, "action.rescheduled", by=member, before="2026-03-16", after="2026-04-06", reason="Late.")

    assert [line.words for line in story_of(action)] == [
        "moved it from 16 Mar 2026 to 6 Apr 2026",
        "handed it from nobody to Olga Owner",
    ]


def test_the_page_tells_the_story_with_its_reasons(member_client, action, member):
    commands.reschedule_action(action, by=member, due_on=date(2026, 4, 6), reason="Parts are <late>.")

    page = member_client.get("/actions/45/").text

    assert "moved it from 16 Mar 2026 to 6 Apr 2026" in page
    assert "“Parts are &lt;late&gt;.”" in page
    assert "moved 1 time<" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_queries_for_any_story(
    member_client, action, member, warm, rows, django_assert_num_queries
):
    for n in range(rows):
        commands.reschedule_action(action, by=member, due_on=date(2026, 4, 6 + n), reason="Late.")
        commands.reassign_action(action, by=member, owner=UserFactory(), reason="Leave.")
        commands.add_link(action, by=member, url=f"https://code.example/a/b/pull/{n}")
    warm(member_client)

    with django_assert_num_queries(11):
        member_client.get("/actions/45/")


def test_another_date_is_the_decision_once_one_is_owed(action, member):
    with time_machine.travel("2026-04-13T09:00Z"):
        commands.reschedule_action(action, by=member, due_on=date(2026, 4, 20), reason="After the fair.")

    assert story_of(action)[0].words == "decided: finish it by 20 Apr 2026 (was 16 Mar 2026)"


@pytest.mark.parametrize("today", ["2026-03-10T09:00Z", "2026-04-13T09:00Z"])
def test_a_date_that_is_over_is_neither_taken_nor_a_decision(action, member, today):
    yesterday = date.fromisoformat(today[:10]) - timedelta(days=1)
    with time_machine.travel(today), pytest.raises(NotAllowedNow, match="is over: give a date that is still to come"):
        commands.reschedule_action(action, by=member, due_on=yesterday, reason="After the fair.")

    action.refresh_from_db()
    assert (action.due_on, story_of(action)) == (date(2026, 3, 16), [])


class TestOwner:
    def test_a_changed_owner_needs_a_reason(self, action, member):
        with pytest.raises(NotAllowedNow, match="A changed owner needs a reason"):
            commands.reassign_action(action, by=member, owner=member)

    def test_the_first_owner_needs_none(self, member):
        action = ActionFactory(owner=None)

        commands.reassign_action(action, by=member, owner=member)

        assert Action.objects.get().owner == member


class TestBlocked:
    @pytest.mark.parametrize(("reason", "is_named"), [("", True), ("No access.", False)])
    def test_it_asks_for_a_reason_and_a_name(self, action, member, reason, is_named):
        with pytest.raises(NotAllowedNow, match="Blocked asks for a reason"):
            commands.block_action(action, by=member, reason=reason, waits_for=member if is_named else None)

    def test_the_database_refuses_one_without_a_name(self, action):
        with pytest.raises(IntegrityError, match="action_blocked_with_reason_and_name"):
            Action.objects.filter(pk=action.pk).update(status="blocked", blocked_reason="x")

    def test_nobody_is_waited_for_who_may_not_see_it(self, secret_action, owner):
        with pytest.raises(NotAllowedNow, match="cannot see this restricted incident"):
            commands.block_action(secret_action, by=owner, reason="x", waits_for=UserFactory())

    def test_the_page_offers_teams_and_people_and_shows_what_it_waits_for(self, member_client, action):
        platform = TeamFactory(name="Platform")

        member_client.post(
            "/actions/45/block/", {"block-waits_for": f"team-{platform.pk}", "block-reason": "No capacity."}
        )

        action.refresh_from_db()
        assert (action.status, action.waits_for_team) == ("blocked", platform)
        assert "waits for Platform" in member_client.get("/actions/45/").text
        assert "blocked, waits for Platform" in member_client.get("/actions/").text

    @pytest.mark.parametrize("choice", ["", "team-0", "person-x", "person-99999999999999999999"])
    def test_a_choice_that_is_none_is_refused_with_what_was_typed(self, member_client, action, choice):
        response = member_client.post("/actions/45/block/", {"block-waits_for": choice, "block-reason": "No capacity."})

        assert response.status_code == 422
        assert "No capacity." in response.text


class TestConfirmed:
    @pytest.fixture
    def severe(self, owner):
        action = ActionFactory(
            number=45, owner=owner, postmortem=PostmortemFactory(incident=IncidentFactory(severity=1))
        )
        return commands.finish_action(action, by=owner, evidence="https://code.example/pull/7")

    def test_of_a_severe_incident_it_waits_for_a_second_person_and_counts_as_open(self, severe):
        assert severe.status == "unconfirmed"
        assert list(Action.objects.open()) == [severe]
        assert list(Action.objects.overdue(date(2027, 1, 1))) == []

    def test_a_second_person_ends_it(self, severe, member):
        commands.confirm_action(severe, by=member)

        severe.refresh_from_db()
        assert (severe.status, severe.confirmed_by) == ("done", member)
        assert story_of(severe)[0].words == "confirmed that it is done"

    def test_neither_the_owner_nor_the_finisher_confirms(self, owner, member):
        action = ActionFactory(owner=owner, postmortem=PostmortemFactory(incident=IncidentFactory(severity=1)))
        commands.finish_action(action, by=member, evidence="https://code.example/pull/7")

        for person in (owner, member):
            with pytest.raises(NotAllowedNow, match="A second person confirms"):
                commands.confirm_action(action, by=person)

    def test_what_is_missing_sends_it_back(self, member_client, severe):
        member_client.post("/actions/45/reopen/", {"reopen-reason": "The alert has no receiver."})

        severe.refresh_from_db()
        assert (severe.status, severe.evidence, severe.finished_at) == ("in_progress", "", None)

    def test_the_owner_sees_no_button_to_confirm(self, client, severe, owner, member):
        client.force_login(owner)
        assert "/confirm/" not in client.get("/actions/45/").text
        client.force_login(member)
        assert "/confirm/" in client.get("/actions/45/").text


class TestLinks:
    @pytest.mark.parametrize(
        ("url", "kind", "label"),
        [
            ("https://github.com/harbour/gate/pull/45/files", "change", "harbour/gate#45"),
            ("https://github.com/harbour/gate/issues/4", "issue", "harbour/gate#4"),
            ("https://github.com/harbour/gate/commit/0a1b2c3d4e5f", "commit", "harbour/gate@0a1b2c3"),
            ("https://git.example/a/b/c/-/merge_requests/7", "change", "a/b/c!7"),
            ("https://harbour.atlassian.net/browse/PAY-123?focus=1", "ticket", "PAY-123"),
            ("https://linear.app/harbour/issue/GAT-9/title", "ticket", "GAT-9"),
            ("https://wiki.example/pages/Queue%20depth", "document", "wiki.example Queue depth"),
            ("https://wiki.example", "document", "wiki.example"),
        ],
    )
    def test_a_link_is_called_what_people_call_it(self, action, member, url, kind, label):
        link = commands.add_link(action, by=member, url=url)

        assert (link.kind, link.label) == (kind, label)

    def test_the_same_link_is_there_once(self, action, member):
        commands.add_link(action, by=member, url="https://wiki.example")

        with pytest.raises(NotAllowedNow, match="there already"):
            commands.add_link(action, by=member, url="https://wiki.example")

    def test_the_page_adds_and_takes_away(self, member_client, action):
        member_client.post("/actions/45/links/add/", {"link-url": "https://github.com/harbour/gate/pull/45"})
        assert "harbour/gate#45" in member_client.get("/actions/45/").text
        link = action.links.get()

        member_client.post(f"/actions/45/links/{link.pk}/remove/")

        assert not action.links.exists()

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example/y", "nothing"])
    def test_only_web_addresses_are_links(self, member_client, action, url):
        assert member_client.post("/actions/45/links/add/", {"link-url": url}).status_code == 422
        assert not action.links.exists()
