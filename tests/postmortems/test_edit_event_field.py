"""A field of a row, edited in its place."""

from datetime import UTC, datetime

import pytest

from people.models import RecordEntry
from postmortems.commands import edit_event
from tests.factories import STARTED_AT, PostmortemFactory, TimelineEventFactory
from tests.postmortems.conftest import ROW

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(draft):
    return TimelineEventFactory(postmortem=draft, who="alert")


@pytest.fixture
def write(signed_in, event):
    """Write one field, having seen `seen` in it."""

    def to(field, value, *, seen, **more):
        data = {"field": field, field: value, f"seen-{field}": seen, **more}
        return signed_in.post(f"/postmortems/7/timeline/{event.pk}/edit/field/", data, headers=ROW)

    return to


@pytest.mark.parametrize(
    ("field", "seen", "value", "stored"),
    [
        ("occurred_at", STARTED_AT.isoformat(), "2026-03-02T16:30", STARTED_AT.replace(hour=15, minute=30)),
        (
            "text",
            "The first alert fires.",
            "Two alerts fire.\r\nNobody hears them.",
            "Two alerts fire.\nNobody hears them.",
        ),
        ("who", "alert", "on-call", "on-call"),
        ("who", "alert", "", ""),
        ("kind", "other", "detection", "detection"),
        ("effect", "", "On-call is paged", "On-call is paged"),
        ("source", "", "https://pager.example/7", "https://pager.example/7"),
    ],
)
def test_each_field_is_saved_alone_and_shown_to_everybody(write, event, member, frames, field, seen, value, stored):
    before = event.version

    response = write(field, value, seen=seen)

    event.refresh_from_db()
    assert (response.status_code, getattr(event, field)) == (200, stored)
    assert [response.json()] == frames
    assert frames[0].keys() == {"event", "list", "row", "version", "by", "html"}
    assert (frames[0]["row"], frames[0]["by"]) == (f"event-{event.pk}", str(member))
    assert frames[0]["version"] == event.version > before
    entry = RecordEntry.objects.about(event.postmortem).get()
    assert (entry.verb, list(entry.details["after"])) == ("timeline_event.edited", [field])


def test_the_row_is_told_in_utc_whoever_wrote_it(write, event, frames):
    write("who", "on-call", seen="alert")

    html = frames[0]["html"]
    assert '<time class="time" datetime="2026-03-02T14:00:00+00:00" data-clock>14:00</time>' in html
    assert "csrf" not in html
    assert 'value="' not in html.replace('data-value="', "")


def test_what_changes_nothing_is_told_to_nobody(write, event, frames):
    response = write("who", "alert", seen="alert")

    assert (response.status_code, response.json()) == (200, {"row": f"event-{event.pk}", "version": event.version})
    assert frames == []
    assert not RecordEntry.objects.about(event.postmortem).exists()


def test_somebody_else_in_the_same_field_is_shown_with_name_and_value(write, event, facilitator):
    edit_event(event, by=facilitator, seen={"who": "alert"}, wanted={"who": "a customer"})

    response = write("who", "on-call", seen="alert")

    assert response.status_code == 409
    assert response.json() == {"conflict": {"value": "a customer", "words": "a customer", "by": "Fay Facilitator"}}
    event.refresh_from_db()
    assert event.who == "a customer"


def test_both_times_are_told_so_that_a_person_and_a_script_can_read_them(write, event, facilitator):
    at = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    edit_event(event, by=facilitator, seen={"occurred_at": STARTED_AT}, wanted={"occurred_at": at})

    conflict = write("occurred_at", "2026-03-02T18:00", seen=STARTED_AT.isoformat()).json()["conflict"]

    assert (conflict["value"], conflict["words"]) == ("2026-03-02T15:00:00+00:00", "2 Mar 2026 16:00")


def test_having_seen_theirs_one_replaces_it_knowingly(write, event, facilitator):
    edit_event(event, by=facilitator, seen={"who": "alert"}, wanted={"who": "a customer"})

    assert write("who", "on-call", seen="a customer").status_code == 200
    event.refresh_from_db()
    assert event.who == "on-call"


def test_somebody_else_in_another_field_is_no_conflict(write, event, facilitator):
    edit_event(event, by=facilitator, seen={"text": event.text}, wanted={"text": "Theirs"})

    assert write("who", "on-call", seen="alert").status_code == 200
    event.refresh_from_db()
    assert (event.text, event.who) == ("Theirs", "on-call")


def test_line_ends_that_a_browser_changed_are_no_conflict(write, event):
    type(event).objects.update(text="One\r\nTwo ")

    assert write("text", "One\nTwo\nThree", seen="One\nTwo ").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", " ", "This field is required."),
        ("occurred_at", "soon", "Write a date and a time, such as 2026-03-02 14:05."),
        ("occurred_at", "", "This field is required."),
        ("who", "x" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("kind", "weather", "Select a valid choice. weather is not one of the available choices."),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(write, event, frames, field, value, sentence):
    response = write(field, value, seen="")

    assert response.status_code == 422
    assert response.json()["problems"] == [sentence]
    assert frames == []


def test_an_hour_that_autumn_repeats_asks_which_one(write, event):
    asked = write("occurred_at", "2026-10-25T02:30", seen=STARTED_AT.isoformat())
    told = write("occurred_at", "2026-10-25T02:30", seen=STARTED_AT.isoformat(), occurred_at_fold="1")

    assert (asked.status_code, [value for value, _ in asked.json()["choices"]]) == (422, ["", "0", "1"])
    assert told.status_code == 200
    event.refresh_from_db()
    assert event.occurred_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("field", ["", "added_by", "position", "postmortem", "__class__"])
def test_there_are_no_other_fields(write, field):
    assert write(field, "1", seen="").status_code == 400


def test_once_it_is_closed_the_sentence_says_so(signed_in, closed):
    event = TimelineEventFactory(postmortem=closed)

    response = signed_in.post(
        f"/postmortems/7/timeline/{event.pk}/edit/field/", {"field": "who", "who": "alert"}, headers=ROW
    )

    assert (response.status_code, response.json()) == (
        403,
        {"problems": ["This post-mortem is closed: reopen it first."]},
    )
    event.refresh_from_db()
    assert event.who == ""


def test_a_viewer_and_a_stranger_write_nothing(client, viewer, event, hidden):
    client.force_login(viewer)
    secret = TimelineEventFactory(postmortem=hidden)
    answer = {"field": "who", "who": "me"}

    assert client.post(f"/postmortems/7/timeline/{event.pk}/edit/field/", answer, headers=ROW).status_code == 403
    assert client.post(f"/postmortems/9/timeline/{secret.pk}/edit/field/", answer, headers=ROW).status_code == 404
    event.refresh_from_db()
    assert event.who == "alert"


def test_an_event_of_another_post_mortem_is_not_there(signed_in, draft):
    other = TimelineEventFactory(postmortem=PostmortemFactory(incident__number=70))
    address = f"/postmortems/7/timeline/{other.pk}/edit/field/"

    assert signed_in.post(address, {"field": "who", "who": "me"}, headers=ROW).status_code == 404


def test_a_row_too_large_for_everybody_is_fetched_by_everybody(write, event, frames):
    quotes = "'"
    type(event).objects.update(effect=quotes * 300, source=quotes * 500)

    response = write("text", quotes * 4000, seen="The first alert fires.")

    assert frames == [{"event": "timelineChanged"}]
    assert response.json()["html"].count("&#x27;") > 4000


def test_as_many_queries_for_many_events_as_for_one(write, signed_in, draft, event, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as one:
        write("who", "on-call", seen="alert")
    for _ in range(2):
        TimelineEventFactory(postmortem=draft)
    with django_assert_max_num_queries(len(one)):
        write("who", "alert", seen="on-call")
