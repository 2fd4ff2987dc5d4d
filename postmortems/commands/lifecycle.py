"""The life of a post-mortem: draft → in review → published → closed."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents.models import Incident
from live.commands import announce, create_room, eject, seal, unseal
from people.models import User
from people.record import put_on_record
from postmortems.asking import missing
from postmortems.commands.reviews import ask_reviewers, name_reviewers
from postmortems.commands.timeline import event_of_note
from postmortems.errors import NotClosable, NotMovable, NotOpenable, NotPublishable, NotSubmittable
from postmortems.history.keeping import Reason, keep_revision
from postmortems.invitations import tell_of_draft
from postmortems.models import Postmortem, Revision, Section, Template
from postmortems.reviews import listed
from postmortems.signals import postmortem_closed, postmortem_published
from postmortems.versions import keep_version

Status = Postmortem.Status


@transaction.atomic
def open_postmortem(incident: Incident, *, template: Template, by: User, is_imported: bool = False) -> Postmortem:
    """Start the post-mortem of an incident with the sections of a template.

    Raises NotOpenable when there is one already. Its first revision is kept with it, and one with every step after.
    """
    Incident.objects.select_for_update().get(pk=incident.pk)
    if Postmortem.objects.filter(incident=incident).exists():
        raise NotOpenable(f"{incident.reference} has a post-mortem already.")
    version = keep_version(template, by=None)
    sections = version.sections
    room = create_room("postmortems", {section.key: section.body for section in sections})
    postmortem = Postmortem.objects.create(
        incident=incident, template=template, template_version=version, room=room, opened_by=by,
        is_imported=is_imported,
    )  # fmt: skip
    Section.objects.bulk_create(
        Section(postmortem=postmortem, position=10 * place, **asdict(section))
        for place, section in enumerate(sections, start=1)
    )
    postmortem.authors.add(by)
    _take_over_notes(postmortem)
    put_on_record(postmortem, "postmortem.opened", by=by, template=template.name, version=version.number)
    keep_revision(postmortem, Reason(Revision.Kind.OPENED, f"Opened: {template.name}"[:120], by))
    return postmortem


def _take_over_notes(postmortem: Postmortem) -> None:
    """What was noted while the incident went on begins its timeline."""
    for place, note in enumerate(postmortem.incident.notes.select_related("author")):
        event_of_note(postmortem, note, place).save()


def submit_blockers(postmortem: Postmortem) -> list[str]:
    """Every reason this post-mortem may not go to review yet; empty when it may."""
    if postmortem.status != Status.DRAFT:
        return ["Only a draft can be submitted for review."]
    return missing(postmortem)


def publish_blockers(postmortem: Postmortem, *, anyway: bool = False) -> list[str]:
    """Every reason this post-mortem may not be published yet; `anyway`: a reviewer who asks for changes is none."""
    blockers = []
    if postmortem.status != Status.IN_REVIEW:
        blockers.append("Only a post-mortem in review can be published.")
    if not postmortem.incident.is_resolved:
        blockers.append(f"{postmortem.incident.reference} is still going on: note when it was resolved first.")
    blockers += missing(postmortem)
    objecting = postmortem.reviewers.none() if anyway else postmortem.reviewers.objecting().select_related("person")
    return blockers + [f"{reviewer} asks for changes." for reviewer in objecting]


def close_blockers(postmortem: Postmortem) -> list[str]:
    """Every reason this post-mortem may not be closed yet; empty when it may."""
    blockers = []
    if postmortem.status != Status.PUBLISHED:
        blockers.append("Only a published post-mortem can be closed.")
    for action in postmortem.actions.open():  # type: ignore[attr-defined]
        if action.is_at_work:
            blockers.append(f"{action.reference} is still open: finish it, or drop it on the record.")
        else:
            blockers.append(f"{action.reference} waits for a second person to confirm that it is done.")
    if count := postmortem.candidates.open().count():  # type: ignore[attr-defined]
        what, each = ("1 candidate is", "it") if count == 1 else (f"{count} candidates are", "each")
        blockers.append(f"{what} still open: take {each} on, or say why not.")
    return blockers


@transaction.atomic
def submit_postmortem(
    postmortem: Postmortem, *, by: User, added: Iterable[User] = (), removed: Iterable[User] = ()
) -> Postmortem:
    """Ask for review, of these reviewers too or no longer. Raises NotSubmittable, carrying every blocker, NotMovable where
    a reviewer who has answered is removed, and then changes nothing."""
    postmortem = _locked(postmortem)
    if blockers := submit_blockers(postmortem):
        raise NotSubmittable(*blockers)
    name_reviewers(postmortem, by=by, added=added, removed=removed)
    # Whoever is asked to review it has it to read.
    postmortem.draft_shared_at = postmortem.draft_shared_at or timezone.now()
    postmortem = _move(postmortem, Status.IN_REVIEW, "postmortem.submitted", by=by)
    ask_reviewers(postmortem, by=by, anew=True)
    tell_of_draft(postmortem, by=by)
    return postmortem


@transaction.atomic
def send_back_postmortem(postmortem: Postmortem, *, by: User) -> Postmortem:
    """Return a post-mortem in review to its writers. Raises NotMovable."""
    postmortem = _locked(postmortem)
    if postmortem.status != Status.IN_REVIEW:
        raise NotMovable("Only a post-mortem in review can be sent back to draft.")
    return _move(postmortem, Status.DRAFT, "postmortem.sent_back", by=by)


@transaction.atomic
def publish_postmortem(postmortem: Postmortem, *, by: User, reason: str = "") -> Postmortem:
    """Make it the account that everyone relies on. Raises NotPublishable, carrying every blocker.

    A reviewer who asks for changes is one, unless a `reason` says why it is published all the same; that stays on record.
    """
    postmortem = _locked(postmortem)
    if blockers := publish_blockers(postmortem, anyway=bool(reason.strip())):
        raise NotPublishable(*blockers)
    postmortem.published_at = timezone.now()
    overruled: dict[str, Any] = {}
    if objecting := list(postmortem.reviewers.objecting().select_related("person")):
        postmortem.published_anyway = reason.strip()
        overruled = {"reason": reason.strip(), "though": f"{listed(objecting)} asked for changes"}
    postmortem = _move(postmortem, Status.PUBLISHED, "postmortem.published", by=by, **overruled)
    postmortem_published.send(Postmortem, postmortem=postmortem)
    return postmortem


@transaction.atomic
def close_postmortem(postmortem: Postmortem, *, by: User) -> Postmortem:
    """End the work on a published post-mortem; from now on its text is read-only.

    Raises NotClosable, carrying every blocker, and then changes nothing.
    """
    # Lock before checking: an action may be reopened while someone presses Close.
    postmortem = _locked(postmortem)
    if blockers := close_blockers(postmortem):
        raise NotClosable(*blockers)
    seal(postmortem.room)  # Before the revision is kept: it is to hold the last letter.
    postmortem.closed_at = timezone.now()
    postmortem = _move(postmortem, Status.CLOSED, "postmortem.closed", by=by)
    eject(postmortem.room, reason="closed")
    postmortem_closed.send(Postmortem, postmortem=postmortem)
    return postmortem


@transaction.atomic
def reopen_postmortem(postmortem: Postmortem, *, by: User) -> Postmortem:
    """Take the work up again. Raises NotMovable."""
    postmortem = _locked(postmortem)
    if postmortem.status != Status.CLOSED:
        raise NotMovable("Only a closed post-mortem can be reopened.")
    unseal(postmortem.room)
    postmortem.closed_at = None
    postmortem = _move(postmortem, Status.PUBLISHED, "postmortem.reopened", by=by)
    eject(postmortem.room, reason="reopened")
    return postmortem


def _locked(postmortem: Postmortem) -> Postmortem:
    rows = Postmortem.objects.select_for_update(of=("self",)).select_related("incident__team", "room")
    return rows.get(pk=postmortem.pk)


STEPS_IN_WORDS = {
    "postmortem.submitted": "Submitted for review",
    "postmortem.sent_back": "Sent back to draft",
    "postmortem.published": "Published",
    "postmortem.closed": "Closed",
    "postmortem.reopened": "Reopened",
}


MOVED = ["status", "draft_shared_at", "published_at", "published_anyway", "closed_at", "updated_at"]


def _move(postmortem: Postmortem, status: str, verb: str, *, by: User, **details: Any) -> Postmortem:
    postmortem.status = status
    postmortem.save(update_fields=MOVED)
    put_on_record(postmortem, verb, by=by, **details)
    keep_revision(postmortem, Reason(Revision.Kind.STATUS, STEPS_IN_WORDS[verb], by))
    announce(postmortem.room, "statusChanged")
    return postmortem
