from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incidents.models import Incident
from integrations.models import ImportDraft
from people.models import Team, User
from tests.factories import TeamFactory, TemplateFactory, TemplateSectionFactory, UserFactory

TEXT = "# Labels came out blank\n\n## Timeline (UTC)\n\n- 2026-03-02 14:00: <b>stops</b>\n- 2026-03-02 14:25: goes\n"


@pytest.fixture
def team(member: User) -> Team:
    TemplateSectionFactory(template=TemplateFactory())
    return TeamFactory(members=[member])


@pytest.fixture
def browser(client: Client, member: User) -> Client:
    client.force_login(member)
    return client


def bring(browser: Client, *files: tuple[str, bytes], text: str = "") -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post("/import/", {"documents": uploads, "text": text})


def test_upload_of_one_file_leads_to_its_preview_and_stores_no_incident(browser: Client, member: User) -> None:
    response = bring(browser, ("labels.md", TEXT.encode()))

    draft = ImportDraft.objects.get()
    assert response["Location"] == f"/import/drafts/{draft.pk}/"
    assert (draft.owner, draft.source_name, draft.text) == (member, "labels.md", TEXT)
    page = browser.get(response["Location"]).content.decode()
    assert "Labels came out blank" in page
    assert "&lt;b&gt;stops&lt;/b&gt;" in page
    assert Incident.objects.count() == 0


def test_upload_of_a_pasted_text_works_alike(browser: Client) -> None:
    response = bring(browser, text=TEXT.replace("\n", "\r\n"))

    assert response.status_code == 302
    assert ImportDraft.objects.get().text == TEXT.strip("\n")


def test_upload_of_several_files_keeps_a_draft_of_each(browser: Client) -> None:
    response = bring(browser, ("a.md", TEXT.encode()), ("b.md", TEXT.encode() + b"\nmore"))

    assert response["Location"] == "/import/"
    assert [draft.source_name for draft in ImportDraft.objects.all()] == ["b.md", "a.md"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is no text in this file."),
        (b"x" * (20 * 1024 * 1024), "This file is larger than 2 MB, the most that can be read."),
        (b"PK\x03\x04zip", "This is a ZIP archive"),
        (bytes(range(256)) * 10, "This file holds binary data, not text."),
    ],
    ids=["empty", "20 MB", "zip", "binary"],
)
def test_upload_of_what_is_no_text_is_refused_in_words(content: bytes, words: str, browser: Client) -> None:
    response = bring(browser, ("labels.md", content))

    assert response.status_code == 422
    assert f"labels.md: {words}" in response.content.decode()
    assert ImportDraft.objects.count() == 0


def test_upload_of_broken_letters_is_mended_and_says_so(browser: Client) -> None:
    response = bring(browser, ("labels.md", TEXT.encode() + b"\nCaf\xe9 \x00"))

    page = browser.get(response["Location"]).content.decode()
    assert "it was read as Windows-1252" in page
    assert "control character" in page


def test_upload_of_nothing_is_refused(browser: Client) -> None:
    response = bring(browser, text="  ")

    assert response.status_code == 422
    assert "Choose a file or paste a text." in response.content.decode()


def wishes(team: Team, **changes: Any) -> dict[str, Any]:
    return {"title": "Blank labels", "severity": 2, "kind": "production_outage", "team": team.pk, **changes}


def test_confirm_creates_the_post_mortem_and_goes_there(browser: Client, team: Team, member: User) -> None:
    preview = bring(browser, ("labels.md", TEXT.encode()))["Location"]

    response = browser.post(preview, wishes(team))

    incident = Incident.objects.get()
    assert response["Location"] == incident.postmortem.get_absolute_url()
    assert (incident.title, incident.severity, incident.reported_by) == ("Blank labels", 2, member)
    assert incident.postmortem.timeline_events.count() == 2
    assert ImportDraft.objects.count() == 0


def test_confirm_twice_makes_one_incident(browser: Client, team: Team) -> None:
    first = bring(browser, ("labels.md", TEXT.encode()))["Location"]
    second = bring(browser, ("copy.md", TEXT.encode()))["Location"]
    browser.post(first, wishes(team))

    response = browser.post(second, wishes(team))

    assert response.status_code == 422
    assert f"Already imported as {Incident.objects.get().reference}." in response.content.decode()
    assert (Incident.objects.count(), ImportDraft.objects.count()) == (1, 1)


def test_confirm_of_what_a_stranger_imported_in_confidence_names_no_number(browser: Client, team: Team) -> None:
    stranger = Client()
    stranger.force_login(UserFactory())
    secret = bring(stranger, ("labels.md", TEXT.encode()))["Location"]
    stranger.post(secret, wishes(TeamFactory(), is_restricted="on"))
    mine = bring(browser, ("labels.md", TEXT.encode()))["Location"]

    page = browser.post(mine, wishes(team)).content.decode()

    assert Incident.objects.get().is_restricted
    assert "imported before, as an incident that is not open to you" in page
    assert Incident.objects.get().reference not in page


def test_confirm_with_an_empty_title_asks_for_one(browser: Client, team: Team) -> None:
    preview = bring(browser, ("labels.md", TEXT.encode()))["Location"]

    response = browser.post(preview, wishes(team, title=""))

    assert response.status_code == 422
    assert Incident.objects.count() == 0


def test_discard_puts_the_draft_away(browser: Client) -> None:
    preview = bring(browser, ("labels.md", TEXT.encode()))["Location"]

    response = browser.post(f"{preview}discard/")

    assert (response["Location"], ImportDraft.objects.count()) == ("/import/", 0)


def test_drafts_of_others_are_not_found(browser: Client, administrator: User) -> None:
    preview = bring(browser, ("labels.md", TEXT.encode()))["Location"]
    other = Client()
    other.force_login(administrator)

    assert [other.get(preview).status_code, other.post(f"{preview}discard/").status_code] == [404, 404]
    assert "labels.md" not in other.get("/import/").content.decode()


def test_upload_by_a_viewer_is_forbidden(client: Client, viewer: User) -> None:
    client.force_login(viewer)

    assert [client.get("/import/").status_code, bring(client, text=TEXT).status_code] == [403, 403]


STATED = TEXT + (
    "\n**Detected**: 2026-03-02 14:05 UTC\n**Users affected**: 40\n\n## Contributing factors\n\n- No limit on the queue\n"
    "- No alert\n\n## Action items\n\n- [ ] Add a limit https://github.com/harbour/printer/issues/8\n"
)


def test_preview_shows_what_the_text_states_with_its_words(browser: Client) -> None:
    page = browser.get(bring(browser, text=STATED)["Location"]).content.decode()

    for shown in [
        "Detected",
        "Written: “2026-03-02 14:05 UTC”",
        "Users affected",
        "No limit on the queue",
        "printer#8",
    ]:
        assert shown in page
    assert page.count('name="take"') == page.count('name="shown"') == page.count('form="import-form" checked>')


def test_confirm_leaves_out_what_was_unticked(browser: Client, team: Team) -> None:
    preview = bring(browser, text=STATED)["Location"]
    shown = ["started_at", "resolved_at", "detected_at", "users_affected_count", "cause:0", "cause:1", "link:0"]

    browser.post(preview, wishes(team, shown=shown, take=["started_at", "resolved_at", "detected_at", "cause:1"]))

    incident = Incident.objects.get()
    assert (incident.detected_at is not None, incident.impact.users_affected_count) == (True, None)
    assert [cause.text for cause in incident.postmortem.causes.all()] == ["No alert"]
    assert incident.postmortem.actions.get().links.count() == 0


def test_confirm_takes_everything_where_no_tick_was_taken_away(browser: Client, team: Team) -> None:
    browser.post(bring(browser, text=STATED)["Location"], wishes(team))

    incident = Incident.objects.get()
    assert (incident.impact.users_affected_count, incident.postmortem.causes.count()) == (40, 2)
    assert incident.postmortem.actions.get().links.get().label == "harbour/printer#8"


def test_confirm_keeps_the_ticks_of_a_form_that_was_refused(browser: Client, team: Team) -> None:
    preview = bring(browser, text=STATED)["Location"]

    page = browser.post(
        preview, wishes(team, title="", shown=["cause:0", "cause:1"], take=["cause:1"])
    ).content.decode()

    assert 'value="cause:0" form="import-form"><input' in page
    assert 'value="cause:1" form="import-form" checked>' in page


def test_confirm_follows_the_person_on_kind_and_marks(browser: Client, team: Team) -> None:
    preview = bring(browser, text=f"{STATED}\nNear miss: yes\n")["Location"]

    browser.post(preview, wishes(team, kind="process", went_unusually_well="on"))

    incident = Incident.objects.get()
    assert (incident.kind, incident.is_near_miss, incident.went_unusually_well) == ("process", False, True)
