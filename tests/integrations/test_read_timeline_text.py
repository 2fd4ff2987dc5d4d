"""Pasted text and logs, as people and programs write them; every line here was made up for this test."""

from datetime import UTC, date, datetime
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.timelines import Setting, read_bytes
from tests.integrations.timeline_files import clocks, reading_of, told

DAY = date(2026, 3, 2)
BERLIN = ZoneInfo("Europe/Berlin")

SHAPES: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "one line a fact": (
        """
        14:32 alert fired
        14:40 rolled back the release
        """,
        [("14:32", "", "alert fired"), ("14:40", "", "rolled back the release")],
    ),
    "brackets and speakers": (
        """
        [14:32] mira: looking at the queue
        [14:35] Jonas Weber: failing over to the replica
        [14:36:10] <sam> failover done
        """,
        [
            ("14:32", "mira", "looking at the queue"),
            ("14:35", "Jonas Weber", "failing over to the replica"),
            ("14:36", "sam", "failover done"),
        ],
    ),
    "what is no speaker": (
        """
        14:32 Alert: queue depth above 9000
        14:33 Decision: fail over now
        14:34 payments went down: nobody can pay
        """,
        [
            ("14:32", "", "Alert: queue depth above 9000"),
            ("14:33", "", "Decision: fail over now"),
            ("14:34", "", "payments went down: nobody can pay"),
        ],
    ),
    "ISO stamps and offsets": (
        """
        2026-03-02T14:32:00Z queue stalls
        2026-03-02T15:40:00+01:00 queue drained
        2026-03-02 14:41:00.250 UTC all clear
        """,
        [("14:32", "", "queue stalls"), ("14:40", "", "queue drained"), ("14:41", "", "all clear")],
    ),
    "copied out of Slack, a line that could be a name": (
        """
        Mira Okafor
          2:32 PM
        the crane is stuck
        2:33
        calling the quay
        """,
        [("14:32", "Mira Okafor", "the crane is stuck"), ("14:33", "Mira Okafor", "calling the quay")],
    ),
    "a quoted chat": (
        """
        > mira [2:32 PM]
        > the crane is stuck
        >
        > sam [2:35 PM]
        > greasing the rail
        """,
        [("14:32", "mira", "the crane is stuck"), ("14:35", "sam", "greasing the rail")],
    ),
    "a chat that shows a log": (
        """
        > mira [2:32 PM]
        look at this
        ```
        time="2026-03-01T01:02:03Z" level=warning msg="rail cold"
        2026-03-01 01:02:04 rail frozen
        ```
        > sam [2:35 PM]
        greasing the rail
        """,
        [
            (
                "14:32",
                "mira",
                'look at this\ntime="2026-03-01T01:02:03Z" level=warning msg="rail cold"\n2026-03-01 01:02:04 rail frozen',
            ),
            ("14:35", "sam", "greasing the rail"),
        ],
    ),
    "a log of IRC": (
        """
        --- Log opened Mon Mar 02 14:00:00 2026
        14:32 < mira> the crane is stuck
        14:33 -!- sam [sam@quay] has joined #ops
        14:35 <@sam> greasing the rail
        --- Log closed Mon Mar 02 15:00:00 2026
        """,
        [("14:32", "mira", "the crane is stuck"), ("14:35", "sam", "greasing the rail")],
    ),
    "the chat of a video call": (
        """
        14:32:01\t From Mira Okafor to Everyone:
        \tthe crane is stuck
        14:35:01\t From sam to Everyone:
        \tgreasing the rail
        """,
        [("14:32", "Mira Okafor", "the crane is stuck"), ("14:35", "sam", "greasing the rail")],
    ),
    "a log that counts seconds": (
        """
        1772461920.250 ERROR crane stuck
        1772462100 rail greased
        """,
        [("14:32", "", "ERROR crane stuck"), ("14:35", "", "rail greased")],
    ),
    "copied out of Slack": (
        """
        Monday, March 2nd
        Mira Okafor
          2:32 PM
        error rate on checkout is at 12 %
        2 replies
        Jonas Weber  2:35 PM
        rolling back
        to 4.1
        2:41
        rollback is through
        """,
        [
            ("14:32", "Mira Okafor", "error rate on checkout is at 12 %"),
            ("14:35", "Jonas Weber", "rolling back\nto 4.1"),
            ("14:41", "Jonas Weber", "rollback is through"),
        ],
    ),
    "copied out of Slack with brackets": (
        """
        Mira Okafor  [2:32 PM]
        error rate on checkout is at 12 %
        pager-bot APP  [2:33 PM]
        Paged Jonas
        """,
        [
            ("14:32", "Mira Okafor", "error rate on checkout is at 12 %"),
            ("14:33", "pager-bot", "Paged Jonas"),
        ],
    ),
    "copied out of Discord and Teams": (
        """
        mira — Today at 2:32 PM
        the map does not load
        [02.03.2026 14:35] Jonas Weber
        looking into tiles
        """,
        [("14:32", "mira", "the map does not load"), ("14:35", "Jonas Weber", "looking into tiles")],
    ),
    "a messenger's export": (
        """
        02.03.26, 14:32 - Mira Okafor: the map does not load
        02.03.26, 14:35 - Jonas: looking into tiles
        """,
        [("14:32", "Mira Okafor", "the map does not load"), ("14:35", "Jonas", "looking into tiles")],
    ),
    "a log with a comma in each line": (
        """
        2026-03-02 14:32:00 run started, 2390 rows
        2026-03-02 14:35:00 worker 3 stopped, out of memory
        """,
        [("14:32", "", "run started, 2390 rows"), ("14:35", "", "worker 3 stopped, out of memory")],
    ),
    "syslog": (
        """
        Mar  2 14:32:01 db-1 postgres[411]: could not write to file: no space left
        <34>1 2026-03-02T14:33:00.003Z db-1 kernel - - - disk full
        """,
        [
            ("14:32", "db-1 postgres", "could not write to file: no space left"),
            ("14:33", "db-1 kernel", "disk full"),
        ],
    ),
    "logs of programs": (
        """
        2026-03-02 14:32:01,123 ERROR [checkout] pool exhausted
        2026-03-02 14:32:02,001 DEBUG [checkout] retrying
        10.0.0.7 - - [02/Mar/2026:14:33:00 +0000] "GET /pay HTTP/1.1" 502 157
        time="2026-03-02T14:34:00Z" level=warning msg="leader lost" service=etcd
        E0302 14:35:00.063495    1271 exec.cc:134] lost connection
        """,
        [
            ("14:32", "", "ERROR [checkout] pool exhausted"),
            ("14:33", "10.0.0.7", '"GET /pay HTTP/1.1" 502 157'),
            ("14:34", "etcd", "WARNING leader lost"),
            ("14:35", "exec.cc:134", "lost connection"),
        ],
    ),
    "Markdown bullets under days": (
        """
        ## 2 March 2026

        - **14:32** queue stalls
          - the consumer had died
        - 14:40 – restarted it

        ## 3 March 2026

        * 00:10 all clear
        """,
        [
            ("14:32", "", "queue stalls\nthe consumer had died"),
            ("14:40", "", "restarted it"),
            ("00:10", "", "all clear"),
        ],
    ),
    "a Markdown table": (
        """
        | Time (UTC) | Who | Event |
        | --- | --- | --- |
        | 14:32 | Mira | queue stalls |
        | 14:40 | Jonas | restarted the consumer |
        """,
        [("14:32", "Mira", "queue stalls"), ("14:40", "Jonas", "restarted the consumer")],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_read_timeline_text_understands_how_people_write_times(shape: str) -> None:
    text, expected = SHAPES[shape]

    reading = reading_of(dedent(text).strip("\n"), day=DAY)

    assert [(at[11:16], who, words) for at, who, words in told(reading)] == expected
    assert reading.kind == "text"


ZONES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "times without a zone are of the zone asked for": ("14:32 alert fired", {"zone": BERLIN}, ["03-02 13:32:00"]),
    "a sentence of the text goes before": (
        "All times in PST.\n14:32 alert fired",
        {"zone": BERLIN},
        ["03-02 22:32:00"],
    ),
    "a stamp's own zone goes before both": ("14:32 CET alert fired", {}, ["03-02 13:32:00"]),
    "midnight passes": ("23:50 stalls\n00:10 drained", {}, ["03-02 23:50:00", "03-03 00:10:00"]),
    "the night when summer time begins": (
        "2026-03-29 01:30 stalls\n2026-03-29 03:30 drained",
        {"zone": BERLIN},
        ["03-29 00:30:00", "03-29 01:30:00"],
    ),
}


@pytest.mark.parametrize("case", ZONES)
def test_read_timeline_text_puts_times_into_their_zone(case: str) -> None:
    text, setting, expected = ZONES[case]

    assert clocks(reading_of(text, **{"day": DAY, **setting})) == expected


def test_read_timeline_text_says_when_the_day_was_guessed(time_machine: Any) -> None:
    time_machine.move_to("2026-03-04T12:00:00Z")

    reading = reading_of("14:32 alert fired")

    assert clocks(reading) == ["03-04 14:32:00"]
    assert reading.warnings == ["No date is named in it: its times were taken for 4 March 2026."]


def test_read_timeline_text_takes_the_day_from_the_name_of_the_file() -> None:
    reading = reading_of("14:32 alert fired", file="2026-02-11 outage.txt")

    assert clocks(reading) == ["02-11 14:32:00"]
    assert reading.warnings == []


NOISE = {
    "thanks!": "Thanks, a greeting or a yes",
    "Thanks everyone, great work :tada:": "Thanks, a greeting or a yes",
    "👍": "Nothing but a reaction",
    "@mira thank you so much": "Thanks, a greeting or a yes",
    "who's up for lunch?": "Small talk",
}


@pytest.mark.parametrize("words", NOISE)
def test_read_timeline_text_leaves_out_what_is_no_event(words: str) -> None:
    reading = reading_of(f"14:32 mira: {words}\n14:33 mira: ok, rolling back", day=DAY)

    assert [entry.left_out for entry in reading.skipped] == [NOISE[words]]
    assert [entry.text for entry in reading.events] == ["ok, rolling back"]


def test_read_timeline_text_folds_a_line_that_repeats_within_a_minute() -> None:
    reading = reading_of(
        "14:32:01 connection refused\n14:32:05 connection refused\n14:35:00 connection refused", day=DAY
    )

    assert clocks(reading) == ["03-02 14:32:01", "03-02 14:35:00"]


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        (b"", "There is nothing in this file."),
        (b"%PDF-1.7 ...", "This is a PDF, not a list of events."),
        (b"\x00\x01\x02" * 100, "This file holds binary data, not text."),
        (b"Nothing happened, and nobody wrote when.", "Nothing in it was known, and no line of it starts with a time."),
        (b'{"alerts": [', "This begins like JSON but breaks off or errs on line 1."),
        (b"[" * 100_000, "This JSON is nested deeper than any tool exports it."),
        (b'{"colour": "red"}', "This JSON comes from no tool that is known here, and no part of it is a list of times and words."),
    ],
)  # fmt: skip
def test_read_timeline_of_what_cannot_be_read_says_so(content: bytes, warning: str) -> None:
    reading = reading_of(content)

    assert (reading.kind, reading.entries, reading.warnings) == ("unknown", [], [warning])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_read_timeline_text_reads_every_unicode_encoding(encoding: str) -> None:
    reading = reading_of("2026-03-02 14:32 Zürich fällt aus".encode(encoding))

    assert told(reading) == [("2026-03-02T14:32:00Z", "", "Zürich fällt aus")]


BEGINS = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)


def test_read_timeline_text_counts_from_the_start_of_the_incident() -> None:
    notes = "T-10m deploy 4711\nT+0 alert fired\n- T+5m mira: looking\n+12 min rolled back\n[T+1:00] all clear"

    known, unknown = reading_of(notes, begins=BEGINS), reading_of(notes)

    assert [(instant[11:16], who, text) for instant, who, text in told(known)] == [
        ("12:55", "", "deploy 4711"), ("13:05", "", "alert fired"), ("13:10", "mira", "looking"),
        ("13:17", "", "rolled back"), ("14:05", "", "all clear"),
    ]  # fmt: skip
    assert unknown.events == []
    assert {entry.left_out for entry in unknown.skipped} == {"It is counted from the start, which nobody has noted"}


def test_read_timeline_text_counts_from_the_time_above_where_there_is_one() -> None:
    reading = reading_of("14:00 alert\nT+5m page", day=DAY, begins=BEGINS)

    assert clocks(reading) == ["03-02 14:00:00", "03-02 14:05:00"]


@pytest.mark.parametrize(
    ("notes", "is_dayless"),
    [
        ("14:32 alert", True),
        ("2026-03-02 14:32 alert", False),
        ("2 March 2026\n14:32 alert", False),
        ("T+5m alert", False),
        ("time,event\n14:32,alert fired\n14:40,somebody is paged", True),
        ("time,event\n2026-03-02 14:32,alert fired\n2026-03-02 14:40,somebody is paged", False),
    ],
)
def test_read_timeline_text_notes_whether_a_day_is_named(notes: str, is_dayless: bool) -> None:
    setting = Setting(file="notes", day=DAY, begins=BEGINS)

    assert read_bytes(notes.encode(), setting).events
    assert setting.dayless == ({"notes"} if is_dayless else set())
