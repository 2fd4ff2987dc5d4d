"""`@` brings somebody in: once, only if they may see it, and never for one's own name."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from incidents.models import Incident
from incidents.queries import people_who_see
from live.commands import replace_text, version_of
from people.mail import send_due_mail
from people.models import OutboxMail, User
from postmortems.commands import edit_comment, open_thread, reply
from postmortems.commands.words import postmortems_to_read, read_words
from postmortems.models import Mention
from postmortems.tasks import read_changed_words
from tests.factories import IncidentFactory, PostmortemFactory, SectionFactory, UserFactory
from tests.world import make_world

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)
TEXT = "The queue grew for an hour."


@pytest.fixture
def postmortem(db):
    return PostmortemFactory(
        incident=IncidentFactory(number=7, title="Checkout is down"), texts={"summary": TEXT, "impact": "None."}
    )


@pytest.fixture
def section(postmortem):
    return postmortem.sections.get()


@pytest.fixture
def ada(db):
    return UserFactory(name="Ada Lind", email="ada@harbour.example")


@pytest.fixture
def bo(db):
    return UserFactory(name="Bo Madsen", email="bo@harbour.example")


def at(person):
    return f"[@{person}](person:{person.pk})"


def write(section, text, by):
    room = section.postmortem.room
    replace_text(room, section.key, text, base_version=version_of(room), by=by)


def restrict(postmortem):
    Incident.objects.filter(pk=postmortem.incident_id).update(is_restricted=True)


def test_mention_in_a_comment_sends_one_mail_that_says_who_what_and_where(section, ada, bo, mailoutbox):
    thread = open_thread(section, by=ada, text=f"It was late. Could {at(bo)} look at this? Thanks.", quote="queue grew")

    send_due_mail()

    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["bo@harbour.example"],
        "Ada Lind mentioned you in INC-7 Checkout is down",
    )
    for words in (mail.body, mail.alternatives[0][0]):
        assert "Could @Bo Madsen look at this?" in words
        assert "It was late" not in words
        assert "queue grew" in words
        assert f"/postmortems/7/?thread={thread.pk}#thread-{thread.pk}" in words


def test_mention_again_in_the_same_thread_sends_no_second_mail_and_in_another_it_does(section, ada, bo):
    thread = open_thread(section, by=ada, text=at(bo))
    comment = reply(thread, by=ada, text=f"{at(bo)} {at(bo)}")
    edit_comment(comment, by=ada, text=f"{at(bo)}, please")
    assert OutboxMail.objects.count() == 1

    open_thread(section, by=ada, text=at(bo))

    assert OutboxMail.objects.filter(recipient=bo).count() == 2


def test_mention_of_oneself_a_stranger_or_somebody_who_left_sends_nothing(postmortem, section, ada, bo):
    left = UserFactory(is_active=False)
    restrict(postmortem)
    section.postmortem.incident.refresh_from_db()

    open_thread(section, by=ada, text=f"{at(ada)} {at(bo)} {at(left)} [@Nobody](person:99999)")

    assert not OutboxMail.objects.exists()


def test_mention_that_the_incidents_restriction_overtakes_is_not_sent(postmortem, section, ada, bo, mailoutbox):
    open_thread(section, by=ada, text=f"Secret, {at(bo)}")
    restrict(postmortem)

    send_due_mail()

    assert mailoutbox == []


def test_mention_in_a_text_is_told_after_a_minute_by_whoever_wrote_it(section, ada, bo, mailoutbox):
    write(section, f"{TEXT} More.", by=bo)
    write(section, f"{TEXT} {at(bo)} saw it. More.", by=ada)

    read_words(section.postmortem.pk, now=NOW)
    send_due_mail()
    assert mailoutbox == []
    read_words(section.postmortem.pk, now=LATER)
    send_due_mail()

    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["bo@harbour.example"], "Ada Lind mentioned you in INC-7 Checkout is down")
    assert "@Bo Madsen saw it." in mail.body
    assert "/postmortems/7/#summary" in mail.body


def test_mention_in_a_text_that_was_a_slip_is_forgotten(section, ada, bo):
    write(section, f"{TEXT} {at(bo)}", by=ada)
    read_words(section.postmortem.pk, now=NOW)
    write(section, TEXT, by=ada)

    read_words(section.postmortem.pk, now=LATER)

    assert not Mention.objects.exists()
    assert not OutboxMail.objects.exists()
    assert postmortems_to_read() == []


def test_mention_in_several_sections_and_again_later_is_told_once(postmortem, section, ada, bo):
    impact = SectionFactory(postmortem=postmortem, key="impact", title="Impact")
    write(section, f"{TEXT} {at(bo)}", by=ada)
    write(impact, at(bo), by=ada)
    for now in (NOW, LATER):
        read_words(postmortem.pk, now=now)
    assert OutboxMail.objects.count() == 1
    write(section, TEXT, by=ada)
    read_words(postmortem.pk, now=LATER)
    write(section, f"{TEXT} Again {at(bo)}", by=ada)

    for now in (LATER, LATER + timedelta(days=9)):
        read_words(postmortem.pk, now=now)

    assert OutboxMail.objects.count() == 1


def test_mention_of_oneself_in_a_text_tells_nobody(section, ada):
    write(section, f"{TEXT} {at(ada)}", by=ada)

    for now in (NOW, LATER):
        read_words(section.postmortem.pk, now=now)

    assert not OutboxMail.objects.exists()
    assert postmortems_to_read() == []


def test_mention_in_the_text_of_a_restricted_incident_is_told_to_nobody_outside(postmortem, section, ada, bo):
    restrict(postmortem)
    postmortem.incident.team.members.add(ada)
    write(section, f"{TEXT} {at(bo)} {at(ada)}", by=postmortem.opened_by)

    for now in (NOW, LATER):
        read_words(postmortem.pk, now=now)

    assert [mail.recipient for mail in OutboxMail.objects.all()] == [ada]
    assert postmortems_to_read() == []


@pytest.mark.expects_server_errors
def test_the_task_reads_only_what_has_changed_and_one_that_cannot_be_read_holds_up_no_other(section, ada, bo):
    broken = PostmortemFactory()
    broken.room.updates.update(data=b"\x01\x01")
    with time_machine.travel(NOW, tick=False) as clock:
        write(section, f"{TEXT} {at(bo)}", by=ada)
        read_changed_words()
        clock.shift(timedelta(seconds=61))
        read_changed_words()

    assert OutboxMail.objects.get().recipient == bo
    assert postmortems_to_read() == [broken.pk]


def test_name_shows_as_it_is_now_on_the_page_and_in_files(section, ada, bo):
    write(section, f"{TEXT} [@Bo Hansen](person:{bo.pk}) saw it.", by=ada)
    client = Client()
    client.force_login(ada)

    page = client.get("/postmortems/7/?mode=read").content.decode()

    assert '<span class="mention">@Bo Madsen</span> saw it.' in page


def names(client, query="", number=7):
    return [person["name"] for person in client.get(f"/postmortems/{number}/people/", {"q": query}).json()["people"]]


def test_people_are_offered_by_the_beginnings_of_their_names_with_those_who_took_part_first(postmortem, ada, bo):
    UserFactory(name="Abel Lindqvist")
    UserFactory(name="Li Wei", is_active=False)
    postmortem.incident.participants.add(ada)
    client = Client()
    client.force_login(bo)

    assert names(client, "li") == ["Ada Lind", "Abel Lindqvist"]
    assert names(client, "a li") == ["Ada Lind", "Abel Lindqvist"]
    assert names(client, "LIND a") == ["Ada Lind", "Abel Lindqvist"]
    for hostile in ("ind", "zz", "'", "!", "a:* | b", "\\", "%", "_", "x" * 500):
        assert names(client, hostile) == []
    assert names(client)[0] == "Ada Lind"


@pytest.mark.django_db
def test_people_who_see_are_exactly_those_whom_visible_to_lets_in():
    world = make_world()

    for dossier in world.dossiers.values():
        seeing = {
            person
            for person in User.objects.all()
            if Incident.objects.visible_to(person).filter(pk=dossier.incident.pk)
        }
        assert set(people_who_see(dossier.incident)) == seeing


def test_people_of_a_restricted_incident_are_those_inside(postmortem, ada, bo):
    postmortem.incident.team.members.add(ada)
    restrict(postmortem)
    client = Client()
    client.force_login(ada)

    assert "Bo Madsen" not in names(client)
    assert names(client, "bo") == []
    assert "Ada Lind" in names(client)


def test_people_are_found_among_ten_thousand_through_the_index(postmortem, ada):
    User.objects.bulk_create(
        User(email=f"p{n}@big.example", name=f"First{n % 100} Last{n}", password="!") for n in range(10_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze people_user")
    client = Client()
    client.force_login(ada)

    assert names(client, "first7 last5007") == ["First7 Last5007"]
    assert len(names(client, "last")) == 8
    plan = people_who_see(postmortem.incident).named_like("last5007").explain()
    assert "user_by_words_of_name" in plan
