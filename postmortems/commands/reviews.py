"""Who is named to review a post-mortem, that they are asked, and what they answer."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from incidents.queries import people_who_see
from live.commands import announce
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.errors import NotMovable, NotReviewable
from postmortems.history.keeping import Reason, keep_revision
from postmortems.invitations import ask_for_review, tell_of_changes_asked
from postmortems.models import Postmortem, Reviewer, Revision
from postmortems.reviews import Review, listed, reviews_of

Status, Answer = Postmortem.Status, Reviewer.Answer
ANSWERS = {
    Answer.APPROVED: ("postmortem.approved", "Approved by {}"),
    Answer.CHANGES: ("postmortem.changes_asked", "Changes asked for by {}"),
}


@transaction.atomic
def name_reviewers(
    postmortem: Postmortem, *, by: User, added: Iterable[User] = (), removed: Iterable[User] = ()
) -> Postmortem:
    """Say who reviews it; who is named while it is in review is asked at once, by mail too.

    Raises NotMovable once it is published, for whoever may not see it, and to take off who has answered: an answer stays.
    """
    refuse_when_closed(postmortem, "change its reviewers")
    postmortem = Postmortem.objects.select_related("room", "incident__team").get(pk=postmortem.pk)
    if postmortem.published_at:
        raise NotMovable("It is published: who reviewed it stays as it was.")
    named = {reviewer.person_id: reviewer for reviewer in postmortem.reviewers.select_related("person")}
    gone = [named[person.pk] for person in removed if person.pk in named]
    fresh = [person for person in added if person.pk not in named]
    _refuse_to_lose_answers(gone)
    _refuse_to_show_it(postmortem, fresh)
    if not (gone or fresh):
        return postmortem
    postmortem.reviewers.filter(pk__in=[reviewer.pk for reviewer in gone]).delete()
    Reviewer.objects.bulk_create(Reviewer(postmortem=postmortem, person=person, named_by=by) for person in fresh)
    names = {"added": [str(person) for person in fresh], "removed": [str(reviewer) for reviewer in gone]}
    put_on_record(postmortem, "postmortem.reviewers_named", by=by, **names)
    if postmortem.status == Status.IN_REVIEW:
        ask_reviewers(postmortem, by=by)
    announce(postmortem.room, "reviewsChanged")
    return postmortem


def _refuse_to_lose_answers(gone: list[Reviewer]) -> None:
    if answered := [reviewer for reviewer in gone if reviewer.answer]:
        verb = "has" if len(answered) == 1 else "have"
        raise NotMovable(f"{listed(answered)} {verb} answered: an answer stays with the document.")


def _refuse_to_show_it(postmortem: Postmortem, fresh: list[User]) -> None:
    seers = set(
        people_who_see(postmortem.incident).filter(pk__in=[one.pk for one in fresh]).values_list("pk", flat=True)
    )
    if blind := [person for person in fresh if person.pk not in seers]:
        raise NotMovable(f"{listed(blind)} cannot see it, and so cannot review it.")


def ask_reviewers(postmortem: Postmortem, *, by: User, anew: bool = False) -> None:
    """Ask those whom nobody has asked yet; `anew`, as it goes to review, all but those whose approval still holds."""
    rows = reviews_of(postmortem).rows
    _ask(postmortem, [row for row in rows if row.reviewer.asked_at is None or (anew and row.state != "approved")], by)


@transaction.atomic
def ask_again(postmortem: Postmortem, *, by: User) -> None:
    """Ask those for a new answer who asked for changes or approved what was changed since. Raises NotMovable."""
    postmortem = _locked(postmortem)
    if postmortem.status != Status.IN_REVIEW:
        raise NotMovable("It is not in review now.")
    if not (due := reviews_of(postmortem).to_ask_again):
        raise NotMovable("There is nobody to ask again.")
    _ask(postmortem, due, by)
    put_on_record(postmortem, "postmortem.asked_again", by=by, reviewers=[str(row.reviewer) for row in due])
    announce(postmortem.room, "reviewsChanged")


def _ask(postmortem: Postmortem, due: list[Review], by: User) -> None:
    now = timezone.now()
    Reviewer.objects.filter(pk__in=[row.reviewer.pk for row in due]).update(asked_at=now)
    ask_for_review(postmortem, [row.reviewer for row in due], by=by, at=now)


def _locked(postmortem: Postmortem) -> Postmortem:
    rows = Postmortem.objects.select_for_update(of=("self",)).select_related("incident__team", "room")
    return rows.get(pk=postmortem.pk)


@transaction.atomic
def review_postmortem(postmortem: Postmortem, *, by: User, answer: str, words: str = "") -> Reviewer:
    """Approve it as it stands now, or ask for changes in words; the version that this is about is kept.

    Raises NotReviewable when it is not in review, when nobody asked this person, and for changes without words.
    """
    postmortem = _locked(postmortem)
    reviewer = postmortem.reviewers.filter(person=by).first()
    if reviewer is None:
        raise NotReviewable("You are not among its reviewers.")
    if postmortem.status != Status.IN_REVIEW:
        raise NotReviewable("It is not in review now.")
    if answer == Answer.CHANGES and not words.strip():
        raise NotReviewable("Say what has to change.")
    verb, title = ANSWERS[Answer(answer)]
    revision = keep_revision(postmortem, Reason(Revision.Kind.REVIEWED, title.format(by)[:120], by))
    assert revision is not None  # noqa: S101 - only `only_if_changed` answers None
    reviewer.answer, reviewer.words = answer, words.strip()
    reviewer.answered_at, reviewer.revision = timezone.now(), revision
    reviewer.save(update_fields=["answer", "words", "answered_at", "revision", "updated_at"])
    put_on_record(postmortem, verb, by=by, words=reviewer.words, number=revision.number)
    if answer == Answer.CHANGES:
        tell_of_changes_asked(reviewer, by=by)
    announce(postmortem.room, "reviewsChanged")
    return reviewer
