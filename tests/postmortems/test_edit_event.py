import pytest

from core.edits import EditConflict
from people.models import RecordEntry
from postmortems.commands import edit_event
from postmortems.errors import NotMovable
from tests.factories import STARTED_AT, PostmortemFactory, TimelineEventFactory

pytestmark = pytest.mark.django_db
SEEN = {"text": "The first alert fires.", "who": "", "kind": "other", "effect": "", "source": ""}


@pytest.fixture
def event(draft):
    return TimelineEventFactory(postmortem=draft)


@pytest.fixture
def url(event):
    return f"/postmortems/7/timeline/{event.pk}/edit/"


def answer(**changes):
    """What the form sends: what was seen, and with `changes` what is wanted."""
    seen = {"occurred_at": STARTED_AT.isoformat(), **SEEN}
    wanted = {**SEEN, "occurred_at": "2026-03-02T15:00", **changes}
    return {f"seen-{name}": value for name, value in seen.items()} | wanted


def test_edit_saves_what_changed_keeps_both_states_on_record_and_tells_open_pages(event, member, announced):
    edit_event(event, by=member, seen=SEEN, wanted=SEEN | {"who": "alert"})

    event.refresh_from_db()
    assert event.who == "alert"
    entry = RecordEntry.objects.about(event.postmortem).get()
    assert (entry.verb, entry.details["before"], entry.details["after"]) == (
        "timeline_event.edited",
        {"who": ""},
        {"who": "alert"},
    )
    assert announced == ["rowChanged"]


def test_edits_of_different_fields_both_win(event, member):
    edit_event(event, by=member, seen=SEEN, wanted=SEEN | {"who": "alert"})
    edit_event(event, by=member, seen=SEEN, wanted=SEEN | {"effect": "On-call is paged"})

    event.refresh_from_db()
    assert (event.who, event.effect) == ("alert", "On-call is paged")


def test_edits_of_one_field_conflict_and_the_second_changes_nothing(event, member):
    edit_event(event, by=member, seen=SEEN, wanted=SEEN | {"who": "alert"})

    with pytest.raises(EditConflict) as error:
        edit_event(event, by=member, seen=SEEN, wanted=SEEN | {"who": "a customer", "effect": "Trouble"})

    assert error.value.theirs == {"who": "alert"}
    event.refresh_from_db()
    assert (event.who, event.effect) == ("alert", "")


def test_edit_in_a_closed_post_mortem_is_refused(closed, member):
    event = TimelineEventFactory(postmortem=closed)

    with pytest.raises(NotMovable):
        edit_event(event, by=member, seen=SEEN, wanted=SEEN | {"who": "alert"})


def test_the_form_brings_what_is_true_now_and_what_was_seen(signed_in, event, url):
    page = signed_in.get(url).content.decode()

    assert "<h1>Edit the event</h1>" in page
    assert 'value="2026-03-02T15:00"' in page
    assert 'name="seen-text" value="The first alert fires."' in page


def test_an_edit_that_changes_nothing_leaves_no_trace(event, member, announced):
    edit_event(event, by=member, seen=SEEN, wanted=SEEN)

    assert not RecordEntry.objects.about(event.postmortem).exists()
    assert announced == []


def test_the_form_saves_and_leads_back(signed_in, event, url):
    assert signed_in.post(url, answer(who="alert")).headers["Location"] == "/postmortems/7/#timeline"
    event.refresh_from_db()
    assert event.who == "alert"


def test_the_form_shows_both_values_when_two_people_changed_one_field(signed_in, event, url, facilitator):
    edit_event(event, by=facilitator, seen=SEEN, wanted=SEEN | {"text": "Theirs"})

    response = signed_in.post(url, answer(text="Mine"))

    assert response.status_code == 409
    page = response.content.decode()
    assert "Mine</textarea>" in page
    assert "“Theirs”" in page
    assert 'name="seen-text" value="Theirs"' in page
    event.refresh_from_db()
    assert event.text == "Theirs"


def test_an_event_of_unknown_time_may_stay_so(signed_in, event, url):
    event.occurred_at = None
    event.save()

    signed_in.post(url, answer(who="alert", occurred_at="") | {"seen-occurred_at": ""})

    event.refresh_from_db()
    assert (event.who, event.occurred_at) == ("alert", None)


def test_a_known_time_may_not_be_taken_away(signed_in, event, url):
    response = signed_in.post(url, answer(occurred_at=""))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["occurred_at"]


def test_an_event_of_another_post_mortem_is_not_there(signed_in, draft):
    other = TimelineEventFactory(postmortem=PostmortemFactory(incident__number=70))

    assert signed_in.post(f"/postmortems/7/timeline/{other.pk}/edit/", answer(who="alert")).status_code == 404


def test_a_viewer_edits_nothing(client, viewer, event, url):
    client.force_login(viewer)

    assert client.get(url).status_code == 403
    assert client.post(url, answer(who="alert")).status_code == 403
    event.refresh_from_db()
    assert event.who == ""


def test_a_stranger_finds_nothing_to_edit(signed_in, hidden):
    event = TimelineEventFactory(postmortem=hidden)

    assert signed_in.get(f"/postmortems/9/timeline/{event.pk}/edit/").status_code == 404
