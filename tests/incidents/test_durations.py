from datetime import UTC, datetime, timedelta

import pytest

from incidents.durations import DEFINITIONS, measured
from incidents.models import Incident

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ALL = {
    "started_at": 0, "first_impact_at": 2, "detected_at": 10, "acknowledged_at": 15, "understood_at": 40,
    "recovery_decided_at": 45, "mitigated_at": 60, "resolved_at": 100,
}  # fmt: skip


def told(**minutes):
    instants = {name: START + timedelta(minutes=at) for name, at in minutes.items()}
    return {one.definition.short: one for one in measured(instants).durations}


@pytest.mark.parametrize(
    ("short", "minutes"), [("TTD", 10), ("TTE", 5), ("TTU", 25), ("TTM", 60), ("TTR", 90), ("TTRec", 15)]
)
def test_duration_lies_between_the_instants_of_its_definition(short, minutes):
    assert told(**ALL)[short].value == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("without", "unknown"),
    [("detected_at", {"TTD": ("detected",), "TTE": ("detected",), "TTR": ("detected",)}),
     ("recovery_decided_at", {"TTRec": ("recovery decided",)})],
)  # fmt: skip
def test_duration_without_one_of_its_ends_is_unknown_and_names_it(without, unknown):
    found = told(**{name: at for name, at in ALL.items() if name != without})

    assert {short: one.missing for short, one in found.items() if one.value is None} == unknown


def test_duration_that_would_be_negative_is_told_and_never_shown():
    one = told(**{**ALL, "understood_at": 12})["TTU"]

    assert (one.value, one.contradiction) == (None, "“understood” was before “acknowledged”")


def test_nothing_passed_is_known_to_be_nothing():
    assert told(started_at=0, detected_at=0)["TTD"].value == timedelta()


def test_bars_lie_on_the_span_of_all_instants():
    one = told(**ALL)["TTE"]

    assert (one.left_percent, one.width_percent) == (10, 5)
    assert [tick.percent for tick in measured({"started_at": START}).ticks] == [0]
    assert measured({}).ticks == ()


def test_every_definition_names_instants_of_the_incident():
    assert {name for one in DEFINITIONS for name in (one.begins, one.ends)} <= set(Incident.INSTANTS)
