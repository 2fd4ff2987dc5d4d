"""Events of the same time change places; between times it is time that orders."""

import pytest

from people.models import RecordEntry
from postmortems.commands import edit_event, move_event
from postmortems.errors import NotMovable
from tests.factories import STARTED_AT, PostmortemFactory, TimelineEventFactory
from tests.postmortems.conftest import ROW

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(draft):
    return [TimelineEventFactory(postmortem=draft, text=text) for text in ("one", "two", "three")]


def order(postmortem):
    return [event.text for event in postmortem.timeline_events.all()]


@pytest.mark.parametrize(
    ("which", "after", "expected"),
    [
        (2, None, ["three", "one", "two"]),
        (0, 2, ["two", "three", "one"]),
        (2, 0, ["one", "three", "two"]),
    ],
)
def test_move_puts_it_behind_another_and_tells_everybody_the_places(
    draft, three, member, frames, which, after, expected
):
    move_event(three[which], by=member, after=None if after is None else three[after].pk)

    assert order(draft) == expected
    places = {place["row"]: (place["position"], place["version"]) for place in frames[0]["rows"]}
    assert (frames[0]["event"], frames[0]["list"]) == ("rowsMoved", "timeline")
    assert (
        places.items()
        <= {f"event-{event.pk}": (event.position, event.version) for event in draft.timeline_events.all()}.items()
    )
    assert RecordEntry.objects.about(draft).get().verb == "timeline_event.moved"


def test_move_to_where_it_stands_tells_nobody(draft, three, member, frames):
    move_event(three[1], by=member, after=three[0].pk)
    frames.clear()

    move_event(three[1], by=member, after=three[0].pk)

    assert frames == []
    assert order(draft) == ["one", "two", "three"]


def test_events_of_unknown_time_move_too(draft, three, member):
    draft.timeline_events.update(occurred_at=None)

    move_event(three[0], by=member, after=three[2].pk)

    assert order(draft) == ["two", "three", "one"]


def test_move_behind_an_event_of_another_time_is_refused(draft, three, member):
    later = TimelineEventFactory(postmortem=draft, text="later", occurred_at=STARTED_AT.replace(hour=20))
    elsewhere = TimelineEventFactory(postmortem=PostmortemFactory(incident__number=70))

    for other in (later, elsewhere):
        with pytest.raises(NotMovable):
            move_event(three[0], by=member, after=other.pk)

    assert order(draft) == ["one", "two", "three", "later"]


def test_an_event_that_is_given_the_time_of_others_goes_behind_them(draft, three, member):
    move_event(three[2], by=member, after=None)
    early = TimelineEventFactory(postmortem=draft, text="early", occurred_at=STARTED_AT.replace(hour=1))

    edit_event(early, by=member, seen={}, wanted={"occurred_at": STARTED_AT})

    assert order(draft) == ["three", "one", "two", "early"]


@pytest.mark.parametrize("headers", [{}, ROW], ids=["plain", "row"])
def test_the_address_moves_it(signed_in, draft, three, headers):
    response = signed_in.post(f"/postmortems/7/timeline/{three[2].pk}/move/", {"after": ""}, headers=headers)

    assert response.status_code == (200 if headers else 302)
    assert order(draft) == ["three", "one", "two"]


@pytest.mark.parametrize("after", ["x", "-1", "0", "999999999", str(2**80)])
def test_a_place_that_is_none_is_refused(signed_in, draft, three, after):
    response = signed_in.post(f"/postmortems/7/timeline/{three[2].pk}/move/", {"after": after}, headers=ROW)

    assert response.status_code == 422
    assert len(response.json()["problems"]) == 1
    assert order(draft) == ["one", "two", "three"]


def test_without_a_script_the_form_of_the_event_moves_it(signed_in, draft, three):
    page = signed_in.get(f"/postmortems/7/timeline/{three[1].pk}/edit/").text

    assert "Move up" in page
    assert f'<input type="hidden" name="after" value="{three[2].pk}">' in page
    assert "Move down" not in signed_in.get(f"/postmortems/7/timeline/{three[2].pk}/edit/").text


def test_a_viewer_moves_nothing(client, viewer, draft, three):
    client.force_login(viewer)

    assert client.post(f"/postmortems/7/timeline/{three[2].pk}/move/", {"after": ""}, headers=ROW).status_code == 403
    assert order(draft) == ["one", "two", "three"]


def test_nothing_moves_once_it_is_closed(closed, member):
    event = TimelineEventFactory(postmortem=closed)

    with pytest.raises(NotMovable):
        move_event(event, by=member, after=None)
