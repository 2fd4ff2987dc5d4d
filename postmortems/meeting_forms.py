from typing import Any

from django import forms

from core.forms import InstantField, MergingForm
from people.choosing import anybody
from people.fields import PersonField
from postmortems.choosing import facilitators_pool
from postmortems.models import Postmortem


class MeetingForm(MergingForm):
    """When and where people meet over a post-mortem, and who leads. All of it may stay open."""

    meeting_at = InstantField(label="When", required=False)
    meeting_place = forms.CharField(
        label="Where", required=False, max_length=500, help_text="A room, or the link of a video call."
    )
    facilitator = PersonField(
        anybody(),
        required=False,
        help_text="Leads the meeting and takes no side: best somebody who did not work on the incident.",
    )

    def __init__(self, *args: Any, postmortem: Postmortem, **kwargs: Any) -> None:
        seen_now = {name: getattr(postmortem, name) for name in self.base_fields} if not args else None
        super().__init__(*args, seen_now=seen_now, **kwargs)
        self.fields["facilitator"].pool = facilitators_pool(postmortem)  # type: ignore[attr-defined]
