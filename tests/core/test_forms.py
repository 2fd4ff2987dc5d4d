"""Local times in the reader's zone, and what a form remembers of what its reader had seen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import QueryDict
from django.utils import timezone

from core.forms import InstantField, MergingForm


class MeetingForm(MergingForm):
    at = InstantField(required=False)
    title = forms.CharField(required=False)


@pytest.fixture(autouse=True)
def _berlin() -> Iterator[None]:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


def test_a_local_time_is_read_in_the_readers_zone():
    form = MeetingForm(QueryDict("at=2026-03-02T15:00"))

    assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_an_empty_time_is_unknown():
    form = MeetingForm(QueryDict("at="))

    assert form.is_valid()
    assert form.cleaned_data["at"] is None


def test_a_time_that_summer_time_skips_is_refused_in_words():
    form = MeetingForm(QueryDict("at=2026-03-29T02:30"))

    assert form.errors == {
        "at": [
            "02:30 never was on this day in Europe/Berlin: the clocks jumped over it. Write the time before or after."
        ]
    }


def test_a_time_that_autumn_repeats_asks_which_one_is_meant():
    form = MeetingForm(QueryDict("at=2026-10-25T02:30"))

    assert form.errors == {
        "at": [
            "02:30 happened twice on this day in Europe/Berlin, when the clocks went back. Choose which one is meant."
        ]
    }
    html = str(form["at"])
    assert "the first, CEST (UTC+02:00)" in html
    assert "the second, CET (UTC+01:00)" in html


@pytest.mark.parametrize(("fold", "hour"), [("0", 0), ("1", 1)])
def test_a_time_that_autumn_repeats_is_kept_as_chosen(fold, hour):
    form = MeetingForm(QueryDict(f"at=2026-10-25T02:30&at_fold={fold}"))

    assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_a_kept_instant_of_the_repeated_hour_comes_back_as_the_same_instant():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    html = str(MeetingForm(initial={"at": second})["at"])

    assert 'value="2026-10-25T02:30"' in html
    assert '<option value="1" selected>' in html


def test_an_ordinary_time_asks_for_nothing_more():
    assert "<select" not in str(MeetingForm(QueryDict("at=2026-03-02T15:00"))["at"])


def test_seconds_are_kept_where_there_are_any():
    html = str(MeetingForm(initial={"at": datetime(2026, 3, 2, 14, 0, 7, tzinfo=UTC)})["at"])

    assert 'value="2026-03-02T15:00:07"' in html


@pytest.mark.parametrize("words", ["yesterday", "2026-13-40T99:99", "0000-00-00T00:00", "2026-02-30T10:00"])
def test_words_that_are_no_time_are_refused(words):
    form = MeetingForm(QueryDict(f"at={words}"))

    assert form.errors == {"at": ["Write a date and a time, such as 2026-03-02 14:05."]}


@pytest.mark.parametrize("year", ["0001", "1969", "2200", "9999"])
def test_a_year_that_must_be_a_slip_is_refused(year):
    form = MeetingForm(QueryDict(f"at={year}-12-31T23:59"))

    assert form.errors == {"at": [f"The year {int(year)} cannot be right."]}
    assert str(form["at"])


def test_a_form_remembers_what_its_reader_had_seen():
    at = datetime(2026, 3, 2, 14, 0, 7, tzinfo=UTC)
    hidden = MeetingForm(seen_now={"at": at, "title": "Stand-up"}).seen_inputs()

    assert 'name="seen-at" value="2026-03-02T14:00:07+00:00"' in hidden[0]
    answer = QueryDict("at=&title=Retro&seen-at=2026-03-02T14:00:07%2B00:00&seen-title=Stand-up")
    assert MeetingForm(answer).seen == {"at": at, "title": "Stand-up"}


def test_a_conflict_shows_both_values_and_the_next_answer_replaces_theirs():
    form = MeetingForm(QueryDict("at=&title=Mine&seen-at=&seen-title=Old"))
    assert form.is_valid()

    form.show_conflicts({"title": "Theirs"})

    assert form.errors == {
        "title": [
            "Somebody else changed this meanwhile to “Theirs”. What you wrote still stands here: "
            "save once more to put it in place of theirs."
        ]
    }
    assert 'value="Mine"' in str(form["title"])
    assert any('name="seen-title" value="Theirs"' in hidden for hidden in form.seen_inputs())
