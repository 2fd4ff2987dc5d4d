from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Choices
from django.forms.models import fields_for_model
from django.utils.text import capfirst

from core.forms import InstantField, MergingForm
from incidents.choosing import participants_pool
from incidents.errors import IncidentRefused
from incidents.guidance import BY_KIND
from incidents.impact import FIGURES, Group, label_of
from incidents.models import (
    Impact,
    Incident,
    IncidentQuerySet,
    OwnInstant,
    Participant,
    Review,
    Service,
    Severity,
    SeverityPolicy,
)
from incidents.queries import BY_NUMBER
from people.fields import PeopleField, PersonField
from people.models import Team, User

TIMES = {
    "started_at": "The fault began, whether or not anyone noticed.",
    "first_impact_at": "The first user felt it.",
    "first_report_at": "The first user told us.",
    "detected_at": "We noticed: an alert, or a person.",
    "acknowledged_at": "Somebody took it.",
    "understood_at": "We knew why.",
    "recovery_decided_at": "We decided how to bring it back.",
    "mitigated_at": "Users felt it no longer.",
    "resolved_at": "The cause was dealt with.",
}
KEPT_BY_US = {"id", "incident", "created_at", "updated_at"}
GROUPS = {
    Group.CUSTOMERS: "What those felt who use what we make.",
    Group.BUSINESS: "What it cost: money, promises, standing, hours.",
    Group.TECHNICAL: "What it did to systems and data.",
}
IMPACT = [field.name for field in Impact._meta.fields if field.name not in KEPT_BY_US]
UNKNOWABLE_CHOICES = {
    **{name: str(Incident._meta.get_field(name).verbose_name) for name in TIMES},  # type: ignore[union-attr]
    **{name: label_of(name) for name in FIGURES},
}
WRITTEN_IN_WORDS = ("summary", "user_experience")
MARKS = ["is_near_miss", "went_unusually_well", "is_planned", "has_workaround"]
FACTS = ["title", "kind", "severity", "summary", "team", "is_restricted", *MARKS, *TIMES]


def capitalised(choices: type[Choices]) -> list[tuple[Any, str]]:
    """Choices as they stand in a list, where each begins a line."""
    return [(value, label[:1].upper() + label[1:]) for value, label in choices.choices]


class IncidentForm(MergingForm):
    """What is told of an incident. Any time and any number may stay empty, which means unknown."""

    title = forms.CharField(
        max_length=200, help_text="What broke, for whom: “Checkout fails for card payments in Europe”."
    )
    kind = forms.ChoiceField(choices=capitalised(Incident.Kind), initial=Incident.Kind.PRODUCTION_OUTAGE)
    severity = forms.TypedChoiceField(choices=Severity, coerce=int, widget=forms.RadioSelect)
    summary = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is known so far, in a sentence or two.",
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    team = forms.ModelChoiceField(Team.objects.all(), empty_label="Choose a team", help_text="Who answers for it.")
    participants = PeopleField(participants_pool(None), required=False)
    is_restricted = forms.BooleanField(
        label="Restricted", required=False, help_text="Only its team, its participants and administrators can see it."
    )

    def __init__(self, *args: Any, incident: Incident | None = None, **kwargs: Any) -> None:
        # An answer brings what its writer had seen; a fresh page shows what is true now.
        seen_now = facts_of(incident) if incident and not args else None
        super().__init__(*args, seen_now=seen_now, **kwargs)
        self.fields["participants"].pool = participants_pool(incident)  # type: ignore[attr-defined]
        for name, meaning in TIMES.items():
            label = str(Incident._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
            self.fields[name] = InstantField(label=label, required=False, help_text=meaning)
        self.fields |= impact_fields()
        self.fields |= fields_for_model(Incident, fields=MARKS)

    @property
    def marks(self) -> list[forms.BoundField]:
        return [self[name] for name in MARKS]

    @property
    def severities(self) -> list[tuple[Any, SeverityPolicy | None]]:
        """Each choice of severity with what it means here."""
        policies = SeverityPolicy.objects.in_bulk(field_name="severity")
        return [(choice, policies.get(value)) for choice, value in zip(self["severity"], Severity.values, strict=True)]

    @property
    def times(self) -> list[forms.BoundField]:
        return [self[name] for name in TIMES]

    @property
    def impact_groups(self) -> list["ImpactFields"]:
        """The numbers by group; those that incidents of its kind are asked for, and those that somebody gave, first."""
        kind = self["kind"].value()
        asked = BY_KIND[Incident.Kind(kind)].numbers if kind in BY_KIND else []
        return [self._impact_fields(group, asked) for group in GROUPS]

    def _impact_fields(self, group: Group, asked: Sequence[str]) -> "ImpactFields":
        names = [name for name, (of, _, _) in FIGURES.items() if of is group]
        first = [name for name in names if name in asked or self[name].errors or self[name].value() not in (None, "")]
        rest = [self[name] for name in names if name not in first]
        return ImpactFields(group, GROUPS[group], [self[name] for name in first], rest)

    @property
    def wishes(self) -> dict[str, Any]:
        """The cleaned fields as report_incident and edit_incident take them."""
        facts = {name: self.cleaned_data[name] for name in FACTS}
        impact = {name: self.cleaned_data[name] for name in IMPACT}
        people = {name: list(self.cleaned_data[name]) for name in ("services", "participants")}
        return {**facts, **people, "impact": impact}

    def show_refusal(self, refusal: IncidentRefused) -> None:
        for name, sentence in refusal.fields.items():
            self.add_error(name, sentence)


@dataclass(frozen=True)
class ImpactFields:
    """One group of the numbers: those to ask for, and those for the rare case."""

    group: Group
    meaning: str
    asked: list[forms.BoundField]
    rest: list[forms.BoundField]


def impact_fields() -> dict[str, forms.Field]:
    """The numbers of an impact with the limits of their columns; an empty one is unknown, which is not zero."""
    fields = fields_for_model(Impact, fields=IMPACT)
    for name, field in fields.items():
        field.validators = [*field.validators, *Impact._meta.get_field(name).validators]  # type: ignore[union-attr]
        field.label = capfirst(str(field.label))
    fields["user_experience"].widget = forms.Textarea(attrs={"rows": 2})
    fields["experience"].choices = [("", "Unknown"), *capitalised(Impact.Experience)]  # type: ignore[attr-defined]
    fields["unknowable"] = forms.MultipleChoiceField(
        label="Nobody can know any more",
        choices=[(name, capfirst(label)) for name, label in UNKNOWABLE_CHOICES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    return fields


def facts_of(incident: Incident) -> dict[str, Any]:
    """An incident as the form shows it."""
    facts = {name: getattr(incident, name) for name in FACTS}
    facts |= {name: getattr(incident.impact, name) for name in IMPACT}
    return {**facts, "services": list(incident.services.all()), "participants": list(incident.participants.all())}


class NoteForm(forms.Form):
    """One line, written while the incident goes on."""

    line = forms.CharField(
        label="Note",
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "14:32 rebooted web-3", "autocomplete": "off"}),
        help_text="One line. Begin with a time if it was not just now.",
        error_messages={"required": "Write a line first, such as “14:32 rebooted web-3”."},
    )


class InstantForm(MergingForm):
    """A time of an incident with a name of its own."""

    name = forms.CharField(max_length=60, help_text="What happened then, in two or three words: hotfix deployed.")
    at = InstantField(label="When")

    def __init__(self, *args: Any, instant: OwnInstant | None = None, **kwargs: Any) -> None:
        seen_now = {"name": instant.name, "at": instant.at} if instant and not args else None
        super().__init__(*args, seen_now=seen_now, **kwargs)

    def show_refusal(self, refusal: IncidentRefused) -> None:
        for name, sentence in refusal.fields.items():
            self.add_error(name, sentence)


class RolesForm(MergingForm):
    """As what people take part in an incident, and who else does."""

    PREFIX = "role-"

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        rows = list(incident.participations.select_related("user").order_by("user__name", "pk"))
        super().__init__(
            *args, seen_now=None if args else {f"{self.PREFIX}{row.user_id}": row.role for row in rows}, **kwargs
        )
        roles = capitalised(Participant.Role)
        for row in rows:
            self.fields[f"{self.PREFIX}{row.user_id}"] = forms.ChoiceField(label=str(row.user), choices=roles)
        others = participants_pool(incident).besides([row.user for row in rows], "takes part already")
        self.fields["added"] = PersonField(others, label="Add", required=False)
        self.fields["added_as"] = forms.ChoiceField(label="As", choices=roles, initial=Participant.Role.RESPONDER)

    @property
    def people(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(self.PREFIX)]

    @property
    def wanted(self) -> dict[int, str]:
        return self._by_person(self.cleaned_data)

    @property
    def seen_roles(self) -> dict[int, str]:
        return self._by_person(self.seen)

    def show_role_conflicts(self, theirs: Mapping[str, Any]) -> None:
        self.show_conflicts({f"{self.PREFIX}{key}": role for key, role in theirs.items()})

    def _by_person(self, values: Mapping[str, Any]) -> dict[int, str]:
        start = self.PREFIX
        return {int(name.removeprefix(start)): role for name, role in values.items() if name.startswith(start)}


class IncidentFilter(forms.Form):
    """The filter of the list; it lives in the address, so that a filtered list can be sent to someone."""

    STATES = [("", "open and resolved"), ("open", "open"), ("resolved", "resolved"), ("late", "with a late clock")]

    text = forms.CharField(label="Search", required=False, max_length=200)
    severity = forms.TypedChoiceField(
        choices=[("", "every severity"), *Severity.choices], coerce=int, empty_value=None, required=False
    )
    team = forms.ModelChoiceField(Team.objects.all(), empty_label="every team", required=False)
    state = forms.ChoiceField(choices=STATES, required=False)

    @property
    def wishes(self) -> dict[str, Any]:
        """What the address asks for; a value that makes no sense there asks for nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class ReferenceField(forms.CharField):
    """An incident, written as `INC-12`, of those that may be seen; others are as unknown as numbers that do not exist."""

    def __init__(self, *, queryset: IncidentQuerySet, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.queryset = queryset

    def clean(self, value: Any) -> Incident | None:
        words = super().clean(value)
        if not words:
            return None
        by_number = BY_NUMBER.fullmatch(words)
        incident = self.queryset.filter(number=int(by_number[1])).first() if by_number else None
        if incident is None:
            raise ValidationError(f"There is no incident “{words}”. Write its number, such as INC-12.")
        return incident


class DecisionForm(forms.Form):
    """What a person decides about an incident's post-mortem."""

    answer = forms.ChoiceField(label="Decision", choices=capitalised(Review), widget=forms.RadioSelect)
    reason = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed if you decide otherwise than the policy. It stays on record.",
    )

    def __init__(self, *args: Any, incident: Incident, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["explained_by"] = ReferenceField(
            label="Explained by",
            queryset=Incident.objects.visible_to(user).exclude(pk=incident.pk),
            required=False,
            help_text="An earlier incident whose post-mortem covers this one, such as INC-12.",
        )

    def show_refusal(self, refusal: IncidentRefused) -> None:
        for name, sentence in refusal.fields.items():
            self.add_error(name, sentence)


class RelationForm(forms.Form):
    """Another incident, and what is alike."""

    why = forms.CharField(
        label="What is alike", max_length=300, help_text="The same limit, the same hand-over, the same kind of change."
    )

    def __init__(self, *args: Any, incident: Incident, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Incident.objects.visible_to(user)
        other = ReferenceField(label="Incident", queryset=others, help_text="Its number, such as INC-12.")
        self.fields = {"other": other, **self.fields}


class DecisionFilter(forms.Form):
    """The filter of the log of decisions."""

    CHOICES = [("", "all decisions"), ("differs", "otherwise than the policy")]

    show = forms.ChoiceField(choices=CHOICES, required=False)
    team = forms.ModelChoiceField(Team.objects.all(), empty_label="every team", required=False)

    @property
    def wishes(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
