"""Being away: noted by oneself or by a facilitator, ended by coming back."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from people.absences import end_absence, note_absence
from people.models import Absence, RecordEntry
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/people/away/"
TODAY = "2026-03-20T12:00Z"


@pytest.fixture
def signed_in(client, member):
    client.force_login(member)
    return client


def days_of(person) -> list[tuple[date, date]]:
    return list(person.absences.values_list("first_on", "last_on"))


@time_machine.travel(TODAY)
def test_away_keeps_the_days_and_shows_them(signed_in, member):
    response = signed_in.post(URL, {"first_on": "2026-03-30", "last_on": "2026-04-04"})

    assert response.headers["Location"] == URL
    assert days_of(member) == [(date(2026, 3, 30), date(2026, 4, 4))]
    assert "30 March 2026 to 4 April 2026" in signed_in.get(URL).text
    assert [entry.verb for entry in RecordEntry.objects.about(member)] == ["person.away_noted"]


@time_machine.travel(TODAY)
@pytest.mark.parametrize(
    ("first_on", "last_on", "field"),
    [
        ("2026-04-04", "2026-03-30", "last_on"),
        ("2026-03-01", "2026-03-19", "last_on"),
        ("2026-04-01", "2027-04-02", "last_on"),
        ("", "2026-04-02", "first_on"),
        ("soon", "2026-04-02", "first_on"),
        ("2026-04-02", "", "last_on"),
    ],
)
def test_away_refuses_days_that_make_no_sense_and_keeps_what_was_typed(signed_in, member, first_on, last_on, field):
    response = signed_in.post(URL, {"first_on": first_on, "last_on": last_on})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert f'value="{last_on}"' in response.text or not last_on
    assert days_of(member) == []


@time_machine.travel(TODAY)
def test_coming_back_ends_what_has_begun_and_takes_away_what_has_not(signed_in, member):
    begun = note_absence(member, first_on=date(2026, 3, 10), last_on=date(2026, 4, 4), by=member)
    ahead = note_absence(member, first_on=date(2026, 7, 1), last_on=date(2026, 7, 9), by=member)

    for absence in (begun, ahead):
        assert signed_in.post(f"{URL}{absence.pk}/come-back/").headers["Location"] == URL

    assert days_of(member) == [(date(2026, 3, 10), date(2026, 3, 19))]
    assert RecordEntry.objects.about(member).filter(verb="person.away_ended").count() == 2


@time_machine.travel(TODAY)
def test_coming_back_ends_all_that_covers_today_and_once(signed_in, member):
    month = note_absence(member, first_on=date(2026, 3, 1), last_on=date(2026, 3, 31), by=member)
    note_absence(member, first_on=date(2026, 3, 18), last_on=date(2026, 3, 22), by=member)
    later = note_absence(member, first_on=date(2026, 7, 1), last_on=date(2026, 7, 9), by=member)
    assert member.absences.longest_on(date(2026, 3, 20)) == month

    end_absence(month, by=member)
    end_absence(month, by=member)

    assert member.absences.longest_on(date(2026, 3, 20)) is None
    assert later in member.absences.all()
    assert RecordEntry.objects.about(member).filter(verb="person.away_ended").count() == 2


@time_machine.travel(TODAY)
def test_nobody_ends_the_absence_of_somebody_else(signed_in):
    other = UserFactory()
    absence = note_absence(other, first_on=date(2026, 3, 10), last_on=date(2026, 4, 4), by=other)

    assert signed_in.post(f"{URL}{absence.pk}/come-back/").status_code == 404
    assert days_of(other) == [(date(2026, 3, 10), date(2026, 4, 4))]


def test_the_database_refuses_an_end_before_the_beginning(member):
    with pytest.raises(IntegrityError, match="absence_ends_after_it_begins"), transaction.atomic():
        Absence.objects.create(person=member, first_on=date(2026, 4, 4), last_on=date(2026, 4, 3), noted_by=member)
    with pytest.raises(ValidationError):
        note_absence(member, first_on=date(2026, 4, 4), last_on=date(2026, 4, 3), by=member)


def test_the_last_day_of_two_absences_that_overlap_is_the_later_one(member):
    for last_on in (date(2026, 4, 9), date(2026, 4, 4)):
        note_absence(member, first_on=date(2026, 4, 1), last_on=last_on, by=member)

    assert Absence.objects.last_days(date(2026, 4, 4)) == {member.pk: date(2026, 4, 9)}
    assert Absence.objects.last_days(date(2026, 4, 10)) == {}


def test_a_facilitator_notes_it_for_somebody_who_fell_ill(client, facilitator, member):
    client.force_login(facilitator)

    sent = {"person": member.pk, "first_on": "2026-04-01", "last_on": "2026-04-09"}
    response = client.post("/admin/people/absence/add/", sent)

    assert response.status_code == 302
    assert list(Absence.objects.values_list("person", "noted_by")) == [(member.pk, facilitator.pk)]
