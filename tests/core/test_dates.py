from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from core.dates import at_local, in_words, monday_of, time_zone_choices, validate_time_zone


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=1, minutes=5, seconds=9), "1 h 5 min"),
        (timedelta(days=2, hours=3, minutes=59), "2 d 3 h"),
        (timedelta(days=2, minutes=59), "2 d"),
        (timedelta(minutes=-5), "−5 min"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(value, words):
    assert in_words(value) == words


def test_monday_of_a_sunday_is_six_days_before():
    assert monday_of(date(2026, 3, 29)) == date(2026, 3, 23)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2026, 3, 23), 7), (date(2026, 3, 30), 6), (date(2026, 10, 19), 6), (date(2026, 10, 26), 7)],
)
def test_eight_in_berlin_moves_in_utc_with_summer_time(day, utc_hour):
    instant = at_local(day, 8, ZoneInfo("Europe/Berlin"))

    assert instant.astimezone(UTC) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)


def test_an_unknown_time_zone_is_refused_by_name():
    with pytest.raises(ValidationError, match="Mars/Olympus"):
        validate_time_zone("Mars/Olympus")


def test_every_time_zone_offered_is_accepted():
    for name, _ in time_zone_choices():
        validate_time_zone(name)
