import time

import pytest

from incidents.vagueness import ASK_AMOUNT, ASK_COUNT, ASK_OFTEN, ASK_PEOPLE, ASK_TIME, long_sentences, vague_words


@pytest.mark.parametrize(
    ("text", "words", "ask"),
    [
        ("Many users saw an error page.", "Many users", ASK_PEOPLE),
        ("It hit several users in Europe.", "several users", ASK_PEOPLE),
        ("Some of our paying customers left.", "Some of our paying customers", ASK_PEOPLE),
        ("At 14:05 a lot of people called.", "a lot of people", ASK_PEOPLE),
        ("Since 2026-03-02 most users were slow.", "most users", ASK_PEOPLE),
        ("In INC-12 almost everyone was signed out.", "almost everyone was", ASK_PEOPLE),
        ("It was down for some time.", "for some time", ASK_TIME),
        ("They waited several hours for it.", "several hours", ASK_TIME),
        ("A number of requests failed.", "A number of requests", ASK_COUNT),
        ("There was a significant loss of revenue.", "significant loss", ASK_AMOUNT),
        ("A huge\nimpact on sales.", "huge impact", ASK_AMOUNT),
        ("The impact was minimal.", "was minimal", ASK_AMOUNT),
        ("Search was significantly slower.", "significantly slower", ASK_AMOUNT),
        ("Jobs failed repeatedly.", "failed repeatedly", ASK_OFTEN),
    ],
)
def test_what_a_number_would_say_is_marked_with_the_question(text, words, ask):
    (vague,) = vague_words(text)

    assert (vague.words, vague.ask) == (words, ask)
    assert " ".join(text[vague.start : vague.end].split()) == words


@pytest.mark.parametrize(
    "text",
    [
        "Many thanks to everyone.",
        "The fault lay in some-service and many-users-db.",
        "We looked at `many users` in the log.",
        "See https://example.com/many users-of-it.",
        "Customers wrote “many users are angry”.",
        "Many users, 1,240 of them, saw an error.",
        "A significant loss: EUR 48,200.",
        "About 12 % of users, many customers of ours among them, waited.",
        "```\nmany users\nsignificant impact\n```",
        "At most one retry is made. The most recent deployment was fine.",
        "Somebody looked at a few graphs.",
        "{{impact}}",
        "",
    ],
)
def test_what_is_meant_otherwise_or_says_its_number_is_left_alone(text):
    assert vague_words(text) == []


def test_a_number_counts_for_its_own_sentence_alone():
    text = "It began with 12 orders. Many users called.\n- Several requests failed\n- 3 requests were retried"

    assert [vague.words for vague in vague_words(text)] == ["Many users", "Several requests"]


def test_each_place_is_marked_once_and_in_order():
    text = "Several users of many customers had significant delays."

    found = vague_words(text)

    assert [vague.words for vague in found] == ["Several users", "many customers", "significant delays"]


def test_a_sentence_that_goes_on_and_on_is_told_with_its_length():
    text = "Short. " + "word " * 36 + "end. Short again."

    (sentence,) = long_sentences(text)

    assert (sentence.word_count, sentence.beginning) == (37, "word word word word word word")
    assert text[sentence.start : sentence.end].endswith("end.")


def test_lists_and_tables_are_no_long_sentences():
    assert long_sentences("\n".join(f"- point {number} is made" for number in range(30))) == []
    assert long_sentences("| " + "cell | " * 60) == []


@pytest.mark.parametrize(
    "text",
    ["many " * 20_000, "“" * 100_000, "a lot of the the " * 6_000, "`" * 100_000, "1," * 50_000, "\n\n" * 50_000],
)
def test_it_takes_no_time(text):
    before = time.perf_counter()

    vague_words(text)

    assert time.perf_counter() - before < 1


@pytest.mark.django_db
def test_the_form_marks_them_under_the_field_that_is_written_in(client, member):
    client.force_login(member)

    answer = client.post(
        "/incidents/mark-vague/?field=summary", {"summary": "Many users called.", "title": "Some users"}
    )

    page = answer.content.decode()
    assert "<q>Many users</q>" in page
    assert "Some users" not in page
    assert client.post("/incidents/mark-vague/?field=title", {"title": "Some users"}).content.strip() == b""
