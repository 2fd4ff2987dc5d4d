"""People named in a text."""

import pytest

from core.embeds import Surroundings
from core.markdown import render_markdown
from core.mentions import mentions_as_words, people_in, sentence_around


class Here(Surroundings):
    people = {12: "Ada <Lind>", 13: "Bo Madsen"}


HERE = Here()


def test_a_mention_shows_the_name_that_the_person_goes_by_now():
    assert render_markdown("Ask [@Ada Berg](person:12).", HERE) == (
        '<p>Ask <span class="mention">@Ada &lt;Lind&gt;</span>.</p>\n'
    )


def test_a_mention_cannot_be_made_to_say_something_else():
    assert (
        render_markdown("[The CEO **agreed**](person:13)", HERE) == '<p><span class="mention">@Bo Madsen</span></p>\n'
    )


@pytest.mark.parametrize(
    "target", ["person:99", "person:", "person:x", "PERSON:12", "person:12/3", "person:99999999999"]
)
def test_of_somebody_unknown_the_words_are_left(target):
    html = render_markdown(f"[@Ada](<{target}>)", HERE)

    assert "@Ada" in html
    assert "href" not in html
    assert "mention" not in html


def test_people_are_found_once_in_the_order_of_reading_and_not_in_code():
    text = "| a |\n|---|\n| [@Bo](person:13) |\n\n- [@Ada](person:12) [@Bo](person:13)\n\n`[@X](person:14)`\n"

    assert people_in(text, "[@Cy](person:15)") == [13, 12, 15]


def test_elsewhere_a_mention_is_its_words():
    assert mentions_as_words("Ask [@Bo](person:13) or [@Cy](person:15).", HERE) == "Ask @Bo Madsen or @Cy."


def test_sentence_is_the_one_in_which_somebody_is_named():
    text = "It was late. Could **[@Bo](person:13)** look\nat the [graph](https://g.example/)? Thanks.\n\nMore."

    assert sentence_around(text, 13, HERE) == "Could @Bo Madsen look at the graph?"
    assert sentence_around(text, 12, HERE) == ""


def test_sentence_without_an_end_is_cut_around_the_name():
    text = "word " * 200 + "[@Bo](person:13)" + " word" * 200

    said = sentence_around(text, 13, HERE)

    assert "@Bo Madsen" in said
    assert said.startswith("… ")
    assert said.endswith(" …")
    assert len(said) < 310
