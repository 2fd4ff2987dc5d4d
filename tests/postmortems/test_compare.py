import pytest

from actions.commands import add_action, finish_action
from live.commands import replace_text
from live.models import Update
from postmortems.commands import add_event, edit_event, name_revision, remove_event
from postmortems.history import moments
from postmortems.history.keeping import Reason, keep_revision
from postmortems.models import Revision
from tests.factories import STARTED_AT, SectionFactory, UserFactory
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(draft, member):
    """INC-7 with three versions: opened, its summary reworded, its rows changed."""
    keep_revision(draft, Reason(Revision.Kind.OPENED, "Opened", member))
    replace_text(draft.room, "summary", "Checkout was down for an hour and a half.", base_version=None, by=member)
    name_revision(draft, "Reworded", by=member)
    event = add_event(draft, by=member, text="The first alert fires.", occurred_at=STARTED_AT)
    finish_action(add_action(draft, by=member, title="Watch it", owner=None, due_on=None), by=member, evidence="link")
    name_revision(draft, "With rows", by=member)
    edit_event(event, by=member, seen={}, wanted={"effect": "Everybody woke up."})
    return draft


def test_the_line_of_time_says_who_changed_what(signed_in, told, member):
    page = signed_in.get("/postmortems/7/history/").content.decode()

    names = ["With rows", "Reworded", "Opened"]
    assert sorted(names, key=page.index) == names
    assert "Summary" in page and "1 timeline event" in page and "1 action" in page
    assert str(member) in page
    assert "Changed since the last version: Timeline." in page


def test_the_line_of_time_is_narrowed_by_section_and_person(signed_in, told, facilitator):
    def names(query):
        found = signed_in.get(f"/postmortems/7/history/?{query}").context["days"]
        return [entry.revision.name for day in found for entry in day.entries]

    replace_text(told.room, "summary", "Down.", base_version=None, by=facilitator)
    keep_revision(told, Reason())
    assert names("part=text:summary") == ["", "Reworded"]
    assert names("part=text:summary&named=on") == ["Reworded"]
    assert names(f"person={facilitator.pk}") == [""]
    assert names("part=rows:timeline") == ["", "With rows"]
    assert names("part=nonsense&person=x") == ["", "With rows", "Reworded", "Opened"]


def test_a_fresh_document_says_that_nothing_is_kept_yet(signed_in, draft):
    assert "Nothing is kept yet" in signed_in.get("/postmortems/7/history/").content.decode()


def test_htmx_gets_the_line_alone(signed_in, told):
    part = signed_in.get("/postmortems/7/history/", headers=HTMX).content.decode()

    assert part.lstrip().startswith('<div id="postmortem-')
    assert "<html" not in part


def test_a_version_shows_the_document_as_it_stood(signed_in, told):
    page = signed_in.get("/postmortems/7/history/1/").content.decode()

    assert "This is how it stood on" in page
    assert "Checkout was slow for an hour and a half." in page
    assert "was down" not in page
    assert "There were no timeline events yet." in page


def test_two_versions_are_compared_word_by_word(signed_in, told):
    page = signed_in.get("/postmortems/7/history/compare/?from=1&to=2").content.decode()

    assert "<del>slow</del>" in page and "<ins>down</ins>" in page
    assert "The same in both: Timeline" in page


def test_the_older_one_stands_on_the_left_however_they_were_marked(signed_in, told):
    page = signed_in.get("/postmortems/7/history/compare/?from=2&to=1").content.decode()

    assert "<del>slow</del>" in page and "<ins>down</ins>" in page


def test_a_version_is_compared_with_now_unless_told_otherwise(signed_in, told):
    page = signed_in.get("/postmortems/7/history/compare/").content.decode()

    assert "<ins>Everybody woke up.</ins>" in page
    assert "difference-summary" not in page


def test_what_left_the_text_can_still_be_read(signed_in, told, member):
    remove_event(told.timeline_events.get(), by=member)
    replace_text(told.room, "summary", "", base_version=None, by=member)

    page = signed_in.get("/postmortems/7/history/compare/?from=3").content.decode()

    assert "<del>Checkout was down for an hour and a half.</del>" in page
    assert "− removed" in page


@pytest.mark.parametrize("query", ["from=99", "from=x", "from=1&to=99", "from=1&to=-1", "from=99999999999", "from=²"])
def test_versions_that_are_not_there_are_not_found(signed_in, told, query):
    assert signed_in.get(f"/postmortems/7/history/compare/?{query}").status_code == 404


@pytest.mark.parametrize("part", ["", "1/", "compare/", "1/bring-back/"])
def test_strangers_learn_nothing_from_a_history(signed_in, hidden, part):
    keep_revision(hidden, Reason())

    response = signed_in.get(f"/postmortems/9/history/{part}")

    assert response.status_code == 404
    assert "Canary" not in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_line_of_time_asks_as_often_for_one_as_for_three(
    signed_in, draft, member, django_assert_num_queries, warm, rows
):
    name_revision(draft, "Before", by=member)
    for row in range(rows):
        SectionFactory(postmortem=draft, key=f"extra-{row}", title=f"Extra {row}")
        add_event(draft, by=UserFactory(), text="The first alert fires.", occurred_at=STARTED_AT)
        name_revision(draft, f"Version {row}", by=UserFactory())
    Update.objects.update(created_at=STARTED_AT)  # Nobody waits for rows that may still turn up below these.
    warm(signed_in)

    with django_assert_num_queries(25):
        signed_in.get("/postmortems/7/history/")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "count"), [("2/", 11), ("compare/?from=1&to=2", 6)])
def test_a_version_and_a_comparison_ask_as_often_for_one_row_as_for_three(
    signed_in, draft, member, django_assert_num_queries, warm, rows, address, count
):
    name_revision(draft, "Before", by=member)
    for row in range(rows):
        SectionFactory(postmortem=draft, key=f"extra-{row}", title=f"Extra {row}")
        add_event(draft, by=UserFactory(), text="The first alert fires.", occurred_at=STARTED_AT)
    name_revision(draft, "After", by=member)
    Update.objects.update(created_at=STARTED_AT)  # Nobody waits for rows that may still turn up below these.
    warm(signed_in)

    with django_assert_num_queries(count):
        signed_in.get(f"/postmortems/7/history/{address}")


@pytest.fixture
def typed(draft, member):
    """Two versions of INC-7 with four moments between them."""
    name_revision(draft, "Before", by=member)
    for words in ("One.", "One. Two.", "One. Two. Three.", "One. Two. Three. 🚢"):
        replace_text(draft.room, "summary", words, base_version=None, by=member)
    name_revision(draft, "After", by=member)
    return draft


@pytest.mark.parametrize(
    ("moment", "words"), [("0", "<p>One.</p>"), ("1", "<p>One. Two.</p>"), ("3", "Three. 🚢"), ("99", "Three. 🚢")]
)
def test_a_moment_between_two_versions_is_shown_to_the_letter(signed_in, typed, moment, words):
    page = signed_in.get(f"/postmortems/7/history/2/?moment={moment}").content.decode()

    assert words in page
    assert ("between two versions" in page) == (moment in "01")


@pytest.mark.parametrize("moment", ["-1", "x", "²", "9" * 40])
def test_a_moment_that_makes_no_sense_shows_the_version(signed_in, typed, moment):
    assert "Three. 🚢" in signed_in.get(f"/postmortems/7/history/2/?moment={moment}").content.decode()


def test_no_moments_are_offered_where_the_log_forgot_them_or_is_too_long(signed_in, typed, monkeypatch):
    monkeypatch.setattr(moments, "MOST_ROWS", 3)
    assert signed_in.get("/postmortems/7/history/2/").context["moments"] == []
    monkeypatch.undo()
    assert len(signed_in.get("/postmortems/7/history/2/").context["moments"]) == 4

    Update.objects.all().delete()

    response = signed_in.get("/postmortems/7/history/2/?moment=1")
    assert response.context["moments"] == []
    assert "Three. 🚢" in response.content.decode()


def test_a_long_stretch_offers_a_bounded_number_of_moments(typed, monkeypatch):
    monkeypatch.setattr(moments, "MOST_MOMENTS", 3)
    before, after = typed.revisions.order_by("number")

    found = moments.moments_before(typed, after, before)

    assert len(found) == 3
    assert found[-1].upto == after.upto
