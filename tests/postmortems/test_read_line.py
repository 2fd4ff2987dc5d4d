"""One typed line as an event: tables of what people write, and of what they are told."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from postmortems.errors import UnreadableLine
from postmortems.lines import Around, read_line

BERLIN = ZoneInfo("Europe/Berlin")
PEOPLE = ["Jonas Weber", "Mira Lind", "Mira Okafor"]


def people_like(words):
    beginnings = words.lower().split()
    return [name for name in PEOPLE if all(any(p.startswith(b) for p in name.lower().split()) for b in beginnings)]


def utc(words):
    return datetime.fromisoformat(f"{words}+00:00")


def around(**changes):
    """An incident from 3 to 4 November in Berlin's winter, written down the day after; the last line was at 23:50."""
    known = {
        "zone": BERLIN,
        "now": utc("2026-11-05T09:00"),
        "last": utc("2026-11-03T22:50"),
        "begins": utc("2026-11-03T13:00"),
        "ends": utc("2026-11-04T01:00"),
        "people_like": people_like,
    }
    return Around(**(known | changes))


@pytest.mark.parametrize(
    ("words", "at", "text"),
    [
        ("14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("14:32: it broke", "2026-11-03T13:32", "it broke"),
        ("[14:32] it broke", "2026-11-03T13:32", "it broke"),
        ("- 14:32 – it broke", "2026-11-03T13:32", "it broke"),
        ("~14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("14:32:05 it broke", "2026-11-03T13:32:05", "it broke"),
        ("14.32 it broke", "2026-11-03T13:32", "it broke"),
        ("14.32.05 it broke", "2026-11-03T13:32:05", "it broke"),
        ("14h32 it broke", "2026-11-03T13:32", "it broke"),
        ("2:32pm it broke", "2026-11-03T13:32", "it broke"),
        ("2:32 p.m. it broke", "2026-11-03T13:32", "it broke"),
        ("2pm it broke", "2026-11-03T13:00", "it broke"),
        ("noon it broke", "2026-11-03T11:00", "it broke"),
        ("14:32Z it broke", "2026-11-03T14:32", "it broke"),
        ("1432Z it broke", "2026-11-03T14:32", "it broke"),
        ("14:32 UTC it broke", "2026-11-03T14:32", "it broke"),
        ("14:32 CET it broke", "2026-11-03T13:32", "it broke"),
        ("14:32 EST it broke", "2026-11-03T19:32", "it broke"),
        ("14:32+02:00 it broke", "2026-11-03T12:32", "it broke"),
        ("14:32 UTC+5:30 it broke", "2026-11-04T09:02", "it broke"),
        ("14:32 America/New_York it broke", "2026-11-03T19:32", "it broke"),
        ("14:32 API broke", "2026-11-03T13:32", "API broke"),
        ("14:32 Second customer calls", "2026-11-03T13:32", "Second customer calls"),
        ("3 Nov 14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("Nov 3rd, 14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("Tue 3 November 2026 at 14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("3.11. 14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("03.11.26 14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("3/11 14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("11/3/2026 14:32 it broke", "2026-03-11T13:32", "it broke"),
        ("10/30 14:32 it broke", "2026-10-30T13:32", "it broke"),
        ("Tuesday 14:32 it broke", "2026-11-03T13:32", "it broke"),
        ("2026-11-03 14:32Z it broke", "2026-11-03T14:32", "it broke"),
        ("2026-11-03T14:32:05.123Z it broke", "2026-11-03T14:32:05", "it broke"),
        ("yesterday 23:50 it broke", "2026-11-04T22:50", "it broke"),
        ("today 9:05 it broke", "2026-11-05T08:05", "it broke"),
        ("next day 9:05 it broke", "2026-11-04T08:05", "it broke"),
        ("+5 min it broke", "2026-11-03T22:55", "it broke"),
        ("+1h30 it broke", "2026-11-04T00:20", "it broke"),
        ("-90 s it broke", "2026-11-03T22:48:30", "it broke"),
        ("10 minutes later it broke", "2026-11-03T23:00", "it broke"),
        ("10 min ago it broke", "2026-11-05T08:50", "it broke"),
        ("T+15m it broke", "2026-11-03T13:15", "it broke"),
        ("T+0 it broke", "2026-11-03T13:00", "it broke"),
        ("T+01:30 it broke", "2026-11-03T14:30", "it broke"),
        ("[T-10 min] it broke", "2026-11-03T12:50", "it broke"),
        ("now it broke", "2026-11-05T09:00", "it broke"),
        ("it broke at 14:32", "2026-11-03T13:32", "it broke"),
        ("14:32-14:40 it broke", "2026-11-03T13:32", "it broke (until 14:40)"),
        ("24:00 it broke", "2026-11-03T23:00", "it broke"),
        ("it broke", "2026-11-03T22:50", "it broke"),
    ],
)
def test_a_time_is_read_however_it_is_written(words, at, text):
    line = read_line(words, around())

    assert (line.occurred_at, line.text) == (utc(at), text)


@pytest.mark.parametrize(
    "words",
    ["14.32 % of requests fail", "1432 requests fail", "3.50 GB are left", "3 nodes are down", "may be too late",
     "503 errors", "mon is down", "5 of 7 are gone", "v2.14 is out", "10.10.3.4 does not answer",
     "10.10.30.40 does not answer", "1.30.2 rolled back", "1.30.22 rolled back"],
)  # fmt: skip
def test_a_number_that_is_no_time_stays_in_the_words(words):
    assert read_line(words, around()).text == words


@pytest.mark.parametrize(
    ("words", "last", "at"),
    [
        ("00:10 x", "2026-11-03T22:50", "2026-11-03T23:10"),
        ("23:50 x", "2026-11-03T23:10", "2026-11-03T22:50"),
        ("14:10 x", "2026-11-03T15:30", "2026-11-03T13:10"),
        ("01:30 x", "2026-11-03T13:10", "2026-11-04T00:30"),
        ("12:30 x", None, "2026-11-03T11:30"),
    ],
)
def test_the_day_follows_the_line_before_and_the_incident(words, last, at):
    assert read_line(words, around(last=last and utc(last))).occurred_at == utc(at)


def test_without_an_incident_a_time_lies_in_the_past_and_no_time_is_now():
    nowhere = around(begins=None, ends=None, last=None)

    assert read_line("23:50 x", nowhere).occurred_at == utc("2026-11-04T22:50")
    assert read_line("x", nowhere).occurred_at == utc("2026-11-05T09:00")


def test_no_time_is_now_while_the_incident_goes_on():
    line = read_line("it broke", around(ends=None, now=utc("2026-11-03T15:04:40")))

    assert (line.occurred_at, line.notes) == (utc("2026-11-03T15:04"), ["no time given: now"])


@pytest.mark.parametrize(
    ("words", "last", "at", "note"),
    [
        ("25 Oct 02:30 x", None, "2026-10-25T00:30", "taken as the first (CEST); write 02:30 CET for the other"),
        ("25 Oct 02:30 x", "2026-10-25T00:45", "2026-10-25T01:30", "as the second (CET); write 02:30 CEST for"),
        ("25 Oct 02:30 CET x", None, "2026-10-25T01:30", ""),
        ("29 Mar 02:30 x", None, "2026-03-29T01:30", "02:30 never came that day in Europe/Berlin"),
    ],
)
def test_hours_that_summer_time_skips_or_repeats_are_told(words, last, at, note):
    line = read_line(words, around(begins=None, ends=None, last=last and utc(last)))

    assert line.occurred_at == utc(at)
    assert note in " ".join(line.notes)


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("6 Nov 14:32 x", "that is still to come"),
        ("1 Nov 14:32 x", "1 d 23 h before the incident began"),
        ("x", "no time given: the minute of the event before"),
        ("+5 min x", "counted from the event before"),
    ],
)
def test_what_was_decided_for_the_writer_is_told(words, note):
    assert note in read_line(words, around()).notes


@pytest.mark.parametrize(
    ("words", "text", "who"),
    [
        ("@Jonas restarted the node", "restarted the node", "Jonas Weber"),
        ("@Mira Okafor restarted it", "restarted it", "Mira Okafor"),
        ("@Mira restarted it", "restarted it", "Mira"),
        ("@payments-db: failed over", "failed over", "payments-db"),
        ("Jonas: restarted it", "restarted it", "Jonas Weber"),
        ("Alertmanager: disk full", "disk full", "Alertmanager"),
        ("who: on-call engineer, restarted it", "restarted it", "on-call engineer"),
        ("Error: disk full", "Error: disk full", ""),
        ("see https://x.example/a: it says so", "see https://x.example/a: it says so", ""),
        ("we then saw: nothing", "we then saw: nothing", ""),
    ],
)
def test_a_name_in_front_says_who(words, text, who):
    line = read_line(f"14:32 {words}", around())

    assert (line.text, line.who) == (text, who)


@pytest.mark.parametrize(
    ("words", "kind", "is_key", "text"),
    [
        ("14:32 #decision roll back", "decision", False, "roll back"),
        ("14:32 roll back #dec", "decision", False, "roll back"),
        ("! 14:32 roll back", "decision", False, "roll back"),
        ("14:32 !roll back", "decision", False, "roll back"),
        ("14:32 Decision: roll back", "decision", False, "roll back"),
        ("14:32 decided to roll back", "decision", False, "decided to roll back"),
        ("14:32 alert fired", "detection", False, "alert fired"),
        ("14:32 @Jonas paged the database team", "escalation", False, "paged the database team"),
        ("14:32 mitigation: traffic moved", "mitigation", False, "traffic moved"),
        ("14:32 #recovery alert is silent", "recovery", False, "alert is silent"),
        ("14:32 see #incident-42", "other", False, "see #incident-42"),
        ("* 14:32 it broke", "other", True, "it broke"),
        ("14:32 *it broke", "other", True, "it broke"),
        ("14:32 it broke *", "other", True, "it broke"),
        ("14:32 it broke * => users wait", "other", True, "it broke"),
        ("14:32 **never** again", "other", False, "**never** again"),
    ],
)
def test_signs_and_first_words_say_kind_and_star(words, kind, is_key, text):
    line = read_line(words, around())

    assert (line.kind, line.is_key, line.text) == (kind, is_key, text)


def test_an_arrow_is_the_effect_and_a_link_at_the_end_the_evidence():
    line = read_line("14:32 it broke => users wait https://g.example/d/1", around())

    assert (line.text, line.effect, line.source) == ("it broke", "users wait", "https://g.example/d/1")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("14:75 it broke", "“14:75” is no time of day. Write it as 14:32."),
        ("13:00 pm it broke", "“13:00 pm” is no time of day. Write it as 14:32."),
        ("31 Feb 14:00 it broke", "“31 Feb 14:00” is on no calendar."),
        ("14:32", "Write what happened, behind the time."),
        ("14:32 *", "Write what happened, behind the time."),
        ("1066-10-14 09:00 it broke", "The year 1066 cannot be right."),
        ("x" * 4001, "An event has at most 4,000 letters; this has 4,001."),
    ],
)
def test_what_cannot_be_an_event_is_refused_in_a_sentence(words, sentence):
    with pytest.raises(UnreadableLine) as refusal:
        read_line(words, around())

    assert refusal.value.reasons == (sentence,)


@pytest.mark.parametrize(
    "words", ["9" * 5000, "1 Jan " * 700, "+" + "9 h " * 900, "a:" * 2000, "@" + "b " * 2000, "#dec " * 900]
)
def test_nothing_that_is_typed_takes_long_or_breaks(words):
    begun = datetime.now(UTC)
    with suppress(UnreadableLine):
        read_line(words, around())

    assert (datetime.now(UTC) - begun).total_seconds() < 0.5
