from typing import Any

from django import forms

from core.forms import MergingForm
from postmortems.models import Cause

KINDS = {"placeholder": "Why could it happen?"}


class CauseForm(MergingForm):
    FIELDS = ["text", "kind", "category"]

    text = forms.CharField(
        label="Cause",
        max_length=300,
        widget=forms.TextInput(attrs={"data-row-main": "", "autocomplete": "off", **KINDS}),
    )
    kind = forms.ChoiceField(choices=Cause.Kind, initial=Cause.Kind.FACTOR)
    category = forms.ChoiceField(choices=[("", "no category"), *Cause.Category.choices], required=False)

    def __init__(self, *args: Any, cause: Cause | None = None, only: str | None = None, **kwargs: Any) -> None:
        """`only` names the one field that is edited in its place."""
        shown = {name: getattr(cause, name) for name in self.FIELDS} if cause and not args else None
        super().__init__(*args, seen_now=shown, **kwargs)
        if only is not None:
            self.fields = {only: self.fields[only]}
