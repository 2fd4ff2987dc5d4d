from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from actions.models import Action
from actions.permissions import can_add, can_edit
from people.requests import SignedInRequest
from postmortems.models import Postmortem

# Whoever else an action names is asked for when needed: most of it is empty, and planning a join costs more than a row.
RELATED = ["owner", "added_by", "postmortem__incident__team", "postmortem__room"]


def find(request: SignedInRequest, number: int) -> Action:
    found = Action.objects.visible_to(request.user)
    return get_object_or_404(found.select_related(*RELATED), number=number)


def find_to_edit(request: SignedInRequest, number: int) -> Action:
    action = find(request, number)
    if not can_edit(request.user, action):
        raise PermissionDenied
    return action


def find_postmortem(request: SignedInRequest, number: int) -> Postmortem:
    found = Postmortem.objects.visible_to(request.user).select_related("incident__team", "room")
    return get_object_or_404(found, incident__number=number)


def find_postmortem_to_write(request: SignedInRequest, number: int) -> Postmortem:
    postmortem = find_postmortem(request, number)
    if not can_add(request.user, postmortem):
        raise PermissionDenied("This post-mortem is closed: reopen it first." if postmortem.is_closed else "")
    return postmortem
