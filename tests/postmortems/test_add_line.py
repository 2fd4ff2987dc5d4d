"""One line below the timeline: what it becomes, what is told before, and what comes back."""

import pytest

from postmortems.models import LineZone, TimelineEvent
from tests.factories import STARTED_AT, ParticipantFactory, TimelineEventFactory, UserFactory
from tests.postmortems.conftest import ROW

pytestmark = pytest.mark.django_db
URL = "/postmortems/7/timeline/line/"
LINE = {"words": "15:32 @Mira restarted it *", "zone": "Europe/Berlin"}


def test_a_line_becomes_an_event_with_what_it_says(signed_in, draft):
    ParticipantFactory(incident=draft.incident, user=UserFactory(name="Mira Okafor"))
    UserFactory(name="Mira Lind")

    response = signed_in.post(URL, LINE)

    assert response.headers["Location"] == "/postmortems/7/#line-words"
    event = TimelineEvent.objects.get()
    assert event.occurred_at == STARTED_AT.replace(minute=32)
    assert (event.text, event.who, event.kind, event.is_key) == ("restarted it", "Mira Okafor", "action", True)


def test_each_goes_on_from_their_own_last_line(signed_in, draft, member):
    TimelineEventFactory(postmortem=draft, added_by=member, occurred_at=STARTED_AT.replace(minute=10))
    TimelineEventFactory(postmortem=draft, occurred_at=STARTED_AT.replace(hour=20))

    signed_in.post(URL, LINE | {"words": "+5 min and then"})

    assert draft.timeline_events.get(text="and then").occurred_at == STARTED_AT.replace(minute=15)


def test_the_zone_of_the_last_line_is_kept_for_that_person_on_that_document(signed_in, draft, member):
    signed_in.post(URL, {"words": "15:32 it broke", "zone": "Asia/Tokyo"})
    signed_in.post(URL, {"words": "15:33 it broke", "zone": "UTC"})

    assert list(LineZone.objects.values_list("postmortem", "user", "zone")) == [(draft.pk, member.pk, "UTC")]
    assert '<option value="UTC" selected>' in signed_in.get("/postmortems/7/").text


def test_from_the_page_the_answer_is_what_everybody_is_told(signed_in, draft, frames):
    response = signed_in.post(URL, LINE, headers=ROW)

    assert [response.json()] == frames


def test_the_preview_tells_the_time_in_both_zones_and_writes_nothing(signed_in, draft, django_assert_num_queries):
    ParticipantFactory(incident=draft.incident, user=UserFactory(name="Mira Okafor"))

    words = signed_in.post(f"{URL}preview/", LINE, headers=ROW).json()["html"]

    assert "<strong>2 Mar 14:32 UTC</strong> (15:32 your time)" in words
    assert "Mira Okafor" in words
    assert not TimelineEvent.objects.exists()
    assert not LineZone.objects.exists()


def test_the_preview_says_what_is_wrong(signed_in, draft):
    html = signed_in.post(f"{URL}preview/", LINE | {"words": "25:00 <b>"}, headers=ROW).json()["html"]

    assert "“25:00” is no time of day" in html
    assert "<b>" not in html


@pytest.mark.parametrize(("field", "value"), [("words", ""), ("words", "14:75 x"), ("zone", "Mars/Base"), ("zone", "")])
@pytest.mark.parametrize("headers", [{}, ROW], ids=["plain", "row"])
def test_a_refused_line_comes_back_with_the_reason(signed_in, draft, headers, field, value):
    response = signed_in.post(URL, LINE | {field: value}, headers=headers)

    assert response.status_code == 422
    assert list(response.context["line_form"].errors) == [field]
    if field == "zone":
        assert "15:32 @Mira restarted it *" in (response.json()["form"] if headers else response.text)
    assert not TimelineEvent.objects.exists()


@pytest.mark.parametrize("path", [URL, f"{URL}preview/"])
def test_a_viewer_writes_no_line(client, viewer, draft, path):
    client.force_login(viewer)

    assert client.post(path, LINE).status_code == 403
    assert not TimelineEvent.objects.exists()


def test_the_star_is_set_and_taken_off_as_a_field_of_the_row(signed_in, draft):
    event = TimelineEventFactory(postmortem=draft)
    url = f"/postmortems/7/timeline/{event.pk}/edit/field/"

    marked = signed_in.post(url, {"field": "is_key", "is_key": "on", "seen-is_key": ""}, headers=ROW)
    assert "★" in marked.json()["html"]
    signed_in.post(url, {"field": "is_key", "is_key": "", "seen-is_key": "on"}, headers=ROW)

    event.refresh_from_db()
    assert event.is_key is False


def test_evidence_is_shown_as_a_link_with_its_host(signed_in, draft):
    TimelineEventFactory(postmortem=draft, source='https://grafana.example/d/1?a="b"')

    page = signed_in.get("/postmortems/7/").text

    assert 'title="https://grafana.example/d/1?a=&quot;b&quot;">grafana.example</a>' in page
