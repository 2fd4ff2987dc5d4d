import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from actions.models import Action
from incidents.models import Incident
from integrations.commands import Correction, import_postmortem, read_bytes
from integrations.documents import Reading
from integrations.errors import AlreadyImported, NotImportable
from integrations.models import ImportedDocument
from live.commands import texts_of
from people.models import Team, User
from postmortems.models import Postmortem, SectionRole, Template
from tests.factories import ServiceFactory, TeamFactory, TemplateFactory, TemplateSectionFactory, UserFactory

TICKET = "https://tickets.example/8"
DOCUMENT = """\
# Labels came out blank

**Severity**: SEV-2

## Summary

Forty parcels left without an address.

## Timeline (UTC)

- 2026-03-02 14:00: The printer queue stops.
- 2026-03-02 14:25: The queue is drained.

## Root cause

A full disk.

## What the depot says

They would like a bell.

## Action items

| Action | Owner | Due | Status | Ticket |
|---|---|---|---|---|
| Alert on the [queue](https://graphs.example/7) | Ann Example | 2026-04-01 | open | |
| Rotate the logs | @bob | | done | https://tickets.example/8 |
| Buy paper | somebody | | done | |
"""


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory(name="Ann Example", email="ann@harbour.example")


@pytest.fixture
def team(ann: User) -> Team:
    UserFactory(name="Bob Example", email="bob@harbour.example")
    return TeamFactory(name="Labels", members=[ann])


@pytest.fixture
def template(db: None) -> Template:
    template = TemplateFactory(name="Full post-mortem")
    sections = [("summary", "Summary", SectionRole.SUMMARY), ("root-causes", "Root causes", SectionRole.CAUSES)]
    sections.append(("impact", "Impact", SectionRole.IMPACT))
    for position, (key, title, role) in enumerate(sections):
        TemplateSectionFactory(template=template, key=key, title=title, role=role, body="", position=position)
    return template


def imported(text: str, by: User, **wishes: Any) -> Postmortem:
    read_text, reading = read_bytes(text.encode(), "labels.md")
    return import_postmortem(reading, by=by, source_name="labels.md", text=read_text, **wishes)


def test_import_creates_the_incident_with_its_times_and_severity(ann: User, team: Team, template: Template) -> None:
    incident = imported(DOCUMENT, ann).incident

    assert (incident.title, incident.severity, incident.team) == ("Labels came out blank", 2, team)
    assert incident.started_at == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    assert incident.resolved_at == datetime(2026, 3, 2, 14, 25, tzinfo=UTC)
    assert incident.reported_by == ann


def test_import_writes_words_into_the_sections_that_ask_for_them(ann: User, team: Team, template: Template) -> None:
    postmortem = imported(DOCUMENT, ann)

    texts = texts_of(postmortem.room)
    written = [(section.title, texts[section.key]) for section in postmortem.sections.all() if texts[section.key]]
    assert written[0] == ("Introduction", "**Severity**: SEV-2")
    assert ("Root cause", "A full disk.") in written
    assert ("What the depot says", "They would like a bell.") in written
    assert [section.title for section in postmortem.sections.all() if not texts[section.key]] == ["Impact"]
    assert postmortem.sections.get(key="root-causes").title == "Root cause"
    assert postmortem.is_imported


def test_import_puts_events_and_actions_in_their_rows(ann: User, team: Team, template: Template) -> None:
    postmortem = imported(DOCUMENT, ann)

    events = [(event.occurred_at, event.text, event.source) for event in postmortem.timeline_events.all()]
    assert events == [
        (datetime(2026, 3, 2, 14, 0, tzinfo=UTC), "The printer queue stops.", "labels.md: 2026-03-02 14:00"),
        (datetime(2026, 3, 2, 14, 25, tzinfo=UTC), "The queue is drained.", "labels.md: 2026-03-02 14:25"),
    ]
    bob = User.objects.get(email="bob@harbour.example")
    actions = [(one.title, one.owner, one.due_on, one.status, one.evidence) for one in postmortem.actions.all()]
    assert actions == [
        ("Alert on the queue", ann, date(2026, 4, 1), Action.Status.NOT_STARTED, ""),
        ("Rotate the logs", bob, None, Action.Status.DONE, "https://tickets.example/8"),
        ("Buy paper", None, None, Action.Status.DONE, "Marked as done in labels.md"),
    ]
    assert "Owner in the document: somebody" in postmortem.actions.get(title="Buy paper").description


def test_import_of_the_same_text_again_changes_nothing(ann: User, team: Team, template: Template) -> None:
    first = imported(DOCUMENT, ann)

    with pytest.raises(AlreadyImported) as error:
        imported(DOCUMENT.replace("\n", "\r\n") + "  \n", ann)

    assert error.value.reasons == (f"Already imported as {first.incident.reference}.",)
    assert (Incident.objects.count(), ImportedDocument.objects.count(), Action.objects.count()) == (1, 1, 3)


def test_import_that_fails_half_way_leaves_nothing(
    ann: User, team: Team, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("integrations.commands.documents.add_action", fail)

    with pytest.raises(RuntimeError):
        imported(DOCUMENT, ann)

    assert (Incident.objects.count(), Postmortem.objects.count(), ImportedDocument.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("missing", "words"), [("team", "There is no team yet"), ("template", "There is no template yet")]
)
def test_import_without_what_it_needs_says_what_that_is(missing: str, words: str, ann: User) -> None:
    if missing == "template":
        TeamFactory()
    else:
        TemplateFactory()

    with pytest.raises(NotImportable, match=words):
        imported(DOCUMENT, ann)

    assert Incident.objects.count() == 0


def test_import_follows_the_person_where_they_know_better(ann: User, team: Team, template: Template) -> None:
    other = TeamFactory(name="Depot")

    incident = imported(
        DOCUMENT, ann, team=other, correction=Correction("Blank labels", 1, is_restricted=True)
    ).incident

    assert (incident.title, incident.severity, incident.team, incident.is_restricted) == (
        "Blank labels",
        1,
        other,
        True,
    )


def test_import_of_a_restricted_one_gives_no_action_to_people_who_cannot_see_it(
    ann: User, team: Team, template: Template
) -> None:
    postmortem = imported(DOCUMENT, ann, correction=Correction(is_restricted=True))

    assert [one.owner for one in postmortem.actions.all()] == [ann, None, None]
    assert "Owner in the document: @bob" in postmortem.actions.get(title="Rotate the logs").description


def test_import_keeps_what_is_longer_than_a_field(ann: User, team: Team, template: Template) -> None:
    long = "word " * 900
    text = f"# {'T' * 250}\n\n## Timeline\n\n- 2026-03-02 10:00: {long}end\n\n## Action items\n\n- Do {'x' * 400} now\n"

    postmortem = imported(text, ann)

    assert len(postmortem.incident.title) == 200
    assert len(postmortem.timeline_events.get().text) == 4000
    assert any(text.endswith("end") for text in texts_of(postmortem.room).values())
    assert ("x" * 400) in postmortem.actions.get().description
    assert ImportedDocument.objects.get().text == text


STATED = f"""\
# Labels came out blank

**Incident type**: process failure
**Near miss**: yes
**Started**: 2026-03-02 14:00 UTC
**Detected**: 2026-03-02 14:05 UTC
**Acknowledged**: 2026-03-02 14:02 UTC
**Hotfix deployed**: 2026-03-02 14:20 UTC
**Resolved**: 2026-03-02 14:25 UTC
**Users affected**: 48,210
**Lost revenue**: $18,400
**Affected services**: Printer (both), scales

## Timeline (UTC)

| Time | What happened | Who |
|---|---|---|
| 2026-03-02 14:05 | An alert fired. | the pager |

## Contributing factors

- No limit on the queue

## Action items

| Action | Ticket |
|---|---|
| Rotate the logs | https://github.com/harbour/printer/issues/8 |
| Draw the graph | {TICKET} |
"""


def test_import_fills_the_facts_that_are_stated(ann: User, team: Team, template: Template) -> None:
    printer = ServiceFactory(name="printer")
    ServiceFactory(name="scale")

    postmortem = imported(STATED, ann)

    incident = postmortem.incident
    assert (incident.kind, incident.is_near_miss) == (Incident.Kind.PROCESS, True)
    assert incident.detected_at == datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
    assert [(own.name, own.at) for own in incident.own_instants.all()] == [
        ("Hotfix deployed", datetime(2026, 3, 2, 14, 20, tzinfo=UTC))
    ]
    assert list(incident.services.all()) == [printer]
    impact = incident.impact
    assert (impact.users_affected_count, impact.revenue_lost, impact.currency) == (48210, 18400, "USD")
    assert [(event.text, event.who, event.kind) for event in postmortem.timeline_events.all()] == [
        ("An alert fired.", "the pager", "detection")
    ]
    assert [(cause.kind, cause.text) for cause in postmortem.causes.all()] == [("factor", "No limit on the queue")]
    assert [[link.url for link in action.links.all()] for action in postmortem.actions.order_by("pk")] == [
        ["https://github.com/harbour/printer/issues/8"],
        [],
    ]


def test_import_leaves_out_a_time_that_contradicts_another_and_says_so(
    ann: User, team: Team, template: Template
) -> None:
    incident = imported(STATED, ann).incident

    assert incident.acknowledged_at is None
    assert (
        "The time stated for “acknowledged” (2026-03-02 14:02 UTC) was left out: “acknowledged” is before “detected”."
        in ImportedDocument.objects.get().warnings
    )


def test_import_refuses_a_flood(ann: User, team: Team, template: Template) -> None:
    reading = Reading("T")
    reading.timeline = read_bytes(("# T\n\n## Timeline\n\n" + "- 10:00 again\n" * 2001).encode(), "t.md")[1].timeline

    with pytest.raises(NotImportable, match="no single post-mortem"):
        import_postmortem(reading, by=ann, source_name="t.md", text="t")


def run(*paths: Path | str, **options: Any) -> list[str]:
    out = StringIO()
    call_command("import_postmortem", *map(str, paths), stdout=out, **options)
    return out.getvalue().splitlines()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "labels.md"
    path.write_text(DOCUMENT)
    return path


def test_import_postmortem_dry_run_prints_one_object_a_file_and_stores_nothing(db: None, file: Path) -> None:
    [printed] = run(file, dry_run=True, json=True)

    found = json.loads(printed)
    assert list(found) == [
        "file", "title", "started_at", "resolved_at", "severity", "kind", "is_near_miss",
        "went_unusually_well", "instants", "own_instants", "impact", "causes", "timeline", "actions", "sections", "warnings",
    ]  # fmt: skip
    assert (found["file"], found["title"], found["severity"]) == (str(file), "Labels came out blank", "SEV-2")
    assert found["started_at"] == "2026-03-02T14:00:00+00:00"
    assert found["timeline"][0] == {
        "at": "2026-03-02T14:00:00+00:00",
        "text": "The printer queue stops.",
        "kind": "other",
    }
    assert found["actions"][1] == {"title": "Rotate the logs", "owner": "@bob", "done": True, "url": TICKET}
    assert found["sections"][1] == {"title": "Summary", "text": "Forty parcels left without an address."}
    assert Incident.objects.count() == 0


def test_import_postmortem_goes_on_after_a_file_that_cannot_be_read(db: None, file: Path) -> None:
    (file.parent / "broken.md").write_bytes(b"PK\x03\x04")
    (file.parent / "picture.png").write_bytes(b"\x89PNG")
    out = StringIO()

    with pytest.raises(CommandError) as error:
        call_command("import_postmortem", str(file.parent), "--dry-run", "--json", stdout=out)

    broken, good = (json.loads(line) for line in out.getvalue().splitlines())
    assert (error.value.returncode, str(error.value)) == (1, "1 file could not be imported.")
    assert broken["warnings"] == [
        "This is a ZIP archive (perhaps a .docx or an export), not text. Please export the post-mortem as Markdown."
    ]
    assert (broken["title"], broken["timeline"], len(good["timeline"])) == (None, [], 2)


def test_import_postmortem_names_a_file_that_is_not_there(db: None, tmp_path: Path) -> None:
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("import_postmortem", str(tmp_path / "none.md"), "--dry-run", stdout=out)

    assert out.getvalue() == "none.md: The file cannot be opened: No such file or directory.\n"


def test_import_postmortem_twice_makes_one_incident(
    administrator: User, team: Team, template: Template, file: Path
) -> None:
    first, second = run(file)[0], run(file)[0]

    assert first.startswith("labels.md: imported as INC-")
    assert second.startswith("labels.md: already imported as INC-")
    assert Incident.objects.get().reported_by == administrator


def test_import_postmortem_by_somebody_for_a_team(
    administrator: User, ann: User, team: Team, template: Template, file: Path
) -> None:
    depot = TeamFactory(name="Depot")

    run(file, by="ann@harbour.example", team="depot")

    assert (Incident.objects.get().reported_by, Incident.objects.get().team) == (ann, depot)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "There is no administrator yet."),
        ({"by": "nobody@x.example"}, "Nobody at work here"),
        ({"by": "viewer@harbour.example"}, "may read"),
    ],
)
def test_import_postmortem_without_somebody_who_may_says_so(
    options: dict[str, str], words: str, viewer: User, file: Path
) -> None:
    with pytest.raises(CommandError, match=words):
        run(file, **options)
