import re
from datetime import timedelta

import pytest
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from people.choosing import Pool, suggested
from people.fields import PeopleField, PersonField, PersonOrTeamField
from people.models import Absence, User
from people.models.finding import Folded, fold
from tests.factories import (
    ActionFactory,
    IncidentFactory,
    ParticipantFactory,
    PostmortemFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory(name="Ada Lind", email="ada.lind@harbour.example")


@pytest.fixture
def namesake():
    return UserFactory(name="Ada Lind", email="ada@north.example")


@pytest.fixture
def zoe():
    return UserFactory(name="Zoë Maria Łącka-Sørensen", email="zml@harbour.example")


@pytest.fixture
def reader():
    return UserFactory(name="Rita Reader")


EVERYBODY = Pool(User.objects.active())


def one(words, *, pool=EVERYBODY, required=True, **initial):
    return form_of(PersonField(pool, required=required), [words] if isinstance(words, str) else words)


def many(said, *, pool=EVERYBODY):
    return form_of(PeopleField(pool), said)


def form_of(field, said):
    data = QueryDict(mutable=True)
    data.setlist("who", [str(one) for one in said])
    kind = type("ChoosingForm", (forms.Form,), {"who": field})
    return kind(data)


def names(words="", *, pool=EVERYBODY, reader):
    return [line["name"] for line in suggested(pool, words, reader=reader)]


class TestWritten:
    @pytest.mark.parametrize(
        "words",
        [
            "Ada Lind", "ada lind", "lind ada", "ada li", "AL", "ada.lind", "ada.lind@harbour.example",
            "ADA.LIND@HARBOUR.EXAMPLE", "Ada Lind (ada.lind@harbour.example)", "Ada <ada.lind@harbour.example>",
        ],
    )  # fmt: skip
    def test_a_name_its_beginnings_initials_and_the_address_mean_the_person(self, ada, zoe, words):
        assert one(words).is_valid()
        assert one(words).fields["who"].clean(words) == ada

    @pytest.mark.parametrize("words", ["zoe", "Zoé", "lacka", "ŁĄCKA", "sorensen", "zml", "zl", "zoe maria lacka"])
    def test_accents_are_no_hindrance(self, ada, zoe, words):
        assert one(words).fields["who"].clean(words) == zoe

    def test_the_database_folds_as_python_does(self, ada):
        for name in ["Zoë Łącka-Sørensen", "ÆØÅ Straße", "ĐẶNG Thị", "Ægir Þór", "İpek ıŞIK"]:
            User.objects.update(name=name)
            assert User.objects.values_list(Folded("name"), flat=True).get() == fold(name)

    def test_an_exact_name_goes_before_longer_ones(self, ada):
        UserFactory(name="Ada Lindqvist")

        assert one("ada lind").fields["who"].clean("ada lind") == ada

    def test_beginnings_alone_are_asked_about_even_of_one_person(self, ada):
        form = one("ad li")

        assert form.errors["who"] == ["Nobody who can be chosen here goes by “ad li”. Is it one of these?"]
        assert f'value="{ada.pk}"' in str(form["who"])

    def test_several_of_one_name_are_offered_and_nothing_typed_is_lost(self, ada, namesake):
        form = one("ada lind")

        assert form.errors["who"] == ["Several people go by “ada lind”: say which of them."]
        page = str(form["who"])
        assert 'value="ada lind"' in page
        assert set(re.findall(r'type="radio" name="who" value="(\d+)"', page)) == {str(ada.pk), str(namesake.pk)}
        assert "ada@north.example" in page

    def test_the_one_chosen_of_them_wins_over_the_words(self, ada, namesake):
        form = one(["ada lind", namesake.pk])

        assert form.is_valid()
        assert form.cleaned_data["who"] == namesake

    def test_a_name_that_nobody_has_comes_back_with_those_that_look_alike(self, ada, zoe):
        form = one("Adda Lynd")

        assert form.errors["who"] == ["Nobody who can be chosen here goes by “Adda Lynd”. Is it one of these?"]
        assert f'value="{ada.pk}"' in str(form["who"])
        assert str(zoe) not in str(form["who"])

    @pytest.mark.parametrize("words", ["---", "x" * 2000, "'; drop table", "a:*&|!(", "@", "%", "7" * 30, "½"])
    def test_nonsense_means_nobody(self, ada, words):
        assert not one(words).is_valid()

    def test_who_may_not_be_chosen_is_told_why(self, ada, zoe):
        pool = Pool(User.objects.filter(pk=zoe.pk), why_not=lambda person: f"{person} is at sea.")

        assert one("ada lind", pool=pool).errors["who"] == ["Ada Lind is at sea."]
        assert one([ada.pk], pool=pool).errors["who"] == ["Ada Lind is at sea."]
        assert many([zoe.pk, ada.pk], pool=pool).errors["who"] == ["Ada Lind is at sea."]

    def test_several_are_written_with_commas_and_those_settled_stay_chosen(self, ada, zoe, namesake):
        form = many([ada.pk, "zoë; Nobody Here, ada lind"])

        assert form.errors["who"] == [
            "Nobody who can be chosen here goes by “Nobody Here”. Write a name or an address."
        ]
        page = str(form["who"])
        assert set(re.findall(r'type="checkbox" name="who" value="(\d+)" checked', page)) == {str(ada.pk), str(zoe.pk)}
        assert 'value="Nobody Here, ada lind"' in page

    def test_several_come_in_the_order_of_names_each_once(self, ada, zoe):
        assert many([zoe.pk, "ada lind", ada.pk]).fields["who"].clean([str(zoe.pk), "ada lind", str(ada.pk)]) == [
            ada,
            zoe,
        ]

    def test_many_names_are_refused_at_once(self, ada, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert many([", ".join(f"Ada {n}" for n in range(41))]).errors["who"] == [
                "Write at most 40 names at a time."
            ]

    def test_nobody_is_no_one_or_a_question_where_somebody_is_needed(self, ada):
        assert one("", required=False).fields["who"].clean("") is None
        assert one("").errors["who"] == ["This field is required."]

    def test_a_team_may_stand_for_a_person_where_the_place_says_so(self, ada):
        team = TeamFactory(name="Platform")
        field = PersonOrTeamField(Pool(User.objects.active(), has_teams=True))

        said = [f"team-{team.pk}", "platform", f"person-{ada.pk}", "ada lind"]
        assert [field.clean(one) for one in said] == [team, team, ada, ada]
        with pytest.raises(forms.ValidationError):
            field.clean("team-999999")

    def test_a_form_sent_unchanged_changes_nothing(self, ada, namesake):
        shown = form_of(PersonField(EVERYBODY), [ada.pk])["who"]

        (value,) = re.findall(r'<input class="picker-input"[^>]* value="([^"]*)"', str(shown))
        assert one(value).fields["who"].clean(value) == ada


class TestSuggested:
    def test_oneself_comes_first_before_anything_is_typed_and_as_me(self, ada, reader):
        assert names(reader=reader) == ["Rita Reader", "Ada Lind"]
        assert names("me", reader=reader) == ["Rita Reader"]

    def test_the_near_come_before_the_others_and_a_name_before_a_team(self, ada, zoe, reader):
        adam, lindy = UserFactory(name="Adam Aaron"), UserFactory(name="Lindy Berg")
        TeamFactory(name="Lind crew", members=[zoe])
        pool = Pool(User.objects.active(), near=lambda: [Q(pk=lindy.pk), Q(pk=ada.pk)])

        assert names("lind", pool=pool, reader=reader) == ["Lindy Berg", "Ada Lind", str(zoe)]
        assert names("ad", pool=pool, reader=reader) == ["Ada Lind", str(adam)]

    def test_a_team_and_a_name_narrow_together(self, ada, namesake, reader):
        TeamFactory(name="Payments Europe", members=[namesake])

        found = suggested(EVERYBODY, "ada pay", reader=reader)

        assert [(line["value"], line["team"]) for line in found] == [(str(namesake.pk), "Payments Europe")]

    def test_namesakes_are_told_apart_by_their_addresses(self, ada, namesake, reader):
        found = suggested(EVERYBODY, "ada", reader=reader)

        assert {line["team"] for line in found} == {"ada.lind@harbour.example", "ada@north.example"}

    def test_a_dozen_at_most_with_the_same_number_of_queries(self, reader, django_assert_num_queries):
        crew = [UserFactory(name=f"Pia Crew {n}") for n in range(15)]
        TeamFactory(name="Deck", members=crew)

        for words, count in [("pia", 12), ("pia crew 3", 1), ("deck pia", 12)]:
            with django_assert_num_queries(4):
                assert len(suggested(EVERYBODY, words, reader=reader)) == count

    def test_who_is_away_is_told(self, ada, reader):
        today = timezone.localdate()
        Absence.objects.create(person=ada, first_on=today, last_on=today + timedelta(days=3), noted_by=ada)

        (line,) = suggested(EVERYBODY, "ada", reader=reader)

        assert line["note"] == f"away to {today + timedelta(days=3):%-d %b}"


class TestAsked:
    def test_only_the_signed_in_are_answered(self, client, ada):
        assert client.get("/people/suggest/anybody/?q=ada").status_code == 302

        client.force_login(ada)
        (line,) = client.get("/people/suggest/anybody/?q=ada").json()["found"]
        assert (line["name"], line["initials"], line["is_me"]) == ("Ada Lind", "AL", True)
        assert client.get("/people/suggest/nowhere/").status_code == 404

    @pytest.mark.parametrize("place", ["owner", "waits-for", "facilitator", "reviewer", "participants"])
    def test_a_restricted_incident_offers_its_own_to_its_own_alone(self, client, place):
        insider, outsider = UserFactory(name="Ina Inside"), UserFactory(name="Otto Out")
        incident = IncidentFactory(number=9, is_restricted=True)
        ParticipantFactory(incident=incident, user=insider)
        PostmortemFactory(incident=incident)

        client.force_login(outsider)
        assert client.get(f"/people/suggest/{place}/9/").status_code == 404

        client.force_login(insider)
        found = [line["name"] for line in client.get(f"/people/suggest/{place}/9/?q=o").json()["found"]]
        assert ("Otto Out" in found) is (place == "participants")

    def test_how_much_somebody_has_to_do_tells_nothing_of_what_is_restricted(self, client, ada):
        reader = UserFactory()
        hidden = PostmortemFactory(incident__is_restricted=True)
        ParticipantFactory(incident=hidden.incident, user=ada)
        ActionFactory(postmortem=PostmortemFactory(incident__number=7), owner=ada)
        ActionFactory(postmortem=hidden, owner=ada)

        notes = {}
        for person in (reader, ada):
            client.force_login(person)
            (line,) = client.get("/people/suggest/owner/7/?q=ada+lind").json()["found"]
            notes[person] = line["note"]

        assert notes == {reader: "1 open", ada: "2 open"}

    def test_viewers_are_not_offered_as_owners_and_who_left_to_nobody(self, client, reader):
        PostmortemFactory(incident__number=7)
        UserFactory(name="Vera Viewer", role="viewer")
        UserFactory(name="Vera Gone", is_active=False)
        client.force_login(reader)

        assert client.get("/people/suggest/owner/7/?q=vera").json() == {"found": []}
        noted = [(line["name"], line["note"]) for line in client.get("/people/suggest/anybody/?q=vera").json()["found"]]
        assert noted == [("Vera Viewer", ""), ("Vera Gone", "left")]


PAGES = [
    "/actions/45/", "/actions/45/move/?to=blocked", "/actions/new/7/", "/actions/for/7/plan/", "/actions/?mine=on", "/actions/board/",
    "/actions/weekly/", "/incidents/7/", "/incidents/7/edit/", "/incidents/7/roles/", "/incidents/new/", "/postmortems/7/",
    "/postmortems/7/plan-meeting/", "/postmortems/7/name-reviewers/", "/postmortems/7/history/",
]  # fmt: skip


def test_no_page_grows_with_the_people_of_the_house(client):
    ada = UserFactory(role="administrator")
    postmortem = PostmortemFactory(incident__number=7, facilitator=ada)
    ParticipantFactory(incident=postmortem.incident, user=ada)
    ActionFactory(number=45, postmortem=postmortem, owner=ada)
    client.force_login(ada)
    pages = [*PAGES, f"/admin/people/team/{postmortem.incident.team_id}/change/"]
    before = {page: weigh(client, page) for page in pages}

    User.objects.bulk_create(User(email=f"p{n}@big.example", name=f"Pia {n}", password="!") for n in range(300))

    # Tokens differ by a few bytes.
    assert [page for page in pages if weigh(client, page) > before[page] + 100] == []


def weigh(client, page):
    response = client.get(page)
    assert response.status_code == 200
    return len(response.content)
