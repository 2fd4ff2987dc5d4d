"""The line of time: what is cut out, which clocks stand below it, and that nothing is drawn over anything else."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from incidents.models import Incident
from postmortems.lane import Axis, Mark, Story, Window, draw
from tests.factories import STARTED_AT, TimelineEventFactory

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def marks(*minutes, **facts):
    return [Mark(START + minute * MINUTE, f"Event {minute}", "action", **facts) for minute in minutes]


def drawn(story, **wishes):
    drawing = draw(story, BERLIN, **({"width": 600} | wishes))
    assert drawing is not None
    return drawing


def clocks(drawing):
    return [tick.clock for tick in drawing.ticks]


@pytest.mark.parametrize(
    ("minutes", "cut"),
    [
        ([0], []),
        ([0, 3], []),
        ([0, 5, 10, 15, 20], []),
        ([0, 5, 10, 15, 3 * 24 * 60], [15]),
        ([0, 5, 10, 600, 605, 610, 1200, 1205], [10, 610]),
        ([0, 360, 720, 1080, 1440], []),
    ],
)
def test_long_times_in_which_nothing_happens_are_cut_out(minutes, cut):
    axis = Axis([START + minute * MINUTE for minute in minutes])

    near = timedelta(minutes=40)
    assert [abs(piece.begins - (START + at * MINUTE)) < near for piece, at in zip(axis.breaks, cut, strict=True)] == [
        True for _ in cut
    ]
    shares = [axis.share(START + minute * MINUTE) for minute in minutes]
    assert shares == sorted(shares)
    assert all(0 < share < 1 for share in shares)
    assert all(one.right == two.left for one, two in pairwise(axis.pieces))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([0, 3], ["14:59", "15:00", "15:01", "15:02", "15:03"]),
        ([0, 60], ["15:00", "15:10", "15:20", "15:30", "15:40", "15:50", "16:00"]),
        ([0, 600, 1200], ["18:00", "00:00", "06:00"]),
    ],
)
def test_round_times_of_the_readers_clock_stand_below(minutes, expected):
    found = clocks(drawn(Story(marks(*minutes))))

    assert [clock for clock in expected if clock not in found] == []
    assert len(found) <= 12


@pytest.mark.parametrize("width", [240, 360, 640])
@pytest.mark.parametrize("minute", [0, 20, 30, 40, 60])
def test_words_of_a_key_moment_stay_on_the_drawing(width, minute):
    key = Mark(
        START + minute * MINUTE, "A moment that takes far more words than a narrow column has", "action", is_key=True
    )

    [label] = drawn(Story([*marks(0, 60), key]), width=width).labels

    long = (len(label.text.words) + 2) * 6.1
    begins = label.text.x - long if label.text.anchor == "end" else label.text.x
    assert begins >= 0
    assert begins + long <= width


def test_the_clocks_stay_round_where_summer_time_begins():
    begins = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    story = Story([Mark(begins + hour * HOUR, "x", "other") for hour in range(0, 9, 2)])

    assert clocks(drawn(story, width=800)) == [
        "23:00",
        "00:00",
        "01:00",
        "03:00",
        "04:00",
        "05:00",
        "06:00",
        "07:00",
        "08:00",
    ]


def test_the_day_is_told_where_it_changes():
    days = [tick.day for tick in drawn(Story(marks(0, 300, 600, 900))).ticks]

    assert [day for day in days if day] == ["2 Mar", "3 Mar"]


@pytest.mark.parametrize("width", [240, 340, 1200])
@pytest.mark.parametrize("count", [1, 2, 40, 300])
def test_marks_and_words_never_lie_over_one_another(width, count):
    story = Story(
        [
            Mark(START + (number * number % 977) * MINUTE / 3, "W" * 60, "other", number % 9 == 0)
            for number in range(count)
        ]
    )
    story = Story(sorted(story.marks, key=lambda mark: mark.at), {"started_at": START, "detected_at": START + MINUTE})

    drawing = drawn(story, width=width)

    places = [(spot.x, spot.y) for spot in drawing.spots]
    assert all(abs(x - x2) >= 14 or y != y2 for n, (x, y) in enumerate(places) for x2, y2 in places[n + 1 :])
    assert sum(1 + spot.more for spot in drawing.spots) == count
    for one, two in pairwise(
        sorted((label.text.y, label.text.x) for label in drawing.labels if label.text.anchor == "start")
    ):
        assert one[0] != two[0] or two[1] > one[1]
    assert all(drawing.top <= y <= drawing.floor for _, y in places)


def test_the_bands_say_how_long_each_stretch_took():
    instants = {"started_at": 0, "first_impact_at": 2, "detected_at": 10, "acknowledged_at": 12, "resolved_at": 90}
    story = Story(marks(5), {name: START + minute * MINUTE for name, minute in instants.items()})

    titles = [band.title.partition(",")[0] for band in drawn(story, width=1200).bands]

    assert titles == [
        "10 min unnoticed",
        "2 min until somebody took it",
        "1 h 18 min resolving",
        "users felt it for 1 h 28 min",
    ]


def test_every_instant_that_an_incident_has_is_on_the_line():
    instants = {name: START + number * MINUTE for number, name in enumerate(Incident.INSTANTS)}

    assert [line.name for line in drawn(Story(marks(5), instants), width=2000).lines] == Incident.INSTANTS


def test_times_of_its_own_stand_on_the_line_under_their_names():
    own = {"certificate renewed": START - 14 * MINUTE, "a name that is far too long to be set above the line": START}
    story = Story(marks(5), {"detected_at": START + 7 * MINUTE}, own)

    lines = drawn(story, width=1200).lines
    before = drawn(story.until(START - MINUTE), width=1200).lines

    assert [(line.name, line.label.words) for line in lines] == [
        ("own", "certificate renewed"), ("own", "a name that is far too long t…"), ("detected_at", "detected"),
    ]  # fmt: skip
    assert [line.title.partition(" 2 Mar")[0] for line in before] == ["certificate renewed"]


def test_a_window_shows_its_part_alone():
    story = Story(marks(0, 10, 20, 30, 40))

    drawing = drawn(story, window=Window(0.4, 0.6))

    assert [spot.mark.text for spot in drawing.spots] == ["Event 20"]
    assert clocks(drawing)[0] >= "15:15"


def test_a_long_silence_is_drawn_and_told():
    drawing = drawn(Story(marks(0, 5, 10, 60, 65, 70)))

    assert [box.title.partition(",")[0] for box in drawing.silences] == ["50 min without an entry"]


def test_nothing_known_is_nothing_drawn():
    assert draw(Story([]), BERLIN, width=600) is None


@pytest.mark.django_db
def test_the_part_answers_every_wish_and_shrugs_off_nonsense(signed_in, draft):
    event = TimelineEventFactory(postmortem=draft, text="<b>bold</b>", is_key=True)
    TimelineEventFactory(postmortem=draft, occurred_at=STARTED_AT + HOUR)

    for query in (
        "",
        "view=impact",
        f"view=event-{event.pk}",
        "left=0.2&right=0.3&width=500",
        "left=nan&right=9&width=x",
    ):
        answer = signed_in.get(f"/postmortems/7/timeline/lane/?{query}")
        assert (answer.status_code, "lane-drawing" in answer.text, "<b>bold" in answer.text) == (200, True, False)
    assert f'href="#event-{event.pk}"' in signed_in.get("/postmortems/7/timeline/lane/").text


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_whole_page_asks_the_database_as_often_for_one_as_for_three(
    signed_in, draft, count, django_assert_num_queries
):
    for minute in range(count):
        TimelineEventFactory(postmortem=draft, occurred_at=STARTED_AT + minute * MINUTE)
    signed_in.get("/postmortems/7/timeline/")

    with django_assert_num_queries(10):
        assert "lane-drawing" in signed_in.get("/postmortems/7/timeline/").text
