from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from actions.commands import add_action, finish_action
from incidents.commands import edit_incident
from live.commands import replace_text
from live.log import fold_room, forget_old_rows, newest
from live.models import Snapshot, Update
from people.models import User
from postmortems.commands import (
    add_event,
    close_postmortem,
    name_revision,
    open_postmortem,
    publish_postmortem,
    reopen_postmortem,
    send_back_postmortem,
    submit_postmortem,
)
from postmortems.errors import NotClosable
from postmortems.exporting.as_json import payload
from postmortems.exporting.document import document_of
from postmortems.history import keeping
from postmortems.history.changes import in_words
from postmortems.history.keeping import Reason, keep_automatic, keep_revision, postmortems_to_keep
from postmortems.history.states import state_of
from postmortems.models import Postmortem, Revision, RevisionPart
from postmortems.tasks import keep_revisions
from tests.factories import (
    STARTED_AT,
    ActionFactory,
    IncidentFactory,
    PostmortemFactory,
    SectionFactory,
    TemplateFactory,
    TemplateSectionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TITLES = {"summary": "Summary", "impact": "Impact"}


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the database nothing is settled that a test has not committed; the tests that commit take its word for it."""
    if "transactional_db" not in request.fixturenames:
        monkeypatch.setattr(keeping, "settled_upto", lambda room_id, after: newest(room_id))


@pytest.fixture
def kept(member: User) -> Postmortem:
    """INC-7 with two sections, whose first revision is kept."""
    postmortem = PostmortemFactory(
        incident=IncidentFactory(number=7), texts={"summary": "Checkout was slow.", "impact": ""}
    )
    SectionFactory(postmortem=postmortem, key="impact", title="Impact")
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=False):
        keep_revision(postmortem, Reason(Revision.Kind.OPENED, "Opened", member))
    return postmortem


def write(postmortem: Postmortem, key: str, text: str, by: User | None, *, minutes_ago: float) -> None:
    """As if it had been typed then; what is older than ten seconds and committed is settled."""
    version = replace_text(postmortem.room, key, text, base_version=None, by=by)
    at = timezone.now() - timedelta(minutes=minutes_ago)
    Update.objects.filter(pk=version).update(created_at=at)


def told(revision: Revision) -> list[tuple[str, list[int]]]:
    return [(in_words(change, TITLES), change["people"]) for change in revision.changes]


def test_opening_keeps_what_the_template_says(member):
    template = TemplateFactory(name="Brief review")
    TemplateSectionFactory(template=template, body="Two sentences.")

    postmortem = open_postmortem(IncidentFactory(), template=template, by=member)

    revision = postmortem.revisions.get()
    assert (revision.number, revision.name, revision.by) == (1, "Opened: Brief review", member)
    assert state_of(revision).texts == {"summary": "Two sentences."}


def test_each_step_keeps_a_named_version(kept, facilitator):
    submit_postmortem(kept, by=facilitator)
    send_back_postmortem(kept, by=facilitator)
    submit_postmortem(kept, by=facilitator)
    publish_postmortem(kept, by=facilitator)
    close_postmortem(kept, by=facilitator)
    reopen_postmortem(kept, by=facilitator)

    steps = kept.revisions.filter(kind="status").order_by("number")
    assert [(step.name, step.by) for step in steps] == [
        (name, facilitator)
        for name in (
            "Submitted for review", "Sent back to draft", "Submitted for review", "Published", "Closed", "Reopened",
        )
    ]  # fmt: skip


def test_a_step_that_is_refused_keeps_nothing(kept, facilitator):
    with pytest.raises(NotClosable):
        close_postmortem(kept, by=facilitator)

    assert kept.revisions.count() == 1


def test_a_step_holds_the_words_of_its_own_transaction_and_who_wrote_them(kept, member, facilitator):
    replace_text(kept.room, "impact", "Every second order failed.", base_version=None, by=member)

    submit_postmortem(kept, by=facilitator)

    revision = kept.revisions.first()
    assert state_of(revision).text("impact") == "Every second order failed."
    assert told(revision) == [("Impact", [member.pk])]
    assert (revision.changes[0]["added"], revision.changes[0]["removed"]) == (4, 0)


def test_work_is_kept_by_itself_one_version_for_each_stretch(kept, member, facilitator):
    write(kept, "summary", "Checkout was slow for an hour.", member, minutes_ago=60)
    write(kept, "impact", "Many felt it.", facilitator, minutes_ago=59.5)
    write(kept, "summary", "Checkout was down for an hour.", facilitator, minutes_ago=30)

    assert keep_automatic(kept) == 2

    first, second = kept.revisions.filter(kind="automatic").order_by("number")
    assert told(first) == [("Summary", [member.pk]), ("Impact", [facilitator.pk])]
    assert state_of(first).texts == {"summary": "Checkout was slow for an hour.", "impact": "Many felt it."}
    assert told(second) == [("Summary", [facilitator.pk])]
    assert state_of(second).text("summary") == "Checkout was down for an hour."
    assert second.at - first.at == pytest.approx(timedelta(minutes=29.5), abs=timedelta(seconds=1))


def test_one_long_stretch_is_cut_after_five_minutes(kept, member):
    for minute in range(12, 0, -1):
        write(kept, "summary", f"Minute {minute}", member, minutes_ago=minute)

    assert keep_automatic(kept) == 3


def test_two_authors_of_one_section_are_both_named(kept, member, facilitator):
    write(kept, "summary", "Checkout was very slow.", member, minutes_ago=9)
    write(kept, "summary", "Checkout was very slow. For long.", facilitator, minutes_ago=8.9)

    keep_automatic(kept)

    assert told(kept.revisions.first()) == [("Summary", sorted([member.pk, facilitator.pk]))]


def test_words_that_came_and_went_in_one_stretch_leave_no_version(kept, member):
    write(kept, "summary", "Checkout was slow. Oh", member, minutes_ago=9)
    write(kept, "summary", "Checkout was slow.", member, minutes_ago=8.9)

    assert keep_automatic(kept) == 0
    assert postmortems_to_keep() == []


def test_while_somebody_is_typing_nothing_is_kept_yet(kept, member):
    write(kept, "summary", "Checkout was", member, minutes_ago=1)

    assert keep_automatic(kept) == 0
    assert postmortems_to_keep() == [kept.pk]


def test_run_twice_it_keeps_each_stretch_once(kept, member):
    write(kept, "summary", "Checkout was down.", member, minutes_ago=9)

    assert (keep_automatic(kept), keep_automatic(kept)) == (1, 0)


def test_two_workers_at_once_keep_each_stretch_once(kept, member, monkeypatch):
    """The other worker is done in the moment between this one's reading and its writing."""
    write(kept, "summary", "Checkout was down.", member, minutes_ago=9)
    told_once = keeping.stretches

    def overtaken(*args):
        monkeypatch.setattr(keeping, "stretches", told_once)
        found = list(told_once(*args))
        keep_automatic(kept)
        return iter(found)

    monkeypatch.setattr(keeping, "stretches", overtaken)
    keep_automatic(kept)

    assert kept.revisions.filter(kind="automatic").count() == 1


def test_rows_are_kept_with_who_changed_them(kept, member, facilitator):
    add_event(kept, by=member, text="The first alert fires.", occurred_at=STARTED_AT)
    add_event(kept, by=member, text="Traffic is moved.", occurred_at=STARTED_AT)
    edit_incident(kept.incident, by=facilitator, severity=3)
    action = add_action(kept, by=facilitator, title="Watch it", owner=None, due_on=None)
    keep_revisions()

    revision = kept.revisions.first()
    assert told(revision) == [
        ("2 timeline events", [member.pk]), ("facts", [facilitator.pk]), ("1 action", [facilitator.pk]),
    ]  # fmt: skip
    finish_action(action, by=member, evidence="https://ci.example/9")
    keep_revisions()

    rows = state_of(kept.revisions.first()).rows["actions"]
    assert [(row.values["title"], row.values["status"]) for row in rows] == [("Watch it", "done")]


def test_the_sweep_is_done_with_a_document_in_which_nothing_happens(kept, member):
    add_event(kept, by=member, text="The first alert fires.", occurred_at=STARTED_AT)
    keep_revisions()
    type(kept.history).objects.update(rows_at=timezone.now())

    assert postmortems_to_keep() == []


def test_a_document_from_before_there_was_a_history_gets_its_first_version(draft, member):
    ActionFactory(postmortem=draft)
    keep_revisions()

    revision = draft.revisions.get()
    assert (revision.number, revision.name) == (1, "First kept")
    assert state_of(revision).text("summary") == "Checkout was slow for an hour and a half."


@pytest.mark.expects_server_errors
def test_one_document_that_cannot_be_told_leaves_the_others_their_turn(kept, draft_beside, monkeypatch, caplog):
    def broken(postmortem):
        if postmortem.pk == kept.pk:
            raise RuntimeError("broken")
        return keep_automatic(postmortem)

    monkeypatch.setattr("postmortems.tasks.postmortems_to_keep", lambda: [kept.pk, draft_beside.pk])
    monkeypatch.setattr("postmortems.tasks.keep_automatic", broken)
    keep_revisions()

    assert draft_beside.revisions.count() == 1
    assert "could not be kept" in caplog.text


@pytest.fixture
def draft_beside(kept: Postmortem) -> Postmortem:
    return PostmortemFactory(incident=IncidentFactory(number=8))


def test_what_stays_alike_is_kept_once(kept, member):
    before = RevisionPart.objects.count()
    name_revision(kept, "As it was", by=member)

    assert RevisionPart.objects.count() == before


def test_a_name_may_stand_where_nothing_changed(kept, member):
    revision = name_revision(kept, "Before the meeting", by=member)

    assert (revision.number, revision.kind, revision.name, revision.by) == (2, "named", "Before the meeting", member)


def test_rows_of_the_log_stay_until_a_version_tells_them(transactional_db, kept, member):
    write(kept, "impact", "Many felt it.", member, minutes_ago=9)
    Update.objects.filter(room=kept.room).update(created_at=timezone.now() - timedelta(days=40))
    assert fold_room(kept.room_id)
    Snapshot.objects.update(created_at=timezone.now() - timedelta(days=39))

    assert forget_old_rows() == 0
    keep_revisions()
    assert forget_old_rows() == 2

    assert Update.objects.filter(room=kept.room).count() == 0
    assert state_of(kept.revisions.first()).text("impact") == "Many felt it."


def test_where_the_log_does_not_reach_back_everything_since_is_one_version(kept, member):
    Update.objects.filter(room=kept.room).delete()

    replace_text(kept.room, "impact", "Nobody felt it.", base_version=None, by=member)
    Update.objects.update(created_at=timezone.now() - timedelta(minutes=9))
    assert keep_automatic(kept) == 1

    revision = kept.revisions.first()
    assert state_of(revision).texts == {"summary": "", "impact": "Nobody felt it."}
    assert told(revision) == [("Summary", [member.pk]), ("Impact", [member.pk])]


@pytest.mark.parametrize("table", ["postmortems_revision", "postmortems_revisionpart"])
@pytest.mark.parametrize("verb", ["delete from {}", "update {} set postmortem_id = postmortem_id"])
def test_the_database_refuses_to_change_history(kept, table, verb):
    with (
        pytest.raises(IntegrityError, match="History is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))


def test_long_texts_with_emoji_are_kept_to_the_letter(kept):
    text = ("👩‍👩‍👧 Überall é " * 4000 + "\n") * 3
    replace_text(kept.room, "summary", text, base_version=None, by=UserFactory())
    revision = keep_revision(kept, Reason())

    assert state_of(revision).text("summary") == text


def test_the_json_export_lists_the_versions_with_a_name(kept, member):
    write(kept, "summary", "Checkout was down.", member, minutes_ago=9)
    keep_automatic(kept)
    name_revision(kept, "Before the review", by=member)

    versions = payload(document_of(kept, at=timezone.now()))["versions"]

    assert [(one["number"], one["name"], one["kind"], one["by"]) for one in versions] == [
        (1, "Opened", "opened", "Mira Member"), (3, "Before the review", "named", "Mira Member"),
    ]  # fmt: skip
