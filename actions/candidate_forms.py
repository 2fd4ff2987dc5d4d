from typing import Any

from django import forms

from actions.models import ActionCandidate, Hierarchy, Purpose
from actions.models.weighing import SCALE
from core.forms import MergingForm
from postmortems.models import Cause, Postmortem

STEPS = {1: "1 (least)", 5: "5 (most)"}
CAUSES = {"data-cause-options": ""}


def causes_field(**how: Any) -> forms.ModelChoiceField:
    widget = forms.Select(attrs=CAUSES)
    return forms.ModelChoiceField(
        Cause.objects.none(), required=False, empty_label="no cause yet", widget=widget, **how
    )


def scale_field(label: str) -> forms.TypedChoiceField:
    choices = [("", "not placed"), *((step, STEPS.get(step, str(step))) for step in SCALE)]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, empty_value=None, required=False)


def hierarchy_field() -> forms.ChoiceField:
    choices = [("", "not ranked"), *((one.value, f"{one.label}: {one.hint}") for one in Hierarchy)]
    return forms.ChoiceField(label="Prevention hierarchy", choices=choices, required=False)


def purpose_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="What it does", choices=[("", "not said"), *Purpose.choices], required=False)


class LineForm(forms.Form):
    """One line while people talk: no owner, no date."""

    text = forms.CharField(
        label="What could be done",
        max_length=300,
        widget=forms.TextInput(
            attrs={"data-row-main": "", "autocomplete": "off", "placeholder": "What could be done?"}
        ),
    )
    cause = causes_field(label="About")

    def __init__(self, *args: Any, postmortem: Postmortem, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "candidate", **kwargs})
        self.fields["cause"].queryset = postmortem.causes.all()  # type: ignore[attr-defined]


class CandidateForm(MergingForm):
    FIELDS = ["text", "cause", "hierarchy", "purpose"]
    PLACE = ["impact", "effort"]

    text = forms.CharField(label="What could be done", max_length=300, widget=forms.TextInput(attrs={"data-smart": ""}))
    cause = causes_field(label="The cause that it addresses")
    hierarchy = hierarchy_field()
    purpose = purpose_field()
    impact = scale_field("Impact")
    effort = scale_field("Effort")

    def __init__(
        self,
        *args: Any,
        postmortem: Postmortem,
        candidate: ActionCandidate | None = None,
        only: str | None = None,
        **kwargs: Any,
    ) -> None:
        """`only` names the one field that is edited in its place."""
        names = [*self.FIELDS, *self.PLACE]
        shown = {name: getattr(candidate, name) for name in names} if candidate and not args else None
        super().__init__(*args, seen_now=shown, **kwargs)
        self.fields["cause"].queryset = postmortem.causes.all()  # type: ignore[attr-defined]
        if only is not None:
            self.fields = {only: self.fields[only]}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("impact") is None) != (values.get("effort") is None):
            raise forms.ValidationError("Its place on the grid has two sides: choose impact and effort, or neither.")
        return values


class PlaceForm(forms.Form):
    """A place on the grid; both empty takes it off."""

    impact = forms.IntegerField(min_value=SCALE[0], max_value=SCALE[-1], required=False)
    effort = forms.IntegerField(min_value=SCALE[0], max_value=SCALE[-1], required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and (values["impact"] is None) != (values["effort"] is None):
            raise forms.ValidationError("There is no such place on the grid.")
        return values
