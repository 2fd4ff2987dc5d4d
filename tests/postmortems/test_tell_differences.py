import random
import time

import pytest

from postmortems.differences import Kind, count_words, lines_between, matches, words_between
from postmortems.history.comparing import compare
from postmortems.history.rows import Row
from postmortems.history.states import Heading, State

PIECES = ["the ", "pool ", "\n", "\n\n", "🚢", "👩‍👩‍👧 ", "🇩🇰", "é", "e\u0301", ", ", "漢字", "- [ ] ", "# ", "\t", "x"]


def sides_of(old, new):
    """The promise that every comparison keeps: its sides are the two texts."""
    lines = lines_between(old, new)
    return (
        "".join(run.text for line in lines for run in line.old),
        "".join(run.text for line in lines for run in line.new),
    )


@pytest.mark.parametrize("seed", range(20))
def test_applying_what_differs_gives_the_new_text(seed):
    dice = random.Random(seed)
    for _ in range(60):
        old = [dice.choice(PIECES) for _ in range(dice.randint(0, 60))]
        new = list(old)
        for _ in range(dice.randint(0, 9)):
            at = dice.randint(0, len(new))
            new[at : at + dice.randint(0, 4)] = [dice.choice(PIECES) for _ in range(dice.randint(0, 3))]

        assert sides_of("".join(old), "".join(new)) == ("".join(old), "".join(new)), f"seed {seed}"


@pytest.mark.parametrize("seed", range(10))
def test_what_matches_rises_on_both_sides_and_is_alike(seed):
    dice = random.Random(seed)
    old, new = ([dice.choice("abcd") for _ in range(dice.randint(0, 80))] for _ in range(2))

    ends = (0, 0)
    for start_old, start_new, length in matches(old, new):
        assert start_old >= ends[0] and start_new >= ends[1] and length > 0
        assert old[start_old : start_old + length] == new[start_new : start_new + length]
        ends = (start_old + length, start_new + length)


def changed(runs):
    return [run.text for run in runs if run.is_changed]


def test_two_words_that_changed_are_two_words_marked():
    old, new = words_between("The pool had 40 connections.", "The pool had 60 connections, no more.")

    assert (changed(old), changed(new)) == (["40"], ["60", ", no more"])


def test_a_comma_between_two_changes_is_told_with_them():
    old, new = words_between("slow, broken at noon", "quick, whole at noon")

    assert (changed(old), changed(new)) == (["slow, broken"], ["quick, whole"])


def test_pictures_made_of_several_signs_are_not_torn_apart():
    old, new = words_between("seen by 👩‍👩‍👧 and 🇩🇰", "seen by 👩‍👩‍👦 and 🇩🇪")

    assert (changed(old), changed(new)) == (["👩‍👩‍👧", "🇩🇰"], ["👩‍👩‍👦", "🇩🇪"])


def test_lines_that_have_little_in_common_are_one_gone_and_one_come():
    lines = lines_between("Nobody was paged.\nEnd\n", "The disk filled up overnight.\nEnd\n")

    assert [line.kind for line in lines] == [Kind.REMOVED, Kind.ADDED, Kind.SAME]


def test_a_line_put_in_leaves_the_numbers_of_the_others_right():
    lines = lines_between("a\nb\n", "a\nnew one\nb\n")

    assert [(line.old_number, line.new_number) for line in lines] == [(1, 1), (None, 2), (2, 3)]


def test_words_are_counted_that_came_and_went():
    assert count_words("Checkout was slow.\n", "Checkout was very slow.\nFor an hour.\n") == (4, 0)
    assert count_words("Checkout was slow.", "Checkout was down.") == (1, 1)


HOSTILE = {
    "lines all alike": ("x\n" * 30_000, "y\n" + "x\n" * 29_000 + "z\n"),
    "two lines taking turns": ("a\nb\n" * 15_000, "b\na\na\n" * 10_000),
    "one line without end": ("a b " * 60_000, "b a a " * 50_000),
    "nothing in common": ("\n".join(map(str, range(20_000))), "\n".join(map(str, range(20_000, 40_000)))),
    "every line a little": (
        "\n".join(f"line {n} was slow then" for n in range(15_000)),
        "\n".join(f"line {n} was quick then" for n in range(15_000)),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name):
    began = time.process_time()
    assert sides_of(*HOSTILE[name]) == HOSTILE[name]

    assert time.process_time() - began < 4


def state(rows=(), **texts):
    return State([Heading(key, key.title()) for key in texts], texts, {"timeline": list(rows)})


def test_lines_far_from_a_change_are_folded():
    before = "\n".join(f"Line {n}" for n in range(40))

    section = compare(state(summary=before), state(summary=before.replace("Line 20", "Line twenty"))).sections[0]

    assert [(piece.is_folded, len(piece.lines)) for piece in section.pieces] == [(True, 18), (False, 5), (True, 17)]


def test_a_page_stops_where_two_texts_have_little_in_common():
    old, new = ("\n".join(f"{side}{n}" for n in range(3000)) for side in "ab")

    section = compare(state(summary=old), state(summary=new)).sections[0]

    assert sum(len(piece.lines) for piece in section.pieces) + section.left_out == 6000
    assert section.left_out > 4000


def test_rows_are_told_field_by_field():
    was = [Row(1, {"text": "Alert", "who": ""}), Row(2, {"text": "Rollback", "who": "Ada"})]
    now = [Row(1, {"text": "First alert", "who": ""}), Row(3, {"text": "Recovery", "who": "Bo"})]

    rows = compare(state(was, summary=""), state(now, summary="")).rows[0].rows

    assert [(row.kind, row.heading, [field.label for field in row.fields]) for row in rows] == [
        ("changed", "First alert", ["What happened"]),
        ("added", "Recovery", ["What happened", "Who or what"]),
        ("removed", "Rollback", ["What happened", "Who or what"]),
    ]
