"""What a timeline leaves open, asked as questions; and what the room does with them."""

from datetime import UTC, datetime, timedelta

import pytest

from core.edits import EditConflict
from incidents.models import Incident
from people.models import RecordEntry
from postmortems.commands import bring_question_back, fill_instant, set_question_aside
from postmortems.errors import NotMovable
from postmortems.gaps import Told, questions, silences
from postmortems.lane import Mark
from postmortems.models import QuestionSetAside
from tests.factories import STARTED_AT, TimelineEventFactory
from tests.postmortems.conftest import HTMX

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
PARTS = "/postmortems/7/timeline/questions/"


def at(minute):
    return START + timedelta(minutes=minute)


def told(*events, **instants):
    """Events as (minute, kind, text, who); instants as minutes."""
    marks = [
        Mark(at(minute), text, kind, who=who, name=f"event-{number}")
        for number, (minute, kind, text, who) in enumerate(events, start=1)
    ]
    return Told(marks, {f"{name}_at": at(minute) for name, minute in instants.items()})


WHOLE = [(0, "detection", "x", "pager"), (5, "decision", "y", "Ada"), (9, "mitigation", "z", "Ada")]
KNOWN = {
    "started": 0, "first_report": 2, "detected": 0, "acknowledged": 3, "understood": 4, "mitigated": 9, "resolved": 10,
}  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([], []),
        ([0], []),
        ([0, 5, 10], []),
        ([0, 5, 10, 60, 65], [(10, 60)]),
        ([0, 20, 40, 60, 80], []),
        ([0, 1, 2, 30, 31, 32, 60, 61], [(2, 30), (32, 60)]),
        ([0, 5 * 24 * 60, 5 * 24 * 60 + 5], [(0, 5 * 24 * 60)]),
    ],
)
def test_a_silence_is_long_against_the_whole_and_against_what_is_usual(minutes, expected):
    assert silences([at(minute) for minute in minutes]) == [(at(one), at(two)) for one, two in expected]


def test_a_timeline_that_leaves_nothing_open_raises_no_question():
    assert questions(told(*WHOLE, **KNOWN)) == []
    assert questions(told(**KNOWN)) == []


@pytest.mark.parametrize(
    ("events", "changed", "key", "words"),
    [
        ([], {"acknowledged": 25, "resolved": 30}, "late:acknowledged", "25 min lie between detected, {at}, and ack"),
        ([(45, "escalation", "DB team", "Ada")], {"resolved": 50}, "late:escalation:event-4", "called 45 min after"),
        ([], {"started": -30, "detected": -9}, "detected:before", "Detection, {at}, comes before the first event."),
        ([], {"started": -30, "first_report": -9}, "detected:after-report", "Users told us 9 min before we noticed"),
        (
            [(2000, "other", "late", "x")],
            {},
            "outside:event-4",
            "“late” stands at {at}, 1 d 9 h after it was resolved.",
        ),
        ([(-2000, "other", "y", "x")], {}, "outside:event-1", "“y” stands at {at}, 1 d 9 h before the incident began."),
        ([(6, "action", "restart {at}", "")], {}, "who:event-4", "“restart {at}”, {at}: who or what did it?"),
    ],
)
def test_what_is_open_is_asked(events, changed, key, words):
    found = {
        question.key: question.question
        for question in questions(
            told(*sorted([*WHOLE, *events]) if "outside" in key else [*WHOLE, *events], **(KNOWN | changed))
        )
    }

    assert words in found[key]


def test_a_resolution_without_a_decision_or_a_remedy_before_it_is_asked_about():
    found = [question.key for question in questions(told((0, "detection", "x", "pager"), **KNOWN))]

    assert found == ["resolved:no-mitigation", "resolved:no-decision"]


@pytest.mark.parametrize(
    ("unknown", "event"),
    [
        ("detected", (1, "other", "alert fired", "")),
        ("acknowledged", (1, "other", "Ada takes the page", "")),
        ("understood", (1, "diagnosis", "the pool is full", "")),
        ("mitigated", (1, "mitigation", "traffic moved", "")),
        ("resolved", (1, "other", "all clear", "")),
        ("first_report", (1, "other", "customers call support", "")),
    ],
)
def test_an_event_may_be_the_instant_that_nobody_filled_in(unknown, event):
    known = {name: minute for name, minute in KNOWN.items() if name != unknown}

    (question,) = [one for one in questions(told(event, **known)) if one.key.startswith("unknown:")]

    assert question.fill is not None
    assert (question.fill.name, question.fill.at, question.place) == (f"{unknown}_at", at(1), "event-1")


def test_questions_accuse_nobody():
    told_all = told(
        (0, "action", "restart", ""), (90, "escalation", "DB", ""), detected=-20, acknowledged=30, resolved=99
    )

    words = " ".join(question.question.lower() for question in questions(told_all))

    assert [word for word in ("should have", "failed to", "too late", "forgot", "why did") if word in words] == []
    assert words.count("?") >= 4


@pytest.fixture
def alert(draft):
    return TimelineEventFactory(postmortem=draft, text="alert fired {x}", kind="detection", who="pager")


@pytest.mark.django_db
def test_a_question_is_set_aside_for_everyone_and_brought_back(draft, member, announced):
    set_question_aside(draft, "resolved:no-decision", by=member)
    set_question_aside(draft, "resolved:no-decision", by=member)
    assert list(draft.questions_set_aside.values_list("key", "by")) == [("resolved:no-decision", member.pk)]

    bring_question_back(draft, "resolved:no-decision", by=member)

    assert not QuestionSetAside.objects.exists()
    assert announced == ["questionsChanged", "questionsChanged"]
    verbs = [entry.verb for entry in RecordEntry.objects.about(draft)]
    assert sorted(verbs) == ["question.brought_back", "question.set_aside"]


@pytest.mark.django_db
@pytest.mark.parametrize("command", [set_question_aside, bring_question_back])
def test_a_closed_post_mortem_keeps_its_questions(closed, member, command):
    with pytest.raises(NotMovable):
        command(closed, "resolved:no-decision", by=member)


@pytest.mark.django_db
def test_yes_that_is_it_fills_the_instant_and_the_question_is_gone(signed_in, draft, alert):
    key = f"unknown:detected_at:event-{alert.pk}"
    assert "“detected” is still empty. Is this it?" in signed_in.get(PARTS, headers=HTMX).text

    answer = signed_in.post(f"{PARTS}fill/", {"key": key}, headers=HTMX)

    assert Incident.objects.get(number=7).detected_at == STARTED_AT
    assert "Is this it?" not in answer.text


@pytest.mark.django_db
def test_what_somebody_filled_in_meanwhile_stays(draft, member):
    Incident.objects.update(detected_at=STARTED_AT + timedelta(minutes=3))

    with pytest.raises(EditConflict):
        fill_instant(draft, "detected_at", STARTED_AT, by=member)

    assert Incident.objects.get(number=7).detected_at == STARTED_AT + timedelta(minutes=3)


@pytest.mark.django_db
def test_setting_aside_on_the_page(signed_in, draft, alert, member):
    before = signed_in.get(PARTS, headers=HTMX).text
    assert "set aside by" not in before

    answer = signed_in.post(f"{PARTS}set-aside/", {"key": "resolved:no-decision"}, headers=HTMX).text
    assert f"set aside by {member}" in answer
    signed_in.post(f"{PARTS}set-aside/", {"key": "x" * 999}, headers=HTMX)
    assert QuestionSetAside.objects.count() == 1

    plain = signed_in.post(f"{PARTS}bring-back/", {"key": "resolved:no-decision"})
    assert plain.status_code == 302
    assert not QuestionSetAside.objects.exists()
