"""What the room noticed, beneath the timeline: rows as the events are."""

import pytest

from core.edits import EditConflict
from people.models import RecordEntry
from postmortems.commands import (
    add_observation,
    edit_event,
    edit_observation,
    move_observation,
    remove_event,
    remove_observation,
)
from postmortems.errors import NotMovable
from postmortems.exporting.as_json import payload
from postmortems.exporting.as_markdown import as_markdown
from postmortems.exporting.as_pdf import html_of
from postmortems.exporting.document import document_of
from postmortems.history.changes import in_words
from postmortems.history.keeping import Reason, keep_revision
from postmortems.models import Observation
from tests.factories import STARTED_AT, TimelineEventFactory
from tests.postmortems.conftest import HTMX, ROW

pytestmark = pytest.mark.django_db
URL = "/postmortems/7/observations/"
ANSWER = {"observation-kind": "lucky", "observation-text": "It was a quiet morning.", "observation-event": ""}


@pytest.fixture
def event(draft):
    return TimelineEventFactory(postmortem=draft)


@pytest.fixture
def three(draft, member):
    return [add_observation(draft, by=member, text=text) for text in ("one", "two", "three")]


def texts(postmortem):
    return list(postmortem.observations.values_list("text", flat=True))


def test_an_observation_is_shown_to_everybody_and_put_on_record(draft, event, member, frames):
    observation = add_observation(draft, by=member, text="Paging was quick.", kind="well", event=event)

    assert draft.observations.get() == observation
    assert (frames[0]["event"], frames[0]["list"], frames[0]["row"]) == (
        "rowChanged", "observations", f"observation-{observation.pk}",
    )  # fmt: skip
    assert f'href="#event-{event.pk}"' in frames[0]["html"]
    assert RecordEntry.objects.about(draft).get().verb == "observation.added"


def test_two_who_edit_different_fields_both_win_and_the_same_field_is_a_conflict(draft, event, member):
    observation = add_observation(draft, by=member, text="Old", kind="well")
    seen = {"text": "Old", "kind": "well", "event": None}

    edit_observation(observation, by=member, seen=seen, wanted={"text": "New"})
    edit_observation(observation, by=member, seen=seen, wanted={"kind": "badly", "event": event})
    with pytest.raises(EditConflict) as conflict:
        edit_observation(observation, by=member, seen=seen, wanted={"text": "Other"})

    assert conflict.value.theirs == {"text": "New"}
    observation.refresh_from_db()
    assert (observation.text, observation.kind, observation.event) == ("New", "badly", event)


@pytest.mark.parametrize(
    ("which", "after", "expected"), [(2, None, ["three", "one", "two"]), (0, 1, ["two", "one", "three"])]
)
def test_observations_are_put_in_order(draft, three, member, frames, which, after, expected):
    frames.clear()

    move_observation(three[which], by=member, after=None if after is None else three[after].pk)

    assert texts(draft) == expected
    assert [frame["event"] for frame in frames] == ["rowsMoved"]


def test_a_removed_one_stays_on_record(draft, three, member):
    remove_observation(three[1], by=member)

    assert texts(draft) == ["one", "three"]
    assert RecordEntry.objects.about(draft).filter(verb="observation.removed").get().details == {"text": "two"}


def test_what_is_said_of_an_event_follows_it(draft, event, member, frames):
    observation = add_observation(draft, by=member, text="x", event=event)
    frames.clear()

    edit_event(event, by=member, seen={}, wanted={"text": "Another event"})
    assert "Another event" in frames[-1]["html"]
    remove_event(event, by=member)

    assert frames[-1]["row"] == f"observation-{observation.pk}"
    assert "Another event" not in frames[-1]["html"]
    assert draft.observations.get().event is None


@pytest.mark.parametrize("command", [move_observation, remove_observation, edit_observation])
def test_a_closed_post_mortem_keeps_its_observations(closed, member, command):
    observation = Observation.objects.create(postmortem=closed, text="x", added_by=member)
    arguments = {
        move_observation: {"after": None}, remove_observation: {}, edit_observation: {"seen": {}, "wanted": {"text": "y"}},
    }  # fmt: skip

    with pytest.raises(NotMovable):
        command(observation, by=member, **arguments[command])
    with pytest.raises(NotMovable):
        add_observation(closed, by=member, text="y")
    assert texts(closed) == ["x"]


def test_the_form_adds_one_and_the_page_shows_it(signed_in, draft):
    assert signed_in.post(f"{URL}add/", ANSWER).headers["Location"] == "/postmortems/7/#observations"

    assert "It was a quiet morning." in signed_in.get("/postmortems/7/").text
    assert "It was a quiet morning." in signed_in.get(URL, headers=HTMX).text


@pytest.mark.parametrize(("field", "value"), [("text", ""), ("kind", "weather"), ("event", "999"), ("event", "x")])
@pytest.mark.parametrize("headers", [{}, ROW], ids=["plain", "row"])
def test_the_form_refuses_what_cannot_be_kept(signed_in, draft, headers, field, value):
    response = signed_in.post(f"{URL}add/", ANSWER | {f"observation-{field}": value}, headers=headers)

    assert response.status_code == 422
    assert list(response.context["observation_form"].errors) == [field]
    assert not Observation.objects.exists()


def test_an_event_of_another_post_mortem_is_no_choice(signed_in, draft, hidden):
    foreign = TimelineEventFactory(postmortem=hidden)

    assert signed_in.post(f"{URL}add/", ANSWER | {"observation-event": foreign.pk}).status_code == 422


def test_one_field_is_edited_in_its_place(signed_in, draft, event, three):
    url = f"{URL}{three[0].pk}/edit/field/"

    said = signed_in.post(url, {"field": "event", "event": event.pk, "seen-event": ""}, headers=ROW)
    late = signed_in.post(url, {"field": "text", "text": "mine", "seen-text": "older"}, headers=ROW)

    assert f'href="#event-{event.pk}"' in said.json()["html"]
    assert late.status_code == 409
    assert late.json()["conflict"]["value"] == "one"
    assert signed_in.post(url, {"field": "postmortem"}, headers=ROW).status_code == 400


def test_without_a_script_a_form_edits_moves_and_removes(signed_in, draft, three):
    page = f"{URL}{three[0].pk}/"
    assert "Move down" in signed_in.get(f"{page}edit/").text

    signed_in.post(f"{page}edit/", {"kind": "question", "text": "first", "event": ""})
    signed_in.post(f"{page}move/", {"after": three[2].pk})
    signed_in.post(f"{URL}{three[1].pk}/remove/")

    assert texts(draft) == ["three", "first"]


def test_exports_and_history_tell_them(draft, event, member):
    keep_revision(draft, Reason())
    add_observation(draft, by=member, text="Paging was quick.", kind="well", event=event)

    revision = keep_revision(draft, Reason())
    document = document_of(draft, at=STARTED_AT)

    assert [in_words(change, {}) for change in revision.changes] == ["1 observation"]
    assert payload(document)["observations"] == [
        {"text": "Paging was quick.", "kind": "well", "about": "The first alert fires."}
    ]
    assert (
        "## Observations\n\n- Went well: Paging was quick.\n  - About: The first alert fires."
        in as_markdown(document).decode()
    )
    html = html_of(document)
    assert "Paging was quick." in html
    assert "lane-drawing" in html
    assert (
        "var(" not in html[html.index('<svg class="lane-drawing"') : html.index("</style>", html.index("lane-drawing"))]
    )
