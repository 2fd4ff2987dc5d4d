import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from incidents.commands import note
from incidents.errors import NotNotable
from incidents.models import Incident
from incidents.notes import read_note
from postmortems.commands import open_postmortem
from tests.factories import IncidentFactory, PostmortemFactory, TemplateFactory, UserFactory

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # three in the afternoon in Berlin
HTMX = {"HX-Request": "true"}


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "now", "expected"),
    [
        ("14:32 rebooted web-3", NOW, (at("2026-03-02 13:32"), "rebooted web-3")),
        ("9.05: calls come in", NOW, (at("2026-03-02 08:05"), "calls come in")),
        ("15:04 back", NOW, (at("2026-03-02 14:04"), "back")),
        ("23:50 it began", NOW, (at("2026-03-01 22:50"), "it began")),
        ("rebooted  web-3", NOW, (NOW, "rebooted web-3")),
        ("14:32", NOW, (NOW, "14:32")),
        ("99:10 errors", NOW, (NOW, "99:10 errors")),
        ("10:1 odds", NOW, (NOW, "10:1 odds")),
        ("14:32:10 rebooted web-3", NOW, (at("2026-03-02 13:32:10"), "rebooted web-3")),
        ("2:32 pm rebooted web-3", NOW, (at("2026-03-02 13:32"), "rebooted web-3")),
        ("14:32 Second customer calls", NOW, (at("2026-03-02 13:32"), "Second customer calls")),
        ("14:32 min replicas is 0", NOW, (at("2026-03-02 13:32"), "min replicas is 0")),
        # What only looks like a clock.
        ("14.32 % of requests fail", NOW, (NOW, "14.32 % of requests fail")),
        ("10.10.3.4 does not answer", NOW, (NOW, "10.10.3.4 does not answer")),
        ("10.10.30.40 does not answer", NOW, (NOW, "10.10.30.40 does not answer")),
        ("1.30.2 rolled back", NOW, (NOW, "1.30.2 rolled back")),
        ("1.30.22 rolled back", NOW, (NOW, "1.30.22 rolled back")),
        # The hour that autumn repeats: the later of the two that has been already.
        ("02:30 again", at("2026-10-25 00:45"), (at("2026-10-25 00:30"), "again")),
        ("02:30 again", at("2026-10-25 02:00"), (at("2026-10-25 01:30"), "again")),
        ("01:30 so", at("2026-03-29 01:10"), (at("2026-03-29 00:30"), "so")),
    ],
)
def test_note_begins_with_its_time_or_is_of_now(line, now, expected):
    assert read_note(line, now=now, zone=BERLIN) == expected


@pytest.fixture
def ongoing(db):
    return IncidentFactory(number=7, resolved_at=None)


def test_note_is_kept_with_its_author_and_put_on_record(signed_in, ongoing, member):
    with time_machine.travel(NOW, tick=False):
        answer = signed_in.post("/incidents/7/notes/add/", {"line": "14:32 rebooted web-3"}, headers=HTMX)

    (kept,) = ongoing.notes.all()
    assert (kept.text, kept.noted_at, kept.author) == ("rebooted web-3", at("2026-03-02 13:32"), member)
    assert (answer.status_code, "rebooted web-3" in answer.content.decode()) == (200, True)
    page = signed_in.get("/incidents/7/").content.decode()
    assert page.count("rebooted web-3 ") == 1


@pytest.mark.parametrize(("line", "headers"), [("", {}), (" ", HTMX), ("x" * 501, {})])
def test_note_that_says_nothing_or_too_much_is_refused_and_stays(signed_in, ongoing, line, headers):
    answer = signed_in.post("/incidents/7/notes/add/", {"line": line}, headers=headers)

    assert (answer.status_code, ongoing.notes.count()) == (422, 0)
    assert line.strip() in answer.content.decode()


def test_note_on_an_incident_that_is_over_is_refused(signed_in, member):
    over = IncidentFactory(number=7)

    with pytest.raises(NotNotable):
        note(over, by=member, line="Late", zone=BERLIN)

    assert signed_in.post("/incidents/7/notes/add/", {"line": "Late words"}).status_code == 422
    assert "/notes/add/" not in signed_in.get("/incidents/7/").content.decode()


def test_notes_begin_the_timeline_when_the_post_mortem_opens_and_later_ones_join_it(ongoing, member):
    with time_machine.travel(NOW, tick=False):
        note(ongoing, by=member, line="14:32 rebooted web-3", zone=BERLIN)
        note(ongoing, by=UserFactory(name="Ada"), line="14:20 alert", zone=BERLIN)
        postmortem = open_postmortem(ongoing, template=TemplateFactory(), by=member)
        note(ongoing, by=member, line="14:50 back up", zone=BERLIN)

    events = list(postmortem.timeline_events.values_list("text", "who", "source"))
    source = "noted during the incident"
    assert events == [
        ("alert", "Ada", source),
        ("rebooted web-3", str(member), source),
        ("back up", str(member), source),
    ]


def test_note_for_a_closed_post_mortem_stays_with_the_incident_alone(ongoing, member):
    closed = PostmortemFactory(incident=ongoing, published=True, status="closed", closed_at=NOW)

    note(ongoing, by=member, line="It came back", zone=BERLIN)

    assert (ongoing.notes.count(), closed.timeline_events.count()) == (1, 0)


def test_notes_of_a_restricted_incident_are_hidden_from_strangers(signed_in):
    IncidentFactory(number=7, resolved_at=None, is_restricted=True)

    assert signed_in.get("/incidents/7/notes/", headers=HTMX).status_code == 404
    assert signed_in.post("/incidents/7/notes/add/", {"line": "x"}).status_code == 404


def test_notes_are_read_by_viewers_who_write_none(client, viewer, ongoing, member):
    note(ongoing, by=member, line="rebooted web-3", zone=BERLIN)
    client.force_login(viewer)

    page = client.get("/incidents/7/").content.decode()

    assert ("rebooted web-3" in page, "/notes/add/" in page) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_notes_are_read_in_as_many_queries(signed_in, ongoing, member, django_assert_num_queries, warm, rows):
    for _ in range(rows):
        note(ongoing, by=UserFactory(), line="rebooted web-3", zone=BERLIN)
    warm(signed_in)

    with django_assert_num_queries(4):
        signed_in.get("/incidents/7/notes/", headers=HTMX)


def test_an_open_page_that_asks_for_notes_hears_of_new_ones_alone_and_cheaply(
    signed_in, ongoing, member, django_assert_num_queries, warm
):
    note(ongoing, by=member, line="rebooted web-3", zone=BERLIN)
    part = signed_in.get("/incidents/7/notes/", headers=HTMX).text
    shown = {**HTMX, "If-None-Match": '"' + re.search('data-notes="([^"]+)"', part)[1] + '"'}
    warm(signed_in)

    with django_assert_num_queries(4):
        unchanged = signed_in.get("/incidents/7/notes/", headers=shown)
    note(ongoing, by=UserFactory(), line="it is back", zone=BERLIN)
    changed = signed_in.get("/incidents/7/notes/", headers=shown)

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (changed.status_code, "it is back" in changed.text) == (200, True)


def test_an_open_page_hears_that_the_incident_is_over(signed_in, ongoing):
    part = signed_in.get("/incidents/7/notes/", headers=HTMX).text
    shown = {**HTMX, "If-None-Match": '"' + re.search('data-notes="([^"]+)"', part)[1] + '"'}
    Incident.objects.update(resolved_at=NOW)

    over = signed_in.get("/incidents/7/notes/", headers=shown)

    assert (over.status_code, "data-notes-open" in part, "data-notes-open" in over.text) == (200, True, False)


def test_a_reader_hears_that_it_is_over_too(client, viewer, ongoing):
    client.force_login(viewer)
    part = client.get("/incidents/7/notes/", headers=HTMX).text
    shown = {**HTMX, "If-None-Match": '"' + re.search('data-notes="([^"]+)"', part)[1] + '"'}
    assert client.get("/incidents/7/notes/", headers=shown).status_code == 304

    Incident.objects.update(resolved_at=NOW)

    assert client.get("/incidents/7/notes/", headers=shown).status_code == 200


def test_a_viewer_of_an_incident_without_notes_sees_where_they_will_stand(client, viewer, ongoing):
    client.force_login(viewer)

    assert "What people note stands here as they write it." in client.get("/incidents/7/").text
