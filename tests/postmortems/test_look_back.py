"""What was known then: nothing of what came after, in no corner of the page."""

from datetime import UTC, datetime, timedelta

import pytest

from postmortems.lane import Mark, Story
from postmortems.then import Hindsight, is_seen_by
from tests.factories import STARTED_AT, TimelineEventFactory

START = datetime(2026, 3, 2, 14, 0, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
URL = "/postmortems/7/timeline/then/"
STORY = Story(
    [
        Mark(START, "alert", "detection", who="pager"),
        Mark(START + 10 * MINUTE, "roll back", "decision", who="Mira Okafor"),
        Mark(START + 30 * MINUTE, "all is well, thanks to Mira", "other", who="Jonas Weber"),
    ],
    {"started_at": START - MINUTE, "detected_at": START, "resolved_at": START + 30 * MINUTE},
)


@pytest.mark.parametrize(
    ("minute", "who", "texts", "earlier", "later", "to_come"),
    [
        (0, "", [], None, 1, 3),
        (1, "", ["alert"], None, 11, 2),
        (10, "", ["alert"], 1, 11, 2),
        (11, "", ["alert", "roll back"], 1, 31, 1),
        (999, "", ["alert", "roll back", "all is well, thanks to Mira"], 11, None, 0),
        (20, "Mira Okafor", ["roll back"], 11, 31, 1),
        (20, "Jonas Weber", [], None, 31, 1),
    ],
)
def test_a_minute_knows_what_came_before_it_alone(minute, who, texts, earlier, later, to_come):
    known = Hindsight(STORY).known(minute, who)

    assert [mark.text for mark in known.story.marks] == texts
    assert (known.earlier, known.later, known.to_come_count) == (earlier, later, to_come)


def test_when_it_began_was_found_out_later_and_its_end_is_still_to_come():
    assert list(Hindsight(STORY).known(11).story.instants) == ["detected_at", "now"]


@pytest.mark.parametrize(
    ("kind", "who", "text", "is_seen"),
    [
        ("action", "Mira Okafor", "x", True),
        ("action", "Jonas", "calls Mira", True),
        ("action", "Jonas", "calls Ada", False),
        ("communication", "Jonas", "tells everybody", True),
    ],
)
def test_one_person_saw_their_own_what_names_them_and_what_was_told_to_all(kind, who, text, is_seen):
    assert is_seen_by(Mark(START, text, kind, who=who), "Mira Okafor") is is_seen


@pytest.fixture
def three(draft):
    for number in range(3):
        TimelineEventFactory(
            postmortem=draft,
            occurred_at=STARTED_AT + number * 10 * MINUTE,
            text=f"Canary {number}",
            who=f"Person {number}",
        )


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_the_page_hides_the_outcome_in_its_source_too(signed_in, draft, three, headers):
    page = signed_in.get(URL, {"minute": 12}, headers=headers).text

    assert ("Canary 0" in page, "Canary 1" in page, "Canary 2" in page) == (True, True, False)
    assert draft.incident.title not in page
    assert "resolved" not in page
    assert "1 event still to come" not in page
    assert "1 event still to come" in signed_in.get(URL, {"minute": 12, "count": "on"}, headers=headers).text


@pytest.mark.django_db
def test_without_a_script_the_next_event_is_a_button_of_the_form(signed_in, draft, three):
    page = signed_in.get(URL).text
    assert '<button class="button" data-size="small" name="minute" value="10" data-then-minute>' in page

    assert "Canary 1" in signed_in.get(f"{URL}?minute=0&who=&minute=10").text


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["minute=-4", "minute=x", "minute=99999999999", "who=Nobody", "count=maybe&minute=5"])
def test_nonsense_in_the_address_asks_for_nothing(signed_in, draft, three, query):
    assert signed_in.get(f"{URL}?{query}").status_code == 200


@pytest.mark.django_db
def test_an_empty_timeline_says_so(signed_in, draft):
    assert "No event with a time yet" in signed_in.get(URL).text
    assert signed_in.get(URL, headers={"HX-Request": "true"}).status_code == 200
