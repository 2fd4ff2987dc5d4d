"""Tables, with and without a head. Every row was made up for this test."""

from datetime import date
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integrations.timeline_files import clocks, left_out, reading_of, told

STALL = ("2026-03-02T14:32:00Z", "Mira", "queue stalls")
DRAIN = ("2026-03-02T14:40:00Z", "Jonas", "restarted, then drained")
BOTH = [STALL, DRAIN]

TABLES: dict[str, tuple[str, dict[str, Any]]] = {
    "commas": (
        """
        Time,Who,Event
        2026-03-02T14:32:00Z,Mira,queue stalls
        2026-03-02T14:40:00Z,Jonas,"restarted, then drained"
        """,
        {},
    ),
    "semicolons and a German head": (
        """
        Uhrzeit;Wer;Ereignis
        02.03.2026 14:32;Mira;queue stalls
        02.03.2026 14:40;Jonas;restarted, then drained
        """,
        {},
    ),
    "tabs, the newest first": (
        """
        timestamp\tmessage\tuser
        1772462400\trestarted, then drained\tJonas
        1772461920\tqueue stalls\tMira
        """,
        {},
    ),
    "no head": (
        """
        2026-03-02 14:32:00,Mira,queue stalls
        2026-03-02 14:40:00,Jonas,"restarted, then drained"
        """,
        {},
    ),
    "a column for the day": (
        """
        Date,Time (CET),Actor,Description,Severity
        2026-03-02,15:32,Mira,queue stalls,high
        2026-03-02,15:40,Jonas,"restarted, then drained",low
        """,
        {},
    ),
    "a clock alone": (
        """
        Time,Person,What happened
        15:32,Mira,queue stalls
        15:40,Jonas,"restarted, then drained"
        """,
        {"day": date(2026, 3, 2), "zone": ZoneInfo("Europe/Berlin")},
    ),
    "a line before the head, and what a spreadsheet adds": (
        """
        sep=,
        Incident 42,,
        Created At,Author,Note
        "Mar 2, 2026 2:32 PM",Mira,queue stalls
        "Mar 2, 2026 2:40 PM",Jonas,"restarted, then drained"
        ,,
        """,
        {},
    ),
    "American dates": (
        """
        when,owner,what
        3/2/2026 14:32,Mira,queue stalls
        3/2/2026 14:40,Jonas,"restarted, then drained"
        3/13/2026 09:00,,
        """,
        {},
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_read_timeline_csv_finds_its_columns(case: str) -> None:
    text, setting = TABLES[case]

    reading = reading_of(dedent(text).strip("\n"), **setting)

    assert (reading.kind, told(reading)[:2]) == ("csv", BOTH)


def test_read_timeline_csv_uses_the_kind_that_is_stated_and_says_where_a_row_stood() -> None:
    reading = reading_of("time,kind,event\n2026-03-02T14:32:00Z,Decision,fail over\n", file="war-room.csv")

    assert [(entry.kind, entry.source) for entry in reading.events] == [("decision", "war-room.csv, row 2")]


def test_read_timeline_csv_leaves_a_row_without_a_time_aside() -> None:
    reading = reading_of("time,event\n2026-03-02T14:32:00Z,queue stalls\nlater,queue drained\n")

    assert [text for _, _, text in told(reading)] == ["queue stalls"]
    assert left_out(reading) == [("queue drained", "A row without a time")]


def test_read_timeline_of_objects_from_an_unknown_tool_reads_their_times_and_words() -> None:
    payload = [
        {"timestamp": "2026-03-02T14:32:00+0100", "msg": "queue stalls", "level": "error", "host": "q-1"},
        {"timestamp": 1772458800000, "msg": "poll", "level": "DEBUG"},
    ]

    reading = reading_of({"logs": payload})

    assert (reading.kind, told(reading)) == ("json", [("2026-03-02T13:32:00Z", "q-1", "queue stalls")])
    assert left_out(reading) == [("poll", "A line for debugging")]


def test_read_timeline_csv_of_alerts_tells_what_became_of_each() -> None:
    table = (
        "number,summary,created_on,acknowledged_on,resolved_on\n"
        "7,Crane stuck,2026-03-02T14:32:00Z,2026-03-02T14:35:00Z,2026-03-02T15:00:00Z\n"
        "8,Rail cold,2026-03-02T14:40:00Z,,\n"
    )

    reading = reading_of(table)

    assert [(clock, text) for clock, (_, _, text) in zip(clocks(reading), told(reading), strict=True)] == [
        ("03-02 14:32:00", "Crane stuck"),
        ("03-02 14:35:00", "Acknowledged: Crane stuck"),
        ("03-02 14:40:00", "Rail cold"),
        ("03-02 15:00:00", "Resolved: Crane stuck"),
    ]


def test_read_timeline_csv_leaves_out_who_came_and_went() -> None:
    reading = reading_of("2026-03-02 14:32:01\tmira\tcrane stuck\n2026-03-02 14:33:01\t-->\tsam has joined #quay\n")

    assert [text for _, _, text in told(reading)] == ["crane stuck"]
