"""Timelines in the many shapes that people give them; every document here was made up for this test."""

from datetime import UTC, datetime, timedelta, timezone
from textwrap import dedent

import pytest

from integrations.documents import Reading, read

JST = timezone(timedelta(hours=9))
CET = timezone(timedelta(hours=1))


def reading_of(text: str, name: str = "outage.md") -> Reading:
    return read(dedent(text).strip("\n"), name)


def times(reading: Reading) -> list[str | None]:
    return [event.at.strftime("%m-%d %H:%M") if event.at else None for event in reading.timeline]


SHAPES = {
    "bullets with bold times": """
        # Parcel labels misprinted, 2026-03-02

        ## Timeline (UTC)

        - **14:00** The label printer queue stops.
        - **14:10** The warehouse calls.
        - **14:25** The queue is drained.
        """,
    "headings": """
        # 2026-03-02 Parcel labels misprinted

        ## Timeline

        All times in UTC.

        ### 14:00

        The label printer queue stops.

        ### 14:10

        The warehouse calls.

        ### 14:25

        The queue is drained.

        ## Actions
        """,
    "a table": """
        # Parcel labels misprinted

        ## What happened when

        | Time (UTC) | Event |
        |---|---|
        | 2026-03-02 14:00 | The label printer queue stops |
        | 2026-03-02 14:10 | The warehouse calls |
        | 2026-03-02 14:25 | The queue is drained |
        """,
    "a table with day and clock apart": """
        # Parcel labels misprinted

        ## Chronology

        | Date | Time | Who | Event |
        |---|---|---|---|
        | Mar 2, 2026 | 14:00 | - | The label printer queue stops |
        | Mar 2, 2026 | 14:10 | warehouse | calls us |
        | Mar 2, 2026 | 14:25 | on-call | drains the queue |
        """,
    "paragraphs under dates": """
        # Parcel labels misprinted

        ## Timeline

        **March 2, 2026**

        14:00 - The label printer queue stops.

        14:10 - The warehouse calls.

        14:25 - The queue is drained.
        """,
    "lines of one paragraph": """
        # Parcel labels misprinted on 2026-03-02

        Timeline:
        14:00 The label printer queue stops.
        14:10 The warehouse calls.
        14:25 The queue is drained.
        """,
    "a code block": """
        # Parcel labels misprinted on 2026-03-02

        Timeline:

        ```
        14:00 UTC - the label printer queue stops
        14:10 UTC - the warehouse calls
        14:25 UTC - the queue is drained
        ```

        After that it was quiet.
        """,
    "nested under days": """
        # Parcel labels misprinted

        ## Sequence of events

        - 2026-03-02
          - 14:00 The label printer queue stops.
          - 14:10 The warehouse calls.
          - 14:25 The queue is drained.
        """,
    "a twelve hour clock": """
        # Parcel labels misprinted (March 2, 2026)

        ## Timeline

        * 2:00 PM: The label printer queue stops.
        * 2:10 PM: The warehouse calls.
        * 2:25 PM: The queue is drained.
        """,
    "stamps without a year": """
        # Parcel labels misprinted

        Written 2026-03-04.

        ## Timeline

        - [03-02 14:00] The label printer queue stops.
        - [03-02 14:10] The warehouse calls.
        - [03-02 14:25] The queue is drained.
        """,
    "bullets that are no Markdown": """
        Parcel labels misprinted on 2026-03-02

        Timeline
        • 14:00 The label printer queue stops.
        • 14:10 The warehouse calls.
        • 14:25 The queue is drained.
        """,
    "under another heading": """
        # Parcel labels misprinted on 2026-03-02

        ## How it went

        - 14:00 UTC: The label printer queue stops.
        - 14:10 UTC: The warehouse calls.
        - 14:25 UTC: The queue is drained.
        """,
    "times on lines of their own": """
        ---
        title: Parcel labels misprinted
        ---

        **2026-03-02 14:25**

        The queue is drained.

        **2026-03-02 14:10**

        The warehouse calls.

        **2026-03-02 14:00**

        The label printer queue stops.
        """,
    "distances": """
        # Parcel labels misprinted

        Started: 2026-03-02 14:00 UTC

        ## Timeline

        - 2026-03-02 14:00: The label printer queue stops.
        - T+10m: The warehouse calls.
        - T+25m: The queue is drained.
        """,
    "a German one": """
        # Etikettendruck gestört am 2. März 2026

        ## Zeitlicher Ablauf (UTC)

        - 14:00 Uhr: Die Warteschlange steht.
        - 14:10 Uhr: Das Lager ruft an.
        - 14:25 Uhr: Die Warteschlange ist leer.
        """,
    "a French one": """
        # Étiquettes illisibles, 2 mars 2026

        ## Chronologie

        - 14h00 : la file d'impression s'arrête
        - 14h10 : l'entrepôt appelle
        - 14h25 : la file est vidée
        """,
    "a Spanish one": """
        # Etiquetas ilegibles el 2 de marzo de 2026

        ## Cronología

        - 14:00 - la cola de impresión se detiene
        - 14:10 - llama el almacén
        - 14:25 - la cola queda vacía
        """,
    "HTML": """
        <html><body><h1>Parcel labels misprinted</h1><h2>Timeline</h2>
        <table><tr><th>Time (UTC)</th><th>Event</th></tr>
        <tr><td>2026-03-02 14:00</td><td>The label printer queue stops</td></tr>
        <tr><td>2026-03-02 14:10</td><td>The warehouse calls</td></tr>
        <tr><td>2026-03-02 14:25</td><td>The queue is drained</td></tr></table></body></html>
        """,
    "cells apart by tabs": """
        Parcel labels misprinted

        Timeline

        Time (UTC)\tEvent
        2026-03-02 14:00\tThe label printer queue stops
        2026-03-02 14:10\tThe warehouse calls
        2026-03-02 14:25\tThe queue is drained
        """,
    "MediaWiki": """
        == Summary ==
        Parcel labels came out blank on 2026-03-02.

        == Timeline ==
        * '''14:00''' The label printer queue stops.
        * '''14:10''' The warehouse calls.
        * '''14:25''' The queue is drained.
        """,
    "reStructuredText": """
        Parcel labels misprinted
        ========================

        Timeline
        --------

        ================  =============================
        Time (UTC)        Event
        ================  =============================
        2026-03-02 14:00  The label printer queue stops
        2026-03-02 14:10  The warehouse calls
        2026-03-02 14:25  The queue is drained
        ================  =============================

        .. note:: Times are from the printer.
        """,
    "AsciiDoc": """
        = Parcel labels misprinted
        :revdate: 2026-03-02

        == Timeline

        * 14:00 The label printer queue stops.
        * 14:10 The warehouse calls.
        * 14:25 The queue is drained.
        """,
    "Org": """
        #+TITLE: Parcel labels misprinted
        #+DATE: 2026-03-02
        * Timeline
        - [2026-03-02 Mon 14:00] The label printer queue stops.
        - [2026-03-02 Mon 14:10] The warehouse calls.
        - [2026-03-02 Mon 14:25] The queue is drained.
        """,
    "a YAML record": """
        title: Parcel labels misprinted
        severity: high
        status: resolved
        service: labels
        timeline:
          - time: 2026-03-02T14:00:00Z
            event: The label printer queue stops
          - time: 2026-03-02T14:10:00Z
            event: The warehouse calls
          - time: 2026-03-02T14:25:00Z
            event: The queue is drained
        """,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_read_finds_three_entries_whatever_their_shape(shape: str) -> None:
    reading = reading_of(SHAPES[shape], "labels")

    assert times(reading) == ["03-02 14:00", "03-02 14:10", "03-02 14:25"]
    assert all(event.text and "14:" not in event.text for event in reading.timeline if not event.stamp.startswith("T+"))


def test_read_takes_the_zone_from_the_head_of_the_column() -> None:
    reading = reading_of(
        """
        # ラベル印刷の停止

        ## タイムライン

        | 時刻 (JST) | イベント |
        |---|---|
        | 2026-03-02 23:00 | 印刷が止まる |
        | 2026-03-02 23:10 頃 | 倉庫から連絡 |
        | 2026-03-03 00:05 | 復旧 |
        """
    )

    assert [event.at for event in reading.timeline] == [
        datetime(2026, 3, 2, 23, 0, tzinfo=JST), datetime(2026, 3, 2, 23, 10, tzinfo=JST),
        datetime(2026, 3, 3, 0, 5, tzinfo=JST),
    ]  # fmt: skip
    assert reading.timeline[1].text == "2026-03-02 23:10 頃: 倉庫から連絡"
    assert reading.resolved_at == datetime(2026, 3, 3, 0, 5, tzinfo=JST)


def test_read_without_a_zone_takes_utc_and_says_so() -> None:
    reading = reading_of("# Outage 2026-03-02\n\n## Timeline\n\n- 10:00 starts\n- 10:05 found\n")

    assert reading.timeline[0].at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert "No time zone is stated: the times were taken as UTC." in reading.warnings


def test_read_keeps_a_stamp_that_it_cannot_place() -> None:
    reading = reading_of(
        "# Outage\n\n## Timeline\n\n| Time | Event |\n|---|---|\n| 20226-01-16 12:00 | starts |\n| later | ends |\n"
    )

    assert [(event.at, event.text) for event in reading.timeline] == [
        (None, "20226-01-16 12:00: starts"),
        (None, "later: ends"),
    ]


def test_read_puts_what_stands_between_two_entries_to_the_first() -> None:
    reading = reading_of(
        """
        # Outage 2026-03-02

        ## Timeline

        - 10:00 UTC first alert

        ```
        2026-03-02 09:59:58 ERROR out of memory
        2026-03-02 09:59:59 ERROR out of memory
        ```

        - 10:05 UTC restart

        And that was that.
        """
    )

    assert times(reading) == ["03-02 10:00", "03-02 10:05"]
    assert "out of memory" in reading.timeline[0].text
    assert "And that was that." in reading.sections[0].text


def test_read_leaves_a_list_of_key_moments_where_a_fuller_timeline_tells_them() -> None:
    reading = reading_of(
        """
        # Outage on 2026-03-02

        - **Key events**
          - First detected 2026-03-02 10:00
          - Resolved 2026-03-02 10:30

        - **Context**:
          - 2026-03-02 10:00: the first alert fires
          - 2026-03-02 10:10: somebody looks
          - 2026-03-02 10:20: the disk is full
          - 2026-03-02 10:30: the disk is cleared
        """
    )

    assert times(reading) == ["03-02 10:00", "03-02 10:10", "03-02 10:20", "03-02 10:30"]
    assert (reading.started_at, reading.resolved_at) == (
        datetime(2026, 3, 2, 10, 0, tzinfo=UTC), datetime(2026, 3, 2, 10, 30, tzinfo=UTC),
    )  # fmt: skip


def test_read_takes_key_moments_where_nothing_else_tells_the_story() -> None:
    reading = reading_of(
        "# Outage\n\n- **Key events**\n  - Fault occurs 2026-03-02 10:00\n  - Resolved 2026-03-02 10:30\n"
    )

    assert [(event.text, event.at.minute if event.at else None) for event in reading.timeline] == [
        ("Fault occurs", 0),
        ("Resolved", 30),
    ]


def test_read_leaves_a_history_of_days_beside_the_timeline_of_hours() -> None:
    reading = reading_of(
        """
        # Upgrade of 2026-03-02

        ## Timeline of events

        - 11:00 UTC: blocks stop
        - 11:20 UTC: a fix is found

        ## Timeline of the upgrade

        - May 5, 2025: first proposal
        - June 9, 2025: test network
        - March 2, 2026: release
        """
    )

    assert times(reading) == ["03-02 11:00", "03-02 11:20"]


def test_read_takes_status_updates_in_the_order_they_were_written() -> None:
    reading = reading_of(
        """
        ---
        title: Builds are queued
        date: 2026-03-02T10:00:00Z
        resolvedWhen: 2026-03-02T15:00:00Z
        severity: disrupted
        ---

        [Final message]
        Builds run again.

        [Update]
        A second node pool is being made. 2 March 2026 12:30 UTC

        [Initial message]
        Builds wait for agents.
        """
    )

    assert [event.text.split(":")[0] for event in reading.timeline] == ["Initial message", "Update", "Final message"]
    assert times(reading) == [None, "03-02 12:30", None]
    assert (reading.severity, reading.resolved_at) == ("disrupted", datetime(2026, 3, 2, 15, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "# Outage\n\nAt 10:00 UTC the disk filled up. By 11:00 UTC it was cleared, and at 12:00 UTC we wrote this.\n",
        "# Outage\n\n## Chat\n\n> ann [6:27 AM]\n> is it down?\n>\n> bob [6:29 AM]\n> it is\n>\n> ann [6:31 AM]\n> oh\n",
        "# Outage\n\n## Root cause\n\n```\n10:00:01 ERROR a\n10:00:02 ERROR b\n10:00:03 ERROR c\n10:00:04 ERROR d\n```\n",
        "# Outage\n\n## Impact\n\n- 2026-03-02 was a Monday\n- orders were late\n- 12 people called\n",
        "# Outage\n\n## How did it happen\n\nAt 5 PM UTC on March 2nd, someone opened a request.\n\nIt was merged.\n\n"
        "At 6 PM it ran.\n\nNobody saw it.\n\nAt 7 PM it failed.\n\nThat was it.\n",
    ],
)
def test_read_makes_no_timeline_out_of_times_in_passing(text: str) -> None:
    assert reading_of(text).timeline == []


@pytest.mark.parametrize(
    ("opening", "start", "end"),
    [
        ("Between 12:17 and 12:30 UTC on 2026-03-02 all downloads failed.", (12, 17), (12, 30)),
        ("On March 2, 2026, from 1900 to 2100 UTC, pages were slow.", (19, 0), (21, 0)),
        ("On March 2, 2026 the outage started around 11:00 GMT. It was resolved at 23:01 GMT.", (11, 0), (23, 1)),
        ("**Start**: 2026-03-02 09:12 UTC\n**End**: 2026-03-02 10:40 UTC", (9, 12), (10, 40)),
        (
            "| Field | Value |\n|---|---|\n| Start time | 2026-03-02 09:12 UTC |\n| End time | 2026-03-02 10:40 UTC |",
            (9, 12),
            (10, 40),
        ),
    ],
)
def test_read_finds_start_and_end_where_they_are_stated(
    opening: str, start: tuple[int, int], end: tuple[int, int]
) -> None:
    reading = reading_of(f"# Outage\n\n{opening}\n\n## Root cause\n\nA disk.\n")

    assert reading.started_at == datetime(2026, 3, 2, *start, tzinfo=UTC)
    assert reading.resolved_at == datetime(2026, 3, 2, *end, tzinfo=UTC)


def test_read_takes_the_outer_entries_for_start_and_end_and_says_so() -> None:
    reading = reading_of("# Outage 2026-03-02\n\n## Timeline (CET)\n\n- 10:00 page\n- 10:05 restart\n- 10:09 quiet\n")

    assert reading.started_at == datetime(2026, 3, 2, 10, 0, tzinfo=CET)
    assert reading.resolved_at == datetime(2026, 3, 2, 10, 9, tzinfo=CET)
    assert any("first and last entries" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("**Severity:** SEV-2", "SEV-2"), ("Severity: sev1 (full outage)", "SEV-1"), ("- **Severity**: High", "High"),
        ("| 重大度 | SEV-3（軽微） |\n|---|---|\n| 状態 | 完了 |", "SEV-3"), ("Schweregrad: kritisch", "kritisch"), ("Priority: P1", "P1"),
        ("Severity: low | medium | high", None), ("Severity: TBD", None),
    ],
)  # fmt: skip
def test_read_finds_the_severity_as_it_is_called_there(line: str, severity: str | None) -> None:
    assert reading_of(f"# Outage\n\n{line}\n\n## Summary\n\nA disk.\n").severity == severity
