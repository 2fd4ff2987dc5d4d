"""Answers from a mail, without signing in: signed, expiring, single use, and nothing by merely looking."""

import logging
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from structlog.stdlib import ProcessorFormatter

from actions import commands
from actions.answers import ADDRESSES, address_of
from actions.models import Action, HoldCheck, UsedAnswer
from actions.weekly import plan_week
from incidents.models import Incident
from people.mail import Letter, as_message, plan_mails
from people.models import OutboxMail, RecordEntry, User
from postmortems.commands import close_postmortem
from postmortems.models import Postmortem
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 16, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def overdue(owner):
    return ActionFactory(number=45, owner=owner, due_on=date(2026, 3, 12))


def links(person: User) -> dict[str, str]:
    """label -> path of the key, out of the mail as it leaves."""
    plan_week(MONDAY.date())
    mail = OutboxMail.objects.select_related("recipient").get(recipient=person, kind="weekly")
    found = re.findall(r"^  ([A-Z][a-z ]+): http://localhost:8000(/actions/answer/\S+)$", as_message(mail).body, re.M)
    return dict(found)


@pytest.fixture
def stranger():
    """A browser without a session, which posts from a page without a Referer: its origin is “null”."""
    return Client(enforce_csrf_checks=True, headers={"Origin": "null"})


def test_looking_at_a_link_changes_nothing_however_often(stranger, overdue, owner):
    for path in links(owner).values():
        for _ in range(2):
            page = stranger.get(path)
            assert page.status_code == 200
            assert page.headers["Referrer-Policy"] == "no-referrer"
            stranger.head(path)

    overdue.refresh_from_db()
    assert overdue.status == "not_started"
    assert not RecordEntry.objects.exists()
    assert not UsedAnswer.objects.exists()


def test_each_answer_does_what_it_says_in_the_name_of_its_reader(stranger, overdue, owner):
    platform = TeamFactory(name="Platform")
    keys = links(owner)
    assert list(keys) == ["On it", "Done", "Blocked", "Another date"]

    stranger.post(keys["On it"])
    stranger.post(keys["Blocked"], {"block-waits_for": f"team-{platform.pk}", "block-reason": "No access."})
    stranger.post(keys["Another date"], {"reschedule-due_on": "2026-04-06", "reschedule-reason": "Parts."})
    stranger.post(keys["Done"], {"finish-evidence": "https://code.example/pull/7"})

    overdue.refresh_from_db()
    entries = RecordEntry.objects.about(overdue).order_by("pk")
    assert (overdue.status, overdue.due_on) == ("done", date(2026, 4, 6))
    assert [(entry.verb, entry.by, entry.details["via"]) for entry in entries] == [
        (verb, owner, "mail") for verb in ("action.started", "action.blocked", "action.rescheduled", "action.finished")
    ]


def test_whoever_answers_without_a_session_writes_names_and_is_suggested_nobody(stranger, overdue, owner):
    platform = TeamFactory(name="Platform")
    address = links(owner)["Blocked"]

    assert "/people/suggest/" not in stranger.get(address).text
    refused = stranger.post(address, {"block-waits_for": "Nobody Such", "block-reason": "No access."})
    stranger.post(address, {"block-waits_for": "platform", "block-reason": "No access."})

    overdue.refresh_from_db()
    assert "goes by “Nobody Such”" in refused.text and "No access." in refused.text
    assert overdue.waits_for_team == platform


def test_a_link_tells_nobody_whom_a_number_or_a_word_means(stranger, overdue, owner):
    gone = UserFactory(name="Grete Gone", email="grete@harbour.example", is_active=False)
    for number in range(2):
        UserFactory(name="Ada Twin", email=f"ada{number}@harbour.example")
    address = links(owner)["Blocked"]

    by_number = stranger.post(address, {"block-waits_for": f"person-{gone.pk}", "block-reason": ""}).text
    by_word = stranger.post(address, {"block-waits_for": "Ada Twin", "block-reason": ""}).text

    by_old_name = stranger.post(address, {"block-waits_for": "grete gone", "block-reason": ""}).text
    assert "Grete Gone" not in by_number + by_old_name
    assert "has left" not in by_number + by_old_name
    assert "grete@" not in by_number + by_old_name
    assert "Ada Twin" in by_word
    assert "ada0@" not in by_word


def test_accept_is_one_click_and_the_page_says_so(stranger, owner, member):
    action = commands.add_action(
        PostmortemFactory(), by=member, title="Alert", owner=owner, due_on=date(2026, 4, 6), number=45
    )
    keys = links(owner)
    page = stranger.get(keys["Accept"]).text
    assert page.count("<button") - page.count('type="button"') >= 1
    assert "Will you answer for it?" in page
    assert "You answer as Olga Owner" in page

    assert "Thank you, Olga" in stranger.post(keys["Accept"]).text

    action.refresh_from_db()
    assert action.accepted_at == MONDAY


def test_an_answer_works_once(stranger, overdue, owner):
    key = links(owner)["Another date"]
    stranger.post(key, {"reschedule-due_on": "2026-04-06", "reschedule-reason": "Parts."})

    again = stranger.post(key, {"reschedule-due_on": "2026-05-06", "reschedule-reason": "More parts."})

    overdue.refresh_from_db()
    assert (again.status_code, overdue.due_on) == (410, date(2026, 4, 6))
    assert "answered already" in again.text
    assert "Sign in and see your actions" in again.text


def test_a_refused_answer_may_be_given_again_and_loses_nothing(stranger, overdue, owner):
    key = links(owner)["Another date"]

    refused = stranger.post(key, {"reschedule-due_on": "2026-04-06", "reschedule-reason": ""})
    assert refused.status_code == 422
    assert 'value="2026-04-06"' in refused.text

    stranger.post(key, {"reschedule-due_on": "2026-04-06", "reschedule-reason": "Parts."})
    overdue.refresh_from_db()
    assert overdue.due_on == date(2026, 4, 6)


def test_a_date_that_is_over_by_now_is_refused_and_the_link_still_works(stranger, overdue, owner):
    key = links(owner)["Another date"]

    refused = stranger.post(key, {"reschedule-due_on": "2026-03-15", "reschedule-reason": "Parts are late."})

    overdue.refresh_from_db()
    assert (refused.status_code, overdue.due_on) == (422, date(2026, 3, 12))
    assert "15 March 2026 is over" in refused.text
    assert "Parts are late." in refused.text
    assert stranger.get(key).status_code == 200


def test_the_day_is_that_of_whose_key_it_is(stranger, overdue, owner, monday):
    User.objects.filter(pk=owner.pk).update(time_zone="Pacific/Auckland")
    key = links(owner)["Another date"]
    monday.shift(timedelta(hours=12))  # It is Tuesday morning there.

    refused = stranger.post(key, {"reschedule-due_on": "2026-03-16", "reschedule-reason": "Parts."})

    assert (refused.status_code, "16 March 2026 is over" in refused.text) == (422, True)


def test_after_its_days_a_link_is_over(stranger, overdue, owner, monday):
    key = links(owner)["On it"]
    monday.shift(timedelta(days=15))

    response = stranger.post(key)

    overdue.refresh_from_db()
    assert (response.status_code, overdue.status) == (410, "not_started")
    assert "has lived its days" in response.text


@pytest.mark.parametrize("change", ["purpose", "number", "person", "cut", "signature"])
def test_a_link_that_was_changed_opens_nothing(stranger, overdue, owner, change):
    key = links(owner)["On it"]
    other = UserFactory()
    ActionFactory(number=46, owner=owner)
    changed = {
        "purpose": key.replace(".start.", ".finish."),
        "number": key.replace(".45~", ".46~"),
        "person": key.replace(f".{owner.pk}.", f".{other.pk}."),
        "cut": key[:-9] + "/",
        "signature": key[:-2] + ("A" if key[-2] != "A" else "B") + "/",
    }[change]
    assert changed != key

    assert stranger.post(changed).status_code == 404
    assert not RecordEntry.objects.exists()


@pytest.mark.parametrize("why", ["left", "viewer", "restricted"])
def test_who_may_no_longer_see_it_answers_no_more_and_learns_nothing(stranger, owner, why):
    action = ActionFactory(number=45, owner=owner, title="CANARY", due_on=date(2026, 3, 12))
    key = links(owner)["On it"]
    if why == "restricted":
        Incident.objects.update(is_restricted=True)
    else:
        User.objects.filter(pk=owner.pk).update(**({"is_active": False} if why == "left" else {"role": "viewer"}))

    seen, posted = stranger.get(key), stranger.post(key)

    action.refresh_from_db()
    assert (seen.status_code, posted.status_code, action.status) == (410, 410, "not_started")
    assert "CANARY" not in seen.text + posted.text


def test_a_link_opens_no_session(stranger, overdue, owner):
    stranger.post(links(owner)["On it"])

    assert stranger.get("/actions/45/").status_code == 302


def test_the_plain_address_of_an_answer_is_a_page_of_ours():
    assert address_of(45, "accept") == "http://localhost:8000" + reverse("actions:answer", args=[45, "accept"])
    assert ADDRESSES.fullmatch(address_of(45, "accept"))


def test_the_outbox_holds_no_key(overdue, owner):
    links(owner)

    mail = OutboxMail.objects.get(recipient=owner)
    assert "/actions/45/answer/start/" in mail.text
    assert "/actions/answer/" not in mail.text + mail.html


def test_words_in_a_title_never_become_somebody_elses_key(overdue, owner, member):
    trap = "http://localhost:8000/actions/45/answer/accept/"
    plan_mails("weekly", "x", [Letter(member.pk, "S", f"Look: {trap}")])

    body = as_message(OutboxMail.objects.get(recipient=member)).body

    assert f".{member.pk}.accept.45~" in body
    assert f".{owner.pk}." not in body


def test_no_log_names_a_key(stranger, overdue, owner, caplog):
    key = links(owner)["Another date"]

    stranger.post(key, {"reschedule-due_on": "never"})

    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    ours = next(formatter for formatter in formatters if isinstance(formatter, ProcessorFormatter))
    assert ["Unprocessable Entity: /actions/answer/[key]/" in ours.format(record) for record in caplog.records] == [
        True
    ]


def test_the_same_answers_are_there_for_whoever_signs_in(client, overdue, owner):
    client.force_login(owner)
    assert "Are you on it?" in client.get("/actions/45/answer/start/").text

    assert client.post("/actions/45/answer/start/").url == "/actions/45/"

    overdue.refresh_from_db()
    assert overdue.status == "in_progress"


class TestDecision:
    @pytest.fixture
    def late(self, owner):
        return ActionFactory(number=45, owner=owner, due_on=date(2026, 2, 10))

    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({"choice": "finish_by", "due_on": "2026-04-06"}, ("not_started", date(2026, 4, 6), "medium")),
            ({"choice": "reprioritise", "due_on": "2026-05-04", "priority": "low"}, ("not_started", date(2026, 5, 4), "low")),
            ({"choice": "drop"}, ("dropped", date(2026, 2, 10), "medium")),
        ],
    )  # fmt: skip
    def test_decide_by_mail(self, stranger, late, owner, facts, expected):
        key = links(owner)["Decide"]

        stranger.post(key, {f"decide-{name}": value for name, value in facts.items()} | {"decide-reason": "Because."})

        late.refresh_from_db()
        assert (late.status, late.due_on, late.priority) == expected

    @pytest.mark.parametrize(
        ("facts", "sentence"),
        [
            ({"choice": "finish_by"}, "A decision needs a date that is still to come."),
            ({"choice": "finish_by", "due_on": "2026-03-01"}, "A decision needs a date that is still to come."),
            ({"choice": "reprioritise", "due_on": "2026-04-06", "priority": "medium"}, "choose another one"),
            ({"choice": "finish_by", "due_on": "2026-04-06", "reason": " "}, "This field is required."),
        ],
    )
    def test_half_a_decision_is_none(self, client, late, owner, facts, sentence):
        client.force_login(owner)
        data = {"decide-reason": "Because."} | {f"decide-{name}": value for name, value in facts.items()}

        response = client.post("/actions/45/decide/", data)

        late.refresh_from_db()
        assert (response.status_code, late.due_on) == (422, date(2026, 2, 10))
        assert sentence in response.text

    def test_it_is_asked_for_each_week_until_it_is_there_and_the_ladder_begins_anew(self, late, owner, monday):
        lead = late.postmortem.incident.team.lead

        def subjects() -> dict[str, str]:
            plan_week(datetime.now(UTC).date())
            mails = OutboxMail.objects.filter(recipient__in=[owner, lead])
            told = {("Owner" if mail.recipient == owner else "Lead"): mail.subject for mail in mails}
            OutboxMail.objects.all().delete()
            return told

        first = subjects()
        monday.shift(timedelta(days=7))
        assert subjects() == first == {"Owner": "Your week: 1 to decide", "Lead": "Your week: 1 to decide"}

        commands.decide_action(late, by=owner, choice="finish_by", due_on=date(2026, 4, 10), reason="After the fair.")
        monday.shift(timedelta(days=7))
        assert subjects() == {}
        monday.shift(timedelta(days=14))
        assert subjects() == {"Owner": "Your week: 1 overdue"}


class TestHolds:
    @pytest.fixture
    def done(self, owner, monday):
        action = ActionFactory(number=45, owner=owner, postmortem=PostmortemFactory(published=True))
        commands.finish_action(action, by=owner, evidence="https://code.example/pull/7")
        HoldCheck.objects.filter(after_days=30).update(due_on=MONDAY.date())
        OutboxMail.objects.all().delete()
        return action

    def test_done_is_asked_about_after_30_90_and_365_days(self, done):
        assert list(done.checks.values_list("after_days", flat=True)) == [30, 90, 365]
        assert done.checks.last().due_on == MONDAY.date() + timedelta(days=365)

    def test_it_holds_with_a_note(self, stranger, done, owner):
        stranger.post(links(owner)["It holds"], {"holds-note": "The alert fired in Tuesday’s test."})

        check = done.checks.get(after_days=30)
        assert (check.holds, check.answered_by, check.note) == (True, owner, "The alert fired in Tuesday’s test.")

    @pytest.mark.parametrize(("later", "named"), [(0, 30), (-1, 90)])
    def test_of_several_that_wait_the_mail_names_what_its_answer_settles(self, stranger, done, owner, later, named):
        done.checks.exclude(after_days=30).update(due_on=MONDAY.date() + timedelta(days=later))

        stranger.post(links(owner)["It holds"], {"holds-note": "The alert fired in Tuesday’s test."})

        assert f"done {named} days ago" in OutboxMail.objects.get(recipient=owner).text
        assert list(done.checks.exclude(answered_at=None).values_list("after_days", flat=True)) == [named]

    def test_no_makes_a_new_action_and_reopens_what_was_closed(self, stranger, done, owner):
        close_postmortem(done.postmortem, by=owner)
        stranger.post(
            links(owner)["Holds no longer"],
            {"fails-note": "Switched off in May.", "fails-title": "Alert again", "fails-owner": owner.pk,
             "fails-due_on": "2026-04-06"},
        )  # fmt: skip

        follower = Action.objects.exclude(pk=done.pk).get()
        done.postmortem.refresh_from_db()
        assert (follower.follows, follower.title, follower.owner) == (done, "Alert again", owner)
        assert done.postmortem.status == "published"
        assert done.checks.get(after_days=30).holds is False

    @pytest.mark.parametrize(
        ("why", "sentence"),
        [
            ("not due", "Whether it holds is asked on 14 June 2026, and can be answered from then on."),
            ("taken up again", "ACT-45 is not done: whether it holds is asked once it is."),
            ("answered", "This was answered already."),
        ],
    )
    @pytest.mark.parametrize("verb", ["holds", "fails"])
    def test_what_is_not_asked_is_not_answered_and_reopens_nothing(self, client, done, owner, verb, why, sentence):
        days = 90 if why == "not due" else 30
        if why == "taken up again":
            commands.reopen_action(done, by=owner, reason="It broke.")
        Postmortem.objects.update(status="closed", closed_at=MONDAY)
        if why == "answered":
            commands.say_it_holds(done.checks.get(after_days=30), by=owner, note="It fired.")
        before = list(done.checks.values("pk", "holds", "answered_at"))
        client.force_login(owner)

        answer = client.post(
            f"/actions/45/{verb}/{days}/",
            {f"{verb}-{name}": value for name, value in
             {"note": "My own words.", "title": "Again", "owner": owner.pk, "due_on": "2026-04-06"}.items()},
        )  # fmt: skip

        done.postmortem.refresh_from_db()
        assert (answer.status_code, sentence in answer.text, "My own words." in answer.text) == (422, True, True)
        assert list(done.checks.values("pk", "holds", "answered_at")) == before
        assert (done.postmortem.status, Action.objects.count()) == ("closed", 1)

    def test_a_link_of_a_mail_says_that_it_was_taken_up_again(self, stranger, done, owner):
        key = links(owner)["It holds"]
        commands.reopen_action(done, by=owner, reason="It broke.")

        answer = stranger.post(key, {"holds-note": "It fired."})

        assert (answer.status_code, "ACT-45 is not done" in answer.text) == (422, True)

    def test_what_was_taken_up_again_is_not_asked_about(self, done, owner):
        commands.reopen_action(done, by=owner, reason="It broke.")

        plan_week(MONDAY.date())

        assert "hold" not in OutboxMail.objects.get(recipient=owner).text


def test_unescaped_links_in_html_are_those_of_the_text(overdue, owner):
    links(owner)
    mail = OutboxMail.objects.select_related("recipient").get(recipient=owner)
    message = as_message(mail)

    html = unescape(message.alternatives[0][0])
    keys = re.findall(r"/actions/answer/[^\"\s]+", message.body)
    assert len(keys) == 4
    assert all(key.rsplit("~", 1)[0] in html for key in keys)


def test_a_restricted_incidents_answers_reach_only_those_who_see_it(owner):
    outsider = UserFactory()
    incident = IncidentFactory(is_restricted=True, team=TeamFactory(members=[owner]))
    ActionFactory(postmortem=PostmortemFactory(incident=incident), owner=owner, due_on=date(2026, 3, 1))
    ActionFactory(owner=outsider, due_on=date(2026, 3, 1), number=77)

    assert all(".77~" in key for key in links(outsider).values())
