import re
from collections import Counter
from datetime import UTC, datetime

import pytest
import time_machine

from incidents.commands import edit_incident
from incidents.defaults import install_severity_policies
from live.commands import replace_text
from postmortems.anchors import anchor_of
from postmortems.history.keeping import Reason, keep_revision
from postmortems.models import Revision
from tests.factories import (
    STARTED_AT,
    ActionFactory,
    ParticipantFactory,
    SectionFactory,
    TimelineEventFactory,
    UserFactory,
)
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db
URL = "/postmortems/7/"
TOO_LATE = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


def test_a_draft_opens_for_writing(signed_in, draft):
    page = signed_in.get(URL).content.decode()

    assert '<live-editor room="7" name="summary">' in page
    assert "Checkout was slow for an hour and a half.</textarea>" in page


def test_a_text_that_begins_with_a_line_break_comes_back_with_it(signed_in, draft, member):
    replace_text(draft.room, "summary", "\nSecond line", base_version=None, by=member)

    assert ">\n\nSecond line</textarea>" in signed_in.get(URL).content.decode()


@pytest.mark.parametrize(("mode", "editors"), [("", 0), ("?mode=write", 1), ("?mode=read", 0)])
def test_a_published_account_is_read_first(signed_in, published, mode, editors):
    assert signed_in.get(URL + mode).content.decode().count("<live-editor") == editors


def test_words_are_read_as_markdown_with_an_anchor_for_every_section(signed_in, published, member):
    replace_text(published.room, "summary", "**Slow** <script>alert(1)</script>\n\n- one", base_version=None, by=member)

    page = signed_in.get(URL).content.decode()

    assert '<section class="document-section" id="summary"' in page
    assert 'href="#summary"' in page
    assert "<strong>Slow</strong> &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<li>one</li>" in page


def ids(page: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', page)


@pytest.mark.parametrize("address", ["?mode=write", "?mode=read", "history/1/"])
def test_no_section_takes_the_name_of_a_part_of_the_page(facilitating, draft, member, administrator, address):
    TimelineEventFactory(postmortem=draft)
    ActionFactory(postmortem=draft, owner=member)
    draft.sections.all().delete()
    keep_revision(draft, Reason(Revision.Kind.NAMED, "Empty", member))
    parts = {one for one in ids(facilitating.get(URL + address).text) if re.fullmatch(r"[\w-]+", one)}

    assert {one for one in parts if anchor_of(one) == one} == set()
    assert anchor_of("actions") == "text-actions"
    assert anchor_of("summary") == "summary"


def test_sections_named_like_parts_of_the_page_stand_beside_them(facilitating, draft):
    for key in ("actions", "text-actions", "actions-heading", "heading-causes", "causes", "guidance-causes"):
        SectionFactory(postmortem=draft, key=key, title=key, guidance="Say it.")

    page = facilitating.get(URL).text

    assert [one for one, count in Counter(ids(page)).items() if count > 1] == []
    assert '<a href="#text-causes"' in page
    assert (
        '<section class="document-section" id="text-causes" data-words="causes" aria-labelledby="heading-text-causes"'
        in page
    )
    assert '<section class="card" id="causes"' in page


@pytest.mark.parametrize("mode", ["", "?mode=write"])
def test_a_viewer_reads(client, viewer, draft, mode):
    client.force_login(viewer)

    page = client.get(URL + mode).content.decode()

    assert "Checkout was slow for an hour and a half." in page
    for offer in ("<live-editor", "/submit/", "/timeline/add/", "?mode=write"):
        assert offer not in page


def test_a_closed_post_mortem_is_only_read(facilitating, closed):
    TimelineEventFactory(postmortem=closed)

    page = facilitating.get(URL + "?mode=write").content.decode()

    assert "/reopen/" in page
    for offer in ("<live-editor", "/timeline/add/", "/remove/"):
        assert offer not in page


def test_the_outline_says_which_sections_are_empty(signed_in, draft):
    SectionFactory(postmortem=draft, key="lessons", title="Lessons")

    page = signed_in.get(URL).content.decode()

    assert '<a href="#summary">Summary</a>' in page
    assert '<a href="#lessons" data-state="empty">Lessons<span class="visually-hidden"> (empty)</span></a>' in page


def test_the_clocks_say_what_is_late(signed_in, draft):
    install_severity_policies()

    with time_machine.travel(TOO_LATE, tick=False):
        page = signed_in.get(URL).content.decode()

    assert "late by" in page
    assert "5 Mar 2026, 16:30" in page


def test_the_timeline_is_told_by_days_in_the_readers_zone_and_in_utc(signed_in, draft):
    TimelineEventFactory(postmortem=draft, text="Late", occurred_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    TimelineEventFactory(postmortem=draft, text="Early", occurred_at=STARTED_AT)
    TimelineEventFactory(postmortem=draft, text="Unknown", occurred_at=None)

    response = signed_in.get(URL)

    days = [(day.on and day.on.isoformat(), [event.text for event in day.events]) for day in response.context["days"]]
    assert days == [("2026-03-02", ["Early"]), ("2026-03-03", ["Late"]), (None, ["Unknown"])]
    page = response.content.decode()
    assert "00:30</time>" in page
    assert "23:30 UTC" in page


def test_the_timeline_part_holds_no_form_that_a_refresh_could_take_away(signed_in, draft):
    TimelineEventFactory(postmortem=draft)

    part = signed_in.get(URL + "timeline/", headers=HTMX).content.decode()

    assert f'id="postmortem-{draft.pk}-timeline"' in part
    assert "The first alert fires." in part
    for input_of_a_person in ("<form", "<input", "<textarea", "<html"):
        assert input_of_a_person not in part


@pytest.mark.parametrize(
    ("part", "identity", "words"),
    [
        ("status", "status", "Draft"),
        ("facts", "facts", "First user impact"),
        ("timeline", "timeline", "No event yet"),
        ("outline", "outline", "Summary</a>"),
        ("text", "text", "Checkout was slow for an hour and a half."),
    ],
)
def test_every_part_is_the_same_markup_alone_as_on_the_page(signed_in, draft, part, identity, words):
    alone = signed_in.get(f"{URL}{part}/", headers=HTMX).content.decode()

    assert f'id="postmortem-{draft.pk}-{identity}"' in alone
    assert words in alone
    assert "<html" not in alone


@pytest.mark.parametrize("part", ["status", "facts", "outline", "text"])
def test_a_part_asked_for_without_htmx_leads_to_the_page(signed_in, draft, part):
    assert signed_in.get(f"{URL}{part}/").headers["Location"].startswith(URL)


@pytest.mark.parametrize("part", ["", "status/", "facts/", "timeline/", "outline/", "text/"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_restricted_post_mortem_is_not_there_for_strangers(signed_in, hidden, part, headers):
    response = signed_in.get(f"/postmortems/9/{part}", headers=headers)

    assert response.status_code == 404
    assert "Canary" not in response.content.decode()


def test_open_pages_hear_when_the_facts_change_and_rights_are_asked_again(draft, member, announced, doubted):
    edit_incident(draft.incident, by=member, severity=1)
    assert (announced, doubted) == (["incidentChanged"], [])

    ParticipantFactory(incident=draft.incident, user=member)
    edit_incident(draft.incident, by=member, is_restricted=True)

    assert (announced, doubted) == (["incidentChanged", "incidentChanged"], [draft.room])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_of_each_as_for_three(
    signed_in, draft, django_assert_num_queries, warm, rows
):
    for row in range(rows):
        SectionFactory(postmortem=draft, key=f"extra-{row}", title=f"Extra {row}", is_required=True)
        TimelineEventFactory(postmortem=draft)
        ParticipantFactory(incident=draft.incident, user=UserFactory())
    warm(signed_in)

    with django_assert_num_queries(51):
        signed_in.get(URL)


def test_as_many_queries_for_many_rows_as_for_one(signed_in, draft, warm, django_assert_max_num_queries):
    def add_rows():
        TimelineEventFactory(postmortem=draft)
        ActionFactory(postmortem=draft, owner=UserFactory())

    add_rows()
    warm(signed_in)
    with django_assert_max_num_queries(60) as one:
        signed_in.get(URL)
    add_rows()
    add_rows()
    with django_assert_max_num_queries(len(one)):
        signed_in.get(URL)
