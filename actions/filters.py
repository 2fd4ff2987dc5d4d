"""The filters of boards and lists. They live in the address, so that what one sees can be sent to somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from actions.headings import HEADINGS
from actions.models import Action, Hierarchy, Purpose
from incidents.models import Incident, Service
from people.choosing import ADDRESS, anybody
from people.fields import PersonInput
from people.models import Team, User
from postmortems.models import Cause

MOST_NAMESAKES = 20
NOBODY = "nobody"
NOT_SAID = ("none", "not said")


class Named:
    """Rows that somebody named: by their id, as links do, or by what they are called."""

    def __init__(self, rows: QuerySet[Any], words: str) -> None:
        self.words, self.is_nobody = words, rows.model is User and words.lower() == NOBODY
        found = rows.filter(pk=int(words)) if _is_key(words) else _called(rows, words)
        self.rows = list(found[:MOST_NAMESAKES])
        self.label = str(self.rows[0]) if len(self.rows) == 1 else words if self.is_nobody else f"“{words}”"

    @property
    def shown(self) -> str:
        """As its field shows it: a picker knows people by their ids."""
        if len(self.rows) != 1:
            return self.words
        return str(self.rows[0].pk) if isinstance(self.rows[0], User) else self.label

    @property
    def keys(self) -> list[int]:
        return [row.pk for row in self.rows]


def _is_key(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 16


def _called(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    if rows.model is User and (address := ADDRESS.search(words)):
        return rows.filter(email__iexact=address[0])
    exact = rows.filter(name__iexact=words)
    if exact.exists():
        return exact
    return rows.named_like(words) if rows.model is User else rows.filter(name__icontains=words)  # type: ignore[attr-defined]


def suggesting(names: str) -> forms.TextInput:
    return forms.TextInput(attrs={"list": names, "autocomplete": "off"})


class NamedField(forms.CharField):
    """Written rather than chosen: among ten thousand people nobody scrolls, and no page should carry their names."""

    def __init__(self, model: type[User] | type[Team] | type[Service], widget: forms.Widget, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=400, widget=widget, **kwargs)
        self.model = model

    def clean(self, value: Any) -> Named | None:
        words = super().clean(value)
        return Named(self.model.objects.all(), words) if words else None


class ActionFilter(forms.Form):
    """What makes no sense in an address asks for nothing."""

    OPEN = "open"
    FREE = "free"
    STATES = [(OPEN, "open"), (FREE, "open and not blocked"), *Action.Status.choices, ("all", "every status")]
    LATE = [
        ("", "any"),
        ("decision", "so long that a decision is owed"),
        ("undecided", "but no decision is owed yet"),
        ("weeks", "a week or more"),
        ("days", "up to a week"),
        ("no", "not overdue"),
    ]
    ENDED = [("", "any time"), ("week", "in the last 7 days"), ("month", "in the last 30 days")]
    TOLD = [("", "")] + [(group.name.lower(), heading.title) for group, heading in HEADINGS.items()]
    AGES = [
        ("", "any"),
        ("week", "under a week"),
        ("month", "under a month"),
        ("quarter", "1 to 3 months"),
        ("older", "over 3 months"),
    ]
    GROUPS = [
        ("", "one list"), ("priority", "priority"), ("late", "overdue"), ("status", "status"),
        ("purpose", "what it does"), ("hierarchy", "prevention hierarchy"), ("cause", "cause"),
        ("kind", "kind of incident"), ("age", "age"), ("team", "team"), ("owner", "owner"),
    ]  # fmt: skip
    FURTHER = ["service", "kind", "purpose", "hierarchy", "cause", "late", "age", "ended"]
    FLAGS = {
        "overdue": "Overdue", "blocked": "Blocked", "unowned": "Without owner", "unaccepted": "Not accepted",
        "mine": "Mine",
    }  # fmt: skip

    text = forms.CharField(label="Search", required=False, max_length=200)
    status = forms.ChoiceField(choices=STATES, required=False)
    priority = forms.ChoiceField(choices=[("", "any"), *Action.Priority.choices], required=False)
    owner = NamedField(User, PersonInput({"placeholder": "Anybody"}, pool=anybody()))
    team = NamedField(Team, suggesting("teams-known"))
    service = NamedField(Service, suggesting("services-known"))
    kind = forms.ChoiceField(label="Kind of incident", choices=[("", "any"), *Incident.Kind.choices], required=False)
    purpose = forms.ChoiceField(label="What it does", choices=[("", "any"), *Purpose.choices, NOT_SAID], required=False)
    hierarchy = forms.ChoiceField(
        label="Hierarchy", choices=[("", "any"), *Hierarchy.choices, NOT_SAID], required=False
    )
    cause = forms.ChoiceField(
        label="Cause it addresses", choices=[("", "any"), *Cause.Category.choices, NOT_SAID], required=False
    )
    late = forms.ChoiceField(label="Overdue for", choices=LATE, required=False)
    age = forms.ChoiceField(choices=AGES, required=False)
    ended = forms.ChoiceField(label="Done or dropped", choices=ENDED, required=False)
    told = forms.ChoiceField(label="My weekly mail", choices=TOLD, required=False, widget=forms.HiddenInput)
    overdue = forms.BooleanField(label="Overdue only", required=False)
    blocked = forms.BooleanField(label="Blocked only", required=False)
    unowned = forms.BooleanField(label="Without owner", required=False)
    unaccepted = forms.BooleanField(label="Not accepted", required=False)
    mine = forms.BooleanField(label="Mine only", required=False)
    group = forms.ChoiceField(label="Grouped by", choices=GROUPS, required=False)

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.address = data
        self.is_valid()
        self.wishes = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}
        self._show_names()

    def _show_names(self) -> None:
        """A link names a person by id; in the field stands who that is."""
        names = {name: self.wishes[name] for name in ("owner", "team", "service") if name in self.wishes}
        shown = self.address.copy()
        for name, named in names.items():
            shown[name] = named.shown
        self.data = shown

    @property
    def wished_status(self) -> str:
        """What is open, unless something else is asked for: what has ended lately is not open."""
        chosen: str = self.wishes.get("status", "all" if "ended" in self.wishes else self.OPEN)
        return chosen

    @property
    def is_narrowed(self) -> bool:
        return bool(self.wishes.keys() - {"group"})

    @property
    def further(self) -> list[forms.BoundField]:
        """Fields that are folded away until somebody needs them."""
        return [self[name] for name in self.FURTHER]

    @property
    def flags(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FLAGS]

    @property
    def has_further(self) -> bool:
        return bool(self.wishes.keys() & {*self.FURTHER, *self.FLAGS})

    @property
    def query(self) -> str:
        """The address of this filter without what is empty, and without the page one is on."""
        return _query(self.address, {})

    def with_(self, **more: Any) -> str:
        return _query(self.address, more)

    @property
    def chips(self) -> list["Chip"]:
        """What narrows the list now, each with the address without it."""
        names = [name for name in self.fields if name in self.wishes and name != "group"]
        return [Chip(self._words(name), _query(self.address, {name: None})) for name in names]

    def _words(self, name: str) -> str:
        value = self.wishes[name]
        if name in self.FLAGS:
            return self.FLAGS[name]
        if isinstance(value, Named):
            return f"{self[name].label}: {value.label}"
        choices = dict(getattr(self.fields[name], "choices", ()))
        return f"{self[name].label}: {choices.get(value, f'“{value}”')}"


@dataclass(frozen=True)
class Chip:
    label: str
    query_without: str


def _query(address: QueryDict, changes: dict[str, Any]) -> str:
    wanted = address.copy()
    for name in ("page", "after"):
        wanted.pop(name, None)
    for name, value in changes.items():
        wanted.pop(name, None)
        if value is not None:
            wanted[name] = str(value)
    for name in [name for name in wanted if not wanted[name] or name not in ActionFilter.base_fields]:
        wanted.pop(name)
    return wanted.urlencode()


def clean_query(query: str) -> str:
    """An address as it is kept and sent on: nothing but filters, and nothing empty."""
    return _query(QueryDict(query), {})


def suggestions() -> dict[str, Iterable[str]]:
    """Names of teams and services that a reader is likely to look for: a hundred at most of each."""
    return {
        "teams": list(Team.objects.values_list("name", flat=True)[:100]),
        "services": list(Service.objects.values_list("name", flat=True)[:100]),
    }
