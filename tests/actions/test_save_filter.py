"""Filters in the address, as chips, and kept under a name."""

import pytest
from django.http import QueryDict

from actions.commands.filters import MOST_FILTERS, remove_filter, save_filter
from actions.errors import NotAllowedNow
from actions.filters import ActionFilter
from actions.models import SavedFilter
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_chips_name_what_is_on_each_with_the_address_without_it(owner):
    filters = ActionFilter(QueryDict(f"owner={owner.pk}&overdue=on&text=&priority=high&page=3&evil=1"))

    assert [(chip.label, chip.query_without) for chip in filters.chips] == [
        ("Priority: high", f"owner={owner.pk}&overdue=on"),
        ("Owner: Olga Owner", "overdue=on&priority=high"),
        ("Overdue", f"owner={owner.pk}&priority=high"),
    ]
    assert filters["owner"].value() == str(owner.pk)  # Its picker shows whose number that is.


def test_filter_finds_people_by_the_beginnings_of_their_names(owner):
    assert ActionFilter(QueryDict("owner=own+olg")).wishes["owner"].rows == [owner]


def test_save_filter_keeps_only_what_filters_and_replaces_the_same_name(member):
    save_filter(by=member, name="Late", view="index", query="overdue=on&page=4&evil=1&text=")
    kept = save_filter(by=member, name="Late", view="board", query="blocked=on")

    assert list(SavedFilter.objects.visible_to(member)) == [kept]
    assert (kept.view, kept.query) == ("board", "blocked=on")


def test_save_filter_shares_with_a_team_of_ones_own_alone(member):
    mate, stranger = UserFactory(), UserFactory()
    crew = TeamFactory(members=[member, mate])
    kept = save_filter(by=member, name="Late", view="index", query="overdue=on", team=crew)

    assert list(SavedFilter.objects.visible_to(mate)) == [kept]
    assert list(SavedFilter.objects.visible_to(stranger)) == []
    with pytest.raises(NotAllowedNow, match="You are not in"):
        save_filter(by=stranger, name="Late", view="index", query="overdue=on", team=crew)
    with pytest.raises(NotAllowedNow, match="only they can remove it"):
        remove_filter(kept, by=mate)


@pytest.mark.parametrize("query", ["", "page=2", "text="])
def test_save_filter_without_a_filter_is_refused(member, query):
    with pytest.raises(NotAllowedNow, match="There is no filter to save"):
        save_filter(by=member, name="All", view="index", query=query)


def test_save_filter_stops_where_a_menu_is_full(member):
    SavedFilter.objects.bulk_create(
        SavedFilter(owner=member, name=f"filter {n}", query="overdue=on") for n in range(MOST_FILTERS)
    )

    with pytest.raises(NotAllowedNow, match="remove one first"):
        save_filter(by=member, name="One more", view="index", query="blocked=on")


def test_saved_filters_stand_in_a_menu_and_go_from_it(member_client, member):
    sent = {"name": "Late", "view": "board", "query": "overdue=on"}
    saved = member_client.post("/actions/filters/save/", sent, follow=True)
    nameless = member_client.post("/actions/filters/save/", sent | {"name": ""}, follow=True)
    removed = member_client.post(f"/actions/filters/{SavedFilter.objects.get().pk}/remove/", follow=True)

    assert saved.redirect_chain == [("/actions/board/?overdue=on", 302)]
    assert 'href="/actions/board/?overdue=on"><span>Late</span>' in saved.text
    assert "A filter needs a name" in nameless.text
    assert "<span>Late</span>" not in removed.text
