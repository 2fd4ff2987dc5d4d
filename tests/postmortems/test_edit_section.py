"""Sections without a script: the text that a form sends is merged into the shared one."""

import pytest

from live.commands import read, replace_text, text_of
from tests.factories import PostmortemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(draft):
    return f"/postmortems/7/sections/{draft.sections.get().pk}/edit/"


def answer(draft, text):
    return {"text": text, "version": read(draft.room).version}


def test_the_page_brings_the_text_and_its_version(signed_in, draft, url):
    response = signed_in.get(url)

    assert response.context["form"].initial == {
        "text": "Checkout was slow for an hour and a half.",
        "version": read(draft.room).version,
    }


def test_the_form_saves_the_text(signed_in, draft, url):
    response = signed_in.post(url, answer(draft, "Checkout was slow.\r\n\r\nVery slow."), follow=True)

    assert response.redirect_chain == [("/postmortems/7/?mode=write#summary", 302)]
    assert text_of(draft.room, "summary") == "Checkout was slow.\n\nVery slow."
    assert [str(message) for message in response.context["messages"]] == ["“Summary” is saved."]


def test_the_form_keeps_what_somebody_else_wrote_meanwhile(signed_in, draft, url, facilitator):
    mine = answer(draft, "Checkout was slow for an hour and a half. Cards failed.")
    replace_text(
        draft.room, "summary", "On Monday: Checkout was slow for an hour and a half.", base_version=None, by=facilitator
    )

    response = signed_in.post(url, mine, follow=True)

    assert text_of(draft.room, "summary") == "On Monday: Checkout was slow for an hour and a half. Cards failed."
    assert [str(message) for message in response.context["messages"]] == [
        "Somebody else wrote in “Summary” meanwhile. Both texts were kept: please look."
    ]


def test_a_text_may_be_emptied(signed_in, draft, url):
    signed_in.post(url, answer(draft, ""))

    assert text_of(draft.room, "summary") == ""


@pytest.mark.parametrize("wrong", [{"version": "x"}, {"version": "-1"}, {"text": "x" * 200_001}])
def test_the_form_refuses_what_it_cannot_merge_and_loses_nothing(signed_in, draft, url, wrong):
    response = signed_in.post(url, {**answer(draft, "New words."), **wrong})

    assert response.status_code == 422
    assert wrong.get("text", "New words.") in response.content.decode()
    assert text_of(draft.room, "summary") == "Checkout was slow for an hour and a half."


def test_a_version_that_never_was_loses_no_words(signed_in, draft, url):
    response = signed_in.post(url, {"text": "New words.", "version": 10**12})

    assert response.status_code in (302, 422)
    assert text_of(draft.room, "summary") != ""


def test_a_viewer_writes_nothing(client, viewer, draft, url):
    client.force_login(viewer)

    assert client.get(url).status_code == 403
    assert client.post(url, answer(draft, "Mine.")).status_code == 403
    assert text_of(draft.room, "summary") == "Checkout was slow for an hour and a half."


def test_nobody_writes_in_a_closed_post_mortem(facilitating, closed, url):
    assert facilitating.post(url, answer(closed, "Mine.")).status_code == 403
    assert text_of(closed.room, "summary") == "Checkout was slow for an hour and a half."


def test_a_section_of_another_post_mortem_is_not_there(signed_in, draft):
    other = PostmortemFactory().sections.get()

    assert signed_in.get(f"/postmortems/7/sections/{other.pk}/edit/").status_code == 404


def test_a_stranger_finds_nothing_to_write(signed_in, hidden):
    section = hidden.sections.get()

    assert signed_in.get(f"/postmortems/9/sections/{section.pk}/edit/").status_code == 404
