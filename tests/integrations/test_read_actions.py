"""Actions in the many shapes that people give them; every document here was made up for this test."""

from datetime import date
from textwrap import dedent

import pytest

from integrations.documents import ReadAction, Reading, read


def reading_of(text: str, name: str = "outage.md") -> Reading:
    return read(dedent(text).strip("\n"), name)


def told(reading: Reading) -> list[tuple[str, str, bool]]:
    return [(action.title, action.owner, action.done) for action in reading.actions]


TITLES = [
    "Action items", "Actions", "Next steps", "Follow-ups", "Follow-up tasks", "Remediation", "Corrective actions",
    "Corrective and preventive measures", "Resulting Action", "To do", "What we're doing about it", "What are we going to change?",
    "How are we preventing this from happening again?", "**Action Items:**", "🚧 Next steps", "4. Action items",
    "Short-term improvements", "Remeidal action", "Maßnahmen", "Nächste Schritte", "Prochaines étapes", "Plan d'action",
    "Próximos pasos", "Acciones correctivas", "アクションアイテム", "再発防止策", "Prossimi passi", "行动项",
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_read_takes_the_bullets_below_a_title_that_announces_actions(title: str) -> None:
    reading = reading_of(
        f"# Outage\n\n## Summary\n\nA disk.\n\n## {title}\n\n- Alert on disk space\n- Rotate the logs daily\n"
    )

    assert told(reading) == [("Alert on disk space", "", False), ("Rotate the logs daily", "", False)]


@pytest.mark.parametrize(
    "title",
    [
        "Lessons learned", "What went well", "Impact", "Root cause", "Resolution", "After-action report", "Areas for improvement",
        "GitHub Actions", "What should you do?", "Detection", "教訓", "Contributing factors",
    ],
)  # fmt: skip
def test_read_takes_no_actions_from_other_sections(title: str) -> None:
    reading = reading_of(
        f"# Outage\n\n## Summary\n\nA disk.\n\n## {title}\n\n- Disk space was short\n- Logs grew daily\n"
    )

    assert reading.actions == []


def test_read_takes_owner_state_and_date_from_the_columns() -> None:
    reading = reading_of(
        """
        # Outage

        ## Action items

        | Action Item | Type | Owner | Due | Status | Bug |
        |---|---|---|---|---|---|
        | Alert on disk space | prevent | ann | 2026-04-01 | Done | https://tickets.example/7 |
        | Rotate the logs | mitigate | bob | April 15, 2026 | In progress | #8 |
        | TBD | | | | | |
        """
    )

    assert told(reading) == [("Alert on disk space", "ann", True), ("Rotate the logs", "bob", False)]
    assert [action.due_on for action in reading.actions] == [date(2026, 4, 1), date(2026, 4, 15)]
    assert [action.url for action in reading.actions] == ["https://tickets.example/7", None]
    assert "Type: prevent" in reading.actions[0].details


def test_read_takes_every_table_of_measures_in_japanese() -> None:
    reading = reading_of(
        """
        # 障害

        ## アクションアイテム

        ### 予防

        | # | アクション | 担当 | 期限 | 状態 |
        |---|---|---|---|---|
        | P-1 | 監視を追加する | 佐藤 | 2026-04-01 | **完了** |

        ### 検知

        | # | アクション | 担当 | 期限 | 状態 |
        |---|---|---|---|---|
        | D-1 | ログを毎日回す | 鈴木 | 2026-04-15 | 未着手 |
        """
    )

    assert told(reading) == [("監視を追加する", "佐藤", True), ("ログを毎日回す", "鈴木", False)]


def test_read_finds_a_table_of_actions_outside_a_section_of_actions() -> None:
    text = "# Outage\n\n## Summary\n\n| Action | Owner | Due |\n|---|---|---|\n| Alert on disk space | ann | 2026-04-01 |\n"

    assert told(reading_of(text)) == [("Alert on disk space", "ann", False)]


def test_read_leaves_a_table_that_is_about_other_things() -> None:
    reading = reading_of(
        """
        # Outage

        ## Corrective actions

        These records were removed:

        | type | name |
        |---|---|
        | A | www.parcels.example |
        | CNAME | labels.parcels.example |

        The team will look at the others in time.
        """
    )

    assert reading.actions == []


def test_read_takes_check_boxes_with_their_state() -> None:
    reading = reading_of(
        """
        # Outage

        ## Action items

        - [x] Alert on disk space
        - [ ] Rotate the logs, covering:
          - the web tier
          - the queue
        - [ ] https://tickets.example/9
        """
    )

    assert told(reading) == [
        ("Alert on disk space", "", True), ("Rotate the logs, covering:", "", False), ("https://tickets.example/9", "", False),
    ]  # fmt: skip
    assert reading.actions[1].details == "- the web tier\n- the queue"


def test_read_leaves_a_check_list_about_the_document() -> None:
    reading = reading_of(
        """
        # Outage

        ## Action items

        1. Alert on disk space

        ## Actions

        - [x] Incident is over
        - [x] Sections above are filled out
        - [ ] This report is published
        """
    )

    assert told(reading) == [("Alert on disk space", "", False)]


def test_read_takes_the_bullets_of_groups_and_leaves_their_names() -> None:
    reading = reading_of(
        """
        # Outage

        ## Next steps

        - **Prevent**
          - Alert on disk space
          - Rotate the logs
        - **Detect**
          - Watch the queue
        """
    )

    assert [action.title for action in reading.actions] == ["Alert on disk space", "Rotate the logs", "Watch the queue"]


def test_read_takes_headings_with_prose_below_as_actions() -> None:
    reading = reading_of(
        """
        # Outage

        ## Resulting actions

        ### 1) Disk alert configured `@ann`

        It fires at 90 %.

        ### 2) Log rotation `@bob`

        Every night.
        """
    )

    assert told(reading) == [("Disk alert configured `@ann`", "@ann", True), ("Log rotation `@bob`", "@bob", False)]
    assert reading.actions[1].details == "Every night."


def test_read_takes_sentences_only_when_they_say_that_they_are_actions() -> None:
    reading = reading_of(
        """
        # Outage

        ## Action items

        **Done**: Alert on disk space.

        Start rotating the logs every night.

        The disk had been too small for a year, which nobody had noticed.
        """
    )

    assert told(reading) == [
        ("**Done**: Alert on disk space.", "", True),
        ("Start rotating the logs every night.", "", False),
    ]


def test_read_takes_no_actions_from_prose() -> None:
    text = (
        "# Outage\n\n## Corrective and preventive measures\n\nGoing forward the team is going to rebuild the printer pool. "
        "The ideal would be one with quick failover.\n"
    )

    assert reading_of(text).actions == []


def test_read_takes_the_list_that_a_promise_hands_over_to() -> None:
    reading = reading_of(
        """
        # Outage

        ## Recovery

        It healed by itself. Going forward, we will do the following to avoid this:

        - We will watch the queue.
        - We will raise the limit.

        The new printer has two advantages. Specifically:

        - It never jams.
        - It is blue.
        """
    )

    assert [action.title for action in reading.actions] == ["We will watch the queue.", "We will raise the limit."]


@pytest.mark.parametrize(
    ("item", "owner", "done"),
    [
        ("Alert on disk space (Owner: Ann Example)", "Ann Example", False),
        ("Alert on disk space - owner: ann, due: 2026-04-01", "ann", False),
        ("Alert on disk space @ann", "@ann", False),
        ("Alert on disk space (Ann Example)", "Ann Example", False),
        ("~~Alert on disk space~~", "", True),
        ("✅ Alert on disk space", "", True),
        ("Alert on disk space (Done)", "", True),
        ("Alert on disk space - this has already been done.", "", True),
        ("We've added an alert on disk space", "", True),
        ("Added an alert on disk space", "", True),
        ("Need an alert on disk space", "", False),
        ("Alert on disk space is not done", "", False),
        ("mail ops@harbour.example about the disk", "", False),
    ],
)
def test_read_tells_owner_and_state_from_the_words_of_a_bullet(item: str, owner: str, done: bool) -> None:
    reading = reading_of(f"# Outage\n\n## Action items\n\n- {item}\n- Rotate the logs\n")

    assert (reading.actions[0].owner, reading.actions[0].done) == (owner, done)


def test_read_takes_a_group_marked_as_completed_for_done() -> None:
    text = "# Outage\n\n## Actions\n\n### Immediate (completed)\n\n- Move the timeout\n- Raise it\n\n### Later\n\n- Split the pool now\n"

    assert [action.done for action in reading_of(text).actions] == [True, True, False]


def test_read_takes_dates_and_links_out_of_a_bullet() -> None:
    reading = reading_of(
        "# Outage\n\n## Actions\n\n- Alert on disk space, due 2026-04-01 ([ticket](https://tickets.example/7))\n- Look on\n"
    )

    assert reading.actions[0] == ReadAction(
        "Alert on disk space, due 2026-04-01 ([ticket](https://tickets.example/7))", due_on=date(2026, 4, 1),
        url="https://tickets.example/7",
    )  # fmt: skip


@pytest.mark.parametrize(
    "placeholder", ["None", "N/A", "TBD", "-", "{{ summary }} [link to github issue]", "Action item 1", "..."]
)
def test_read_leaves_what_a_template_left_over(placeholder: str) -> None:
    reading = reading_of(f"# Outage\n\n## Action items\n\n- {placeholder}\n- Alert on disk space\n")

    assert [action.title for action in reading.actions] == ["Alert on disk space"]


def test_read_takes_actions_of_other_markups() -> None:
    documents = {
        "a.mediawiki": "==Summary==\nA disk.\n\n==Action items==\n# Alert on disk space\n# Rotate the logs\n",
        "a.rst": "Outage\n======\n\nNext steps\n----------\n\n* Alert on disk space\n* Rotate the logs\n",
        "a.adoc": "= Outage\n\n== Actions\n\n* Alert on disk space\n* Rotate the logs\n",
        "a.org": "#+TITLE: Outage\n* Actions\n** TODO Alert on disk space\n** TODO Rotate the logs\n",
        "a.html": "<h1>Outage</h1><h2>Next steps</h2><ul><li>Alert on disk space</li><li>Rotate the logs</li></ul>",
        "a.txt": "OUTAGE\n\nNEXT STEPS\n\n- Alert on disk space\n- Rotate the logs\n",
        "a.yaml": "title: Outage\nseverity: low\nstatus: closed\nteam: web\naction_items:\n  - Alert on disk space\n  - Rotate the logs\n",
        "a.json": '{"title": "Outage", "action_items": [{"task": "Alert on disk space", "owner": "ann"}, {"task": "Rotate the logs", "owner": ""}]}',  # noqa: E501
    }

    found = {name: [action.title for action in read(text, name).actions] for name, text in documents.items()}

    assert found == {name: ["Alert on disk space", "Rotate the logs"] for name in documents}
