import re
import threading
import time
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import CommandError, call_command
from django.db import connection

from actions import weekly
from actions.models import Action, WeeklyRun
from actions.tasks import plan_weekly_mail
from actions.weekly import plan_due_week, plan_week
from people.mail import as_message, send_due_mail
from people.models import OutboxMail, User
from tests.actions.test_digests import Cast
from tests.factories import (
    STARTED_AT,
    ActionFactory,
    IncidentFactory,
    OrganisationFactory,
    PostmortemFactory,
    TeamFactory,
)

MONDAY = date(2026, 3, 16)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def cast(db):
    return Cast()


def owed() -> list[tuple[str, str]]:
    return sorted(OutboxMail.objects.values_list("recipient__name", "period"))


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        ("2026-03-22T23:59+01:00", None),  # Sunday, with the week before on record
        ("2026-03-23T07:59+01:00", None),
        ("2026-03-23T08:00+01:00", "2026-W13"),
        ("2026-03-29T23:59+02:00", "2026-W13"),  # the day summer time begins: still made up for
        ("2026-03-30T07:59+02:00", None),
        ("2026-03-30T08:00+02:00", "2026-W14"),  # an hour earlier in UTC than the Monday before
        ("2026-10-19T06:00+00:00", "2026-W43"),
        ("2026-10-26T06:59+00:00", None),  # winter time: eight o'clock comes an hour later
        ("2026-10-26T07:00+00:00", "2026-W44"),
    ],
)
def test_the_week_is_planned_at_its_hour_in_the_organisations_zone(cast, now, planned):
    cast.action(due_on=date(2026, 1, 5))
    moment = datetime.fromisoformat(now)
    local = moment.astimezone(BERLIN).date()
    if planned is None:
        WeeklyRun.objects.create(monday=local - timedelta(days=local.weekday() + 7))
        if local.weekday() == 6:
            WeeklyRun.objects.create(monday=local - timedelta(days=6))

    run = plan_due_week(moment)

    assert (run and run.period) == planned


def test_the_task_catches_up_later_in_the_week_and_plans_once(cast):
    cast.action(due_on=MONDAY - timedelta(days=1))

    with time_machine.travel("2026-03-18T15:00Z"):
        assert [plan_weekly_mail(), plan_weekly_mail(), plan_weekly_mail()] == [1, 0, 0]

    assert owed() == [("Owner", "2026-W12")]


def test_nobody_is_written_to_when_there_is_nothing_to_say(cast):
    cast.action(due_on=MONDAY + timedelta(days=30))

    run = plan_week(MONDAY)

    assert (run.mail_count, run.is_new, owed()) == (0, True, [])


@pytest.mark.django_db(transaction=True)
def test_planners_at_once_owe_each_person_one_mail():
    Cast().action(due_on=MONDAY - timedelta(days=40))
    runs = []

    def plan() -> None:
        runs.append(plan_week(MONDAY))
        connection.close()

    threads = [threading.Thread(target=plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(run.mail_count for run in runs) == [0, 0, 0, 4]
    assert owed() == [(name, "2026-W12") for name in ("Lead", "Manager", "Mate", "Owner")]
    assert WeeklyRun.objects.get().mail_count == 4


def test_a_planner_that_dies_leaves_no_trace_and_the_next_one_plans(cast, monkeypatch):
    cast.action(due_on=MONDAY - timedelta(days=1))

    def die(*args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(weekly, "plan_mails", die)
    with pytest.raises(SystemExit):
        plan_week(MONDAY)
    monkeypatch.undo()

    assert not WeeklyRun.objects.exists()
    assert plan_week(MONDAY).mail_count == 1


@pytest.mark.expects_server_errors
@pytest.mark.parametrize("poison", ["time zone", "template"])
def test_one_persons_odd_row_keeps_the_mail_from_nobody(cast, monkeypatch, poison):
    cast.action(due_on=MONDAY - timedelta(days=8))
    if poison == "time zone":
        User.objects.filter(pk=cast.owner.pk).update(time_zone="Mars/Olympus")
    else:
        whole = weekly.weekly_letter

        def breaks(person: User, *rest: object) -> object:
            if person == cast.owner:
                raise ValueError("odd")
            return whole(person, *rest)

        monkeypatch.setattr(weekly, "weekly_letter", breaks)

    plan_week(MONDAY)

    assert owed() == [("Lead", "2026-W12"), ("Owner", "2026-W12")]
    assert "/actions/?mine=on" in OutboxMail.objects.get(recipient=cast.owner).text


def test_the_mail_says_the_same_in_text_and_html(cast):
    cast.postmortem.incident.number = 7
    cast.postmortem.incident.save()
    cast.action(number=45, title="Alert on <queue> depth & age", due_on=MONDAY - timedelta(days=3), priority="high")
    cast.action(number=46, due_on=MONDAY + timedelta(days=2), status="in_progress")
    cast.action(number=47, due_on=MONDAY - timedelta(days=29))
    plan_week(MONDAY)

    mail = OutboxMail.objects.get(recipient=cast.owner)
    text = mail.text
    html = " ".join(unescape(re.sub(r"<[^>]+>", " ", mail.html.split("</head>")[1])).split())

    assert mail.subject == "Your week: 1 to decide, 1 overdue, 1 due"
    assert "ACT-45  Alert on <queue> depth & age\n" in text
    assert "3 days overdue (due 13 Mar 2026) · not started · high priority · INC-7" in text
    assert "http://localhost:8000/actions/45/\n" in text
    for line in filter(None, map(str.strip, text.splitlines())):
        if "http" not in line and line != "--":
            assert " ".join(line.removeprefix("* ").rstrip(".").split()).lower() in html.lower()
    assert "<queue>" not in mail.html


def test_the_mail_fetches_nothing_and_is_small_even_when_the_list_is_long(cast):
    Action.objects.bulk_create(
        Action(
            number=n, title="x" * 300, postmortem=cast.postmortem, owner=cast.owner, added_by=cast.owner,
            due_on=None if n % 4 == 0 else MONDAY - timedelta(days=n % 40 - 2),
            accepted_at=None if n % 3 == 0 else STARTED_AT,
        )
        for n in range(1, 200)
    )  # fmt: skip
    plan_week(MONDAY)

    mail = OutboxMail.objects.get(recipient=cast.owner)

    assert len(as_message(mail).message().as_bytes()) < 102_000
    assert not re.search(r"<(img|link|script|iframe)|url\(|@import", mail.html)
    assert "prefers-color-scheme: dark" in mail.html
    assert 'style="' in mail.html
    assert "more: http://localhost:8000/actions/?told=overdue" in mail.text


def test_the_mail_tells_days_in_the_zone_of_its_reader(cast):
    User.objects.filter(pk=cast.owner.pk).update(time_zone="Pacific/Auckland")
    at = datetime(2026, 3, 11, 20, 0, tzinfo=UTC)  # Wednesday in Berlin, Thursday in Auckland
    cast.action(status="done", evidence="https://x.example", finished_at=at)
    plan_week(MONDAY)

    text = OutboxMail.objects.get(recipient=cast.owner).text

    assert "finished on 12 Mar" in text
    assert "Times are in Pacific/Auckland." in text


def test_nothing_of_a_restricted_incident_is_in_a_mail_to_an_outsider(cast):
    incident = IncidentFactory(is_restricted=True, title="CANARY", team=TeamFactory())
    for days in (3, 8, 15, 22, 29):
        ActionFactory(
            title="CANARY", postmortem=cast.postmortem.__class__.objects.filter(incident=incident).first()
            or PostmortemFactory(incident=incident), owner=cast.outsider, due_on=MONDAY - timedelta(days=days),
        )  # fmt: skip
    cast.action(owner=cast.outsider, due_on=MONDAY - timedelta(days=3))
    plan_week(MONDAY)

    told = {mail.recipient_id for mail in OutboxMail.objects.all() if "CANARY" in mail.text + mail.html + mail.subject}
    assert told == {incident.team.lead_id, incident.team.engineering_manager_id}
    assert OutboxMail.objects.filter(recipient=cast.outsider).get().subject == "Your week: 1 overdue"


def test_fifty_two_weeks_of_two_beats_bring_each_person_what_is_owed_and_nothing_twice(cast):
    """An action is late from the first week on; every tick comes twice, one Monday has no beat at all."""
    cast.action(number=45, due_on=date(2026, 1, 4))
    monday, weeks = date(2026, 1, 5), 52

    for week in range(weeks):
        day = monday + timedelta(weeks=week)
        hours = [8, 8, 9] if week != 30 else [60]
        for hour in hours:
            now = datetime.combine(day, datetime.min.time(), tzinfo=BERLIN) + timedelta(hours=hour)
            with time_machine.travel(now):
                plan_weekly_mail()
                send_due_mail()
                send_due_mail()

    received = [message.to[0] for message in django_mail.outbox]
    first_week = {cast.owner: 0, cast.lead: 1, cast.mate: 2, cast.manager: 3}
    assert {person.name: received.count(person.email) for person in first_week} == {
        person.name: weeks - late for person, late in first_week.items()
    }
    assert len(received) == sum(weeks - late for late in first_week.values())
    assert len({message.extra_headers["Message-ID"] for message in django_mail.outbox}) == len(received)


class TestCommand:
    def run(self, *words: str) -> str:
        out = StringIO()
        call_command("send_weekly_mail", *words, stdout=out)
        return out.getvalue()

    def test_it_sends_and_says_what_went_to_whom(self, cast):
        cast.action(due_on=MONDAY - timedelta(days=8))

        words = self.run("--as-of", "2026-03-16")

        assert words.splitlines() == [
            "2026-W12: 2 mails planned.",
            f"sent        {cast.owner.email}  Your week: 1 overdue",
            f"sent        {cast.lead.email}  Your week: 1 overdue in your team",
        ]
        assert sorted(message.to[0] for message in django_mail.outbox) == sorted([cast.owner.email, cast.lead.email])

    def test_a_second_run_sends_nothing_twice(self, cast):
        cast.action(due_on=MONDAY - timedelta(days=8))
        self.run("--as-of", "2026-03-16")

        words = self.run("--as-of", "2026-03-18")

        assert words.startswith("2026-W12 was planned before: nothing new is owed.\n")
        assert len(django_mail.outbox) == 2

    def test_a_dry_run_does_nothing(self, cast):
        cast.action(due_on=MONDAY - timedelta(days=8))

        words = self.run("--as-of", "2026-03-16", "--dry-run")

        assert f"would send  {cast.owner.email}  Your week: 1 overdue\n" in words
        assert not OutboxMail.objects.exists()
        assert not WeeklyRun.objects.exists()
        assert django_mail.outbox == []

    def test_a_day_that_is_none_is_refused_by_name(self, db):
        with pytest.raises(CommandError, match="“yesterday” is not a date"):
            self.run("--as-of", "yesterday")


def test_planning_for_hundreds_of_people_is_done_in_seconds(db):
    OrganisationFactory()
    people = User.objects.bulk_create(
        User(email=f"p{n}@harbour.example", name=f"Person {n}", password="!") for n in range(402)
    )
    lead, manager, *members = people
    postmortems = []
    for n in range(4):
        team = TeamFactory(lead=lead, engineering_manager=manager, members=members[n * 100 : n * 100 + 100])
        postmortems.append(PostmortemFactory(incident=IncidentFactory(team=team)))
    Action.objects.bulk_create(
        Action(
            number=n, title=f"action {n}", postmortem=postmortems[n % 4], owner=members[n % 400], added_by=lead,
            due_on=MONDAY - timedelta(days=n % 40),
        )
        for n in range(1, 4_001)
    )  # fmt: skip

    started = time.process_time()
    run = plan_week(MONDAY)
    took = time.process_time() - started

    assert run.mail_count == 402
    assert took < 6


def test_send_weekly_mail_refuses_a_week_that_has_not_begun(db):
    with time_machine.travel(datetime(2026, 3, 16, 12, tzinfo=UTC), tick=False), pytest.raises(CommandError):
        call_command("send_weekly_mail", "--as-of", "2026-03-23")

    assert not WeeklyRun.objects.exists()
