"""Shapes that post-mortems of other houses turned out to have; every document here was made up for this test."""

from datetime import date
from textwrap import dedent

import pytest

from integrations.documents import Reading, read, words


def reading_of(text: str, name: str = "outage.md") -> Reading:
    source = dedent(text).strip("\n")
    reading = read(source, name)
    assert words.lost_count(source, reading) == 0
    return reading


def timeline(reading: Reading) -> list[tuple[str, str]]:
    return [(event.at.strftime("%m-%d %H:%M") if event.at else "", event.text) for event in reading.timeline]


def actions(reading: Reading) -> list[tuple[str, str, bool]]:
    return [(action.title, action.owner, action.done) for action in reading.actions]


HEAD = "# Crane stuck\n\n**Date:** 2026-03-02\n\n## Timeline\n\n"
TIMELINES = {
    "steps since the first moment": (
        "- **T0:** Rail freezes\n- **T+N minutes:** Crane stops\n- **Recovery:** Rail greased by hand\n",
        [
            ("", "T0: Rail freezes"),
            ("", "**T+N minutes:** Crane stops"),
            ("", "**Recovery:** Rail greased by hand"),
        ],
    ),
    "a moment in words beside clocks": (
        "- **Before the frost**: Nobody greases\n- **14:32**: Crane stops\n- **14:50**: Rail greased\n",
        [("", "**Before the frost**: Nobody greases"), ("03-02 14:32", "Crane stops"), ("03-02 14:50", "Rail greased")],
    ),
    "times behind their labels": (
        "- **Crane stops:** 2026-03-02 14:32 UTC\n- **Noticed:** 2026-03-02 14:35 UTC (by an alert)\n"
        "- **Rail greased:** 2026-03-02 14:50 UTC onwards\n",
        [
            ("03-02 14:32", "Crane stops"),
            ("03-02 14:35", "Noticed: (by an alert)"),
            ("03-02 14:50", "Rail greased: onwards"),
        ],
    ),
    "rows that nobody filled in": (
        "| Time | Event |\n|---|---|\n| 2026-03-03 | |\n| 14:32 | Crane stops |\n| … | … |\n| 14:50 | Rail greased |\n"
        "{: .table .striped }\n",
        [("03-03 14:32", "Crane stops"), ("03-03 14:50", "Rail greased")],
    ),
    "phases with times of their own": (
        "### 11:50-12:10 AM: Cold\n\n- 11:50: Rail freezes\n- 12:08: Crane stops\n\n### 1:10-2:05 PM: Warm\n\n"
        "- 1:17: Rail greased\n- 2:05: Crane moves\n",
        [
            ("03-02 11:50", "Rail freezes"),
            ("03-02 12:08", "Crane stops"),
            ("03-02 13:17", "Rail greased"),
            ("03-02 14:05", "Crane moves"),
        ],
    ),
    "a phase that sounds like another section": (
        "### Phase 1: Impact begins\n\n- 14:32 Crane stops\n\n### Phase 2: Recovery\n\n- 14:50 Rail greased\n",
        [("03-02 14:32", "Crane stops"), ("03-02 14:50", "Rail greased")],
    ),
    "a span told in two zones": (
        "- **14:32-14:35 UTC / 09:32-09:35 EST**: Crane stops\n- **14:50 UTC / 09:50 EST**: Rail greased\n",
        [("03-02 14:32", "14:32-14:35 UTC / 09:32-09:35 EST: Crane stops"), ("03-02 14:50", "Rail greased")],
    ),
    "a moment nobody knows": (
        "- [???] Rail freezes\n- [14:32] Crane stops\n- [14:50] Rail greased\n",
        [("", "[???] Rail freezes"), ("03-02 14:32", "Crane stops"), ("03-02 14:50", "Rail greased")],
    ),
    "a line about all times": (
        "All times in UTC, on March 2nd 2026\n\n- [14:32] Crane stops\n- [14:50] Rail greased\n",
        [("03-02 14:32", "Crane stops"), ("03-02 14:50", "Rail greased")],
    ),
    "days before months, as the date above them tells": (
        "| Time | Event |\n|---|---|\n| 02/03 ~14:32 | Crane stops |\n| 02/03 ~14:50 | Rail greased |\n",
        [("03-02 14:32", "Crane stops"), ("03-02 14:50", "Rail greased")],
    ),
}


@pytest.mark.parametrize("case", TIMELINES)
def test_read_takes_the_entries_of_a_timeline_in_its_other_shapes(case: str) -> None:
    text, expected = TIMELINES[case]

    assert timeline(reading_of(HEAD + text)) == expected


def test_read_prefers_what_happened_to_a_list_of_moments() -> None:
    reading = reading_of(
        HEAD.replace("## Timeline", "### Key timestamps")
        + "- **Reported:** 14:32\n- **Impact start:** 14:32\n- **Fixed:** 14:50\n- **Closed:** 15:30\n\n"
        "## Incident timeline\n\n| Time | Event |\n|---|---|\n"
        "| 14:32:09 | The crane stops above the third quay |\n| 14:50:30 | Somebody greases the frozen rail |\n"
        "| 15:30:00 | All ships are loaded and we close it |\n"
    )

    assert [text for _, text in timeline(reading)] == [
        "The crane stops above the third quay",
        "Somebody greases the frozen rail",
        "All ships are loaded and we close it",
    ]
    assert reading.resolved_at is not None
    assert reading.resolved_at.strftime("%H:%M") == "14:50"


def test_read_takes_the_one_update_of_a_status_page() -> None:
    reading = reading_of("---\ntitle: Crane stuck\n---\n\n## 2026-03-02 14:32\n\nThe rail is frozen.\n")

    assert timeline(reading) == [("03-02 14:32", "The rail is frozen.")]


ACTIONS = {
    "lines one below the other": (
        "## Action items\n\nTraining: Teach the new road.\nAlerts: Set up one for frost.\nConduct a drill.\n",
        [
            ("Training: Teach the new road.", "", False),
            ("Alerts: Set up one for frost.", "", False),
            ("Conduct a drill.", "", False),
        ],
    ),
    "tasks under names": (
        "## Action items\n\nDrill:\nTask: Conduct a drill.\nDeadline: 2026-04-01.\n\nFrost:\nTask: Update the alert.\n",
        [("Conduct a drill.", "", False), ("Update the alert.", "", False)],
    ),
    "a name that sounds done": (
        "## Action items\n\n- **Enhanced alerts**: Add one for frost\n- **Automated greasing**: Buy a machine for it\n",
        [
            ("**Enhanced alerts**: Add one for frost", "", False),
            ("**Automated greasing**: Buy a machine for it", "", False),
        ],
    ),
    "what has been done": (
        "## Action items\n\n- The old rail has been removed from the quay\n- Already greased the other rails\n"
        "- All rails will be checked weekly\n",
        [
            ("The old rail has been removed from the quay", "", True),
            ("Already greased the other rails", "", True),
            ("All rails will be checked weekly", "", False),
        ],
    ),
    "a group in Spanish": (
        "## Acciones tomadas\n\n- Engrasar el riel\n\n## Acciones preventivas\n\n- Comprar grasa nueva\n",
        [("Engrasar el riel", "", True), ("Comprar grasa nueva", "", False)],
    ),
    "owners in brackets": (
        "## Corrective actions with owners\n\n* Grease the rail weekly [Mira]\n* Buy a heater for it [TODO]\n",
        [("Grease the rail weekly [Mira]", "Mira", False), ("Buy a heater for it [TODO]", "", False)],
    ),
    "states in a column of another name": (
        "## Action items\n\n| Action | Owner | Reference |\n|---|---|---|\n| Grease the rail | Mira | **DONE** |\n"
        "| Buy a heater | Sam | **TODO** |\n| Check the alert | Sam | **DONE** |\n",
        [("Grease the rail", "Mira", True), ("Buy a heater", "Sam", False), ("Check the alert", "Sam", True)],
    ),
}


@pytest.mark.parametrize("case", ACTIONS)
def test_read_takes_actions_in_their_other_shapes(case: str) -> None:
    text, expected = ACTIONS[case]

    assert actions(reading_of(f"# Crane stuck\n\n{text}")) == expected


def test_read_takes_the_deadline_of_a_task_below_it() -> None:
    reading = reading_of("# Crane\n\n## Action items\n\nDrill:\nTask: Conduct a drill.\nDeadline: 2026-04-01.\n")

    assert [action.due_on for action in reading.actions] == [date(2026, 4, 1)]


SPANS = {
    "a report is no beginning": (
        "On 2026-03-02 at 14:40 UTC we received a report that the crane was stuck.\n\n## Timeline\n\n"
        "- 14:32 Rail freezes\n- 14:45 Somebody looks\n- 14:50 Rail greased\n",
        ("03-02 14:32", "03-02 14:50"),
    ),
    "about a time": (
        "On March 2nd, 2026 at approximately 14:30 UTC the crane stood still.\n\n## Timeline\n\n"
        "- Mar 2nd 14:32 First call\n- Mar 2nd 14:45 Somebody looks\n- Mar 2nd 14:50 Rail greased\n",
        ("03-02 14:30", "03-02 14:50"),
    ),
    "a duration with its ends in brackets": (
        "- **Duration of the standstill:** ~18 min (2026-03-02 14:32 UTC → 14:50 UTC for the crane)\n",
        ("03-02 14:32", "03-02 14:50"),
    ),
    "a date with a clock": ("* **Date:** 02/03/2026 3am UTC\n* **Quay:** 3\n\nThe crane stood still.\n", ("02-03 03:00", "")),
    "an end in passing": (
        "On 2026-03-02 at 14:32 UTC, the crane stopped. Around 14:45 somebody came and by 14:50 UTC the load had returned to "
        "normal.\n",
        ("03-02 14:32", "03-02 14:50"),
    ),
    "a prelude before the day of the incident": (
        "**Incident date:** 2026-03-02\n\n## Timeline\n\n- 2026-03-01 16:00 A new rail is laid\n- 2026-03-02 14:32 Rail freezes\n"
        "- 2026-03-02 14:50 Crane moves\n",
        ("03-02 14:32", "03-02 14:50"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SPANS)
def test_read_tells_the_beginning_and_the_end(case: str) -> None:
    text, expected = SPANS[case]

    reading = reading_of(f"# Crane stuck\n\n{text}")

    ends = (reading.started_at, reading.resolved_at)
    assert tuple(at.strftime("%m-%d %H:%M") if at else "" for at in ends) == expected


def test_read_does_not_take_the_level_of_an_audience_for_a_severity() -> None:
    assert reading_of("# Crane stuck\n\n## Level: Internal\n\nIt stood still.\n").severity is None


def test_read_leaves_the_loss_of_data_open_where_sentences_contradict_each_other() -> None:
    reading = reading_of(
        "# Crane stuck\n\n## Impact\n\n- One log was saved, no data loss.\n- Two logs are gone: permanently deleted.\n"
    )

    assert "is_data_lost" not in reading.impact


def test_a_moment_one_heading_too_deep_is_a_moment_of_its_own() -> None:
    reading = reading_of(
        """
        # Crane stuck

        ## Timeline

        ### 2026-03-02 14:32 UTC

        Crane stops

        #### 2026-03-02 14:50 UTC

        Rail greased

        ### 2026-03-02 15:05 UTC

        Crane moves
        """
    )

    assert timeline(reading) == [
        ("03-02 14:32", "Crane stops"),
        ("03-02 14:50", "Rail greased"),
        ("03-02 15:05", "Crane moves"),
    ]


def test_updates_of_a_page_may_only_name_their_days() -> None:
    reading = reading_of(
        """
        # Crane stuck

        ## Update 2 - March 4, 2026

        The rail is greased.

        ## Update 1 - March 2, 2026

        The crane does not move.
        """
    )

    assert timeline(reading) == [
        ("", "Update 2: March 4, 2026\n\nThe rail is greased."),
        ("", "Update 1: March 2, 2026\n\nThe crane does not move."),
    ]


def test_steps_with_a_name_each_are_a_timeline_only_where_it_has_no_times() -> None:
    steps = "- **Detection:** A driver calls\n- **Root cause identified:** Ice on the rail\n- **Fix:** The rail is greased\n"
    times = (
        "- **Time to detect:** 3 minutes (14:32 to 14:35)\n- **Time to mend:** 18 minutes\n- **TTR:** half an hour\n"
    )

    alone = reading_of("# Crane stuck\n\n## Timeline\n\n" + steps)
    below = reading_of(HEAD + "- 14:32 Crane stops\n- 14:50 Rail greased\n\n" + times)

    assert [text for _, text in timeline(alone)] == [
        "**Detection:** A driver calls",
        "**Root cause identified:** Ice on the rail",
        "**Fix:** The rail is greased",
    ]
    assert timeline(below) == [("03-02 14:32", "Crane stops"), ("03-02 14:50", "Rail greased")]


def test_bullets_that_explain_a_column_are_no_actions() -> None:
    reading = reading_of(
        """
        # Crane stuck

        ## Action items

        | Action | Type | Owner |
        |---|---|---|
        | Grease the rail each autumn | prevent | Tom |
        | Measure the frost | detect | Ann |

        - **Prevent:** it cannot come again
        - **Detect:** we see it sooner
        - **Mitigate:** it hurts less
        """
    )

    assert actions(reading) == [("Grease the rail each autumn", "Tom", False), ("Measure the frost", "Ann", False)]


def test_advice_beside_a_list_with_boxes_is_no_action() -> None:
    reading = reading_of(
        """
        # Crane stuck

        ## Prevention strategies

        - Always look at the weather first
        - Grease before the frost

        ## Action items

        - [x] Grease the rail
        - [ ] Measure the frost
        - [ ] Write a sheet for the night crew
        """
    )

    assert actions(reading) == [
        ("Grease the rail", "", True),
        ("Measure the frost", "", False),
        ("Write a sheet for the night crew", "", False),
    ]


def test_a_date_with_both_ends_is_the_time_of_the_incident() -> None:
    reading = reading_of("# Crane stuck\n\n**Incident date:** January23, 2026, 08:30 - 11:10 UTC\n\nIt stood still.\n")

    assert (str(reading.started_at), str(reading.resolved_at)) == (
        "2026-01-23 08:30:00+00:00",
        "2026-01-23 11:10:00+00:00",
    )


def test_plain_words_with_titles_in_front_of_their_bullets() -> None:
    reading = reading_of(
        """
        Crane stuck

        Issue Summary:
        On March 2, 2026 from 14:32 to 14:50 UTC the crane did not move.

        Timeline:
        - 14:32 Crane stops
        - 14:35 A driver calls
        - 14:50 Rail greased

        Corrective measures:
        - Grease the rail each autumn
        - Measure the frost
        """
    )

    assert [text for _, text in timeline(reading)] == ["Crane stops", "A driver calls", "Rail greased"]
    assert [title for title, _, _ in actions(reading)] == ["Grease the rail each autumn", "Measure the frost"]
