"""What the room noticed, beneath the timeline: an ordered short list that everybody edits at once."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from core.edits import EditConflict, merge_fields
from people.models import User
from people.record import put_on_record
from postmortems.commands.open_documents import refuse_when_closed
from postmortems.errors import NotMovable
from postmortems.models import Observation, Postmortem
from postmortems.rows import tell_observation, tell_observation_removed, tell_observations_moved

WHAT = "change its observations"


@transaction.atomic
def add_observation(postmortem: Postmortem, *, by: User, text: str, **facts: Any) -> Observation:
    """Put one behind the others; everyone who has the page open sees it. Raises NotMovable once it is closed."""
    refuse_when_closed(postmortem, WHAT)
    last = postmortem.observations.aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    observation = Observation.objects.create(postmortem=postmortem, added_by=by, text=text, position=place, **facts)
    put_on_record(postmortem, "observation.added", by=by, observation=observation.pk, text=text)
    tell_observation(observation, by=by)
    return observation


@transaction.atomic
def edit_observation(
    observation: Observation, *, by: User, seen: dict[str, Any], wanted: dict[str, Any]
) -> Observation:
    """Save the fields that a person changed against what they had seen. Raises EditConflict and NotMovable."""
    observation = _locked(observation)
    merge = merge_fields(seen=seen, wanted=wanted, current={name: getattr(observation, name) for name in wanted})
    if merge.conflicts:
        raise EditConflict(merge.conflicts, "Somebody else changed this observation while you were writing.")
    if not merge.changes:
        return observation
    before = {name: _plain(getattr(observation, name)) for name in merge.changes}
    for name, value in merge.changes.items():
        setattr(observation, name, value)
    observation.save(update_fields=[*merge.changes, "updated_at"])
    after = {name: _plain(value) for name, value in merge.changes.items()}
    put_on_record(
        observation.postmortem, "observation.edited", by=by, observation=observation.pk, before=before, after=after
    )
    tell_observation(observation, by=by)
    return observation


@transaction.atomic
def move_observation(observation: Observation, *, by: User, after: int | None) -> Observation:
    """Put it behind another one, or before all of them. Raises NotMovable."""
    observation = _locked(observation)
    others = list(observation.postmortem.observations.exclude(pk=observation.pk).select_for_update())
    places = [None, *(other.pk for other in others)]
    if after not in places:
        raise NotMovable("There is no such observation any more.")
    others.insert(places.index(after), observation)
    moved = [one for position, one in enumerate(others) if one.position != position]
    for position, one in enumerate(others):
        if one in moved:
            one.position = position
            one.touch()
    if not moved:
        return observation
    Observation.objects.bulk_update(moved, ["position", "updated_at"])
    put_on_record(observation.postmortem, "observation.moved", by=by, observation=observation.pk, after=after)
    tell_observations_moved(observation, moved, by=by)
    return observation


@transaction.atomic
def remove_observation(observation: Observation, *, by: User) -> Observation:
    """Take it off the list; what it said stays on record. Raises NotMovable."""
    observation = _locked(observation)
    put_on_record(observation.postmortem, "observation.removed", by=by, text=observation.text)
    tell_observation_removed(observation, by=by)
    observation.delete()
    return observation


def _locked(observation: Observation) -> Observation:
    # The post-mortem first, as for events.
    refuse_when_closed(observation.postmortem, WHAT)
    rows = Observation.objects.select_for_update(of=("self",)).select_related(
        "postmortem__incident", "postmortem__room", "event"
    )
    found = rows.filter(pk=observation.pk).first()
    if found is None:
        raise NotMovable("Somebody has removed this observation meanwhile.")
    return found


def _plain(value: Any) -> Any:
    """Of an event, its number: the record keeps values."""
    return getattr(value, "pk", value)
