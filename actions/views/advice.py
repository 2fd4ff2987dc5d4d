"""What an action reads like while it is written: it advises, and changes nothing."""

from typing import Any

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from actions import queries
from actions.forms import ActionForm
from actions.smart import Check, Draft, of_text
from actions.smart import smart as smart_checks
from actions.views.finding import find_postmortem_to_write
from people.models import User
from people.requests import SignedInRequest


@require_POST
def smart(request: SignedInRequest, number: int) -> JsonResponse:
    """A POST, so that what people type stands in no log of addresses."""
    postmortem = find_postmortem_to_write(request, number)
    title = request.POST.get("action-title")
    if title is None:
        text = request.POST.get("candidate-text") or request.POST.get("text") or ""
        checks = of_text(text[:MOST_LETTERS]) if text.strip() else []
    else:
        form = ActionForm(request.POST, postmortem=postmortem, prefix="action")
        form.is_valid()
        own = request.POST.get("action-number", "")
        but = int(own) if own.isascii() and own.isdigit() and len(own) < MOST_DIGITS else None
        checks = (
            checks_of(title[:MOST_LETTERS], form.cleaned_data, reader=request.user, but=but) if title.strip() else []
        )
    return JsonResponse({"html": render_to_string("actions/_smart.html", {"checks": checks})})


MOST_LETTERS, MOST_DIGITS = 300, 10


def checks_of(title: str, facts: dict[str, Any], *, reader: User, but: int | None = None) -> list[Check]:
    """`but`: the number of the action itself, which is no other one of its owner's."""
    owner, due_on = facts.get("owner"), facts.get("due_on")
    load = {"load": queries.load_of(owner, due_on, reader=reader, but=but)} if owner else {}
    return smart_checks(
        Draft(
            title,
            owner=str(owner or ""),
            is_person=owner is not None,
            due_on=due_on,
            today=timezone.localdate(),
            **load,
        )
    )
