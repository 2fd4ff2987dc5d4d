from datetime import UTC, datetime

import pytest

from people.models import RecordEntry
from postmortems.commands import add_event
from postmortems.errors import NotMovable
from postmortems.models import TimelineEvent
from tests.factories import STARTED_AT, TimelineEventFactory
from tests.postmortems.conftest import ROW

pytestmark = pytest.mark.django_db
URL = "/postmortems/7/timeline/add/"
ANSWER = {"new-occurred_at": "2026-03-02T15:00", "new-text": "The first alert fires.", "new-kind": "detection"}


def test_add_puts_a_fact_on_the_timeline_and_tells_open_pages(draft, member, announced):
    event = add_event(draft, by=member, text="The first alert fires.", occurred_at=STARTED_AT, who="alert")

    assert draft.timeline_events.get() == event
    assert (event.added_by, event.who, event.kind) == (member, "alert", "other")
    entry = RecordEntry.objects.about(draft).get()
    assert (entry.verb, entry.details["text"]) == ("timeline_event.added", "The first alert fires.")
    assert announced == ["rowChanged"]


def test_add_to_a_closed_post_mortem_is_refused(closed, member, announced):
    with pytest.raises(NotMovable) as error:
        add_event(closed, by=member, text="Too late.", occurred_at=STARTED_AT)

    assert error.value.reasons == ("This post-mortem is closed: reopen it before you change its timeline.",)
    assert not TimelineEvent.objects.exists()
    assert announced == []


def test_events_stand_in_the_order_in_which_they_happened_the_unknown_ones_last(draft):
    for text, at in [("late", STARTED_AT.replace(hour=20)), ("unknown", None), ("early", STARTED_AT)]:
        TimelineEventFactory(postmortem=draft, text=text, occurred_at=at)

    assert [event.text for event in draft.timeline_events.all()] == ["early", "late", "unknown"]


def test_the_form_adds_an_event_at_local_time(signed_in, draft):
    response = signed_in.post(URL, ANSWER)

    assert response.headers["Location"] == "/postmortems/7/#timeline"
    event = TimelineEvent.objects.get()
    assert (event.occurred_at, event.kind) == (STARTED_AT, "detection")


def test_from_the_page_the_answer_is_what_everybody_is_told(signed_in, draft, frames):
    response = signed_in.post(URL, ANSWER, headers=ROW)

    assert response.status_code == 200
    assert [response.json()] == frames
    assert frames[0]["row"] == f"event-{draft.timeline_events.get().pk}"
    assert "The first alert fires." in frames[0]["html"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "x" * 4001),
        ("occurred_at", ""),
        ("occurred_at", "soon"),
        ("occurred_at", "2026-03-29T02:30"),
        ("occurred_at", "2026-10-25T02:30"),
        ("kind", "weather"),
        ("who", "x" * 121),
        ("source", "x" * 501),
    ],
)
@pytest.mark.parametrize("headers", [{}, ROW], ids=["plain", "row"])
def test_the_form_refuses_what_cannot_be_kept_and_loses_nothing(signed_in, draft, headers, field, value):
    response = signed_in.post(URL, ANSWER | {"new-source": "pager log", f"new-{field}": value}, headers=headers)

    assert response.status_code == 422
    assert list(response.context["event_form"].errors) == [field]
    kept = "2026-03-02T15:00" if field != "occurred_at" else "The first alert fires."
    assert kept in (response.json()["form"] if headers else response.text)
    assert not TimelineEvent.objects.exists()


def test_a_later_one_of_the_same_time_goes_behind_the_others(draft, member):
    first, second = (TimelineEventFactory(postmortem=draft, position=position) for position in (3, 1))

    third = add_event(draft, by=member, text="Third", occurred_at=STARTED_AT)

    assert list(draft.timeline_events.all()) == [second, first, third]


def test_an_hour_that_autumn_repeats_is_kept_as_chosen(signed_in, draft):
    signed_in.post(URL, ANSWER | {"new-occurred_at": "2026-10-25T02:30", "new-occurred_at_fold": "1"})

    assert TimelineEvent.objects.get().occurred_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_viewer_adds_nothing(client, viewer, draft):
    client.force_login(viewer)

    assert client.post(URL, ANSWER).status_code == 403
    assert not TimelineEvent.objects.exists()


def test_nobody_adds_to_a_closed_post_mortem(facilitating, closed):
    assert facilitating.post(URL, ANSWER).status_code == 403
    assert not TimelineEvent.objects.exists()


def test_a_stranger_finds_no_timeline_to_add_to(signed_in, hidden):
    assert signed_in.post("/postmortems/9/timeline/add/", ANSWER).status_code == 404
    assert not TimelineEvent.objects.exists()
