from typing import Any

from django import forms
from django.db.models import Q

from core.forms import InstantField, MergingForm
from incidents.queries import people_who_see
from people.models import User
from postmortems.models import Postmortem


class MeetingForm(MergingForm):
    """When and where people meet over a post-mortem, and who leads. All of it may stay open."""

    meeting_at = InstantField(label="When", required=False)
    meeting_place = forms.CharField(
        label="Where", required=False, max_length=500, help_text="A room, or the link of a video call."
    )
    facilitator = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        empty_label="nobody yet",
        help_text="Leads the meeting and takes no side: best somebody who did not work on the incident.",
    )

    def __init__(self, *args: Any, postmortem: Postmortem, **kwargs: Any) -> None:
        seen_now = {name: getattr(postmortem, name) for name in self.base_fields} if not args else None
        super().__init__(*args, seen_now=seen_now, **kwargs)
        # Whoever leads it already stays in the list, also after having left.
        able = Q(pk__in=people_who_see(postmortem.incident).able_to_own()) | Q(pk=postmortem.facilitator_id)
        self.fields["facilitator"].queryset = User.objects.filter(able)  # type: ignore[attr-defined]
