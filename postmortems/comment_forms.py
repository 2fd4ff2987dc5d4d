"""What people say: the shape of its input."""

import json
from typing import Any

from django import forms

from live.anchors import Anchor
from postmortems.models import Postmortem, Section

LONGEST_COMMENT = 10_000
WHOLE = "Leave it empty to comment on the whole section."


class CommentForm(forms.Form):
    """One comment."""

    text = forms.CharField(
        label="Comment", max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3, "data-mentions": ""})
    )


class AnchorField(forms.CharField):
    """Where a browser says that a passage is; whatever else stands there counts as nothing."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Anchor | None:  # type: ignore[override]
        try:
            return Anchor.from_json(json.loads(value or "null"))
        except (ValueError, RecursionError):
            return None


class ThreadForm(CommentForm):
    """The first comment of a thread, and what it is about."""

    section = forms.ModelChoiceField(Section.objects.none(), to_field_name="key", empty_label=None)
    quote = forms.CharField(
        label="The words it is about", required=False, strip=False, max_length=4000, help_text=WHOLE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    anchor = AnchorField(required=False)

    field_order = ["section", "quote", "text", "anchor"]

    def __init__(self, *args: Any, postmortem: Postmortem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = postmortem.sections.all()  # type: ignore[attr-defined]

    def clean_quote(self) -> str:
        # Browsers send CRLF from a textarea; the shared text knows LF alone.
        return self.cleaned_data["quote"].replace("\r\n", "\n").replace("\r", "\n")
