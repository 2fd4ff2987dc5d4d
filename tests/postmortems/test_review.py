"""Named reviewers: who is asked, what they answer, and what that means for publishing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from actions.commands import start_action
from incidents.models import Incident
from insights.queries import my_work
from live.commands import replace_text
from people.mail import send_due_mail
from people.models import RecordEntry
from postmortems.commands import (
    add_event,
    ask_again,
    name_reviewers,
    publish_postmortem,
    review_postmortem,
    send_back_postmortem,
    submit_postmortem,
)
from postmortems.errors import NotMovable, NotPublishable, NotReviewable
from postmortems.models import Postmortem
from postmortems.reviews import reviews_of
from tests.factories import ActionFactory, ParticipantFactory, UserFactory
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
PAGE, NAME, ANSWER, SUBMIT, PUBLISH, AGAIN = (
    f"/postmortems/7/{verb}" for verb in ("", "name-reviewers/", "review/", "submit/", "publish/", "ask-again/")
)
LACKING = "The cause is missing."


@pytest.fixture
def reviewer(db):
    return UserFactory(email="rosa@harbour.example", name="Rosa Reviewer")


@pytest.fixture
def asked(draft, member, reviewer):
    """In review, with one reviewer who has been asked."""
    with time_machine.travel(NOW, tick=False):
        return submit_postmortem(draft, by=member, added=[reviewer])


@pytest.fixture
def objected(asked, reviewer):
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        review_postmortem(asked, by=reviewer, answer="changes", words=LACKING)
    return asked


@pytest.fixture
def approved(asked, reviewer):
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        review_postmortem(asked, by=reviewer, answer="approved")
    return asked


@pytest.fixture
def approved_by_another(asked, member):
    ParticipantFactory(incident=asked.incident, user=member)
    name_reviewers(asked, by=member, added=[member])
    return review_postmortem(asked, by=member, answer="approved")


def states(postmortem):
    return [row.state for row in reviews_of(postmortem).rows]


def told(mailoutbox):
    send_due_mail()
    return [(mail.to[0], mail.subject) for mail in mailoutbox]


def test_submitting_names_reviewers_and_asks_each_with_one_mail(draft, member, reviewer, mailoutbox):
    ParticipantFactory(incident=draft.incident, user=reviewer)

    submit_postmortem(draft, by=member, added=[reviewer, member])

    assert states(draft) == ["waiting", "waiting"]
    assert told(mailoutbox) == [("rosa@harbour.example", "For your review: INC-7 Checkout answers slowly")]
    assert "/postmortems/7/" in mailoutbox[0].body


def test_the_dialog_submits_with_the_reviewers_that_were_chosen(signed_in, draft, reviewer):
    page = signed_in.get(SUBMIT, headers=HTMX).content.decode()
    answer = signed_in.post(SUBMIT, {"reviewers": [reviewer.pk]}, headers=HTMX)

    draft.refresh_from_db()
    assert "<dialog" in page and "/people/suggest/reviewer/7/" in page
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "dialogDone, statusChanged")
    assert (draft.status, states(draft)) == (Postmortem.Status.IN_REVIEW, ["waiting"])


def test_a_reviewer_named_in_a_draft_is_asked_when_it_goes_to_review(draft, member, reviewer, mailoutbox):
    name_reviewers(draft, by=member, added=[reviewer])
    before = (states(draft), told(mailoutbox))

    submit_postmortem(draft, by=member)

    assert before == (["named"], [])
    assert (states(draft), len(told(mailoutbox))) == (["waiting"], 1)


def test_a_reviewer_named_while_it_is_in_review_is_asked_at_once(asked, member, facilitator, announced, mailoutbox):
    name_reviewers(asked, by=member, added=[facilitator])

    assert announced == ["reviewsChanged"]
    assert [to for to, _ in told(mailoutbox)] == ["rosa@harbour.example", facilitator.email]


def test_two_people_who_name_reviewers_at_once_do_not_undo_each_other(signed_in, draft, member, reviewer, facilitator):
    name_reviewers(draft, by=member, added=[reviewer])

    signed_in.post(NAME, {"seen": [], "reviewers": [facilitator.pk]})

    assert {row.reviewer.person for row in reviews_of(draft).rows} == {reviewer, facilitator}


def test_a_reviewer_who_has_answered_stays(objected, member, reviewer, signed_in):
    with pytest.raises(NotMovable) as refusal:
        name_reviewers(objected, by=member, removed=[reviewer])
    page = signed_in.post(NAME, {"seen": [reviewer.pk], "reviewers": []})

    assert refusal.value.reasons == ("Rosa Reviewer has answered: an answer stays with the document.",)
    assert (page.status_code, "an answer stays with the document" in page.content.decode()) == (422, True)
    assert states(objected) == ["changes"]


def test_nobody_reviews_who_may_not_see_it(client, administrator, hidden, reviewer):
    client.force_login(administrator)

    answer = client.post("/postmortems/9/name-reviewers/", {"reviewers": [reviewer.pk]})
    with pytest.raises(NotMovable):
        name_reviewers(hidden, by=administrator, added=[reviewer])

    assert (answer.status_code, "cannot see this restricted incident" in answer.content.decode()) == (422, True)
    assert not hidden.reviewers.exists()


def test_the_mail_of_a_review_is_withheld_where_the_incident_was_hidden_meanwhile(asked, mailoutbox):
    Incident.objects.filter(pk=asked.incident_id).update(is_restricted=True)

    assert told(mailoutbox) == []


def test_an_approval_is_on_record_with_its_version_and_everybody_hears_of_it(asked, reviewer, recorded, announced):
    answered = review_postmortem(asked, by=reviewer, answer="approved")

    assert (answered.revision.name, answered.revision.kind) == ("Approved by Rosa Reviewer", "reviewed")
    assert recorded(asked)[0] == ("postmortem.approved", reviewer)
    assert announced == ["historyChanged", "reviewsChanged"]


def test_earlier_words_of_a_reviewer_stay_in_the_history(objected, reviewer, signed_in):
    review_postmortem(objected, by=reviewer, answer="approved", words="Now it is clear.")
    number = objected.revisions.get(name="Changes asked for by Rosa Reviewer").number

    line = signed_in.get(f"{PAGE}history/").content.decode()
    version = signed_in.get(f"{PAGE}history/{number}/").content.decode()

    assert (LACKING in line, "Now it is clear." in line) == (True, True)
    assert (LACKING in version, "Now it is clear." in version) == (True, False)


def test_asking_for_changes_brings_the_words_to_those_who_answer_for_it(asked, member, reviewer, mailoutbox):
    send_due_mail()
    mailoutbox.clear()

    review_postmortem(asked, by=reviewer, answer="changes", words=LACKING)

    subject = "Rosa Reviewer asks for changes: INC-7 Checkout answers slowly"
    assert sorted(told(mailoutbox)) == sorted([(member.email, subject), (asked.opened_by.email, subject)])
    assert LACKING in mailoutbox[0].body


def test_asking_for_changes_without_words_is_refused(client, asked, reviewer):
    client.force_login(reviewer)

    with pytest.raises(NotReviewable):
        review_postmortem(asked, by=reviewer, answer="changes", words=" ")
    panel = client.post(ANSWER, {"answer": "changes", "words": ""}, headers=HTMX)
    page = client.post(ANSWER, {"answer": "changes", "words": "x" * 2001})

    assert (panel.status_code, "Say what has to change." in panel.content.decode()) == (422, True)
    assert (page.status_code, "x" * 2001 in page.content.decode()) == (422, True)
    assert states(asked) == ["waiting"]


@pytest.mark.parametrize("moved", ["draft", "published"])
def test_an_answer_outside_of_the_review_is_refused(asked, reviewer, moved):
    Postmortem.objects.filter(pk=asked.pk).update(status=moved, published_at=NOW)

    with pytest.raises(NotReviewable) as refusal:
        review_postmortem(asked, by=reviewer, answer="approved")

    assert refusal.value.reasons == ("It is not in review now.",)


def test_a_viewer_who_is_named_answers_and_others_do_not(client, asked, member, viewer, signed_in):
    assert signed_in.post(ANSWER, {"answer": "approved"}).status_code == 403
    name_reviewers(asked, by=member, added=[viewer])
    client.force_login(viewer)

    assert "Your review is asked for." in client.get(PAGE).content.decode()
    client.post(ANSWER, {"answer": "approved"})

    assert states(asked) == ["waiting", "approved"]


@pytest.mark.parametrize("change", ["text", "event", "action added", "action begun"])
def test_an_approval_tells_of_later_changes_but_not_of_work_that_goes_on(approved, member, signed_in, change):
    if change == "text":
        replace_text(approved.room, "summary", "It was slow for two hours.", base_version=None, by=member)
    elif change == "event":
        add_event(approved, by=member, occurred_at=NOW, text="One more.")
    else:
        action = ActionFactory(postmortem=approved, owner=member)
    if change == "action begun":
        review_postmortem(approved, by=approved.reviewers.get().person, answer="approved")
        start_action(action, by=member)

    number = approved.reviewers.get().revision.number
    panel = signed_in.get(f"{PAGE}reviews/", headers=HTMX).content.decode()

    is_outdated = change != "action begun"
    assert states(approved) == ["outdated" if is_outdated else "approved"]
    assert (f"/postmortems/7/history/compare/?from={number}" in panel) is is_outdated


def test_a_review_is_asked_for_again_and_mailed_again_once(objected, member, reviewer, mailoutbox):
    send_due_mail()
    mailoutbox.clear()

    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        ask_again(objected, by=member)
        with pytest.raises(NotMovable):
            ask_again(objected, by=member)
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        sent = told(mailoutbox)

    assert sent == [("rosa@harbour.example", "For your review: INC-7 Checkout answers slowly")]
    assert "It has changed since your answer" in mailoutbox[0].body
    assert reviews_of(objected).to_ask_again == []


def test_what_is_submitted_again_asks_all_but_those_whose_approval_holds(approved, member, facilitator, mailoutbox):
    name_reviewers(approved, by=member, added=[facilitator])
    send_back_postmortem(approved, by=member)
    send_due_mail()
    mailoutbox.clear()

    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        submit_postmortem(approved, by=member)
        sent = told(mailoutbox)

    assert [to for to, _ in sent] == [facilitator.email]


def test_publishing_over_a_request_for_changes_asks_for_a_reason_which_stays(facilitating, objected, facilitator):
    with pytest.raises(NotPublishable) as refusal:
        publish_postmortem(objected, by=facilitator)
    assert refusal.value.reasons == ("Rosa Reviewer asks for changes.",)

    facilitating.post(PUBLISH, {"reason": "The board meets today."})

    objected.refresh_from_db()
    entry = RecordEntry.objects.about(objected).get(verb="postmortem.published")
    assert (objected.status, objected.published_anyway) == ("published", "The board meets today.")
    assert entry.details == {"reason": "The board meets today.", "though": "Rosa Reviewer asked for changes"}
    page = facilitating.get(PAGE).content.decode()
    assert "Fay Facilitator published it all the same: The board meets today." in page


def test_missing_answers_and_old_approvals_warn_and_do_not_block(facilitating, approved, member, facilitator):
    name_reviewers(approved, by=member, added=[member])
    replace_text(approved.room, "summary", "It was slow for two hours.", base_version=None, by=member)

    page = facilitating.get(PAGE).content.decode()
    publish_postmortem(approved, by=facilitator, reason="Not needed.")

    assert "Mira Member has not answered yet." in page
    assert "Rosa Reviewer approved it before later changes." in page
    approved.refresh_from_db()
    assert (approved.status, approved.published_anyway) == ("published", "")


def test_reviewers_of_a_published_one_stay_as_they_were(signed_in, published, member, reviewer):
    with pytest.raises(NotMovable):
        name_reviewers(published, by=member, added=[reviewer])

    assert signed_in.get(NAME).status_code == 403


def test_home_asks_for_a_review_until_it_is_answered_and_again_when_it_is_asked_again(asked, reviewer, member, client):
    client.force_login(reviewer)
    page = client.get("/").content.decode()
    review_postmortem(asked, by=reviewer, answer="changes", words=LACKING)
    answered = my_work(reviewer, on=NOW.date()).reviews
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        ask_again(asked, by=member)

    assert "Your review is asked for" in page
    assert answered == []
    assert [one.postmortem for one in my_work(reviewer, on=NOW.date()).reviews] == [asked]


def test_lists_say_how_far_a_review_is(signed_in, asked, objected, approved_by_another):
    for page in ("/postmortems/", "/"):
        assert "1 of 2 approved, 1 asks for changes" in signed_in.get(page).content.decode()


def test_home_hides_a_review_of_what_one_may_no_longer_see(asked, reviewer):
    Incident.objects.filter(pk=asked.incident_id).update(is_restricted=True)

    assert my_work(reviewer, on=NOW.date()).reviews == []


def test_the_page_is_headed_by_date_duration_users_revenue_and_authors(signed_in, draft, member):
    type(draft.incident.impact).objects.update(users_affected_count=1200, users_affected_percent="3.5")
    draft.authors.add(member)

    head = signed_in.get(f"{PAGE}headline/", headers=HTMX).content.decode()

    for said in ("2 Mar 2026", "1 h 30 min", "1,200 · 3.5 %", "Mira Member", "unknown"):
        assert said in head


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_asks_the_database_as_often_for_one_reviewer_as_for_three(
    signed_in, asked, reviewer, member, django_assert_num_queries, warm, count
):
    others = [UserFactory() for _ in range(count - 1)]
    name_reviewers(asked, by=member, added=others)
    for person in [reviewer, *others]:
        review_postmortem(asked, by=person, answer="approved")
    warm(signed_in)

    with django_assert_num_queries(20):
        signed_in.get(f"{PAGE}reviews/", headers=HTMX)
