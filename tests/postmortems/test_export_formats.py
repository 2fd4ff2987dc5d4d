"""The files for machines and for the importer."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml

from incidents.impact import FIGURES
from integrations.documents.reader import read
from postmortems.agendas import Agenda
from postmortems.exporting.as_json import as_json
from postmortems.exporting.as_markdown import as_markdown
from postmortems.exporting.document import RelatedLine, SectionText
from postmortems.exporting.front_page import front_page, gist
from postmortems.exporting.signatures import ReviewerLine
from postmortems.exporting.words import cut, direction_of, with_headings_below
from postmortems.models import Postmortem
from postmortems.models.templates import Point
from tests.factories import STARTED_AT
from tests.postmortems.test_export_pdf import AT, document, told

__all__ = ["told"]


def test_json_holds_everything_and_null_for_what_nobody_knows(told: Postmortem) -> None:
    payload = json.loads(as_json(document(told)))

    assert (payload["format"], payload["version"], payload["made_at"]) == (
        "debrief.postmortem", 1, "2026-03-20T09:30:00Z",
    )  # fmt: skip
    assert list(payload) == [
        "format", "version", "made_at", "organisation", "incident", "postmortem", "reviews", "sections", "timeline", "observations",
        "causes", "candidates", "actions", "threads", "people", "attachments", "versions", "related", "agenda",
    ]  # fmt: skip
    assert payload["incident"]["times"] == {
        "started_at": "2026-03-02T14:00:00Z", "first_impact_at": None, "first_report_at": None, "detected_at": None,
        "acknowledged_at": None, "understood_at": None,
        "recovery_decided_at": None, "mitigated_at": None, "resolved_at": "2026-03-02T15:30:00Z",
    }  # fmt: skip
    impact = payload["incident"]["impact"]
    assert {name: value for name, value in impact.items() if value is not None} == {
        "duration_seconds": 5400, "users_affected_count": 18240, "revenue_lost": "48200.00", "currency": "EUR",
    }  # fmt: skip
    assert set(impact) - {"duration_seconds", "currency"} == {*FIGURES, "user_experience"}
    assert payload["sections"][0] == {
        "key": "summary", "title": "Summary", "role": "summary", "text": "Checkout was slow for an hour and a half.",
    }  # fmt: skip
    assert [event["occurred_at"] for event in payload["timeline"]] == ["2026-03-02T14:00:00Z", None]
    assert [(a["reference"], a["status"], a["evidence"], a["drop_reason"]) for a in payload["actions"]] == [
        ("ACT-45", "not_started", "", ""),
        ("ACT-46", "done", "https://git.example/pr/12", ""),
        ("ACT-47", "dropped", "", "Planned anyway."),
    ]


def test_every_field_of_the_json_is_documented(told: Postmortem, settings) -> None:
    text = (settings.BASE_DIR / "docs" / "exports.md").read_text()

    def names(thing: object) -> set[str]:
        if isinstance(thing, dict):
            return set(thing) | {name for value in thing.values() for name in names(value)}
        return {name for value in thing for name in names(value)} if isinstance(thing, list) else set()

    assert sorted(name for name in names(json.loads(as_json(document(told)))) if f"`{name}`" not in text) == []


REVIEWERS = [
    ReviewerLine("Bo", "approved", "approved", datetime(2026, 3, 4, 9, tzinfo=UTC), ""),
    ReviewerLine("Cem", "changes", "asks for changes", datetime(2026, 3, 4, 10, tzinfo=UTC), "Say when it ended."),
    ReviewerLine("Dua", "waiting", "has not answered yet", None, ""),
]


def test_every_export_names_authors_and_what_reviewers_say(told: Postmortem) -> None:
    signed = document(told, authors=["Ada", "Eli"], reviewers=REVIEWERS, published_anyway="The board meets.")
    payload = json.loads(as_json(signed))
    facts = yaml.safe_load(as_markdown(signed).decode().split("---\n", 2)[1])
    front = front_page(signed)

    assert payload["postmortem"]["authors"] == facts["authors"] == ["Ada", "Eli"]
    assert payload["postmortem"]["published_anyway"] == "The board meets."
    assert payload["reviews"][1] == {
        "reviewer": "Cem", "state": "changes", "answered_at": "2026-03-04T10:00:00Z", "words": "Say when it ended.",
    }  # fmt: skip
    assert facts["reviewers"] == [
        "Bo, approved (2026-03-04)", "Cem, asks for changes (2026-03-04)", "Dua, has not answered yet",
    ]  # fmt: skip
    assert front.signed == (
        "Written by Ada and Eli. Review: Bo (approved), Cem (asks for changes) and Dua (has not answered yet)."
    )
    assert "Cem asks for changes." in front.still_open


def test_the_agenda_and_related_incidents_are_in_markdown_and_read_back_as_words_alone(told: Postmortem) -> None:
    agenda = Agenda([Point("Timeline", "Walk through it.", 10), Point("Actions", "", 15)], 60)
    related = [RelatedLine("INC-3", "Checkout was down", "The same pool", STARTED_AT)]
    bare, full = document(told), document(told, agenda=agenda, related=related)

    text = as_markdown(full).decode()
    found = read(text, "INC-7.md")

    assert "## Agenda of the meeting\n\n- Timeline (10 min)\n  - Note: Walk through it.\n- Actions (15 min)" in text
    assert "## Related incidents\n\n- INC-3 Checkout was down\n  - What is alike: The same pool" in text
    before = read(as_markdown(bare), "INC-7.md")
    assert (found.timeline, found.actions) == (before.timeline, before.actions)
    sections = {section.title: section.text for section in found.sections}
    assert "INC-3 Checkout was down" in sections["Related incidents"]
    assert "Walk through it." in sections["Agenda of the meeting"]


def test_markdown_starts_with_front_matter(told: Postmortem) -> None:
    _, matter, _ = as_markdown(document(told)).decode().split("---\n", 2)
    facts = yaml.safe_load(matter)

    assert (facts["incident"], facts["severity"], facts["started_at"]) == ("INC-7", "SEV-2", "2026-03-02T14:00:00Z")
    assert facts["impact"]["users_affected_count"] == 18240
    assert facts["impact"]["sla_credits"] is None


def test_markdown_is_read_back_by_the_importer(told: Postmortem) -> None:
    exported = document(told)
    moment, action = exported.timeline[0], exported.actions[0]
    texts = ["The pager | rings", "Somebody *restarts* a pod,\nand waits.", "Traffic is back"]
    exported = replace(
        exported,
        sections=[
            SectionText("summary", "Summary", "summary", "It was slow.\n\n- a list\n- of things", True),
            SectionText("causes", "Root causes", "causes", "# A heading\n\nThe default was `halved`.", True),
        ],
        timeline=[
            replace(moment, text=text, occurred_at=STARTED_AT + timedelta(minutes=7 * number))
            for number, text in enumerate(texts)
        ],
        actions=[action, replace(action, reference="ACT-46", title="Pin the default", status="done", owner="Ada Berg")],
    )

    found = read(as_markdown(exported), "INC-7.md")

    assert "Checkout answers slowly" in found.title
    assert (found.started_at, found.resolved_at) == (STARTED_AT, datetime(2026, 3, 2, 15, 30, tzinfo=UTC))
    assert found.severity is not None
    assert found.severity.endswith("2")
    assert [event.at for event in found.timeline] == [moment.occurred_at for moment in exported.timeline]
    for event, text in zip(found.timeline, texts, strict=True):
        assert " ".join(text.split()) in " ".join(event.text.split())
    assert [(a.title, a.owner, a.done, a.due_on) for a in found.actions] == [
        ("Alert on queue depth", "Mira Member", False, date(2026, 3, 16)),
        ("Pin the default", "Ada Berg", True, date(2026, 3, 16)),
    ]
    sections = {section.title: section.text for section in found.sections}
    assert sections["Summary"].strip() == "It was slow.\n\n- a list\n- of things"
    assert "A heading" in sections["Root causes"]
    assert "The default was `halved`." in sections["Root causes"]


def test_a_fence_left_open_does_not_swallow_what_follows(told: Postmortem) -> None:
    open_fence = SectionText("summary", "Summary", "summary", "````text\n```\nnever closed", True)

    text = as_markdown(document(told, sections=[open_fence])).decode()

    assert "never closed\n````\n\n## Timeline" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n\n## Two", "### One\n\n#### Two"),
        ("### Three", "### Three"),
        ("Under\n=====\n\nwords", "### Under\n\nwords"),
        ("```\n# no heading\n```", "```\n# no heading\n```"),
        ("# One #\n###### Six", "### One #\n###### Six"),
    ],
)
def test_headings_go_below_those_of_the_file(text: str, expected: str) -> None:
    assert with_headings_below(2, text) == expected


def test_a_gist_is_the_first_words_without_code_tables_or_headings() -> None:
    words = "First *words* with [a link](https://x.example)."
    text = f"# Heading\n\n{words}\n\n```\ncode\n```\n\n| a |\n|---|\n| b |\n\n- [x] item"

    assert [(line.text, line.is_item) for line in gist(text, 500).lines] == [
        ("First words with a link.", False),
        ("item", True),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"One. Two. {'x ' * 60}", ["One. Two."]),
        (f"Whole.\n\n{'x ' * 60}", ["Whole."]),
        (f"It fell by 3.5 %. {'x ' * 60}", ["It fell by 3.5 %."]),
        ("x " * 60, ["x " * 49 + "x …"]),
    ],
)
def test_a_gist_ends_with_a_sentence_where_it_can(text: str, expected: list[str]) -> None:
    found = gist(text, 100)

    assert [line.text for line in found.lines] == expected
    assert found.is_cut


def test_a_cut_ends_at_a_word() -> None:
    assert cut("one two three", 9) == "one two …"
    assert cut("x" * 20, 10) == "x" * 10 + " …"
    assert cut("short", 10) == "short"


def test_the_direction_is_that_of_most_letters() -> None:
    assert [direction_of(text) for text in ("abc", "שלום", "حدث INC-7 انقطاع", "", "123")] == [
        "ltr", "rtl", "rtl", "ltr", "ltr",
    ]  # fmt: skip


def test_the_moment_of_the_export_is_that_of_the_document(told: Postmortem) -> None:
    assert json.loads(as_json(document(told, made_at=AT + timedelta(hours=1))))["made_at"] == "2026-03-20T10:30:00Z"
