from collections.abc import Sequence
from typing import Any

from django import forms

from actions.candidate_forms import causes_field, hierarchy_field, purpose_field
from actions.choosing import owners_pool, waits_pool
from actions.commands import Choice
from actions.models import Action, ActionCandidate, Horizon, Purpose
from actions.smart import Check
from core.forms import MergingForm
from people.choosing import anybody
from people.fields import PersonField, PersonInput, PersonOrTeamField
from people.models import User
from postmortems.models import Postmortem

# What prevents comes before what helps to see and to respond, and that before what changes how the house works.
PRIORITY_FOR: dict[str, str] = {
    Purpose.PREVENT: Action.Priority.HIGH,
    Purpose.DETECT: Action.Priority.MEDIUM,
    Purpose.RESPOND: Action.Priority.MEDIUM,
    Purpose.SYSTEMIC: Action.Priority.LOW,
}


def owner_field(**how: Any) -> PersonField:
    """Each form says whose actions these are, and with that who may own them."""
    return PersonField(anybody(), **how)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ActionForm(forms.Form):
    """What an agreed action needs from the start: one owner and one date."""

    title = forms.CharField(
        label="What is to be done",
        max_length=300,
        help_text="So that anyone can tell whether it is done: “Alert when the queue holds more than 1,000”.",
        widget=forms.TextInput(attrs={"data-row-main": ""}),
    )
    owner = owner_field()
    due_on = forms.DateField(label="Due", widget=DateInput)
    priority = forms.ChoiceField(choices=Action.Priority, initial=Action.Priority.MEDIUM)
    description = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Anything its owner needs to know.",
    )
    cause = causes_field(label="The cause that it addresses")
    hierarchy = hierarchy_field()
    purpose = purpose_field()
    over_cap = forms.CharField(
        label="Why it is one more",
        required=False,
        max_length=1000,
        help_text="Fewer actions get done more surely. The reason stays on record.",
    )

    def __init__(self, *args: Any, postmortem: Postmortem, is_full: bool = False, **kwargs: Any) -> None:
        """`is_full`: as many are taken on as the policy holds for wise, so that one more asks for its reason."""
        super().__init__(*args, **kwargs)
        self.is_full = is_full
        self.checks: Sequence[Check] = []
        self.fields["owner"].pool = owners_pool(postmortem)  # type: ignore[attr-defined]
        self.fields["cause"].queryset = postmortem.causes.all()  # type: ignore[attr-defined]

    @classmethod
    def for_candidate(cls, candidate: ActionCandidate, *args: Any, **kwargs: Any) -> "ActionForm":
        """With what is known of it already."""
        known = {
            "title": candidate.text, "cause": candidate.cause_id, "hierarchy": candidate.hierarchy,
            "purpose": candidate.purpose, "priority": PRIORITY_FOR.get(candidate.purpose, Action.Priority.MEDIUM),
        }  # fmt: skip
        return cls(*args, postmortem=candidate.postmortem, initial=known, **kwargs)


class EditActionForm(MergingForm):
    """The words of an action; its state moves by verbs that ask for a reason."""

    FIELDS = ["title", "description", "priority", "cause", "hierarchy", "purpose", "horizon"]

    title = forms.CharField(label="What is to be done", max_length=300)
    description = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    priority = forms.ChoiceField(choices=Action.Priority)
    cause = causes_field(label="The cause that it addresses")
    hierarchy = hierarchy_field()
    purpose = purpose_field()
    horizon = forms.ChoiceField(choices=[("", "by its date"), *Horizon.choices], required=False)

    def __init__(
        self,
        *args: Any,
        postmortem: Postmortem,
        action: Action | None = None,
        only: str | None = None,
        **kwargs: Any,
    ) -> None:
        """`only` names the one field that is edited in its place."""
        shown = {name: getattr(action, name) for name in self.FIELDS} if action and not args else None
        super().__init__(*args, seen_now=shown, **kwargs)
        self.fields["cause"].queryset = postmortem.causes.all()  # type: ignore[attr-defined]
        if only is not None:
            self.fields = {only: self.fields[only]}


class FinishForm(forms.Form):
    evidence = forms.URLField(
        label="Link to the evidence",
        max_length=1000,
        assume_scheme="https",
        help_text="The change, the dashboard or the test that proves it.",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def clean_evidence(self) -> str:
        return web_address(self.cleaned_data["evidence"])


class ReasonForm(forms.Form):
    """A step that asks why; the answer stays beside the action for ever."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class BlockForm(forms.Form):
    """Why it cannot go on, and whom it waits for: somebody of the house, so that somebody can be asked."""

    waits_for = PersonOrTeamField(
        anybody(), label="Waits for", widget=PersonInput({"placeholder": "A person or a team"})
    )
    reason = forms.CharField(label="What stands in the way", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = waits_pool(action.postmortem).besides(_owner_of(action), "owns it")
        self.fields["waits_for"].pool = others  # type: ignore[attr-defined]


def _owner_of(action: Action) -> list[User]:
    return [action.owner] if action.owner else []


class ProgressForm(forms.Form):
    percent = forms.IntegerField(label="How far, in %", required=False, min_value=0, max_value=100)
    note = forms.CharField(
        label="In a word", required=False, max_length=300, widget=forms.TextInput(attrs={"placeholder": "What is done"})
    )


class DecisionForm(forms.Form):
    """Finish by, reprioritise or drop: what each needs is looked at by the command."""

    choice = forms.ChoiceField(label="What is decided", choices=Choice, widget=forms.RadioSelect)
    due_on = forms.DateField(label="New date", required=False, widget=DateInput, help_text="Unless it is dropped.")
    priority = forms.ChoiceField(choices=Action.Priority, required=False, help_text="For another priority.")
    reason = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class LinkForm(forms.Form):
    url = forms.URLField(
        label="Ticket, pull request or page",
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def clean_url(self) -> str:
        return web_address(self.cleaned_data["url"])


def web_address(link: str) -> str:
    if not link.startswith(("https://", "http://")):
        raise forms.ValidationError("Write a link that begins with https://.")
    return link


class HoldsForm(forms.Form):
    note = forms.CharField(
        label="How you know", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The alert fired in last week’s test; nobody has switched it off.",
    )  # fmt: skip


class FailsForm(forms.Form):
    note = forms.CharField(label="What no longer holds", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    title = forms.CharField(label="What is to be done now", max_length=300)
    owner = owner_field()
    due_on = forms.DateField(label="Due", widget=DateInput)

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].pool = owners_pool(action.postmortem)  # type: ignore[attr-defined]


class ReassignForm(MergingForm):
    owner = owner_field(label="New owner")
    reason = forms.CharField(label="Why", required=False, max_length=2000)

    def __init__(self, *args: Any, action: Action, in_place: bool = False, **kwargs: Any) -> None:
        """In its place the field shows who owns the action; a form of its own offers the others alone."""
        super().__init__(*args, **kwargs)
        owners = owners_pool(action.postmortem)
        self.fields["owner"].pool = owners if in_place else owners.besides(_owner_of(action), "owns it already")  # type: ignore[attr-defined]

    @property
    def seen(self) -> dict[str, Any]:
        """Who owned it before may not be fit to own anything any more, or have been nobody."""
        former = self.data.get("seen-owner")
        return {} if former is None else {"owner": User.objects.filter(pk=former).first() if former.isdigit() else None}


class RescheduleForm(MergingForm):
    due_on = forms.DateField(label="New date", widget=DateInput)
    reason = forms.CharField(label="Why", required=False, max_length=2000)

    @property
    def seen(self) -> dict[str, Any]:
        """Before, there may have been no date."""
        return {"due_on": None} if self.data.get("seen-due_on") == "" else super().seen


class PickersForm(forms.Form):
    """What stands in a row where somebody is chosen in it."""

    owner = owner_field()
    waits_for = PersonOrTeamField(
        anybody(), widget=PersonInput({"aria-label": "Waits for", "placeholder": "Waits for a person or a team"})
    )

    def __init__(self, postmortem: Postmortem) -> None:
        super().__init__(auto_id=False)
        self.fields["owner"].pool = owners_pool(postmortem)  # type: ignore[attr-defined]
        self.fields["waits_for"].pool = waits_pool(postmortem)  # type: ignore[attr-defined]
