"""Asking for a file, watching it being made, taking it away; and what happens when a worker or the broker is lost."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError
from pypdf import PdfReader

from incidents.models import Incident
from people.models import User
from postmortems import tasks
from postmortems.commands import export_postmortem
from postmortems.errors import NotExportable
from postmortems.exporting import making, sandbox
from postmortems.models import Export, Postmortem
from tests.factories import ActionFactory, ParticipantFactory
from tests.postmortems.conftest import HTMX

Status = Export.Status


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What a worker would be told; the queue itself is outside the process."""
    told: list[int] = []
    monkeypatch.setattr(tasks.make_export, "delay", told.append)
    return told


@pytest.fixture
def waiting(draft: Postmortem, member: User) -> Export:
    return Export.objects.create(postmortem=draft, format="json", requested_by=member)


@pytest.fixture
def ready(draft: Postmortem, member: User) -> Export:
    return Export.objects.create(
        postmortem=draft, format="pdf", requested_by=member, status=Status.READY, content=b"%PDF-1.7 words"
    )


def _aged(export: Export, age: timedelta, **columns: object) -> Export:
    Export.objects.filter(pk=export.pk).update(updated_at=timezone.now() - age, **columns)
    return export


def test_export_by_a_plain_form_queues_the_file_and_leads_to_its_page(
    signed_in, draft, member, queued, django_capture_on_commit_callbacks, recorded
):
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post(reverse("postmortems:export", args=[7, "pdf"]))

    export = Export.objects.get()
    assert (export.postmortem, export.format, export.requested_by, export.status) == (draft, "pdf", member, "queued")
    assert response.headers["Location"] == f"/postmortems/exports/{export.pk}/"
    assert queued == [export.pk]
    assert recorded(draft) == [("postmortem.exported", member)]


def test_export_by_htmx_answers_with_a_part_that_asks_again(signed_in, draft, queued):
    response = signed_in.post(reverse("postmortems:export", args=[7, "md"]), headers=HTMX)

    export = Export.objects.get()
    html = response.content.decode()
    assert response.status_code == 200
    assert f'id="export-{export.pk}-status"' in html
    assert 'hx-trigger="every 1s"' in html
    assert "Waiting for a free worker" in html
    assert "<html" not in html


def test_export_pressed_twice_makes_one_file(draft, member, queued):
    first = export_postmortem(draft, format="pdf", by=member)
    second = export_postmortem(draft, format="pdf", by=member)

    assert first == second
    assert Export.objects.count() == 1


def test_export_by_a_viewer_is_allowed(client, draft, viewer, queued):
    client.force_login(viewer)

    assert client.post(reverse("postmortems:export", args=[7, "pdf"])).status_code == 302
    assert Export.objects.get().requested_by == viewer


def test_export_in_an_unknown_format_is_not_found(signed_in, draft, queued):
    assert signed_in.post(reverse("postmortems:export", args=[7, "exe"])).status_code == 404
    assert not Export.objects.exists()


def test_export_by_get_is_refused(signed_in, draft):
    assert signed_in.get(reverse("postmortems:export", args=[7, "pdf"])).status_code == 405


def test_export_of_a_hidden_postmortem_is_not_found(signed_in, hidden, queued):
    assert signed_in.post(reverse("postmortems:export", args=[9, "pdf"])).status_code == 404
    assert not Export.objects.exists()


def test_export_without_pango_says_what_is_missing(signed_in, draft, queued, monkeypatch):
    monkeypatch.setattr("postmortems.commands.exports.pdf_problem", lambda: sandbox.NO_PANGO)

    response = signed_in.post(reverse("postmortems:export", args=[7, "pdf"]), headers=HTMX)

    assert response.status_code == 422
    assert "Pango is missing" in response.content.decode()
    assert not Export.objects.exists()


def test_export_without_pango_still_makes_markdown(draft, member, queued, monkeypatch):
    monkeypatch.setattr("postmortems.commands.exports.pdf_problem", lambda: sandbox.NO_PANGO)

    with pytest.raises(NotExportable):
        export_postmortem(draft, format="pdf", by=member)

    assert export_postmortem(draft, format="md", by=member).status == Status.QUEUED


def test_the_page_of_a_postmortem_explains_a_missing_pdf(signed_in, draft, monkeypatch):
    monkeypatch.setattr("postmortems.exporting.sandbox.pdf_problem", lambda: sandbox.NO_PANGO)

    html = signed_in.get(draft.get_absolute_url()).content.decode()

    assert sandbox.NO_PANGO in html
    assert reverse("postmortems:export", args=[7, "pdf"]) not in html
    assert reverse("postmortems:export", args=[7, "md"]) in html


def test_libraries_that_do_not_load_are_noticed(monkeypatch):
    monkeypatch.setattr(sandbox, "LIBRARIES", [["libthere-is-no-such-thing.so.7"]])
    sandbox.pdf_problem.cache_clear()

    assert sandbox.pdf_problem() == sandbox.NO_PANGO
    sandbox.pdf_problem.cache_clear()


def test_export_with_the_broker_away_keeps_the_row_and_is_resumed(
    signed_in, draft, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(pk: int) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.make_export, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post(reverse("postmortems:export", args=[7, "json"]))
    assert response.status_code == 302
    export = _aged(Export.objects.get(), timedelta(minutes=1))

    told: list[int] = []
    monkeypatch.setattr(tasks.make_export, "delay", told.append)
    tasks.resume_exports()

    assert told == [export.pk]


def test_make_export_makes_the_file_once(waiting):
    tasks.make_export(waiting.pk)
    waiting.refresh_from_db()
    first = bytes(waiting.content)
    tasks.make_export(waiting.pk)
    waiting.refresh_from_db()

    assert (waiting.status, waiting.attempt_count, waiting.percent) == (Status.READY, 1, 100)
    assert bytes(waiting.content) == first
    assert json.loads(first)["incident"]["reference"] == "INC-7"


def test_make_export_of_a_removed_row_does_nothing(db):
    tasks.make_export(404)


def test_make_export_tells_how_far_it_is(waiting, monkeypatch):
    seen: list[tuple[str, int, str]] = []

    def slow(postmortem: Postmortem, format: str, *, report: sandbox.Report) -> bytes:
        report(40, "Laying out page 3")
        row = Export.objects.get(pk=waiting.pk)
        seen.append((row.status, row.percent, row.step))
        return b"{}"

    monkeypatch.setattr(making, "file_of", slow)
    tasks.make_export(waiting.pk)

    assert seen == [(Status.RUNNING, 40, "Laying out page 3")]


def test_make_export_that_passes_a_limit_fails_at_once_with_the_sentence(waiting, signed_in, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> bytes:
        raise sandbox.NotRenderable("Making the PDF took longer than 90 seconds, so it was stopped.")

    monkeypatch.setattr(making, "file_of", refuse)
    tasks.make_export(waiting.pk)

    waiting.refresh_from_db()
    html = signed_in.get(reverse("postmortems:export_status", args=[waiting.pk])).content.decode()
    assert (waiting.status, waiting.attempt_count) == (Status.FAILED, 1)
    assert "took longer than 90 seconds" in html
    assert "hx-trigger" not in html.partition('class="export-state"')[2].partition("</section>")[0]


def test_make_export_that_crashes_three_times_ends_with_a_sentence(waiting, monkeypatch):
    def crash(*args: object, **kwargs: object) -> bytes:
        raise sandbox.RendererCrashed("ended with -11")

    monkeypatch.setattr(making, "file_of", crash)
    states = []
    for _ in range(3):
        with pytest.raises(sandbox.RendererCrashed):
            tasks.make_export(waiting.pk)
        waiting.refresh_from_db()
        states.append(waiting.status)

    assert states == [Status.QUEUED, Status.QUEUED, Status.FAILED]
    assert waiting.problem == making.GAVE_UP


def test_resume_exports_queues_what_a_lost_worker_left(waiting, queued):
    _aged(waiting, timedelta(minutes=5), status=Status.RUNNING, attempt_count=1, percent=40)

    tasks.resume_exports()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.percent) == (Status.QUEUED, 0)
    assert queued == [waiting.pk]


def test_resume_exports_gives_up_after_three_lost_workers(waiting, queued):
    _aged(waiting, timedelta(minutes=5), status=Status.RUNNING, attempt_count=3)

    tasks.resume_exports()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.problem) == (Status.FAILED, making.GAVE_UP)
    assert queued == []


def test_resume_exports_leaves_alone_what_is_being_made_or_new(waiting, draft, member, queued):
    running = Export.objects.create(postmortem=draft, format="md", requested_by=member)
    _aged(running, timedelta(seconds=30), status=Status.RUNNING, attempt_count=1)

    tasks.resume_exports()

    assert queued == []
    assert set(Export.objects.values_list("pk", "status")) == {(waiting.pk, "queued"), (running.pk, "running")}


def test_a_worker_that_comes_back_late_does_not_overwrite_the_next_attempt(waiting, monkeypatch):
    def lost_meanwhile(*args: object, **kwargs: object) -> bytes:
        Export.objects.filter(pk=waiting.pk).update(attempt_count=2)
        return b"late"

    monkeypatch.setattr(making, "file_of", lost_meanwhile)
    tasks.make_export(waiting.pk)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.content) == (Status.RUNNING, None)


def test_resume_exports_removes_files_after_a_week(ready, waiting, queued):
    Export.objects.filter(pk=ready.pk).update(created_at=timezone.now() - timedelta(days=8))

    tasks.resume_exports()

    assert list(Export.objects.all()) == [waiting]


def test_export_status_works_without_a_script(signed_in, waiting):
    html = signed_in.get(reverse("postmortems:export_status", args=[waiting.pk])).content.decode()

    assert f'<a class="quiet" href="/postmortems/exports/{waiting.pk}/">See how far it is</a>' in html


def test_download_gives_the_file_under_its_name(signed_in, ready):
    page = signed_in.get(reverse("postmortems:export_status", args=[ready.pk])).content.decode()
    response = signed_in.get(reverse("postmortems:export_download", args=[ready.pk]))

    assert reverse("postmortems:export_download", args=[ready.pk]) in page
    assert response.content == b"%PDF-1.7 words"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="INC-7-post-mortem.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_download_before_it_is_ready_leads_back_to_its_page(signed_in, waiting):
    response = signed_in.get(reverse("postmortems:export_download", args=[waiting.pk]))

    assert response.headers["Location"] == reverse("postmortems:export_status", args=[waiting.pk])


@pytest.mark.parametrize("name", ["export_status", "export_download"])
def test_an_export_is_for_the_person_who_asked(client, ready, facilitator, name):
    client.force_login(facilitator)

    assert client.get(reverse(f"postmortems:{name}", args=[ready.pk])).status_code == 404


@pytest.mark.parametrize("name", ["export_status", "export_download"])
def test_an_export_is_gone_for_whoever_lost_sight_of_the_incident(signed_in, ready, draft, member, name):
    participation = ParticipantFactory(incident=draft.incident, user=member)
    Incident.objects.filter(pk=draft.incident_id).update(is_restricted=True)
    url = reverse(f"postmortems:{name}", args=[ready.pk])
    assert signed_in.get(url).status_code == 200

    participation.delete()

    assert signed_in.get(url).status_code == 404


def test_an_export_is_nothing_for_a_stranger(client: Client, ready):
    response = client.get(reverse("postmortems:export_download", args=[ready.pk]))

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("format", ["pdf", "md", "json"])
def test_the_command_writes_a_file(draft, tmp_path, format):
    ActionFactory(postmortem=draft, number=45, title="Alert on queue depth")
    target = tmp_path / f"out.{format}"

    call_command("export", "INC-7", format=format, output=str(target))

    content = target.read_bytes()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages) if format == "pdf" else None
    assert "Alert on queue depth" in (text if text is not None else content.decode())


def test_the_command_writes_to_standard_output(draft, capfdbinary):
    call_command("export", "7", format="json", output="-")

    assert json.loads(capfdbinary.readouterr().out)["incident"]["reference"] == "INC-7"


@pytest.mark.parametrize(
    ("incident", "output", "sentence"),
    [
        ("INC-99", "-", "INC-99 has no post-mortem, or there is no such incident."),
        ("seven", "-", "“seven” names no incident: write it as INC-7."),
        ("INC-7", "/nowhere/at/all.json", "/nowhere/at/all.json cannot be written: No such file or directory."),
    ],
)
def test_the_command_says_what_is_wrong(draft, incident, output, sentence):
    with pytest.raises(CommandError, match=r".") as error:
        call_command("export", incident, format="json", output=output)

    assert str(error.value) == sentence
    assert error.value.returncode == 1
