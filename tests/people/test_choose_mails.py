"""What people do without: on their page, and by the one click of RFC 8058."""

import re

import pytest
from django.test import Client

from people.mail import Letter, as_message, plan_mails
from people.models import OutboxMail, RecordEntry, UnwantedMail
from people.topics import stop_address
from tests.factories import OutboxMailFactory

pytestmark = pytest.mark.django_db


def address(mail: OutboxMail) -> str:
    return re.fullmatch(r"<http://localhost:8000(/\S+)>", as_message(mail).extra_headers["List-Unsubscribe"])[1]


def test_what_may_be_done_without_says_so_in_its_headers(member):
    mail = OutboxMailFactory(recipient=member, topic="reminder")

    headers = as_message(mail).extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "http://localhost:8000/people/mails/stop/" in headers["List-Unsubscribe"]


def test_what_must_be_read_has_no_such_header(member):
    headers = as_message(OutboxMailFactory(recipient=member)).extra_headers

    assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & headers.keys()


def test_one_click_is_a_post_without_session_or_form_token(member):
    program = Client(enforce_csrf_checks=True)
    path = address(OutboxMailFactory(recipient=member, topic="reminder"))

    response = program.post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert list(UnwantedMail.objects.values_list("person", "topic")) == [(member.pk, "reminder")]
    assert program.post(path).status_code == 200
    assert UnwantedMail.objects.count() == RecordEntry.objects.count() == 1


def test_looking_never_unsubscribes(member, client):
    path = address(OutboxMailFactory(recipient=member, topic="reminder"))

    page = client.get(path)
    client.head(path)

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Do without it" in page.text
    assert not UnwantedMail.objects.exists()


def test_one_click_on_the_week_stops_its_news_alone(member, client):
    client.post(address(OutboxMailFactory(recipient=member, topic="weekly")))

    assert sorted(UnwantedMail.objects.values_list("topic", flat=True)) == ["finished", "team"]


def test_a_forged_link_opens_nothing(member, client):
    path = stop_address(member.pk, "reminder").removeprefix("http://localhost:8000")

    assert client.post(path.replace("reminder", "mention")).status_code == 404
    assert client.post(path[:-5] + "/").status_code == 404
    assert not UnwantedMail.objects.exists()


def test_who_does_without_a_topic_is_owed_none_of_it(member):
    UnwantedMail.objects.create(person=member, topic="mention")

    made = [
        plan_mails("mention", period, [Letter(member.pk, "S", "T", topic=topic)])
        for period, topic in (("1", "mention"), ("2", "reminder"), ("3", ""))
    ]

    assert made == [0, 1, 1]


def test_the_page_shows_the_choice_and_keeps_it(member, client):
    UnwantedMail.objects.create(person=member, topic="reminder")
    client.force_login(member)
    form = client.get("/people/mails/").context["form"]
    assert {name: form[name].initial for name in form.fields} == {
        "reminder": False, "mention": True, "draft_shared": True, "review_asked": True, "changes_asked": True,
        "team": True, "finished": True,
    }  # fmt: skip

    client.post("/people/mails/", {"reminder": "on", "mention": "on", "review_asked": "on", "changes_asked": "on"})

    assert sorted(member.unwanted_mails.values_list("topic", flat=True)) == ["draft_shared", "finished", "team"]
