from core.edits import Merge, merge_fields


def test_fields_that_only_one_person_changed_are_saved():
    merge = merge_fields(
        seen={"text": "old", "who": "ops"},
        wanted={"text": "new", "who": "ops"},
        current={"text": "old", "who": "platform"},
    )

    assert merge == Merge(changes={"text": "new"}, conflicts={})


def test_a_field_that_both_changed_is_a_conflict_with_their_value():
    merge = merge_fields(seen={"text": "old"}, wanted={"text": "mine"}, current={"text": "theirs"})

    assert merge == Merge(changes={}, conflicts={"text": "theirs"})


def test_the_same_change_by_both_is_no_conflict():
    merge = merge_fields(seen={"text": "old"}, wanted={"text": "new"}, current={"text": "new"})

    assert merge == Merge()


def test_a_field_never_seen_is_saved_as_it_is_wanted():
    merge = merge_fields(seen={}, wanted={"text": "new"}, current={"text": "old"})

    assert merge == Merge(changes={"text": "new"})


def test_ends_of_lines_and_blanks_around_a_text_are_nobodys_edit():
    merge = merge_fields(seen={"text": "a\nb"}, wanted={"text": "a\nb\nc"}, current={"text": "a\r\nb "})

    assert merge == Merge(changes={"text": "a\nb\nc"})
    assert merge_fields(seen={"text": "a\nb"}, wanted={"text": "a\r\nb"}, current={"text": "theirs"}) == Merge()
