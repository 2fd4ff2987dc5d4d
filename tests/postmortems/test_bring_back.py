import pytest

from actions.commands import add_action, finish_action
from live.commands import read, replace_text, texts_of, version_of
from people.models import User
from postmortems.commands import add_event, bring_back, close_postmortem, edit_event, name_revision, remove_event
from postmortems.errors import NotBringable, NotMovable
from postmortems.models import Postmortem, Revision
from tests.factories import STARTED_AT, IncidentFactory, PostmortemFactory, SectionFactory, UserFactory

pytestmark = pytest.mark.django_db

THEN = "Checkout was slow for an hour and a half."


@pytest.fixture
def draft(db: None) -> Postmortem:
    """INC-7, with words in the first of its two sections."""
    draft = PostmortemFactory(incident=IncidentFactory(number=7), texts={"summary": THEN, "impact": ""})
    SectionFactory(postmortem=draft, key="impact", title="Impact")
    return draft


@pytest.fixture
def then(draft: Postmortem, member: User) -> Revision:
    """A version of INC-7 with its summary, an empty impact and two events; everything is another since."""
    first = add_event(draft, by=member, text="The first alert fires.", occurred_at=STARTED_AT, who="Pager")
    second = add_event(draft, by=member, text="Traffic is moved.", occurred_at=STARTED_AT)
    version = name_revision(draft, "After the meeting", by=member)
    replace_text(draft.room, "summary", "All wrong.", base_version=None, by=member)
    replace_text(draft.room, "impact", "Nobody knows.", base_version=None, by=member)
    edit_event(first, by=member, seen={}, wanted={"text": "Some alert fires.", "who": ""})
    remove_event(second, by=member)
    add_event(draft, by=member, text="Something else.", occurred_at=STARTED_AT)
    return version


def timeline_of(postmortem):
    return [(event.text, event.who) for event in postmortem.timeline_events.all()]


BACK = [("The first alert fires.", "Pager"), ("Traffic is moved.", "")]
SINCE = [("Some alert fires.", ""), ("Something else.", "")]


def test_a_section_comes_back_and_leaves_the_rest_alone(draft, then, member):
    made = bring_back(then, ["summary"], base_version=version_of(draft.room), by=member)

    assert texts_of(draft.room)["summary"] == THEN
    assert timeline_of(draft) == SINCE
    assert (made.kind, made.name, made.by) == ("brought_back", "Brought back from “After the meeting”", member)
    assert made.changed == ["text:summary"]


def test_the_whole_comes_back(draft, then, member, recorded):
    bring_back(then, ["summary", "impact", "timeline"], base_version=version_of(draft.room), by=member)

    assert texts_of(draft.room) == {"summary": THEN, "impact": ""}
    assert timeline_of(draft) == BACK
    assert ("postmortem.brought_back", member) in recorded(draft)


def test_bringing_back_is_taken_back_by_bringing_back_the_one_before(draft, then, member):
    made = bring_back(then, ["summary", "timeline"], base_version=None, by=member)
    before = draft.revisions.get(number=made.number - 1)

    bring_back(before, ["summary", "timeline"], base_version=None, by=member)

    assert texts_of(draft.room)["summary"] == "All wrong."
    assert sorted(timeline_of(draft)) == sorted(SINCE)


def test_words_typed_since_the_page_was_opened_stay(draft, then, member, facilitator):
    opened = version_of(draft.room)
    replace_text(draft.room, "summary", "All wrong. Or so I think.", base_version=None, by=facilitator)

    bring_back(then, ["summary"], base_version=opened, by=member)

    assert "Or so I think." in texts_of(draft.room)["summary"]
    assert THEN.rstrip(".") in texts_of(draft.room)["summary"]


def test_actions_stay_as_they_are(draft, then, member):
    action = add_action(draft, by=member, title="Watch it", owner=None, due_on=None)
    finish_action(action, by=member, evidence="https://ci.example/9")

    bring_back(then, ["summary", "timeline"], base_version=None, by=member)

    action.refresh_from_db()
    assert action.status == "done"


def test_what_is_as_it_was_becomes_no_new_version(draft, then, member):
    bring_back(then, ["summary"], base_version=None, by=member)
    count = draft.revisions.count()

    assert bring_back(then, ["summary"], base_version=None, by=member) is None
    assert draft.revisions.count() == count


def test_nothing_comes_back_into_a_closed_document(draft, then, facilitator):
    Postmortem.objects.filter(pk=draft.pk).update(status="published", published_at=STARTED_AT)
    close_postmortem(draft, by=facilitator)

    with pytest.raises(NotMovable) as error:
        bring_back(then, ["summary"], base_version=None, by=facilitator)

    assert error.value.reasons == ("This post-mortem is closed: reopen it before you bring anything back.",)
    assert texts_of(draft.room)["summary"] == "All wrong."


def test_a_section_that_the_version_does_not_have_is_refused(draft, then, member):
    SectionFactory(postmortem=draft, key="lessons", title="Lessons")

    with pytest.raises(NotBringable):
        bring_back(then, ["lessons"], base_version=None, by=member)


def test_long_texts_with_emoji_come_back_to_the_letter(draft, member):
    text = ("👩‍👩‍👧 Überall é 🚢 " * 3000 + "\n") * 3
    replace_text(draft.room, "summary", text, base_version=None, by=member)
    version = name_revision(draft, "Long", by=member)
    replace_text(draft.room, "summary", text.replace("é", "e")[:5000], base_version=None, by=member)

    bring_back(version, ["summary"], base_version=version_of(draft.room), by=member)

    assert texts_of(draft.room)["summary"] == text


# The page.

URL = "/postmortems/7/history/1/bring-back/"


def test_the_page_says_what_would_change(signed_in, then):
    page = signed_in.get(URL).content.decode()

    assert "comes back: Traffic is moved." in page
    assert "reads again: The first alert fires." in page
    assert "was added since, and is taken off: Something else." in page
    assert "actions and facts are left as they are" in page


def test_the_page_asks_for_one_section_when_it_was_asked_for_one(signed_in, then):
    form = signed_in.get(f"{URL}?part=impact").context["form"]

    assert form.initial["parts"] == ["impact"]


def test_the_button_brings_back_and_leads_to_the_document(signed_in, draft, then):
    version = read(draft.room).version

    response = signed_in.post(URL, {"parts": ["summary"], "version": version}, follow=True)

    assert response.redirect_chain == [("/postmortems/7/", 302)]
    assert "Brought back from “After the meeting”" in response.content.decode()
    assert texts_of(draft.room)["summary"] == THEN


def test_the_button_without_a_choice_says_so(signed_in, draft, then):
    response = signed_in.post(URL, {})

    assert response.status_code == 422
    assert "Choose at least one part to bring back." in response.content.decode()
    assert texts_of(draft.room)["summary"] == "All wrong."


def test_viewers_bring_nothing_back(client, viewer, draft, then):
    client.force_login(viewer)

    assert client.get(URL).status_code == 403
    assert client.post(URL, {"parts": ["summary"]}).status_code == 403


def test_a_version_that_differs_in_nothing_offers_nothing(signed_in, member):
    postmortem = PostmortemFactory(incident__number=8)
    name_revision(postmortem, "As it is", by=member)

    assert "It is as it was" in signed_in.get("/postmortems/8/history/1/bring-back/").content.decode()


def test_the_current_state_gets_a_name(signed_in, draft, member):
    response = signed_in.post("/postmortems/7/history/name/", {"name": "Before the review"}, follow=True)

    assert "Before the review" in response.content.decode()
    revision = draft.revisions.get()
    assert (revision.kind, revision.name, revision.by) == ("named", "Before the review", member)


def test_a_name_is_needed(signed_in, draft):
    assert signed_in.post("/postmortems/7/history/name/", {"name": " "}).status_code == 422
    assert draft.revisions.count() == 0


def test_viewers_name_nothing(client, draft):
    client.force_login(UserFactory(role="viewer"))

    assert client.post("/postmortems/7/history/name/", {"name": "Mine"}).status_code == 403
