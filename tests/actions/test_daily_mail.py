"""What cannot wait for Monday: reminders, and who is asked to accept. And the alarm when an owner has left."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from actions import commands, daily
from actions.daily import plan_day, plan_due_day
from actions.digests import gather
from actions.models import Action, DailyRun, EscalationStep
from actions.weekly import plan_due_week, plan_week
from incidents.models import Incident
from people.commands import edit_person
from people.models import OutboxMail, UnwantedMail, User
from tests.actions.test_digests import MONDAY, Cast, heard
from tests.factories import UserFactory

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def cast(db):
    return Cast()


def mails(kind: str) -> list[tuple[str, str]]:
    rows = OutboxMail.objects.filter(kind=kind).select_related("recipient").order_by("pk")
    return [(mail.recipient.name, mail.subject) for mail in rows]


def reminded() -> list[int]:
    return list(Action.objects.exclude(reminded_for=None).order_by("number").values_list("number", flat=True))


class TestReminder:
    @pytest.mark.parametrize(
        ("day", "reminded"),
        [
            (MONDAY, [0, 1, 2]),
            (MONDAY + timedelta(days=3), [0, 1, 2]),
            (FRIDAY, [0, 1, 2, 3, 4]),
        ],
    )
    def test_two_days_before_it_is_due_and_before_the_weekend_for_the_days_after(self, cast, day, reminded):
        for days in range(-1, 7):
            cast.action(number=days + 10, due_on=day + timedelta(days=days))

        plan_day(day)

        got = Action.objects.filter(reminded_for__isnull=False).values_list("number", flat=True)
        assert [number - 10 for number in got] == reminded
        assert mails("reminder") == [("Owner", f"Due soon: {len(reminded)} actions")]

    def test_a_date_is_reminded_of_once_and_a_new_date_again(self, cast):
        action = cast.action(due_on=MONDAY + timedelta(days=2))
        plan_day(MONDAY)
        plan_day(MONDAY + timedelta(days=1))
        assert len(mails("reminder")) == 1

        with time_machine.travel(datetime(2026, 3, 17, 12, tzinfo=BERLIN)):
            commands.reschedule_action(action, by=cast.owner, due_on=MONDAY + timedelta(days=4), reason="Parts.")
        plan_day(MONDAY + timedelta(days=2))

        assert len(mails("reminder")) == 2

    @pytest.mark.parametrize(
        ("now", "is_planned"),
        [
            ("2026-03-20T07:59+01:00", False),
            ("2026-03-20T08:00+01:00", True),
            ("2026-03-21T08:00+01:00", False),  # Saturday
            ("2026-03-31T05:59+00:00", False),  # after summer time began: eight o'clock comes earlier in UTC
            ("2026-03-31T06:00+00:00", True),
        ],
    )
    def test_it_leaves_at_the_hour_of_a_working_day(self, cast, now, is_planned):
        moment = datetime.fromisoformat(now)
        cast.action(due_on=moment.astimezone(BERLIN).date() + timedelta(days=1))

        with time_machine.travel(moment - timedelta(days=1)):
            plan_due_week(moment)

        assert [plan_due_day(moment), plan_due_day(moment)] == ([1, 0] if is_planned else [0, 0])

    def test_on_the_day_of_the_weekly_mail_that_one_says_it(self, cast):
        cast.action(due_on=MONDAY + timedelta(days=2))
        eight = datetime.combine(MONDAY, datetime.min.time(), tzinfo=BERLIN) + timedelta(hours=8)

        with time_machine.travel(eight):
            assert plan_due_day(eight) == 0
        with time_machine.travel(eight + timedelta(days=1)):
            assert plan_due_day(eight + timedelta(days=1)) == 0

        assert list(OutboxMail.objects.values_list("kind", "subject")) == [("weekly", "Your week: 1 due")]

    def test_what_was_moved_into_the_week_after_its_mail_was_planned_is_reminded_of_on_that_day(self, cast):
        moved = cast.action(number=1, due_on=MONDAY + timedelta(days=20))
        cast.action(number=2, due_on=MONDAY + timedelta(days=2))
        eight = datetime.combine(MONDAY, datetime.min.time(), tzinfo=BERLIN) + timedelta(hours=8)
        with time_machine.travel(eight):
            plan_due_week(eight)
        with time_machine.travel(eight + timedelta(hours=1)):
            commands.reschedule_action(moved, by=cast.owner, due_on=MONDAY + timedelta(days=2), reason="Sooner.")

        with time_machine.travel(eight + timedelta(hours=2)):
            assert plan_due_day(eight + timedelta(hours=2)) == 1

        assert mails("reminder") == [("Owner", f"Due soon: {moved.title}")]
        assert reminded() == [1, 2]

    def test_of_what_is_due_after_the_week_of_the_weekly_mail_the_day_reminds(self, cast):
        for number, days in ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5)):  # Saturday to Wednesday
            cast.action(number=number, due_on=FRIDAY + timedelta(days=days))
        eight = datetime.combine(FRIDAY, datetime.min.time(), tzinfo=BERLIN) + timedelta(hours=8)

        with time_machine.travel(eight):
            assert plan_due_day(eight) == 1

        told = OutboxMail.objects.order_by("pk").values_list("kind", "subject")
        assert list(told) == [("weekly", "Your week: 2 due"), ("reminder", "Due soon: 2 actions")]
        assert set(reminded()) == {1, 2, 3, 4}

    def test_the_run_of_another_week_has_said_nothing_of_this_one(self, cast):
        cast.action(due_on=MONDAY + timedelta(days=3))
        eight = datetime.combine(MONDAY + timedelta(days=1), datetime.min.time(), tzinfo=BERLIN) + timedelta(hours=8)
        with time_machine.travel(eight - timedelta(days=1)):
            plan_due_week(eight)

        with time_machine.travel(eight):
            plan_week(MONDAY - timedelta(days=7))
            assert plan_due_day(eight) == 1

    def test_what_was_agreed_after_the_weekly_mail_was_planned_is_told_the_same_day(self, cast):
        eight = datetime.combine(MONDAY, datetime.min.time(), tzinfo=BERLIN) + timedelta(hours=8)
        with time_machine.travel(eight, tick=False) as clock:
            plan_due_week(eight)
            clock.shift(timedelta(minutes=1))
            commands.add_action(cast.postmortem, by=cast.lead, title="A", owner=cast.owner, due_on=MONDAY)
            clock.shift(timedelta(minutes=1))

            assert plan_due_day(eight + timedelta(minutes=2)) == 2

    @pytest.mark.expects_server_errors
    def test_whose_mail_could_not_be_written_is_reminded_on_the_next_day(self, cast, monkeypatch):
        cast.action(number=1, due_on=MONDAY + timedelta(days=2))
        cast.action(number=2, due_on=MONDAY + timedelta(days=2), owner=cast.mate)
        written = daily.daily_letter

        def write(kind, person, *rest):
            if person == cast.owner:
                raise ValueError("an odd row")
            return written(kind, person, *rest)

        monkeypatch.setattr(daily, "daily_letter", write)

        plan_day(MONDAY)
        assert reminded() == [2]
        monkeypatch.undo()
        plan_day(MONDAY + timedelta(days=1))

        assert [name for name, _ in mails("reminder")] == ["Mate", "Owner"]

    @pytest.mark.parametrize(
        ("meanwhile", "told"), [("agreed", ([1], [1])), ("moved", ([], [1])), ("handed over", ([], []))]
    )
    def test_what_changes_while_the_mails_are_written_is_for_another_day(self, cast, monkeypatch, meanwhile, told):
        later = MONDAY + timedelta(days=1)
        action = commands.add_action(cast.postmortem, by=cast.lead, title="A", owner=cast.owner, due_on=later, number=1)
        changes = {
            "agreed": lambda: commands.add_action(
                cast.postmortem, by=cast.lead, title="B", owner=cast.mate, due_on=later, number=2
            ),
            "moved": lambda: commands.reschedule_action(
                action, by=cast.lead, due_on=later + timedelta(days=1), reason="Parts."
            ),
            "handed over": lambda: commands.reassign_action(action, by=cast.lead, owner=cast.mate, reason="Leave."),
        }
        written = daily.daily_letter

        def write(kind, *rest):
            letter = written(kind, *rest)
            if kind == "acceptance":
                changes[meanwhile]()
            return letter

        monkeypatch.setattr(daily, "daily_letter", write)
        with time_machine.travel(datetime.combine(MONDAY, datetime.min.time(), tzinfo=BERLIN)):
            plan_day(MONDAY)

        asked = list(Action.objects.exclude(ask_mailed_at=None).values_list("number", flat=True))
        assert (reminded(), asked) == told

    def test_what_a_beat_missed_is_made_up_for(self, cast):
        cast.action(due_on=MONDAY + timedelta(days=2))

        plan_day(MONDAY + timedelta(days=1))

        assert len(mails("reminder")) == 1

    def test_whoever_does_without_reminders_gets_none(self, cast):
        UnwantedMail.objects.create(person=cast.owner, topic="reminder")
        cast.action(due_on=MONDAY + timedelta(days=2))

        plan_day(MONDAY)

        assert mails("reminder") == []

    def test_facilitators_decide_how_long_before_or_that_there_is_none(self, cast):
        row = EscalationStep.objects.create(audience="reminder", days=5)
        cast.action(due_on=MONDAY + timedelta(days=5))
        EscalationStep.objects.update(is_in_force=False)
        plan_day(MONDAY)
        assert mails("reminder") == []

        EscalationStep.objects.filter(pk=row.pk).update(is_in_force=True)
        plan_day(MONDAY + timedelta(days=1))
        assert len(mails("reminder")) == 1

    def test_an_owner_who_sees_it_no_longer_hears_nothing(self, cast):
        cast.action(owner=cast.outsider, due_on=MONDAY + timedelta(days=2))
        Incident.objects.update(is_restricted=True)

        plan_day(MONDAY)

        assert mails("reminder") == []

    def test_a_day_is_planned_once_and_a_planner_that_dies_leaves_no_trace(self, cast, monkeypatch):
        cast.action(due_on=MONDAY + timedelta(days=2))

        def die(*args: object) -> None:
            raise SystemExit

        monkeypatch.setattr("actions.daily.plan_mails", die)
        with pytest.raises(SystemExit):
            plan_day(MONDAY)
        monkeypatch.undo()

        assert not DailyRun.objects.exists()
        assert [plan_day(MONDAY), plan_day(MONDAY)] == [1, 0]


class TestAcceptance:
    def test_all_that_somebody_is_asked_comes_in_one_mail_once(self, cast):
        for n in range(3):
            commands.add_action(
                cast.postmortem, by=cast.lead, title=f"A{n}", owner=cast.owner, due_on=MONDAY + timedelta(days=30)
            )

        plan_day(MONDAY)
        plan_day(MONDAY + timedelta(days=1))

        assert mails("acceptance") == [("Owner", "Will you answer for it? 3 actions")]
        mail = OutboxMail.objects.get()
        assert mail.text.count("/answer/accept/") == 3
        assert mail.topic == ""

    def test_the_week_tells_its_owner_at_once_and_the_facilitator_after_three_days(self, cast):
        fay = UserFactory(name="Fay", role=User.Role.FACILITATOR)
        cast.postmortem.facilitator = fay
        cast.postmortem.save()
        late = MONDAY + timedelta(days=30)
        for number, days in ((1, 2), (2, 3)):
            asked = datetime.combine(MONDAY - timedelta(days=days), datetime.min.time(), tzinfo=BERLIN)
            cast.action(number=number, due_on=late, accepted_at=None, asked_at=asked + timedelta(hours=12))

        assert heard() == {"Owner": {"ACCEPT": [1, 2]}, "Fay": {"NOT_ACCEPTED": [2]}}


@pytest.mark.parametrize("fate", [{"role": User.Role.VIEWER}, {"is_active": False}])
def test_whoever_cannot_answer_for_anything_is_asked_for_nothing(cast, fate):
    cast.action(due_on=MONDAY + timedelta(days=2), accepted_at=None)
    User.objects.filter(pk=cast.owner.pk).update(**fate)

    assert plan_day(MONDAY) == 0
    assert not Action.objects.unaccepted().exists()


class TestOthersInTheWeek:
    def test_a_blocked_one_is_told_to_the_person_or_the_lead_of_the_team_it_waits_for(self, cast):
        later = MONDAY + timedelta(days=30)
        for number, waits_for in ((1, cast.outsider), (2, cast.team)):
            action = cast.action(number=number, due_on=later)
            commands.block_action(action, by=cast.owner, reason="No access.", waits_for=waits_for)

        assert heard() == {"Outsider": {"WAITS_FOR_YOU": [1]}, "Lead": {"WAITS_FOR_YOU": [2]}}

    def test_a_blocked_one_that_waits_for_somebody_who_left_is_told_to_who_looks_after_it(self, cast, administrator):
        action = cast.action(number=1, due_on=MONDAY + timedelta(days=30))
        commands.block_action(action, by=cast.owner, reason="No access.", waits_for=cast.outsider)
        edit_person(cast.outsider, by=administrator, is_active=False)

        assert heard() == {"Lead": {"WAITS_FOR_YOU": [1]}}
        (pile,) = gather(MONDAY)[cast.lead.pk].values()
        assert "blocked, waits for Outsider, who has left" in pile.lines[0].facts

    def test_blocked_is_said_in_the_mail(self, cast):
        action = cast.action(due_on=MONDAY - timedelta(days=2))
        commands.block_action(action, by=cast.owner, reason="No access.", waits_for=cast.team)

        (pile,) = gather(MONDAY)[cast.owner.pk].values()
        assert f"blocked, waits for {cast.team.name}" in pile.lines[0].facts

    @pytest.mark.parametrize(("finisher", "asked"), [("owner", "Lead"), ("lead", "Manager")])
    def test_what_waits_for_confirmation_goes_to_a_second_person(self, cast, finisher, asked):
        Incident.objects.update(severity=1)
        action = cast.action(number=1, due_on=MONDAY - timedelta(days=40))
        commands.finish_action(action, by=getattr(cast, finisher), evidence="https://code.example/pull/7")

        assert heard() == {asked: {"CONFIRM": [1]}}

    def test_a_decision_that_is_stuck_goes_to_the_facilitator_too(self, cast):
        UserFactory(name="Fay", role=User.Role.FACILITATOR)
        cast.action(number=1, due_on=MONDAY - timedelta(days=34))
        cast.action(number=2, due_on=MONDAY - timedelta(days=35))

        assert heard()["Fay"] == {"STUCK": [2]}

    def test_facilitators_move_the_ladder(self, cast):
        EscalationStep.objects.create(audience="manager", days=3)
        EscalationStep.objects.create(audience="team", days=90)
        EscalationStep.objects.create(audience="lead", days=1, is_in_force=False)
        cast.action(number=1, due_on=MONDAY - timedelta(days=21))

        assert heard() == {"Owner": {"OVERDUE": [1]}, "Manager": {"ESCALATED": [1]}}

    def test_whoever_does_without_the_news_of_the_team_still_hears_what_is_theirs(self, cast):
        UnwantedMail.objects.create(person=cast.mate, topic="team")
        UnwantedMail.objects.create(person=cast.owner, topic="team")
        cast.action(number=1, due_on=MONDAY - timedelta(days=15))

        assert set(heard()) == {"Owner", "Lead"}


class TestOwnerLeft:
    def test_the_lead_hears_at_once_and_the_action_keeps_its_place(self, cast, administrator):
        action = cast.action(number=45, title="Alert on queue depth")
        cast.action(status="dropped", drop_reason="x", dropped_by=cast.lead)

        edit_person(cast.owner, by=administrator, is_active=False)

        mail = OutboxMail.objects.get()
        action.refresh_from_db()
        assert (mail.recipient, mail.subject) == (cast.lead, "Owner has left: 1 action needs an owner")
        assert "ACT-45  Alert on queue depth" in mail.text
        assert action.owner == cast.owner

    def test_what_waits_for_them_is_named_too(self, cast, administrator):
        cast.action(number=45)
        waiting = cast.action(number=46, title="Rotate the keys", owner=cast.mate)
        commands.block_action(waiting, by=cast.mate, reason="No access.", waits_for=cast.owner)

        edit_person(cast.owner, by=administrator, is_active=False)

        mail = OutboxMail.objects.get()
        assert mail.subject == "Owner has left: 1 action needs an owner, 1 action waits for them"
        assert "1 action waits for Owner. Who does that part now?\n\n* ACT-46  Rotate the keys" in mail.text
        assert mail.html.count("ACT-46") == mail.html.count("ACT-45") == 1

    def test_what_waits_for_somebody_who_may_still_read_is_no_alarm(self, cast, administrator):
        commands.block_action(cast.action(), by=cast.owner, reason="No access.", waits_for=cast.outsider)

        edit_person(cast.outsider, by=administrator, role="viewer")

        assert mails("owner_left") == []

    def test_whoever_may_only_read_now_is_gone_as_an_owner(self, cast, administrator):
        cast.action()

        edit_person(cast.owner, by=administrator, role="viewer")

        assert mails("owner_left") == [("Lead", "Owner has left: 1 action needs an owner")]

    def test_nobody_is_alarmed_for_who_owns_nothing(self, cast, administrator):
        edit_person(cast.owner, by=administrator, is_active=False)

        assert mails("owner_left") == []

    def test_a_lead_who_left_is_no_help(self, cast, administrator):
        cast.action(owner=cast.lead)

        edit_person(cast.lead, by=administrator, is_active=False)

        assert mails("owner_left") == [("Manager", "Lead has left: 1 action needs an owner")]


def test_the_week_leaves_at_its_hour_where_its_reader_is(cast):
    from actions.weekly import letters

    User.objects.filter(pk=cast.owner.pk).update(time_zone="America/New_York")
    cast.action(due_on=date(2026, 3, 1))

    (letter,) = (letter for letter in letters(MONDAY) if letter.recipient_id == cast.owner.pk)

    assert letter.not_before == datetime(2026, 3, 16, 8, tzinfo=ZoneInfo("America/New_York"))
