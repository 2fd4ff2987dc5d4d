"""How every view comes to its post-mortem: strangers are told that there is none."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from people.requests import SignedInRequest
from postmortems.models import Postmortem
from postmortems.permissions import can_write


def find(request: SignedInRequest, number: int) -> Postmortem:
    found = Postmortem.objects.visible_to(request.user)
    return get_object_or_404(
        found.select_related("incident__team", "room"),
        incident__number=number,
    )


def find_to_write(request: SignedInRequest, number: int) -> Postmortem:
    postmortem = find(request, number)
    if not can_write(request.user, postmortem):
        raise PermissionDenied("This post-mortem is closed: reopen it first." if postmortem.is_closed else "")
    return postmortem
