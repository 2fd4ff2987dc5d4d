from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from actions.models import Action
from actions.permissions import can_edit
from people.requests import SignedInRequest

RELATED = [
    "owner", "added_by", "dropped_by", "confirmed_by", "finished_by", "waits_for", "waits_for_team", "follows",
    "postmortem__incident__team", "postmortem__room",
]  # fmt: skip


def find(request: SignedInRequest, number: int) -> Action:
    found = Action.objects.visible_to(request.user)
    return get_object_or_404(found.select_related(*RELATED), number=number)


def find_to_edit(request: SignedInRequest, number: int) -> Action:
    action = find(request, number)
    if not can_edit(request.user, action):
        raise PermissionDenied
    return action
