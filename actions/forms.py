from collections.abc import Sequence
from typing import Any

from django import forms

from actions.candidate_forms import causes_field, hierarchy_field, purpose_field
from actions.commands import Choice
from actions.models import Action, ActionCandidate, Horizon, Purpose
from actions.smart import Check
from core.forms import MergingForm
from people.models import Team, User
from postmortems.models import Postmortem

ONE_PERSON = "Choose one person"
# What prevents comes before what helps to see and to respond, and that before what changes how the house works.
PRIORITY_FOR: dict[str, str] = {
    Purpose.PREVENT: Action.Priority.HIGH,
    Purpose.DETECT: Action.Priority.MEDIUM,
    Purpose.RESPOND: Action.Priority.MEDIUM,
    Purpose.SYSTEMIC: Action.Priority.LOW,
}


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
    owner = forms.ModelChoiceField(User.objects.able_to_own(), empty_label=ONE_PERSON)
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
        self.fields["owner"].queryset = fit_owners(postmortem)  # type: ignore[attr-defined]
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

    waits_for = forms.ChoiceField(label="Waits for")
    reason = forms.CharField(label="What stands in the way", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a team or a person"), *waited_for(action)]
        self.fields["waits_for"].choices = choices  # type: ignore[attr-defined]

    def clean_waits_for(self) -> User | Team:
        kind, _, key = self.cleaned_data["waits_for"].partition("-")
        found: User | Team = (Team if kind == "team" else User).objects.get(pk=int(key))
        return found


def waited_for(action: Action) -> list[tuple[str, list[tuple[str, str]]]]:
    people = fit_owners(action.postmortem).exclude(pk=action.owner_id).values_list("pk", "name")
    return [("Teams", teams_waited_for()), ("People", [(f"person-{pk}", name) for pk, name in people])]


def teams_waited_for() -> list[tuple[str, str]]:
    return [(f"team-{pk}", name) for pk, name in Team.objects.values_list("pk", "name")]


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
    owner = forms.ModelChoiceField(User.objects.able_to_own(), empty_label=ONE_PERSON)
    due_on = forms.DateField(label="Due", widget=DateInput)

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = fit_owners(action.postmortem)  # type: ignore[attr-defined]


class ReassignForm(MergingForm):
    owner = forms.ModelChoiceField(User.objects.able_to_own(), label="New owner", empty_label=ONE_PERSON)
    reason = forms.CharField(label="Why", required=False, max_length=2000)

    def __init__(self, *args: Any, action: Action, in_place: bool = False, **kwargs: Any) -> None:
        """In its place the field shows who owns the action; a form of its own offers the others alone."""
        super().__init__(*args, **kwargs)
        owners = fit_owners(action.postmortem)
        self.fields["owner"].queryset = owners if in_place else owners.exclude(pk=action.owner_id)  # type: ignore[attr-defined]

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


def fit_owners(postmortem: Postmortem) -> Any:
    """People who may answer for an action of this post-mortem. The command has the last word on one of them."""
    people = User.objects.able_to_own()
    incident = postmortem.incident
    if not incident.is_restricted:
        return people
    insiders = (
        User.objects.filter(participations__incident=incident)
        .values("pk")
        .union(
            User.objects.filter(teams=incident.team_id).values("pk"),
            User.objects.filter(teams_led=incident.team_id).values("pk"),
            User.objects.filter(teams_managed=incident.team_id).values("pk"),
            User.objects.filter(role=User.Role.ADMINISTRATOR).values("pk"),
        )
    )
    return people.filter(pk__in=insiders)
