"""Files beside a document: brought, kept once, served to those who may see it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from live.commands import read, text_of
from people.models import RecordEntry
from postmortems.models import Attachment, Postmortem
from tests.factories import AttachmentFactory, IncidentFactory, PostmortemFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/postmortems/7/attachments/"
JSON = {"Accept": "application/json"}
LOG = b"14:00 gate 3 does not answer\n14:01 it does\n"


def picture(form: str = "PNG", size: tuple[int, int] = (64, 48), **wishes: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **wishes)
    return out.getvalue()


def bring(client: Client, name: str, content: bytes, url: str = URL, **headers: str) -> Any:
    return client.post(url, {"file": SimpleUploadedFile(name, content)}, headers=headers)


def test_a_picture_from_the_editor_is_answered_with_the_words_that_show_it(signed_in, draft, member):
    response = bring(signed_in, "Queue depth.png", picture(), **JSON)

    row = Attachment.objects.get()
    assert (response.status_code, response.json()) == (
        201,
        {
            "id": row.pk,
            "name": "Queue depth.png",
            "address": f"{URL}{row.pk}/Queue%20depth.png",
            "markdown": f"![Queue depth](attachment:{row.pk})",
            "is_picture": True,
            "width": 64,
            "height": 48,
            "note": row.note,
            "first_line": "",
        },
    )
    assert (row.postmortem, row.uploaded_by, row.kind) == (draft, member, "image/png")


def test_a_log_keeps_its_bytes_its_first_line_and_how_many_there_are(signed_in, draft):
    response = bring(signed_in, "gate.log", LOG, **JSON)

    row = Attachment.objects.get()
    assert (bytes(row.content), row.first_line, row.line_count) == (LOG, "14:00 gate 3 does not answer", 2)
    assert response.json()["markdown"] == f"[gate.log](attachment:{row.pk})"
    assert response.json()["note"] == "2 lines, 43 bytes"


def test_a_plain_form_leads_to_the_list_with_the_words_to_use(signed_in, draft):
    response = bring(signed_in, "queue.png", picture())

    row = Attachment.objects.get()
    assert response.headers["Location"] == URL
    page = signed_in.get(URL).content.decode()
    assert f"“queue.png” is attached. To show it, put ![queue](attachment:{row.pk}) into the text." in page
    assert f'<img src="{URL}{row.pk}/queue.png" alt="" width="64" height="48" loading="lazy">' in page


def test_the_same_file_again_is_the_one_that_is_there(signed_in, draft):
    first = bring(signed_in, "queue.png", picture(), **JSON).json()
    again = bring(signed_in, "copy of queue.png", picture(), **JSON).json()

    assert again == first
    assert Attachment.objects.count() == 1
    assert RecordEntry.objects.filter(verb="attachment.added").count() == 1


def test_the_same_file_beside_another_post_mortem_is_kept_there_too(signed_in, draft):
    PostmortemFactory(incident=IncidentFactory(number=8))

    ids = {
        bring(signed_in, "q.png", picture(), url=f"/postmortems/{n}/attachments/", **JSON).json()["id"] for n in (7, 8)
    }

    assert len(ids) == 2


def test_who_brought_it_goes_on_record_and_open_pages_hear_of_it(signed_in, draft, member, recorded, announced):
    bring(signed_in, "queue.png", picture())

    entry = RecordEntry.objects.about(draft).get()
    assert recorded(draft) == [("attachment.added", member)]
    assert (entry.details["name"], entry.details["kind"]) == ("queue.png", "image/png")
    assert announced == ["attachmentsChanged"]


def test_a_viewer_brings_nothing_and_is_shown_no_form(client, viewer, draft):
    client.force_login(viewer)

    assert bring(client, "queue.png", picture()).status_code == 403
    assert (Attachment.objects.count(), b'type="file"' in client.get(URL).content) == (0, False)


def test_a_closed_post_mortem_takes_no_file(signed_in, closed):
    assert bring(signed_in, "queue.png", picture(), **JSON).status_code == 403
    assert Attachment.objects.count() == 0


def test_a_post_mortem_holds_so_much_and_no_more(signed_in, draft, monkeypatch):
    monkeypatch.setattr("postmortems.commands.attachments.MOST_BYTES_TOGETHER", len(picture()) + 10)
    bring(signed_in, "one.png", picture())

    response = bring(signed_in, "two.png", picture(size=(65, 48)), **JSON)

    assert (response.status_code, Attachment.objects.count()) == (422, 1)
    assert response.json()["problems"][0].startswith("“two.png” no longer fits: a post-mortem holds 300 files")


@pytest.fixture
def log(draft: Postmortem) -> Attachment:
    return AttachmentFactory(postmortem=draft)


@pytest.fixture
def graph(draft: Postmortem) -> Attachment:
    return AttachmentFactory(
        postmortem=draft, name="a “graph”.png", kind="image/png", width=64, height=48, content=picture(), first_line=""
    )


def test_a_picture_is_shown_and_a_log_is_taken_away(signed_in, log, graph):
    shown, taken = signed_in.get(graph.address_in(7)), signed_in.get(log.address_in(7))

    assert (shown.content, shown.headers["Content-Type"]) == (graph.content, "image/png")
    assert shown.headers["Content-Disposition"] == "inline; filename*=UTF-8''a%20%E2%80%9Cgraph%E2%80%9D.png"
    assert (taken.content, taken.headers["Content-Type"]) == (log.content, "text/plain; charset=utf-8")
    assert taken.headers["Content-Disposition"] == "attachment; filename*=UTF-8''gate.log"


def test_what_is_served_can_run_nothing_and_is_not_guessed_at(signed_in, log, graph):
    for row in (log, graph):
        headers = signed_in.get(row.address_in(7)).headers
        policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
        assert {"sandbox", "default-src 'none'"} <= policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_browser_that_has_it_is_told_so_and_asks_each_time(signed_in, graph):
    first = signed_in.get(graph.address_in(7))

    again = signed_in.get(graph.address_in(7), headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")


def test_having_had_it_once_does_not_help_when_it_is_no_longer_open(signed_in, draft, graph):
    etag = signed_in.get(graph.address_in(7)).headers["ETag"]
    draft.incident.is_restricted = True
    draft.incident.save()

    assert signed_in.get(graph.address_in(7), headers={"If-None-Match": etag}).status_code == 404


@pytest.mark.parametrize("headers", [{}, JSON], ids=["page", "json"])
def test_files_of_a_restricted_post_mortem_are_not_there_for_strangers(signed_in, hidden, headers):
    row = AttachmentFactory(postmortem=hidden)

    answers = [signed_in.get(url, headers=headers) for url in ("/postmortems/9/attachments/", row.address_in(9))]
    answers.append(bring(signed_in, "q.png", picture(), url="/postmortems/9/attachments/", **headers))

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_file_is_found_under_its_own_name_and_post_mortem_alone(signed_in, log):
    PostmortemFactory(incident=IncidentFactory(number=8))

    for address in (f"{URL}{log.pk}/other.log", f"/postmortems/8/attachments/{log.pk}/gate.log", f"{URL}999/gate.log"):
        assert signed_in.get(address).status_code == 404


def test_a_text_shows_its_pictures_and_names_its_logs(signed_in, draft, graph, log, member):
    write(draft, f"![Queue depth](attachment:{graph.pk})\n\nSee [the log](attachment:{log.pk}).", signed_in)

    page = signed_in.get("/postmortems/7/?mode=read").content.decode()

    assert f'<img src="{graph.address_in(7)}" alt="Queue depth" loading="lazy" width="64" height="48">' in page
    assert f'<a href="{log.address_in(7)}" class="attached" rel="noopener noreferrer nofollow">the log</a>' in page
    assert "<small> (2 lines, 58 bytes)</small>" in page


def test_a_text_shows_nothing_that_is_kept_beside_another(signed_in, draft, hidden):
    foreign = AttachmentFactory(postmortem=hidden, name="canary.log", first_line="canary")
    write(draft, f"![a](attachment:{foreign.pk}) [b](attachment:{foreign.pk})", signed_in)

    page = signed_in.get("/postmortems/7/?mode=read").content.decode()

    assert "<p>a<small> (this file is not here)</small> b<small> (this file is not here)</small></p>" in page
    assert "canary" not in page


def write(postmortem: Postmortem, text: str, client: Client, **more: Any) -> Any:
    section = postmortem.sections.get()
    form = {"text": text, "version": read(postmortem.room).version, **more}
    return client.post(f"/postmortems/7/sections/{section.pk}/edit/", form)


def test_a_section_saved_with_a_file_shows_it_at_its_end(signed_in, draft):
    response = write(draft, "The queue grew.\r\n", signed_in, file=SimpleUploadedFile("queue.png", picture()))

    row = Attachment.objects.get()
    assert response.headers["Location"] == "/postmortems/7/?mode=write#summary"
    assert text_of(draft.room, "summary") == f"The queue grew.\n\n![queue](attachment:{row.pk})\n"


def test_a_section_saved_with_a_file_that_is_refused_keeps_every_word_in_the_form(signed_in, draft):
    response = write(draft, "An hour of words.", signed_in, file=SimpleUploadedFile("x.exe", b"MZ\x00\x01"))

    assert (response.status_code, Attachment.objects.count()) == (422, 0)
    page = response.content.decode()
    assert "An hour of words.</textarea>" in page
    assert "“x.exe” is neither a picture nor plain text" in page
    assert text_of(draft.room, "summary") == "Checkout was slow for an hour and a half."


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_and_pages_ask_as_often_for_one_file_as_for_three(
    signed_in: Client, draft: Postmortem, django_assert_num_queries: Any, warm: Callable[[Client], None], rows: int
) -> None:
    numbers = [
        AttachmentFactory(postmortem=draft, content=b"%d" % row, uploaded_by=UserFactory()).pk for row in range(rows)
    ]
    write(draft, "\n\n".join(f"[log](attachment:{number})" for number in numbers), signed_in)
    warm(signed_in)

    with django_assert_num_queries(4):
        signed_in.get(URL)
    with django_assert_num_queries(11):
        signed_in.get("/postmortems/7/text/", headers={"HX-Request": "true"})


def test_no_list_reads_the_bytes(signed_in, log, django_assert_num_queries):
    with django_assert_num_queries(4) as queries:
        signed_in.get(URL, headers=JSON)

    assert not any('"postmortems_attachment"."content"' in query["sql"] for query in queries.captured_queries)
