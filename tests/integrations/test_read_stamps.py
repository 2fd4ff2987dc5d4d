from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from integrations.documents.calendar_words import zone_named
from integrations.documents.clock import Context, Step, instants
from integrations.documents.stamps import ends_with_stamp, read_stamp

DAY = Context(day=date(2026, 3, 2))


def at(hour: int, minute: int = 0, *, day: int = 2, month: int = 3, second: int = 0, offset: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=timezone(timedelta(hours=offset)))


STAMPS = [
    ("14:05 - the pager rings", at(14, 5), "the pager rings"),
    ("**14:05** the pager rings", at(14, 5), "the pager rings"),
    ("`14:05`: the pager rings", at(14, 5), "the pager rings"),
    ("[14:05] the pager rings", at(14, 5), "the pager rings"),
    ("(14:05) the pager rings", at(14, 5), "the pager rings"),
    ("{{ 14:05 }} the pager rings", at(14, 5), "the pager rings"),
    ("14:05:09 – the pager rings", at(14, 5, second=9), "the pager rings"),
    ("9:05 the pager rings", at(9, 5), "the pager rings"),
    ("2:05 PM: the pager rings", at(14, 5), "the pager rings"),
    ("2:05p.m. the pager rings", at(14, 5), "the pager rings"),
    ("12:05 AM the pager rings", at(0, 5), "the pager rings"),
    ("2pm - the pager rings", at(14), "the pager rings"),
    ("14:05 PM - the pager rings", at(14, 5), "the pager rings"),
    ("14h05 : the pager rings", at(14, 5), "the pager rings"),
    ("14:05 Uhr: the pager rings", at(14, 5), "the pager rings"),
    ("14.05 Uhr - the pager rings", at(14, 5), "the pager rings"),
    ("1405 UTC the pager rings", at(14, 5), "the pager rings"),
    ("14:05 UTC | the pager rings", at(14, 5), "the pager rings"),
    ("14:05Z the pager rings", at(14, 5), "the pager rings"),
    ("14:05 CET the pager rings", at(14, 5, offset=1), "the pager rings"),
    ("14:05 (UTC+2) the pager rings", at(14, 5, offset=2), "the pager rings"),
    ("14:05 GMT-7: the pager rings", at(14, 5, offset=-7), "the pager rings"),
    ("14:05 +0200 the pager rings", at(14, 5, offset=2), "the pager rings"),
    ("2026-03-02T14:05:00-05:00 the pager rings", at(14, 5, offset=-5), "the pager rings"),
    ("[2026-03-02T14:05-05:00] the pager rings", at(14, 5, offset=-5), "the pager rings"),
    ("2026-03-02 14:05:00.123-0500 the pager rings", at(14, 5, offset=-5), "the pager rings"),
    ("2026-03-02 14:05:00 -05:00: the pager rings", at(14, 5, offset=-5), "the pager rings"),
    ("2026-03-02 14:05 -0330 - the pager rings", datetime(2026, 3, 2, 17, 35, tzinfo=UTC), "the pager rings"),
    ("14:05 Europe/Berlin - the pager rings", at(14, 5, offset=1), "the pager rings"),
    ("6:05am Pacific Time: the pager rings", at(6, 5, offset=-8), "the pager rings"),
    ("2026-03-04 14:05 the pager rings", at(14, 5, day=4), "the pager rings"),
    ("2026-03-04T14:05:09Z the pager rings", at(14, 5, day=4, second=9), "the pager rings"),
    ("2026/03/04 14:05: the pager rings", at(14, 5, day=4), "the pager rings"),
    ("[03-04 14:05] the pager rings", at(14, 5, day=4), "the pager rings"),
    ("03/04/2026 14:05 the pager rings", at(14, 5, day=4), "the pager rings"),
    ("25/03/2026 14:05 the pager rings", at(14, 5, day=25), "the pager rings"),
    ("04.03.2026 14:05 the pager rings", at(14, 5, day=4), "the pager rings"),
    ("March 4, 2026, 2:05 PM the pager rings", at(14, 5, day=4), "the pager rings"),
    ("Mar 4th 14:05 the pager rings", at(14, 5, day=4), "the pager rings"),
    ("4 March 2026 14:05 UTC - the pager rings", at(14, 5, day=4), "the pager rings"),
    ("4. März 2026, 14:05 Uhr: der Alarm", at(14, 5, day=4), "der Alarm"),
    ("le 4 mars 2026 à 14h05 : l'alerte", at(14, 5, day=4), "l'alerte"),
    ("4 de marzo de 2026, 14:05 - la alarma", at(14, 5, day=4), "la alarma"),
    ("2026年3月4日 14:05 アラート", at(14, 5, day=4), "アラート"),
    ("午後2時5分 アラート", at(14, 5), "アラート"),
    ("Wed 4 March 14:05 the pager rings", at(14, 5, day=4), "the pager rings"),
    ("At 14:05 UTC on March 4, the pager rings", at(14, 5, day=4), "the pager rings"),
    ("noon: the pager rings", at(12), "the pager rings"),
]


@pytest.mark.parametrize(("text", "instant", "rest"), STAMPS, ids=[text for text, _, _ in STAMPS])
def test_read_stamp_tells_the_instant_and_leaves_the_words(text: str, instant: datetime, rest: str) -> None:
    stamp = read_stamp(text)

    assert stamp is not None
    assert instants([Step(stamp)], DAY) == [instant]
    assert text[stamp.end :] == rest


@pytest.mark.parametrize(
    "text",
    [
        "3 nodes failed", "May was quiet", "5/6 of the nodes", "1.2 was released", "10 pods restarted", "the 14th replica",
        "Version 2.14 shipped", "", "2023 was a year", "200 requests", "a:05", "99:99 bottles", "12:75 no such minute",
    ],
)  # fmt: skip
def test_read_stamp_finds_no_time_in_plain_words(text: str) -> None:
    assert read_stamp(text) is None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("14:00 - 14:20: tests run", "14:20"),
        ("14:00–14:20 tests run", "14:20"),
        ("2026-03-02 14:00:00-14:20 tests run", "14:20"),
        ("14:00 to 14:20 UTC tests run", "14:20 UTC"),
    ],
)
def test_read_stamp_of_a_stretch_starts_at_its_start(text: str, until: str) -> None:
    stamp = read_stamp(text)

    assert stamp is not None and not stamp.is_exact
    assert (stamp.hour, stamp.minute, stamp.until, text[stamp.end :]) == (14, 0, until, "tests run")


@pytest.mark.parametrize(
    "text", ["~14:05 the pager rings", "ca. 14:05 the pager rings", "around 14:05 the pager rings"]
)
def test_read_stamp_of_a_rough_time_says_that_it_is_rough(text: str) -> None:
    stamp = read_stamp(text)

    assert stamp is not None and stamp.is_vague and not stamp.is_exact
    assert (stamp.hour, stamp.minute) == (14, 5)


def test_read_stamp_of_a_distance_counts_from_the_first_entry() -> None:
    steps = [Step(read_stamp("14:00 alert")), Step(read_stamp("T+5m page")), Step(read_stamp("+00:20 rollback"))]

    assert instants(steps, DAY) == [at(14), at(14, 5), at(14, 20)]


def test_ends_with_stamp_splits_a_label_from_its_time() -> None:
    found = ends_with_stamp("Fault begins 2026-03-04 14:05")

    assert found is not None
    assert (found[0], instants([Step(found[1])], DAY)) == ("Fault begins", [at(14, 5, day=4)])


def test_instants_pass_midnight_when_the_clock_starts_again() -> None:
    steps = [Step(read_stamp(text)) for text in ("23:50 alert", "00:10 page", "00:05 out of order")]

    assert instants(steps, DAY) == [at(23, 50), at(0, 10, day=3), at(0, 5, day=3)]


def test_instants_of_a_list_with_the_newest_first_stay_on_their_day() -> None:
    steps = [Step(read_stamp(text)) for text in ("23:10 over", "16:00 found", "08:00 begins")]

    assert instants(steps, DAY) == [at(23, 10), at(16), at(8)]


def test_instants_follow_the_days_that_stand_between_them() -> None:
    texts = ["2026-03-04", "14:05 alert", "Next day 08:00 review", "Day 1, 15:00 looked back"]
    steps = [Step(read_stamp(text), is_marker=number == 0) for number, text in enumerate(texts)]

    assert instants(steps, DAY) == [at(14, 5, day=4), at(8, day=5), at(15, day=2)]


def test_instants_without_any_day_are_unknown() -> None:
    assert instants([Step(read_stamp("14:05 alert"))], Context()) == [None]


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("UTC", 0),
        ("Z", 0),
        ("PST", -8),
        ("PDT", -7),
        ("CEST", 2),
        ("JST", 9),
        ("UTC+5", 5),
        ("GMT-03:00", -3),
        ("+0900", 9),
    ],
)
def test_zone_named_knows_labels_and_offsets(written: str, hours: int) -> None:
    zone = zone_named(written)

    assert zone is not None
    assert datetime(2026, 7, 1, tzinfo=UTC).astimezone(zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("written", ["XYZ", "UTC+99", "Europe/Nowhere", "soon", ""])
def test_zone_named_refuses_what_is_no_zone(written: str) -> None:
    assert zone_named(written) is None
