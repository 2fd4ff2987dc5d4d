"""Blocks in a text say what the records say now: in the page, alone for the editor, and in every export (P-02)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from actions.models import Action
from incidents.models import Impact
from live.commands import replace_text
from people.models import User
from postmortems.blocks import MOST_OF_A_KIND
from postmortems.commands import add_event
from postmortems.exporting.as_json import as_json
from postmortems.exporting.as_markdown import as_markdown
from postmortems.exporting.as_pdf import as_pdf, html_of
from postmortems.exporting.document import Document, document_of
from postmortems.exporting.front_page import front_page
from postmortems.exporting.pictures import LONGEST_SIDE, for_print, pictures_for
from postmortems.exporting.sandbox import pdf_problem
from postmortems.models import Attachment, Postmortem
from tests.factories import (
    ActionFactory,
    AttachmentFactory,
    IncidentFactory,
    OrganisationFactory,
    PostmortemFactory,
    TimelineEventFactory,
)
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(bool(pdf_problem()), reason=pdf_problem())
AT = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
EVERYTHING = "It took {{duration}}.\n\n{{impact}}\n\n{{timeline}}\n\n{{actions}}\n"


def picture(size: tuple[int, int] = (64, 48), form: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return out.getvalue()


@pytest.fixture
def told(member: User) -> Postmortem:
    """INC-7 with one of each record, and a text that shows them all."""
    OrganisationFactory()
    incident = IncidentFactory(number=7, impact=None)
    Impact.objects.create(incident=incident, users_affected_count=18240)
    postmortem = PostmortemFactory(incident=incident, texts={"summary": EVERYTHING})
    TimelineEventFactory(postmortem=postmortem, text="Gate 3 is shut.", who="Pager")
    ActionFactory(postmortem=postmortem, number=45, title="Alert on the gate", owner=member, due_on=date(2026, 3, 16))
    return postmortem


def write(postmortem: Postmortem, text: str) -> None:
    replace_text(postmortem.room, "summary", text, base_version=None, by=None)


def read(client: Any) -> str:
    return client.get("/postmortems/7/text/", headers=HTMX).content.decode()


def document(postmortem: Postmortem) -> Document:
    return document_of(
        Postmortem.objects.get(pk=postmortem.pk), at=AT, address="https://debrief.example/postmortems/7/"
    )


def test_the_page_shows_each_block_with_its_records(signed_in, told):
    page = read(signed_in)

    assert "<p>It took 1 h 30 min.</p>" in page
    assert "<dt>Users affected</dt><dd>18,240</dd>" in page
    assert "Gate 3 is shut." in page
    assert '<a href="/actions/45/">ACT-45</a>' in page
    assert [page.count(f'data-block="{name}"') for name in ("impact", "timeline", "actions")] == [1, 1, 1]


def test_a_block_follows_its_records(signed_in, told, member):
    add_event(told, by=member, text="Gate 3 opens.", occurred_at=None)
    Action.objects.update(title="Alert on every gate")
    Impact.objects.update(users_affected_count=None, support_tickets_count=12)
    told.incident.resolved_at = None
    told.incident.save()

    page = read(signed_in)

    assert "Gate 3 opens." in page
    assert "Alert on every gate" in page
    assert "<dt>Support tickets</dt><dd>12</dd>" in page
    assert "It took an unknown time." in page


def test_the_text_is_fetched_again_when_a_record_changes(signed_in, told):
    page = signed_in.get("/postmortems/7/?mode=read").content.decode()

    for event in ("textChanged", "timelineChanged", "actionsChanged", "incidentChanged"):
        assert f"{event} from:body" in page


@pytest.mark.parametrize(
    ("name", "words"),
    [("timeline", "Gate 3 is shut."), ("actions", "ACT-45"), ("impact", "18,240"), ("duration", "1 h 30 min")],
)
def test_each_is_had_alone(signed_in, told, name, words):
    response = signed_in.get(f"/postmortems/7/blocks/{name}/")

    assert response.status_code == 200
    assert words in response.content.decode()
    assert "<html" not in response.content.decode()


def test_an_unknown_block_is_not_found_and_stays_text(signed_in, told):
    write(told, "{{passwords}} {{ settings.SECRET_KEY }} {% debug %}")

    assert signed_in.get("/postmortems/7/blocks/passwords/").status_code == 404
    assert "<p>{{passwords}} {{ settings.SECRET_KEY }} {% debug %}</p>" in read(signed_in)


def test_a_stranger_is_shown_no_block(signed_in, hidden):
    TimelineEventFactory(postmortem=hidden)

    for name in ("timeline", "actions", "impact", "duration"):
        assert signed_in.get(f"/postmortems/9/blocks/{name}/").status_code == 404


def test_a_key_moment_has_its_star(signed_in, told):
    TimelineEventFactory(postmortem=told, text="The fuse is found.", is_key=True)

    assert "</span></span> The fuse is found." in read(signed_in)
    assert "UTC: ★ The fuse is found." in as_markdown(document(told)).decode()
    assert "UTC: Gate 3 is shut." in as_markdown(document(told)).decode()


def test_records_of_another_post_mortem_stand_in_no_block(signed_in, told):
    other = PostmortemFactory(incident=IncidentFactory(number=8))
    TimelineEventFactory(postmortem=other, text="Elsewhere")
    ActionFactory(postmortem=other, number=46, title="Elsewhere")

    assert "Elsewhere" not in read(signed_in)


def test_words_in_a_record_are_neither_markup_nor_blocks(signed_in, told, member):
    add_event(told, by=member, text="<b>{{timeline}}</b> **x** {{duration}}", occurred_at=None)

    page = read(signed_in)

    assert "&lt;b&gt;{{timeline}}&lt;/b&gt; **x** {{duration}}" in page
    assert page.count('data-block="timeline"') == 1


def test_nothing_noted_yet_says_so(signed_in, draft):
    write(draft, "{{timeline}}\n\n{{actions}}\n\n{{impact}}")

    page = read(signed_in)

    assert "No event is noted yet." in page
    assert "No action has been agreed yet." in page
    assert "Unknown: users affected" in page


@pytest.mark.parametrize("times", [1, MOST_OF_A_KIND, 400])
def test_a_page_asks_as_often_for_one_block_as_for_many(signed_in, told, django_assert_num_queries, warm, times):
    write(told, EVERYTHING * times)
    warm(signed_in)

    with django_assert_num_queries(14):
        page = read(signed_in)

    assert page.count("Gate 3 is shut.") == min(times, MOST_OF_A_KIND)
    assert page.count("The timeline is shown above.") == max(times - MOST_OF_A_KIND, 0)


def test_markdown_leaves_with_the_values_written_out(told):
    text = as_markdown(document(told)).decode()

    assert "It took 1 h 30 min." in text
    assert "- Users affected: 18,240" in text
    assert "- 2026-03-02 14:00 UTC: Gate 3 is shut. (Pager)" in text
    assert "- ACT-45 Alert on the gate (Mira Member, due 2026-03-16, not started)" in text
    assert "{{" not in text


def test_json_leaves_with_the_values_written_out_and_a_list_of_files(told, settings):
    log = AttachmentFactory(postmortem=told)
    write(told, f"It took {{{{duration}}}}. [gate.log](attachment:{log.pk})\n{{{{impact}}}}")

    payload = json.loads(as_json(document(told)))

    address = f"{settings.SITE_URL}/postmortems/7/attachments/{log.pk}/gate.log"
    assert payload["sections"][0]["text"].startswith(f"It took 1 h 30 min. [gate.log]({address})\n\n- Duration:")
    assert [(file["id"], file["name"], file["address"]) for file in payload["attachments"]] == [
        (log.pk, "gate.log", address)
    ]


def test_markdown_names_files_by_their_address_and_lists_them(told, settings):
    graph = attach(told)
    write(told, f"![Queue](attachment:{graph.pk}) `![Queue](attachment:{graph.pk + 1})`")

    text = as_markdown(document(told)).decode()

    address = f"{settings.SITE_URL}/postmortems/7/attachments/{graph.pk}/graph.png"
    assert f"![Queue]({address})" in text
    assert f"address: {address}" in text


def test_the_first_page_takes_the_value_and_leaves_out_blocks_and_pictures(told):
    graph = attach(told)
    write(told, f"![Queue](attachment:{graph.pk})\n\n{{{{timeline}}}}\nIt took {{{{duration}}}}.")

    front = front_page(document(told))

    assert [line.text for line in front.what_happened.lines] == ["It took 1 h 30 min."]


def attach(postmortem: Postmortem, content: bytes | None = None) -> Attachment:
    content = content or picture()
    return AttachmentFactory(
        postmortem=postmortem, name="graph.png", kind="image/png", width=64, height=48, content=content, first_line=""
    )


@needs_pango
def test_the_pdf_shows_the_picture_and_the_words_of_every_block(told):
    graph = attach(told)
    write(told, f"![Queue depth](attachment:{graph.pk})\n\n{EVERYTHING}")

    reader = PdfReader(BytesIO(as_pdf(document(told), report=lambda percent, step: None)))

    page = next(
        page for page in reader.pages if "It took" in page.extract_text() and "Users affected" in page.extract_text()
    )
    words = " ".join(reader_page.extract_text() for reader_page in reader.pages)
    images = {image.image.size for reader_page in reader.pages for image in reader_page.images}
    assert images == {(64, 48)}
    assert "1 h 30 min" in page.extract_text()
    assert words.count("Gate 3 is shut.") >= 2
    assert words.count("ACT-45") >= 3


@needs_pango
def test_the_pdf_holds_no_picture_of_another_post_mortem(told, hidden):
    foreign = attach(hidden)
    write(told, f"![Queue](attachment:{foreign.pk})")

    html = html_of(document(told))

    assert "attachment:" not in html
    assert "Queue<small> (this file is not here)</small>" in html
    assert pictures_for(html) == {}


def test_the_pdf_takes_so_many_pictures_and_names_the_rest(told, monkeypatch):
    monkeypatch.setattr("postmortems.exporting.around.MOST_PICTURES_PRINTED", 1)
    first, second = attach(told), attach(told, picture((65, 48)))
    write(told, f"![a](attachment:{first.pk}) ![b](attachment:{second.pk}) ![a](attachment:{first.pk})")

    html = html_of(document(told))

    assert html.count(f'src="attachment:{first.pk}"') == 2
    assert f'src="attachment:{second.pk}"' not in html
    assert f"/attachments/{second.pk}/graph.png" in html


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_large_picture_is_printed_as_large_as_paper_needs(form):
    with Image.open(BytesIO(for_print(picture((3600, 900), form)))) as image:
        assert (max(image.size), image.format in ("PNG", "JPEG")) == (LONGEST_SIDE, True)


def test_a_hundred_thousand_blocks_make_no_hundred_thousand_timelines(told):
    started = datetime.now(tz=UTC)
    lines = replace(document(told), sections=[replace(document(told).sections[0], text="{{timeline}}\n" * 20_000)])

    html = html_of(lines)

    assert html.count('<a class="page-link" href="#timeline">All events</a>') == MOST_OF_A_KIND
    assert html.count("Gate 3 is shut.") == 3  # in its own part, and twice on the line of time
    assert (datetime.now(tz=UTC) - started).total_seconds() < 60
