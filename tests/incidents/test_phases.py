from datetime import UTC, datetime, timedelta

import pytest

from incidents.phases import NOT_ASKED_FOR, Facts, Phase, course_of, phase_of

RESOLVED_AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
NOW = RESOLVED_AT + timedelta(days=2)
OVER, AHEAD = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"resolved_at": None}, Phase.RESPOND),
        ({"resolved_at": None, "mitigated_at": OVER}, Phase.RESOLVE),
        ({"resolved_at": None, "status": "draft"}, Phase.RESPOND),
        ({}, Phase.COOL_DOWN),
        ({"cool_until": OVER}, Phase.COOL_DOWN),
        ({"cool_until": AHEAD, "status": "draft"}, Phase.COOL_DOWN),
        ({"cool_until": OVER, "status": "draft"}, Phase.POSTMORTEM),
        ({"status": "draft"}, Phase.POSTMORTEM),
        ({"cool_until": AHEAD, "status": "draft", "meeting_at": OVER}, Phase.POSTMORTEM),
        ({"cool_until": AHEAD, "status": "draft", "meeting_at": AHEAD}, Phase.COOL_DOWN),
        ({"cool_until": AHEAD, "status": "in_review"}, Phase.POSTMORTEM),
        ({"status": "published"}, Phase.FOLLOW_UP),
        ({"status": "closed"}, Phase.DONE),
        ({"is_needed": False}, Phase.DONE),
        ({"is_needed": False, "resolved_at": None}, Phase.RESPOND),
    ],
)
def test_phase_follows_from_the_record(facts, expected):
    assert phase_of(Facts(**{"resolved_at": RESOLVED_AT, **facts}), now=NOW) == expected


def test_course_tells_when_past_phases_ended_and_what_the_present_one_asks():
    course = course_of(Facts(resolved_at=RESOLVED_AT, status="published", published_at=OVER), now=NOW)

    assert [(step.state, step.at) for step in course.steps] == [
        ("past", RESOLVED_AT), ("past", RESOLVED_AT), ("past", None), ("past", OVER), ("current", None),
    ]  # fmt: skip
    assert (course.name, course.asks[:5]) == ("Follow up", "Bring")


def test_course_of_an_incident_that_needs_no_review_leaves_the_rest_out():
    course = course_of(Facts(resolved_at=RESOLVED_AT, is_needed=False), now=NOW)

    assert [step.state for step in course.steps] == ["past", "past", "skipped", "skipped", "skipped"]
    assert course.asks == NOT_ASKED_FOR
