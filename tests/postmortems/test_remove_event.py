import pytest

from people.models import RecordEntry
from postmortems.commands import remove_event
from postmortems.errors import NotMovable
from postmortems.models import TimelineEvent
from tests.factories import TimelineEventFactory
from tests.postmortems.conftest import ROW

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(draft):
    return TimelineEventFactory(postmortem=draft, who="alert")


@pytest.fixture
def url(event):
    return f"/postmortems/7/timeline/{event.pk}/remove/"


def test_remove_keeps_on_record_what_the_event_said(event, draft, member, announced):
    remove_event(event, by=member)

    assert not TimelineEvent.objects.exists()
    entry = RecordEntry.objects.about(draft).get()
    assert (entry.verb, entry.by, entry.details["text"], entry.details["who"]) == (
        "timeline_event.removed",
        member,
        "The first alert fires.",
        "alert",
    )
    assert announced == ["rowRemoved"]


def test_remove_from_a_closed_post_mortem_is_refused(closed, member):
    event = TimelineEventFactory(postmortem=closed)

    with pytest.raises(NotMovable):
        remove_event(event, by=member)

    assert TimelineEvent.objects.get() == event


def test_looking_at_the_address_asks_and_removes_nothing(signed_in, event, url):
    page = signed_in.get(url).content.decode()

    assert "Remove this event?" in page
    assert TimelineEvent.objects.get() == event


def test_from_the_page_the_answer_is_what_everybody_is_told(signed_in, event, url, frames):
    response = signed_in.post(url, headers=ROW)

    assert response.status_code == 200
    assert [response.json()] == frames
    assert (frames[0]["event"], frames[0]["row"], frames[0]["by"]) == ("rowRemoved", f"event-{event.pk}", "Mira Member")
    assert frames[0]["version"] > event.version
    assert not TimelineEvent.objects.exists()


def test_removing_what_is_just_being_removed_says_so(event, member):
    stale = TimelineEvent.objects.get()
    stale.postmortem = event.postmortem
    remove_event(event, by=member)

    with pytest.raises(NotMovable) as error:
        remove_event(stale, by=member)

    assert error.value.reasons == ("Somebody has removed this event meanwhile.",)


def test_without_htmx_removing_leads_back(signed_in, url):
    assert signed_in.post(url).headers["Location"] == "/postmortems/7/#timeline"
    assert not TimelineEvent.objects.exists()


def test_removing_what_somebody_else_has_removed_finds_nothing(signed_in, url):
    signed_in.post(url)

    assert signed_in.post(url, headers=ROW).status_code == 404


def test_a_viewer_removes_nothing(client, viewer, event, url):
    client.force_login(viewer)

    assert client.post(url).status_code == 403
    assert TimelineEvent.objects.get() == event


def test_a_stranger_finds_nothing_to_remove(signed_in, hidden):
    event = TimelineEventFactory(postmortem=hidden)

    assert signed_in.post(f"/postmortems/9/timeline/{event.pk}/remove/").status_code == 404
    assert TimelineEvent.objects.get() == event
