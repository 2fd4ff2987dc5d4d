"""The mails around a draft: that it is there to read, that a review is asked for, and that changes are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string

from incidents.queries import people_who_see
from people.mail import Letter, inlined, plan_mails
from people.models import Organisation, User
from postmortems.models import Postmortem, Reviewer

SHARED, REVIEW, CHANGES = "draft_shared", "review_asked", "changes_asked"


def tell_of_draft(postmortem: Postmortem, *, by: User) -> None:
    """Owe a mail to whoever took part, is invited or facilitates, and may see it; once for each post-mortem.

    Its reviewers are asked in a mail of their own.
    """
    wanted = Q(pk__in=postmortem.incident.participants.values("pk")) | Q(pk=postmortem.facilitator_id)
    asked = postmortem.reviewers.filter(asked_at__isnull=False).values("person")
    readers = people_who_see(postmortem.incident).filter(wanted).exclude(Q(pk=by.pk) | Q(pk__in=asked))
    subject = f"To read: the draft on {postmortem.incident}"
    letters = (_letter(SHARED, subject, person, postmortem, by) for person in readers)
    plan_mails(SHARED, f"postmortem-{postmortem.pk}", letters)


def ask_for_review(postmortem: Postmortem, reviewers: Iterable[Reviewer], *, by: User, at: datetime) -> None:
    """Owe each a mail for being asked at that moment; who names themselves knows."""
    asked = {reviewer.person_id: reviewer for reviewer in reviewers}
    readers = people_who_see(postmortem.incident).filter(pk__in=asked).exclude(pk=by.pk)
    subject = f"For your review: {postmortem.incident}"
    letters = (
        _letter(REVIEW, subject, person, postmortem, by, is_again=bool(asked[person.pk].answer)) for person in readers
    )
    plan_mails(REVIEW, f"postmortem-{postmortem.pk}-{at:%Y%m%dT%H%M%S}", letters)


def tell_of_changes_asked(reviewer: Reviewer, *, by: User) -> None:
    """Owe a mail to those who wrote it, whoever asked for the review and whoever facilitates."""
    postmortem = reviewer.postmortem
    wanted = Q(pk__in=[reviewer.named_by_id, postmortem.opened_by_id, postmortem.facilitator_id])
    wanted |= Q(pk__in=postmortem.authors.values("pk"))
    readers = people_who_see(postmortem.incident).filter(wanted).exclude(pk=by.pk)
    subject = f"{by} asks for changes: {postmortem.incident}"
    letters = (_letter(CHANGES, subject, person, postmortem, by, words=reviewer.words) for person in readers)
    plan_mails(CHANGES, f"reviewer-{reviewer.pk}-{reviewer.revision_id}", letters)


def _letter(kind: str, subject: str, person: User, postmortem: Postmortem, by: User, **more: Any) -> Letter:
    incident = postmortem.incident
    context = {
        "person": person,
        "who": str(by),
        "incident": incident,
        "meeting_at": postmortem.meeting_at and postmortem.meeting_at.astimezone(person.zone),
        "postmortem": postmortem,
        "url": settings.SITE_URL + postmortem.get_absolute_url(),
        "organisation": Organisation.load(),
        **more,
    }
    return Letter(
        person.pk,
        subject,
        render_to_string(f"emails/{kind}.txt", context),
        inlined(render_to_string(f"emails/{kind}.html", context)),
        concerns={"incident": [incident.number]},
        topic=kind,
    )
