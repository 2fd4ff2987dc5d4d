from datetime import UTC, datetime

import pytest
import time_machine

from core.edits import EditConflict
from incidents.defaults import install_severity_policies
from incidents.models import Incident, Participant
from people.mail import send_due_mail
from people.models import RecordEntry
from postmortems.commands import plan_meeting, share_draft, submit_postmortem
from postmortems.errors import NotMovable
from postmortems.models import Postmortem
from tests.factories import IncidentFactory, ParticipantFactory, PostmortemFactory, UserFactory
from tests.postmortems.conftest import HTMX

NOON = datetime(2026, 3, 4, 11, tzinfo=UTC)
PLAN, SHARE, PAGE = "/postmortems/7/plan-meeting/", "/postmortems/7/share-draft/", "/postmortems/7/"


def test_plan_sets_time_place_and_facilitator_and_tells_open_pages(signed_in, draft, facilitator, announced, recorded):
    answer = signed_in.post(
        PLAN,
        {"meeting_at": "2026-03-04T12:00", "meeting_place": "Room 3", "facilitator": facilitator.pk},
        headers=HTMX,
    )

    draft.refresh_from_db()
    assert answer.status_code == 204
    assert (draft.meeting_at, draft.meeting_place, draft.facilitator) == (NOON, "Room 3", facilitator)
    assert announced == ["meetingChanged"]
    assert [verb for verb, _ in recorded(draft)] == ["postmortem.meeting_planned"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"meeting_at": "tomorrow"}, "Write a date and a time"),
        ({"meeting_at": "2026-03-29T02:30"}, "02:30 never was on this day"),
        ({"facilitator": "4711"}, "There is no such person any more"),
    ],
)
def test_wrong_input_is_told_and_what_was_typed_stays(signed_in, draft, wrong, sentence):
    answer = signed_in.post(PLAN, {"meeting_place": "Room 3", **wrong})

    page = answer.content.decode()
    assert (answer.status_code, sentence in page, 'value="Room 3"' in page) == (422, True, True)
    draft.refresh_from_db()
    assert (draft.meeting_at, draft.meeting_place) == (None, "")


def test_two_people_who_plan_different_things_both_succeed_and_the_same_one_is_told(draft, member):
    seen = {"meeting_at": None, "meeting_place": ""}
    plan_meeting(draft, by=UserFactory(), seen=seen, wanted={"meeting_at": NOON, "meeting_place": ""})

    plan_meeting(draft, by=member, seen=seen, wanted={"meeting_at": None, "meeting_place": "Room 3"})
    with pytest.raises(EditConflict) as conflict:
        plan_meeting(draft, by=member, seen=seen, wanted={"meeting_place": "Room 4"})

    draft.refresh_from_db()
    assert (draft.meeting_at, draft.meeting_place) == (NOON, "Room 3")
    assert conflict.value.theirs == {"meeting_place": "Room 3"}


def test_plan_of_a_closed_post_mortem_is_refused(closed, member):
    with pytest.raises(NotMovable):
        plan_meeting(closed, by=member, seen={}, wanted={"meeting_place": "Room 3"})


def test_nobody_facilitates_who_may_not_see_it(client, administrator, hidden):
    stranger = UserFactory()
    client.force_login(administrator)

    answer = client.post("/postmortems/9/plan-meeting/", {"facilitator": stranger.pk})

    assert (answer.status_code, "cannot see this restricted incident" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(("role", "is_warned"), [("responder", True), ("commander", True), ("invited", False)])
def test_facilitator_who_worked_on_the_incident_is_told_to_the_room(signed_in, draft, facilitator, role, is_warned):
    ParticipantFactory(incident=draft.incident, user=facilitator, role=Participant.Role(role))
    plan_meeting(draft, by=facilitator, seen={}, wanted={"facilitator": facilitator})

    assert ("The facilitator worked on this incident" in signed_in.get(PAGE).content.decode()) is is_warned


def test_share_stops_the_clock_once_and_goes_on_record(signed_in, draft, recorded):
    with time_machine.travel(NOON, tick=False):
        signed_in.post(SHARE)

    draft.refresh_from_db()
    assert draft.draft_shared_at == NOON
    assert [verb for verb, _ in recorded(draft)] == ["postmortem.draft_shared"]
    refused = signed_in.post(SHARE, headers=HTMX)
    assert (refused.status_code, "has shared the draft already" in refused.content.decode()) == (422, True)


def test_sharing_brings_the_draft_to_those_who_took_part_once(draft, member, facilitator, mailoutbox):
    Postmortem.objects.filter(pk=draft.pk).update(facilitator=facilitator, meeting_at=NOON, meeting_place="Room 3")
    responder = ParticipantFactory(
        incident=draft.incident, user__email="rosa@harbour.example", user__time_zone="Europe/Copenhagen"
    ).user
    UserFactory(email="elsewhere@harbour.example")

    share_draft(draft, by=member)
    submit_postmortem(draft, by=member)
    send_due_mail()

    told = {mail.to[0]: mail for mail in mailoutbox}
    assert set(told) == {responder.email, facilitator.email}
    assert len(mailoutbox) == 2
    assert "Wednesday, 4 March, 12:00: Room 3" in told[responder.email].body
    assert "/postmortems/7/" in told[responder.email].body


def test_a_shared_draft_is_not_told_to_whom_the_incident_was_hidden_meanwhile(draft, member, mailoutbox):
    outsider = UserFactory()
    Postmortem.objects.filter(pk=draft.pk).update(facilitator=outsider)

    share_draft(draft, by=member)
    Incident.objects.filter(pk=draft.incident_id).update(is_restricted=True)
    send_due_mail()

    assert mailoutbox == []


def test_published_needs_no_sharing(published, member):
    with pytest.raises(NotMovable):
        share_draft(published, by=member)


@pytest.mark.parametrize("was_shared", [True, False])
def test_submitting_shares_the_draft_unless_it_was_shared_before(draft, member, was_shared):
    draft.draft_shared_at = NOON if was_shared else None
    draft.save()

    with time_machine.travel(NOON.replace(hour=15), tick=False):
        submit_postmortem(draft, by=member)

    draft.refresh_from_db()
    assert draft.draft_shared_at.hour == (11 if was_shared else 15)


def test_page_shows_clocks_meeting_and_memory_and_warns_while_the_incident_goes_on(signed_in, draft):
    install_severity_policies()
    with time_machine.travel(datetime(2026, 3, 5, 9, tzinfo=UTC), tick=False):
        page = signed_in.get(PAGE).content.decode()
        draft.incident.resolved_at = None
        draft.incident.save()
        before = signed_in.get("/postmortems/7/standing/", headers=HTMX).content.decode()

    assert "late by 17 h 30 min" in page
    assert "3 days since it was resolved" in page
    assert "No meeting is set yet" in page
    assert ("The incident still goes on" in page, "The incident still goes on" in before) == (False, True)
    assert "starts when it is resolved" in before


def test_standing_of_a_viewer_offers_nothing(client, viewer, draft):
    client.force_login(viewer)

    page = client.get(PAGE).content.decode()

    assert (PLAN in page, SHARE in page) == (False, False)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("which", ["late", "forgotten"])
def test_list_narrows_to_late_and_forgotten_in_as_many_queries(signed_in, django_assert_num_queries, warm, rows, which):
    install_severity_policies()
    for number in range(1, rows + 1):
        PostmortemFactory(incident=IncidentFactory(number=number))
    PostmortemFactory(published=True, incident=IncidentFactory(number=9, title="Canary"))
    warm(signed_in)

    with django_assert_num_queries(8 if which == "late" else 7):
        page = signed_in.get("/postmortems/", {"clocks": which}).content.decode()

    assert (page.count('class="table-title"'), "Canary" in page) == (rows, False)
    assert RecordEntry.objects.count() == 0
