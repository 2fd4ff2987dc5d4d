from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from incidents.clocks import Clocks, Reached, State, clocks
from incidents.commands import apply_preset
from incidents.defaults import PRESETS, install_severity_policies
from incidents.lateness import clocks_of, forgotten, late, late_for
from incidents.memory import memory_of
from incidents.models import Incident, Review, ReviewDecision, SeverityPolicy
from people.models import RecordEntry, User
from postmortems.models import Postmortem
from tests.factories import IncidentFactory, OrganisationFactory, ParticipantFactory, PostmortemFactory, UserFactory

BERLIN = ZoneInfo("Europe/Berlin")
RESOLVED_AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
FAST, COOL_DOWN = PRESETS["fast"], PRESETS["cool_down"]


def policy(preset=FAST, **changes) -> SeverityPolicy:
    facts = {name: getattr(preset, name) for name in preset.__dataclass_fields__ if name != "name"}
    return SeverityPolicy(severity=2, **{**facts, **changes})


def at(words: str) -> datetime:
    """A local time in Berlin."""
    return datetime.fromisoformat(words).replace(tzinfo=BERLIN)


def run(now: datetime, *, resolved_at: datetime | None = RESOLVED_AT, preset=FAST, zone=BERLIN, **reached) -> Clocks:
    return clocks(resolved_at, policy(preset), Reached(**reached), now=now, zone=zone)


def told(found: Clocks) -> dict[str, State]:
    return {clock.key: clock.state for clock in found}


def after(**span: float) -> datetime:
    return RESOLVED_AT + timedelta(**span)


@pytest.mark.parametrize(
    ("now", "reached", "expected"),
    [
        (after(hours=1), {}, "soon coming coming"),
        (after(hours=30), {}, "late soon coming"),
        (after(hours=48), {}, "late soon soon"),
        (after(hours=48, seconds=1), {}, "late late soon"),
        (after(hours=73), {}, "late late late"),
        (after(hours=73), {"published_at": after(hours=70)}, "not_needed not_needed met"),
        (after(hours=30), {"draft_shared_at": after(hours=20)}, "met soon coming"),
        (after(hours=30), {"meeting_at": after(hours=29)}, "not_needed met coming"),
        (after(hours=30), {"meeting_at": after(hours=40)}, "late soon coming"),
        (after(hours=50), {"meeting_at": after(hours=90)}, "soon late soon"),
        (after(hours=50), {"is_needed": False}, "not_needed not_needed not_needed"),
        (after(hours=30), {"is_imported": True}, "not_needed soon coming"),
        (after(days=263), {"is_imported": True}, "not_needed not_needed not_needed"),
    ],
)
def test_clock_tells_what_is_due_and_what_was_met(now, reached, expected):
    assert " ".join(told(run(now, **reached)).values()) == expected


def test_clock_of_what_was_imported_says_nothing_of_lateness_once_it_is_met():
    clock = run(after(days=263), is_imported=True, published_at=after(days=262)).of("published")

    assert (clock.state, clock.late_by) == (State.MET, timedelta())


def test_clocks_wait_until_the_incident_is_resolved_and_know_when_people_meet_already():
    found = run(RESOLVED_AT, resolved_at=None, preset=COOL_DOWN, meeting_at=after(days=3))

    assert set(told(found).values()) == {State.WAITING}
    assert (found.of("meeting").at, found.meeting_by) == (after(days=3), None)
    assert clocks(RESOLVED_AT, None, Reached(), now=RESOLVED_AT, zone=BERLIN).rows == ()


@pytest.mark.parametrize(
    ("resolved_at", "meeting_by", "publish_by"),
    [
        # Real hours: the wall clock shows an hour more where summer time began between, and one less where it ended.
        ("2026-03-27 12:00", "2026-03-29 13:00", "2026-03-30 13:00"),
        ("2026-10-23 12:00", "2026-10-25 11:00", "2026-10-26 11:00"),
        ("2026-06-01 12:00", "2026-06-03 12:00", "2026-06-04 12:00"),
    ],
)
def test_hours_are_real_hours_over_both_changes_of_summer_time(resolved_at, meeting_by, publish_by):
    found = run(at(resolved_at), resolved_at=at(resolved_at).astimezone(UTC))

    assert (found.meeting_by, found.publish_by) == (at(meeting_by), at(publish_by))
    assert found.publish_by - at(resolved_at).astimezone(UTC) == timedelta(hours=72)


@pytest.mark.parametrize(
    ("resolved_at", "meeting_from", "meeting_by", "publish_by"),
    [
        # Across the night of 29 March, which has 23 hours, and that of 25 October, which has 25.
        ("2026-03-27 23:30", "2026-03-30 00:00", "2026-04-01 23:59:59", "2026-04-03 23:59:59"),
        ("2026-03-26 00:10", "2026-03-29 00:00", "2026-03-31 23:59:59", "2026-04-02 23:59:59"),
        ("2026-10-20 12:00", "2026-10-23 00:00", "2026-10-25 23:59:59", "2026-10-27 23:59:59"),
    ],
)
def test_days_are_calendar_days_of_the_organisation(resolved_at, meeting_from, meeting_by, publish_by):
    found = run(at(resolved_at), resolved_at=at(resolved_at).astimezone(UTC), preset=COOL_DOWN)

    times = (found.meeting_from, found.meeting_by, found.publish_by)
    assert times == (at(meeting_from), at(meeting_by), at(publish_by))


def test_the_day_begins_where_the_organisation_is():
    midnight_in_berlin = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)

    berlin, utc = (
        run(midnight_in_berlin, resolved_at=midnight_in_berlin, preset=COOL_DOWN, zone=zone)
        for zone in (BERLIN, ZoneInfo("UTC"))
    )

    assert berlin.meeting_from == at("2026-06-05 00:00")
    assert utc.meeting_from == datetime(2026, 6, 4, tzinfo=UTC)


def test_draft_is_due_a_real_day_before_the_meeting_whenever_that_is_set():
    # The clocks go forward at two in the night between: the draft is due at ten, as people's clocks show it.
    found = run(at("2026-03-27 12:00"), resolved_at=at("2026-03-27 11:00"), meeting_at=at("2026-03-29 11:00"))

    assert found.of("draft").by == at("2026-03-28 10:00")


def test_draft_of_a_meeting_on_the_same_day_is_due_at_once_and_not_before_the_incident_ended():
    found = run(after(hours=1), meeting_at=after(hours=4))

    assert (found.of("draft").by, found.of("draft").state) == (RESOLVED_AT, State.LATE)


@pytest.mark.parametrize(
    ("meeting_at", "note"),
    [("2026-03-04 10:00", "set within the cool-down"), ("2026-03-09 10:00", "set for later than asked"),
     ("2026-03-06 10:00", "")],
)  # fmt: skip
def test_meeting_at_an_unfit_time_is_told(meeting_at, note):
    found = run(after(hours=1), preset=COOL_DOWN, meeting_at=at(meeting_at))

    assert found.of("meeting").note == note


def test_clock_met_late_says_by_how_much():
    clock = run(after(hours=80), published_at=after(hours=75)).of("published")

    assert (clock.state, clock.late_by, clock.elapsed_percent) == (State.MET, timedelta(hours=3), 100)


def test_page_is_to_look_again_when_a_clock_turns():
    assert [clock.turns_at for clock in run(after(hours=30))] == [None, after(hours=48), after(hours=48)]


@pytest.mark.parametrize(
    ("days", "beginning", "has_faded"),
    [(0, "Memories are fresh", False), (3, "The order of things", False), (9, "People now remember", False),
     (15, "It is still worth it", True)],
)  # fmt: skip
def test_memory_fades_with_the_days(days, beginning, has_faded):
    memory = memory_of(RESOLVED_AT, now=after(days=days), zone=BERLIN)

    assert (memory.days, memory.sentence.startswith(beginning), memory.has_faded) == (days, True, has_faded)
    assert memory_of(None, now=RESOLVED_AT, zone=BERLIN) is None


def test_memory_counts_days_by_the_calendar_over_a_change_of_summer_time():
    assert memory_of(at("2026-03-28 23:00"), now=at("2026-03-29 23:00"), zone=BERLIN).days == 1


@pytest.fixture
def policies(db) -> None:
    OrganisationFactory()
    install_severity_policies()
    apply_preset(SeverityPolicy.objects.get(severity=3), COOL_DOWN, by=UserFactory())


CASES = [
    {"resolved_at": None},
    {"resolved_at": after(days=0)},
    {"severity": 4},
    {"severity": 4, "decided": Review.REQUIRED},
    {"decided": Review.OPTIONAL},
    {"draft_shared_at": after(hours=1)},
    {"draft_shared_at": after(hours=1), "meeting_at": after(hours=30)},
    {"meeting_at": after(hours=90)},
    {"published_at": after(hours=1)},
    {"severity": 3, "account": True},
    {"is_imported": True},
    {"severity": 3, "account": True, "meeting_at": after(days=4)},
]


@pytest.mark.parametrize("now", [after(hours=25), after(hours=49), after(days=3, hours=1), at("2026-03-08 00:00")])
def test_list_of_late_ones_says_the_same_as_the_clocks_of_each(policies, now):
    made = [_made(number, **case) for number, case in enumerate(CASES, start=1)]

    with time_machine.travel(now, tick=False):
        by_list = set(late(Incident.objects.all(), now=now).values_list("number", flat=True))
        by_clocks = {incident.number for incident, answer in made if _clocks_now(incident, answer).late}

    assert by_list == by_clocks != set()


def _made(number, *, severity=2, decided="", account=False, resolved_at=RESOLVED_AT, **reached):
    incident = IncidentFactory(number=number, severity=severity, resolved_at=resolved_at)
    if decided:
        ReviewDecision.objects.create(
            incident=incident, answer=decided, proposed=Review.BRIEF, reason="So", by=incident.reported_by
        )
    if reached or account:
        PostmortemFactory(incident=incident, **reached)
    default = Review.OPTIONAL if severity == 4 else Review.REQUIRED
    return incident, decided or default


def _clocks_now(incident: Incident, answer: str) -> Clocks:
    account = Postmortem.objects.filter(incident=incident).first()
    policy = SeverityPolicy.objects.get(severity=incident.severity)
    return clocks_of(incident, policy, account, answer=answer)


@pytest.mark.parametrize("part", ["facilitator", "reported_by", "participant", "lead", "nobody"])
def test_late_ones_are_told_to_those_they_concern(policies, part, facilitator):
    person = facilitator if part == "facilitator" else UserFactory()
    incident = IncidentFactory(**({"reported_by": person} if part == "reported_by" else {}))
    if part == "participant":
        ParticipantFactory(incident=incident, user=person)
    if part == "lead":
        incident.team.lead = person
        incident.team.save()

    assert list(late_for(person, now=after(days=9))) == ([] if part == "nobody" else [incident])


def test_late_ones_that_are_restricted_stay_hidden_from_facilitators(policies, facilitator):
    IncidentFactory(is_restricted=True)

    assert list(late_for(facilitator, now=after(days=9))) == []


def test_forgotten_are_those_still_being_written_after_two_weeks(policies):
    old = PostmortemFactory().incident
    PostmortemFactory(published=True)
    IncidentFactory()

    assert list(forgotten(Incident.objects.all(), now=after(days=15))) == [old]
    assert list(forgotten(Incident.objects.all(), now=after(days=13))) == []


def test_apply_preset_sets_every_clock_and_goes_on_record(client, policies):
    administrator = UserFactory(role=User.Role.FACILITATOR)
    client.force_login(administrator)
    chosen = SeverityPolicy.objects.get(severity=1)

    client.post(
        "/admin/incidents/severitypolicy/", {"action": "apply_cool_down", "_selected_action": [chosen.pk]}, follow=True
    )

    chosen.refresh_from_db()
    assert (chosen.counted_in, chosen.meeting_from, chosen.meeting_within, chosen.publish_within) == ("days", 3, 5, 7)
    (entry,) = RecordEntry.objects.about(chosen)
    assert (entry.verb, entry.by, entry.details["changes"]["meeting_within"]) == (
        "severity_policy.preset_applied", administrator, [48, 5],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"meeting_from": 60}, "The cool-down lasts beyond the meeting: give it a smaller number."),
        ({"meeting_within": 80}, "The meeting comes before the text is published: give it a smaller number."),
    ],
)
def test_admin_refuses_clocks_in_an_impossible_order(client, policies, numbers, sentence):
    client.force_login(UserFactory(role=User.Role.FACILITATOR))
    chosen = SeverityPolicy.objects.get(severity=1)
    facts = {"name": "Critical", "definition": "Down.", "review": "required", "counted_in": "hours"}
    clock = {"meeting_from": 0, "meeting_within": 48, "share_before_hours": 24, "publish_within": 72}

    page = client.post(f"/admin/incidents/severitypolicy/{chosen.pk}/change/", {**facts, **clock, **numbers})

    assert sentence in page.content.decode()
    chosen.refresh_from_db()
    assert (chosen.meeting_from, chosen.meeting_within) == (0, 48)
