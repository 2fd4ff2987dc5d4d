"""What may be done, until it is taken on or not."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from actions.commands.agreements import add_action
from actions.errors import NotAllowedNow, OverTheCap
from actions.models import Action, ActionCandidate, ActionPolicy
from actions.rows import tell_candidate_written
from core.edits import EditConflict, merge_fields
from people.models import User
from people.record import put_on_record
from postmortems.commands import is_closed_for_good
from postmortems.models import Postmortem

State = ActionCandidate.State
MOST_OPEN = 200


@transaction.atomic
def add_candidate(postmortem: Postmortem, *, by: User, text: str, **facts: Any) -> ActionCandidate:
    """Write down what may be done, while people talk: no owner and no date yet. Raises NotAllowedNow."""
    _refuse_closed(postmortem)
    candidates = ActionCandidate.objects.filter(postmortem=postmortem)
    if candidates.open().count() >= MOST_OPEN:
        raise NotAllowedNow(f"Up to {MOST_OPEN} candidates wait for a word at a time: decide what is there first.")
    last = candidates.aggregate(last=Max("number"))["last"] or 0
    candidate = ActionCandidate.objects.create(postmortem=postmortem, added_by=by, number=last + 1, text=text, **facts)
    return _told(candidate, "candidate.added", by=by, text=text)


@transaction.atomic
def edit_candidate(
    candidate: ActionCandidate, *, by: User, seen: dict[str, Any], wanted: dict[str, Any]
) -> ActionCandidate:
    """Save the fields that a person changed against what they had seen. Raises EditConflict, saving nothing, and NotAllowedNow."""
    candidate = _locked(candidate)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(candidate, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this candidate while you were writing.")
    if not merge.changes:
        return candidate
    _refuse_taken(candidate)
    before = {name: _plain(getattr(candidate, name)) for name in merge.changes}
    after = {name: _plain(value) for name, value in merge.changes.items()}
    return _saved(candidate, "candidate.edited", by=by, changes=merge.changes, before=before, after=after)


@transaction.atomic
def place_candidate(candidate: ActionCandidate, *, by: User, impact: int | None, effort: int | None) -> ActionCandidate:
    """Put it on the grid, or take it off with None on both sides; the last move wins. Raises NotAllowedNow."""
    candidate = _locked(candidate)
    if (candidate.impact, candidate.effort) == (impact, effort):
        return candidate
    _refuse_taken(candidate)
    changes = {"impact": impact, "effort": effort, "placed_by": by}
    return _saved(candidate, "candidate.placed", by=by, changes=changes, impact=impact, effort=effort)


@transaction.atomic
def take_candidate(candidate: ActionCandidate, *, by: User, over_cap: str = "", **facts: Any) -> Action:
    """Commit to it: it becomes an action, with what is known of it. Also later, when it was not taken at first.

    Raises NotAllowedNow, and OverTheCap where one more needs its reason.
    """
    candidate = _locked(candidate)
    _refuse_taken(candidate)
    action = agree_action(candidate.postmortem, by=by, over_cap=over_cap, **facts)
    changes = {"state": State.TAKEN, "action": action, "reason": "", "decided_by": by, "decided_at": timezone.now()}
    _saved(candidate, "candidate.taken", by=by, changes=changes, action=action.pk)
    return action


@transaction.atomic
def leave_candidate(candidate: ActionCandidate, *, by: User, reason: str) -> ActionCandidate:
    """Not now: it stays on record with the reason, and may be taken later. Raises NotAllowedNow without one."""
    candidate = _locked(candidate)
    _refuse_taken(candidate)
    if not reason.strip():
        raise NotAllowedNow("Say why it is not taken: whoever has the idea again will want to know.")
    changes = {"state": State.NOT_TAKEN, "reason": reason.strip(), "decided_by": by, "decided_at": timezone.now()}
    return _saved(candidate, "candidate.not_taken", by=by, changes=changes, reason=reason.strip())


@transaction.atomic
def agree_action(postmortem: Postmortem, *, by: User, over_cap: str = "", **facts: Any) -> Action:
    """Take on one more action in the meeting. Raises OverTheCap when there are enough and no reason is given."""
    _refuse_closed(postmortem)
    most, count = ActionPolicy.load().most_commitments, commitments_of(postmortem)
    if count >= most and not over_cap.strip():
        raise OverTheCap(
            f"{count} actions are taken on already, and {most} is what a team can keep up with: say why it is one more, "
            "or drop another one."
        )
    action = add_action(postmortem, by=by, **facts)
    if count >= most:
        put_on_record(action, "action.over_cap", by=by, reason=over_cap.strip(), count=count + 1, most=most)
    return action


def commitments_of(postmortem: Postmortem) -> int:
    """Every action that was agreed and not dropped."""
    return Action.objects.filter(postmortem=postmortem).exclude(status=Action.Status.DROPPED).count()


def _locked(candidate: ActionCandidate) -> ActionCandidate:
    _refuse_closed(candidate.postmortem)
    rows = ActionCandidate.objects.select_for_update(of=("self",))
    return rows.select_related("postmortem__incident", "postmortem__room", "cause", "action").get(pk=candidate.pk)


def _refuse_closed(postmortem: Postmortem) -> None:
    if is_closed_for_good(postmortem):
        raise NotAllowedNow("This post-mortem is closed: reopen it first.")


def _refuse_taken(candidate: ActionCandidate) -> None:
    if candidate.action:
        raise NotAllowedNow(f"It is taken on already, as {candidate.action.reference}.")


def _saved(
    candidate: ActionCandidate, verb: str, *, by: User, changes: dict[str, Any], **details: Any
) -> ActionCandidate:
    for name, value in changes.items():
        setattr(candidate, name, value)
    candidate.save(update_fields=[*changes, "updated_at"])
    return _told(candidate, verb, by=by, **details)


def _told(candidate: ActionCandidate, verb: str, *, by: User, **details: Any) -> ActionCandidate:
    put_on_record(candidate.postmortem, verb, by=by, candidate=candidate.number, **details)
    tell_candidate_written(candidate, by=by)
    return candidate


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)
