"""What the parts of a plan need, on the post-mortem's page and on the plan's own."""

from typing import Any

from django.utils import timezone

from actions import queries
from actions.candidate_forms import CandidateForm, LineForm
from actions.forms import ActionForm, EditActionForm, PickersForm
from actions.grid import grid_of
from actions.permissions import can_add
from actions.weighed import weigh
from people.models import User
from postmortems.models import Postmortem


def candidates_context(user: User, postmortem: Postmortem) -> dict[str, Any]:
    candidates = queries.candidates_of(postmortem)
    writes = can_add(user, postmortem)
    return {
        "postmortem": postmortem,
        "candidates": candidates,
        "grid": grid_of(candidates),
        "can_write": writes,
        "candidate_form": LineForm(postmortem=postmortem) if writes else None,
        "candidate_editors": CandidateForm(postmortem=postmortem, auto_id=False) if writes else None,
    }


def actions_context(user: User, postmortem: Postmortem) -> dict[str, Any]:
    """The actions of a post-mortem, what they are worth, and a form to add one for those who may."""
    panel, weighed = queries.panel_of(postmortem, user, on=timezone.localdate()), weigh(postmortem)
    form = ActionForm(postmortem=postmortem, prefix="action", is_full=weighed.is_full) if panel.can_add else None
    return {
        "panel": panel,
        "postmortem": postmortem,
        "weighed": weighed,
        "action_form": form,
        "editors": EditActionForm(postmortem=postmortem, auto_id=False) if form else None,
        "pickers": PickersForm(postmortem) if form else None,
    }


def plan_context(user: User, postmortem: Postmortem) -> dict[str, Any]:
    return candidates_context(user, postmortem) | actions_context(user, postmortem)
