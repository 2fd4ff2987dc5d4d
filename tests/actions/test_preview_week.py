"""The mails of the next Monday, as a facilitator reads them before they are owed: the same as then go out."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from actions.models import WeeklyRun
from actions.preview import expect, next_monday
from actions.weekly import plan_due_week
from people.models import OutboxMail
from tests.actions.test_digests import Cast
from tests.factories import ActionFactory, IncidentFactory, PostmortemFactory

MONDAY = date(2026, 3, 16)
FRIDAY = datetime(2026, 3, 13, 12, tzinfo=UTC)
PAGE = "/admin/actions/weeklyrun/next/"


@pytest.fixture
def cast(db):
    cast = Cast()
    for days in (1, 30):
        cast.action(title=f"Late since {days}", due_on=date.fromordinal(MONDAY.toordinal() - days))
    return cast


@pytest.fixture
def restricted(cast):
    """One more for its owner, from an incident that no facilitator may see."""
    incident = IncidentFactory(title="CANARY-INCIDENT", is_restricted=True, team=cast.team)
    return ActionFactory(
        title="CANARY-ACTION",
        owner=cast.owner,
        due_on=date(2026, 3, 2),
        postmortem=PostmortemFactory(incident=incident),
    )


@pytest.fixture
def desk(client, facilitator):
    client.force_login(facilitator)
    with time_machine.travel(FRIDAY, tick=False):
        yield client


def test_preview_is_word_for_word_what_goes_out_and_owes_nothing(cast, desk):
    rows = [person for person, _ in desk.get(PAGE).context["rows"]]
    letters = {person: desk.get(PAGE, {"person": person.pk}).context["letter"] for person in rows}
    assert not OutboxMail.objects.exists()
    assert not WeeklyRun.objects.exists()

    plan_due_week(datetime(2026, 3, 16, 12, tzinfo=UTC))

    sent = {mail.recipient: (mail.subject, mail.text) for mail in OutboxMail.objects.all()}
    assert {person: (letter.subject, letter.text) for person, letter in letters.items()} == sent
    assert {person.name for person in sent} == {"Owner", "Mate", "Lead", "Manager"}


def test_preview_says_which_groups_with_how_many_lines(cast, desk):
    (owner,) = [mail for person, mail in desk.get(PAGE).context["rows"] if person == cast.owner]

    assert owner.groups == [("A decision is owed", 1), ("Yours, overdue", 1)]
    assert owner.line_count == 2


def test_preview_leaves_out_what_its_reader_may_not_see_and_counts_it(cast, restricted, desk):
    pages = desk.get(PAGE).text, desk.get(PAGE, {"person": cast.owner.pk}).text

    assert "1 hidden from you" in pages[0]
    assert "1 line of incidents that you may not see is left out" in pages[1]
    assert not any(words in page for page in pages for words in ("CANARY", restricted.reference))


def test_preview_for_an_administrator_holds_it(cast, restricted, administrator):
    mail = expect(administrator, MONDAY)[cast.owner.pk]

    assert (mail.line_count, mail.hidden_count) == (3, 0)


def test_preview_of_a_mail_that_is_hidden_whole_shows_no_letter(db, desk):
    cast = Cast()
    incident = IncidentFactory(is_restricted=True, team=cast.team)
    ActionFactory(owner=cast.owner, due_on=date(2026, 3, 15), postmortem=PostmortemFactory(incident=incident))

    page = desk.get(PAGE, {"person": cast.owner.pk})

    assert page.context["letter"] is None
    assert "Nothing else stands in this mail." in page.text


def test_preview_shows_markup_in_a_title_as_it_was_written(cast, desk):
    cast.action(title="<b onclick=alert(1)>Trap</b>", due_on=date(2026, 3, 15))

    page = desk.get(PAGE, {"person": cast.owner.pk}).text

    assert "&lt;b onclick=alert(1)&gt;Trap" in page
    assert "<b onclick" not in page


@pytest.mark.parametrize("person", ["0", "x", "9" * 30, "outsider"])
def test_preview_of_nobodys_mail_is_not_found(cast, desk, person):
    assert desk.get(PAGE, {"person": cast.outsider.pk if person == "outsider" else person}).status_code == 404


def test_preview_finds_people_by_name_and_goes_by_pages(cast, desk, monkeypatch):
    monkeypatch.setattr("actions.admin.WeeklyRunAdmin.PEOPLE_A_PAGE", 2)

    assert [person.name for person, _ in desk.get(PAGE, {"p": 2}).context["rows"]] == ["Mate", "Owner"]
    assert [person.name for person, _ in desk.get(PAGE, {"q": "mana"}).context["rows"]] == ["Manager"]
    assert "Nobody of that name" in desk.get(PAGE, {"q": "zzz"}).text


@pytest.mark.parametrize(
    ("now", "is_planned", "monday"),
    [
        ("2026-03-15T22:59+00:00", False, date(2026, 3, 16)),
        ("2026-03-16T05:00+00:00", False, date(2026, 3, 16)),
        ("2026-03-16T09:00+00:00", True, date(2026, 3, 23)),
        ("2026-03-18T09:00+00:00", True, date(2026, 3, 23)),
    ],
)
def test_next_monday_is_today_until_its_mail_is_planned(cast, now, is_planned, monday):
    if is_planned:
        WeeklyRun.objects.create(monday=MONDAY)

    assert next_monday(datetime.fromisoformat(now)) == monday


def test_list_of_weeks_leads_to_the_next(cast, desk):
    assert f'href="{PAGE}"' in desk.get("/admin/actions/weeklyrun/").text
