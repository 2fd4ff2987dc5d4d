"""From files to events: the draft, the page without a script, and what is refused."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.commands import Brought, draft_timeline, take_draft
from integrations.commands.timelines import likely_channel
from integrations.errors import NotTakeable
from integrations.models import TimelineDraft
from people.models import RecordEntry, User
from postmortems.commands import add_event
from postmortems.models import Postmortem, TimelineEvent
from tests.factories import IncidentFactory, PostmortemFactory, UserFactory
from tests.integrations.test_read_timeline_hostile import bomb
from tests.integrations.test_read_timeline_slack import export, zipped

CHAT = b"2026-03-02\n14:32 mira.okafor: the queue stalls\n14:33 sam: thanks!\n14:40 rolled back\n"


@pytest.fixture
def postmortem(db: None) -> Postmortem:
    incident = IncidentFactory(title="Ferry queue full", started_at=datetime(2026, 3, 2, 14, 0, tzinfo=UTC))
    postmortem: Postmortem = PostmortemFactory(incident=incident)
    return postmortem


@pytest.fixture
def browser(client: Client, member: User) -> Client:
    member.time_zone = "UTC"
    member.save()
    client.force_login(member)
    return client


def address(postmortem: Postmortem, what: str = "") -> str:
    return f"/postmortems/{postmortem.number}/timeline/files/{what}"


def bring(browser: Client, postmortem: Postmortem, *files: tuple[str, bytes], text: str = "", zone: str = "UTC") -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(address(postmortem), {"documents": uploads, "text": text, "zone": zone})


def words(browser: Client, postmortem: Postmortem) -> str:
    page = browser.get(address(postmortem, "preview/")).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def fingerprints(draft: TimelineDraft) -> dict[str, str]:
    return {stored["text"]: stored["fingerprint"] for stored in draft.candidates}


def on_timeline(postmortem: Postmortem) -> list[tuple[str, str, str]]:
    return [(f"{one.occurred_at:%H:%M}", one.who, one.text) for one in postmortem.timeline_events.all()]


def test_bring_shows_what_was_found_and_why_the_rest_was_not(browser: Client, postmortem: Postmortem) -> None:
    UserFactory(name="Mira Okafor", email="mira.okafor@harbour.example")

    response = bring(browser, postmortem, ("war-room.txt", CHAT))

    assert response["Location"] == address(postmortem, "preview/")
    page = words(browser, postmortem)
    assert "Monday, 2 Mar 2026" in page
    assert "Mira Okafor the queue stalls war-room.txt, line 2" in page.replace("MO ", "")
    assert "Left out: Thanks, a greeting or a yes. war-room.txt, line 3" in page
    assert "Put 2 events on the timeline" in page
    assert postmortem.timeline_events.count() == 0


def test_take_puts_the_ticked_lines_on_the_timeline_once_and_on_record_once(
    browser: Client, postmortem: Postmortem, member: User
) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))
    known = fingerprints(TimelineDraft.objects.get())

    response = browser.post(
        address(postmortem, "take/"), {"shown": list(known.values()), "take": [known["rolled back"], known["thanks!"]]}
    )

    assert response["Location"] == f"{postmortem.get_absolute_url()}#timeline"
    assert on_timeline(postmortem) == [("14:33", "sam", "thanks!"), ("14:40", "", "rolled back")]
    event = postmortem.timeline_events.get(text="rolled back")
    assert (event.kind, event.source, event.added_by) == ("mitigation", "war-room.txt, line 4", member)
    taken = RecordEntry.objects.get(verb="timeline_event.taken")
    assert taken.details == {
        "source": "war-room.txt",
        "events": [one.pk for one in postmortem.timeline_events.order_by("pk")],
    }
    assert TimelineDraft.objects.count() == 0


def test_take_of_the_same_file_again_adds_nothing(browser: Client, postmortem: Postmortem, member: User) -> None:
    draft_timeline(postmortem, [Brought("a.txt", CHAT)], by=member, zone="UTC")
    take_draft(TimelineDraft.objects.get(), by=member)

    bring(browser, postmortem, ("another-name.txt", CHAT))

    assert words(browser, postmortem).count("on the timeline already") == 2
    with pytest.raises(NotTakeable):
        take_draft(TimelineDraft.objects.get(), by=member)
    assert postmortem.timeline_events.count() == 2


def test_take_by_two_people_at_once_adds_each_line_once(postmortem: Postmortem, member: User) -> None:
    other = UserFactory()
    for person in (member, other):
        draft_timeline(postmortem, [Brought("a.txt", CHAT)], by=person, zone="UTC")
    first, second = TimelineDraft.objects.order_by("pk")

    take_draft(first, by=member)

    with pytest.raises(NotTakeable):
        take_draft(second, by=other)
    assert len(on_timeline(postmortem)) == 2


def test_preview_marks_what_somebody_wrote_by_hand(browser: Client, postmortem: Postmortem, member: User) -> None:
    add_event(postmortem, by=member, text="Rolled back.", occurred_at=datetime(2026, 3, 2, 14, 40, 30, tzinfo=UTC))

    bring(browser, postmortem, ("war-room.txt", CHAT))

    page = words(browser, postmortem)
    assert "on the timeline already" in page
    assert "Put 1 event on the timeline" in page


def test_choose_keeps_ticks_over_a_reload(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))
    known = fingerprints(TimelineDraft.objects.get())

    answer = browser.post(
        address(postmortem, "choose/"), {"shown": known["rolled back"]}, headers={"HX-Request": "true"}
    )

    assert "Put 1 event on the timeline" in answer.content.decode()
    assert "Put 1 event on the timeline" in words(browser, postmortem)


@pytest.mark.parametrize(
    ("button", "sentence"), [("all", "Put 2 events on the timeline"), ("none", "Put what is ticked on the timeline")]
)
def test_choose_all_and_none_without_a_script(
    button: str, sentence: str, browser: Client, postmortem: Postmortem
) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))
    known = fingerprints(TimelineDraft.objects.get())
    shown = [known["the queue stalls"], known["rolled back"]]

    browser.post(address(postmortem, "choose/"), {"do": button, "shown": shown})

    assert sentence in words(browser, postmortem)


def test_edit_words_a_line_otherwise_and_ticks_it(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))
    fingerprint = fingerprints(TimelineDraft.objects.get())["thanks!"]
    facts = {"edit-at": "2026-03-02T14:41", "edit-text": "The queue drains", "edit-who": "Sam", "edit-kind": "recovery"}

    response = browser.post(address(postmortem, f"{fingerprint}/edit/"), facts)
    browser.post(address(postmortem, "take/"))

    assert response["Location"] == f"{address(postmortem, 'preview/')}#candidate-{fingerprint[:12]}"
    assert on_timeline(postmortem)[-1] == ("14:41", "Sam", "The queue drains")
    assert postmortem.timeline_events.get(text="The queue drains").kind == "recovery"


def test_edit_without_a_time_is_refused_and_keeps_what_was_typed(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))
    fingerprint = fingerprints(TimelineDraft.objects.get())["thanks!"]

    response = browser.post(
        address(postmortem, f"{fingerprint}/edit/"),
        {"edit-at": "soon", "edit-text": "The queue drains", "edit-kind": "other"},
    )

    assert response.status_code == 422
    assert "Write a date and a time" in response.content.decode()
    assert "The queue drains" in response.content.decode()


def test_read_again_puts_times_without_a_zone_into_another(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))

    browser.post(address(postmortem, "read-again/"), {"zone": "Europe/Berlin"})

    assert [stored["at"][11:16] for stored in TimelineDraft.objects.get().candidates] == ["13:32", "13:33", "13:40"]


def test_read_again_moves_what_names_no_day_to_another_and_keeps_what_was_chosen(
    browser: Client, postmortem: Postmortem
) -> None:
    bring(browser, postmortem, text="14:32 alert fired\n14:33 looking at it\n14:40 rolled back")
    draft = TimelineDraft.objects.get()
    lines = fingerprints(draft)
    browser.post(address(postmortem, "choose/"), {"shown": lines["looking at it"], "take": []})
    edits = {
        "edit-at": "2026-03-02T14:40",
        "edit-text": "The release is rolled back",
        "edit-who": "",
        "edit-kind": "action",
    }
    browser.post(address(postmortem, f"{lines['rolled back']}/edit/"), edits)
    before = browser.get(address(postmortem, "preview/")).content.decode()

    browser.post(address(postmortem, "read-again/"), {"zone": "UTC", "day": "2026-03-04"})
    browser.post(address(postmortem, "take/"))

    assert 'name="day" value="2026-03-02"' in before
    events = [(f"{one.occurred_at:%d %H:%M}", one.text) for one in postmortem.timeline_events.all()]
    assert events == [("04 14:32", "alert fired"), ("04 14:40", "The release is rolled back")]


@pytest.mark.parametrize("day", ["2026-02-30", "0001-01-01", "tomorrow"])
def test_read_again_on_a_day_that_is_none_is_refused_in_a_sentence(
    browser: Client, postmortem: Postmortem, day: str
) -> None:
    bring(browser, postmortem, text="14:32 alert fired\n14:40 rolled back")

    answer = browser.post(address(postmortem, "read-again/"), {"zone": "UTC", "day": day})

    assert (answer.status_code, f'value="{day}"' in answer.content.decode()) == (422, True)


def test_preview_asks_for_no_day_where_the_files_name_it(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))

    assert 'name="day"' not in browser.get(address(postmortem, "preview/")).content.decode()


def test_bring_of_a_slack_export_offers_its_channels_and_reads_the_likely_one(
    browser: Client, postmortem: Postmortem
) -> None:
    bring(browser, postmortem, ("export.zip", zipped(export()).read()))
    draft = TimelineDraft.objects.get()

    browser.post(address(postmortem, "read-again/"), {"zone": "UTC", "channel": "lunch"})

    assert (draft.channels, draft.channel, list(fingerprints(draft))) == (
        ["inc-ferry", "lunch"],
        "inc-ferry",
        ["@jw the queue stalls", "deployed 4.2"],
    )
    draft.refresh_from_db()
    assert (draft.channel, list(fingerprints(draft))) == ("lunch", ["pizza today"])


def test_bring_of_a_day_with_the_list_of_people_beside_it_names_them(browser: Client, postmortem: Postmortem) -> None:
    files = {name.rpartition("/")[2]: content for name, content in export().items()}
    bring(
        browser,
        postmortem,
        ("users.json", json.dumps(files["users.json"]).encode()),
        ("2026-03-02.json", json.dumps(export()["inc-ferry/2026-03-02.json"]).encode()),
    )

    assert TimelineDraft.objects.get().candidates[0]["who"] == "Mira Okafor"


CHANNELS = {
    "the incident's number": (["general", "inc-17-ferry", "inc-18"], "inc-17-ferry"),
    "words of its title": (["general", "ferry-ops", "lunch"], "ferry-ops"),
    "a name as incidents have": (["general", "incident-checkout", "lunch"], "incident-checkout"),
}


@pytest.mark.parametrize("case", CHANNELS)
def test_likely_channel_is_the_one_that_is_named_after(case: str) -> None:
    names, expected = CHANNELS[case]
    incident = IncidentFactory.build(number=17, title="Ferry queue full", started_at=datetime(2026, 3, 2, tzinfo=UTC))

    assert likely_channel({name: [] for name in names}, incident) == expected


REFUSED = {
    "a picture": ("graph.png", b"\x89PNG\r\n\x1a\n", "graph.png: This is a picture, not a list of events."),
    "no times": (
        "notes.txt",
        b"We talked.",
        "notes.txt: Nothing in it was known, and no line of it starts with a time.",
    ),
    "an empty file": ("empty.json", b"", "empty.json: There is nothing in this file."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bring_refuses_in_a_sentence_what_it_cannot_read(case: str, browser: Client, postmortem: Postmortem) -> None:
    name, content, sentence = REFUSED[case]

    response = bring(browser, postmortem, (name, content), text="")

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert TimelineDraft.objects.count() == 0


def test_bring_of_nothing_asks_for_something(browser: Client, postmortem: Postmortem) -> None:
    response = bring(browser, postmortem)

    assert "Choose a file or paste a text." in response.content.decode()


def test_bring_keeps_what_can_be_read_beside_what_cannot(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT), ("graph.png", b"\x89PNG\r\n\x1a\n"))

    assert "graph.png: This is a picture, not a list of events." in words(browser, postmortem)
    assert [file.name for file in TimelineDraft.objects.get().files.all()] == ["war-room.txt"]


def test_discard_puts_the_draft_away(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))

    browser.post(address(postmortem, "discard/"))

    assert (TimelineDraft.objects.count(), TimelineEvent.objects.count()) == (0, 0)


def test_bring_refuses_a_bomb_in_a_sentence(browser: Client, postmortem: Postmortem) -> None:
    response = bring(browser, postmortem, ("export.zip", bomb()))

    assert response.status_code == 422
    assert "export.zip: This archive unpacks to far more than any export would" in response.content.decode()


def test_take_of_what_another_tab_has_taken_says_so(browser: Client, postmortem: Postmortem) -> None:
    bring(browser, postmortem, ("war-room.txt", CHAT))
    browser.post(address(postmortem, "take/"))

    response = browser.post(address(postmortem, "take/"), follow=True)

    assert "That draft is gone: it has been taken or put away." in response.content.decode()
    assert postmortem.timeline_events.count() == 2


def test_a_draft_is_its_owners_alone(browser: Client, postmortem: Postmortem) -> None:
    draft_timeline(postmortem, [Brought("a.txt", CHAT)], by=UserFactory(), zone="UTC")

    assert browser.get(address(postmortem, "preview/"))["Location"] == address(postmortem)
    assert browser.post(address(postmortem, "take/"))["Location"] == address(postmortem)
    assert postmortem.timeline_events.count() == 0


def test_preview_of_a_log_ticks_nothing_unasked(browser: Client, postmortem: Postmortem) -> None:
    log = "\n".join(
        f"2026-03-02T14:{number // 60:02}:{number % 60:02}Z worker {number} stalls" for number in range(160)
    )

    bring(browser, postmortem, text=log)

    assert "Put what is ticked on the timeline" in words(browser, postmortem)


@pytest.mark.parametrize("count", [1, 3])
def test_preview_asks_the_database_as_often_for_one_line_as_for_three(
    count: int, browser: Client, postmortem: Postmortem, django_assert_num_queries: Any
) -> None:
    bring(browser, postmortem, text="\n".join(f"2026-03-02 14:3{number} stalls {number}" for number in range(count)))
    browser.get(address(postmortem, "preview/"))

    with django_assert_num_queries(7):
        browser.get(address(postmortem, "preview/"))
