"""Parts of action pages that pages of other apps show."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from actions.forms import ActionForm, EditActionForm, waited_for
from actions.queries import panel_of
from postmortems.models import Postmortem

register = template.Library()


@register.inclusion_tag("actions/_panel.html", takes_context=True)
def actions_panel(context: Context, postmortem: Postmortem) -> dict[str, Any]:
    """The actions of a post-mortem, and a form to add one for those who may."""
    panel = panel_of(postmortem, context["user"], on=timezone.localdate())
    form = ActionForm(postmortem=postmortem, prefix="action") if panel.can_add else None
    editors = EditActionForm(auto_id=False) if form else None
    waits = waited_for(postmortem) if form else []
    return {"panel": panel, "postmortem": postmortem, "action_form": form, "editors": editors, "waited_for": waits}
