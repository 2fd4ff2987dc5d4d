"""What leadership finds in the PDF, and how long it takes."""

import os
import re
import resource
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from actions.models import Action
from incidents.models import Impact
from live.commands import create_room
from people.models import User
from postmortems.commands import add_cause
from postmortems.exporting import fonts
from postmortems.exporting.as_pdf import as_pdf, html_of
from postmortems.exporting.document import ActionLine, Document, SectionText, document_of
from postmortems.exporting.fonts import fonts_for
from postmortems.exporting.front_page import front_page
from postmortems.exporting.moments import Moment
from postmortems.exporting.plans import CauseLine
from postmortems.exporting.sandbox import pdf_problem
from postmortems.models import Cause, Postmortem, SectionRole
from tests.factories import (
    ActionFactory,
    IncidentFactory,
    OrganisationFactory,
    PostmortemFactory,
    SectionFactory,
    TimelineEventFactory,
)

needs_pango = pytest.mark.skipif(bool(pdf_problem()), reason=pdf_problem())
AT = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
WORDS = (
    "The connection pool ran dry after a configuration change halved its size, and retries of the mobile app tripled "
    "the load, until the queue behind it grew so long that requests timed out before anyone had looked at them. "
)


@pytest.fixture
def told(member: User) -> Postmortem:
    """INC-7: a summary, a cause, an impact of which a part is unknown, two events, one action of each status."""
    OrganisationFactory()
    incident = IncidentFactory(number=7, title="Checkout answers slowly", impact=None)
    Impact.objects.create(incident=incident, users_affected_count=18240, revenue_lost="48200.00")
    texts = {"summary": "Checkout was slow for an hour and a half.", "causes": "- A shared default was **halved**.\n"}
    postmortem = PostmortemFactory(incident=incident, texts=texts)
    SectionFactory(postmortem=postmortem, key="causes", title="Root causes", role=SectionRole.CAUSES, position=200)
    TimelineEventFactory(postmortem=postmortem, text="The first alert fires.", who="Pager")
    TimelineEventFactory(postmortem=postmortem, text="Somebody restarts a pod.", occurred_at=None)
    one = {"postmortem": postmortem, "owner": member}
    ActionFactory(**one, number=45, title="Alert on queue depth", due_on=date(2026, 3, 16))
    ActionFactory(
        **one, number=46, title="Pin the default", status="done", evidence="https://git.example/pr/12", finished_at=AT
    )
    ActionFactory(
        **one, number=47, title="Rewrite the app", status="dropped", drop_reason="Planned anyway.", dropped_by=member
    )
    return postmortem


def document(postmortem: Postmortem, **changes: Any) -> Document:
    return replace(document_of(postmortem, at=AT, address="https://debrief.example/postmortems/7/"), **changes)


def pdf(document: Document) -> PdfReader:
    return PdfReader(BytesIO(as_pdf(document, report=lambda percent, step: None)))


def words(text: str) -> str:
    return " ".join(text.split())


def titles(outline: Any) -> list[str]:
    return [title for item in outline for title in (titles(item) if isinstance(item, list) else [item.title])]


@needs_pango
def test_page_one_stands_alone(told):
    front = words(pdf(document(told)).pages[0].extract_text())

    for expected in (
        "INC-7", "Checkout answers slowly", "SEV-2", "Draft", "2 Mar 2026, 15:00 CET",
        "Checkout was slow for an hour and a half.", "1 h 30 min", "18,240", "EUR 48,200",
        "Unknown: share of users, how bad it was, requests failed, support tickets",
        "A shared default was halved.",
        "ACT-45 Alert on queue depth", "Mira Member", "16 Mar 2026", "4 days overdue",
        "1 open, 1 done, 1 dropped.", "1 action is overdue: ACT-45.", "The post-mortem is a draft",
        "As of 20 March 2026, 10:30 CET.",
    ):  # fmt: skip
        assert expected in front


@needs_pango
def test_the_whole_document_follows(told):
    reader = pdf(document(told))
    pages = [words(page.extract_text()) for page in reader.pages]
    rest = " ".join(pages[1:])

    for expected in (
        "Contents", "Facts", "Root causes", "Timeline", "Monday, 2 March 2026",
        "15:00 14:00 The first alert fires. Pager",
        "Time unknown", "Somebody restarts a pod.", "Evidence: https://git.example/pr/12",
        "Dropped by Mira Member: Planned anyway.", "People", "https://debrief.example/postmortems/7/",
    ):  # fmt: skip
        assert expected in rest
    assert [f"{number} of {len(pages)}" in page for number, page in enumerate(pages, start=1)] == [True] * len(pages)
    assert all("INC-7 Checkout answers slowly" in page for page in pages[1:])


@needs_pango
def test_contents_and_bookmarks_lead_to_the_parts(told):
    reader = pdf(document(told))
    bookmarks = titles(reader.outline)
    contents = reader.pages[1]

    assert [title for title in bookmarks if title in ("Contents", "Facts", "Summary", "Root causes", "Timeline")] == [
        "Contents", "Facts", "Summary", "Root causes", "Timeline",
    ]  # fmt: skip
    assert len(contents["/Annots"]) >= 6
    assert "Facts 3 Summary 4 Root causes 4 Timeline 4" in words(contents.extract_text())


@needs_pango
def test_it_is_tagged_and_names_itself(told):
    reader = pdf(document(told))
    root: Any = reader.trailer["/Root"]

    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (
        "INC-7 Checkout answers slowly: post-mortem",
        "Harbour",
    )
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert "/EmbeddedFiles" not in root.get("/Names", {})


@needs_pango
def test_an_empty_postmortem_says_what_nobody_knows(db):
    OrganisationFactory()
    incident = IncidentFactory(number=8, started_at=None, resolved_at=None)
    empty = PostmortemFactory(incident=incident, texts={"summary": ""})

    reader = pdf(document(empty))
    front = words(reader.pages[0].extract_text())

    for expected in (
        "Nobody has written a summary yet.", "Unknown: duration, users affected", "The cause is not written down yet.",
        "No action has been agreed yet.", "The incident is not resolved, or nobody has noted when it was.",
    ):  # fmt: skip
        assert expected in front
    assert "No event is noted yet." in words(" ".join(page.extract_text() for page in reader.pages[1:]))


def long(document: Document, *, paragraphs: int, events: int, actions: int) -> Document:
    """The same post-mortem as a heap: long sections, a long timeline, many actions, a title at its limit."""
    text = "\n\n".join(f"## Part {number}\n\n{WORDS * 4}\n\n- {WORDS}\n- short" for number in range(paragraphs))
    roles = [SectionRole.SUMMARY, SectionRole.IMPACT, SectionRole.CAUSES, SectionRole.LESSONS]
    moment, action = document.timeline[0], document.actions[0]
    return replace(
        document,
        incident=replace(document.incident, title="Donaudampfschifffahrt" * 9, team="A team " * 17),
        sections=[SectionText(f"s{number}", role.label, role, text, True) for number, role in enumerate(roles)],
        timeline=[_later(moment, number) for number in range(events)],
        actions=[
            replace(action, reference=f"ACT-{number}", title=WORDS[:299], owner="Wolfeschlegelsteinhausen" * 5)
            for number in range(actions)
        ],
        impact=[
            replace(fact, value="x", text="W" * 300 if fact.name == "downstream" else "EUR 999,999,999,999.99")
            for fact in document.impact
        ],
    )


def _later(moment: Moment, number: int) -> Moment:
    assert moment.occurred_at is not None
    return replace(moment, occurred_at=moment.occurred_at + timedelta(minutes=7 * number), text=WORDS)


@needs_pango
def test_page_one_stays_one_page_whatever_was_written(told):
    """Each text at its longest, each as many short lines as it takes: the contents still begin page two."""
    heap = long(document(told), paragraphs=2, events=3, actions=30)
    lines = "\n".join(f"- {number}" for number in range(40))
    narrow = replace(heap, sections=[replace(section, text=lines) for section in heap.sections])
    action = document(told).actions[0]
    # No text is long: what fills the page are five actions on two lines each, and every line that may be there.
    even = document(
        told,
        incident=replace(
            heap.incident, title="The new page opened two weeks after the date that was promised", team="Booking"
        ),
        sections=[
            replace(heap.sections[0], text="Words of a summary. " * 24),
            replace(heap.sections[1], text="Felt. " * 25),
        ],
        causes=[CauseLine("One of three causes in a line of its own", "root", "root cause", "")] * 3,
        actions=[replace(action, reference=f"ACT-{number}", title="Words " * 12) for number in range(6)],
        impact=[*(replace(fact, value=1, text="1") for fact in heap.impact[:12]), *document(told).impact[12:]],
    )

    for told_long in (heap, narrow, even):
        reader = pdf(told_long)
        assert "What is still open" in words(reader.pages[0].extract_text())
        assert "Contents" in reader.pages[1].extract_text()


@needs_pango
def test_twenty_pages_take_seconds(told):
    heap = long(document(told), paragraphs=6, events=60, actions=20)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    reader = pdf(heap)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Of the processor, not of the clock: what else the machine does is not the renderer's.
    assert 20 <= len(reader.pages) <= 25
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 15


@needs_pango
@pytest.mark.skipif("DEBRIEF_LONG_PDF" not in os.environ, reason="Takes half a minute; DEBRIEF_LONG_PDF=1 runs it.")
@pytest.mark.slow
def test_a_hundred_pages_are_made_within_the_limits(told):
    heap = long(document(told), paragraphs=40, events=400, actions=150)

    reader = pdf(heap)

    assert len(reader.pages) >= 100
    assert f"{len(reader.pages)} of {len(reader.pages)}" in words(reader.pages[-1].extract_text())


def test_text_from_right_to_left_is_set_from_the_right(told):
    arabic = SectionText("ar", "نظرة عامة", "other", "حدث انقطاع في خدمة الدفع لمدة ساعة.", False)

    html = html_of(document(told, sections=[arabic]))

    assert '<div class="prose" dir="rtl"><p>حدث' in html


def test_only_the_fonts_that_a_text_needs_are_unpacked(settings, tmp_path, monkeypatch):
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(fonts, "_unpack", lambda path, weight: b"a font")

    latin = fonts_for("Plain words, nothing else").files
    if not latin:
        pytest.skip("the front end is not built: no fonts")
    greek = fonts_for("Πυρκαγιά 🔥").files

    assert {name.partition("-wght")[0] for name in latin if "inter" in name} == {"font:inter-latin"}
    assert any(name.startswith("font:inter-greek-") for name in greek)
    assert any("emoji" in name for name in greek)
    assert not any("emoji" in name for name in latin)


def test_a_folder_that_cannot_be_written_leaves_the_fonts_to_the_system(settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.BASE_DIR = blocked

    found = fonts_for("Plain words")

    assert found.files == {}
    assert "--print-text" in found.sheet
    assert "sans-serif" in found.sheet


def test_the_timeline_says_when_utc_has_another_day(told):
    told.timeline_events.all().delete()
    TimelineEventFactory(postmortem=told, occurred_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC), text="Late.")

    html = html_of(document(told))

    assert "Tuesday, 3 March 2026" in html
    assert '23:30 <span class="other-day">2 Mar</span>' in html


@pytest.mark.parametrize(
    ("text", "count"), [("Decision: fail over.", 1), ("decision to fail over", 1), ("Fail over.", 1)]
)
def test_the_timeline_names_a_kind_once(told, text, count):
    told.timeline_events.all().delete()
    TimelineEventFactory(postmortem=told, text=text, kind="decision")

    table = html_of(document(told)).split('id="timeline"')[1].split("</table>")[0]

    assert len(re.findall("decision", re.sub("<svg.*?</svg>", "", table, flags=re.DOTALL), re.IGNORECASE)) == count


def test_a_near_miss_was_felt_by_nobody(told):
    told.incident.is_near_miss, told.incident.first_impact_at = True, None

    assert "<tr><td>First user impact</td><td>none, a near miss</td>" in html_of(document(told))


def test_the_front_page_puts_overdue_work_first_and_ended_work_last(told, member):
    ActionFactory(postmortem=told, number=48, priority=Action.Priority.HIGH, due_on=date(2026, 4, 1), owner=member)

    front = front_page(document(told))

    assert [action.reference for action in front.actions] == ["ACT-45", "ACT-48", "ACT-46", "ACT-47"]


def test_the_front_page_names_work_without_owner_or_date(told):
    ActionFactory(postmortem=told, number=48, owner=None, due_on=None)

    sentences = front_page(document(told)).still_open

    assert "1 action is without an owner: ACT-48." in sentences
    assert "1 action is without a due date: ACT-48." in sentences


def test_the_front_page_says_each_root_cause_in_a_line(told, member):
    add_cause(told, by=member, text="No test reads a backup.", kind=Cause.Kind.ROOT)
    add_cause(told, by=member, text="A key opens what nobody lists.", kind=Cause.Kind.FACTOR)

    assert [(line.text, line.is_item) for line in front_page(document(told)).cause.lines] == [
        ("No test reads a backup.", True)
    ]


def test_the_contents_name_causes_and_what_is_said_about_the_timeline(told, member):
    add_cause(told, by=member, text="No test reads a backup.")
    said = replace(document(told).sections[0], title="Timeline", text="{{timeline}}\n\nIt was quick.")

    html = html_of(document(told, sections=[said]))

    assert '<a href="#causes-noted">Causes noted</a>' in html
    assert '<a href="#timeline">Events</a>' in html


def test_the_document_asks_the_database_as_often_for_three_rows_as_for_one(told, django_assert_max_num_queries):
    for number in (50, 51, 52):
        ActionFactory(postmortem=told, number=number)
        TimelineEventFactory(postmortem=told)

    with django_assert_max_num_queries(25):
        found = document_of(Postmortem.objects.select_related("incident__team", "room").get(), at=AT)

    assert (len(found.actions), len(found.timeline)) == (6, 5)


def test_what_is_typed_now_is_in_the_document(told):
    fresh = create_room("postmortems", {"summary": "Typed a moment ago.", "causes": ""})
    Postmortem.objects.filter(pk=told.pk).update(room=fresh)

    found = document_of(Postmortem.objects.get(pk=told.pk), at=AT)

    assert [section.text for section in found.sections] == ["Typed a moment ago.", ""]
    assert all(isinstance(action, ActionLine) for action in found.actions)
