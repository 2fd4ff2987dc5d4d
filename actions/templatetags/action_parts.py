"""Parts of action pages that pages of other apps show."""

from typing import Any

from django import template
from django.template import Context

from actions.parts import actions_context, candidates_context
from postmortems.models import Postmortem

register = template.Library()


@register.inclusion_tag("actions/_panel.html", takes_context=True)
def actions_panel(context: Context, postmortem: Postmortem) -> dict[str, Any]:
    return {**actions_context(context["user"], postmortem), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("actions/_candidates_card.html", takes_context=True)
def candidates_panel(context: Context, postmortem: Postmortem) -> dict[str, Any]:
    """The candidates of a post-mortem, their grid, and a line to add one for those who may."""
    return {**candidates_context(context["user"], postmortem), "csrf_token": context.get("csrf_token")}
