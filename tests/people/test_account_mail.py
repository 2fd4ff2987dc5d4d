import pytest
from django.core import mail

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_reset_is_mailed_in_text_and_html_and_the_link_leads_to_us(client):
    person = UserFactory(email="mira@harbour.example")

    client.post("/accounts/password/reset/", {"email": "mira@harbour.example"}, headers={"Host": "localhost"})

    (message,) = mail.outbox
    (html,) = [content for content, kind in message.alternatives if kind == "text/html"]
    link = next(word for word in message.body.split() if word.startswith("http"))
    assert message.to == [person.email]
    assert message.subject == "Choose a new password for Debrief"
    assert link.startswith("http://localhost:8000/accounts/password/reset/key/")
    assert f'href="{link}"' in html
    assert 'style="' in html
    assert "example.com" not in message.body + html
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_reset_for_nobodys_address_says_so_there_and_offers_no_sign_up(client):
    client.post("/accounts/password/reset/", {"email": "nobody@harbour.example"})

    (message,) = mail.outbox
    assert message.to == ["nobody@harbour.example"]
    assert "There is no such account." in message.body
    assert "signup" not in message.body + str(message.alternatives)
