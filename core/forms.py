"""Fields and forms for what plain HTML leaves open: instants in a reader's zone, and two people editing at once."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime

FIRST, SECOND = "0", "1"
YEARS = range(1970, 2200)  # Beyond lies a slip of the finger, and in the end an instant that no other zone can show.


class InstantWidget(forms.MultiWidget):
    """A local date and time; for the hour that autumn repeats, also which of the two is meant."""

    use_fieldset = False
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        clock = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__({"": clock, "fold": forms.Select()}, attrs)

    def decompress(self, value: datetime | None) -> list[str]:
        if value is None:
            return ["", ""]
        local = timezone.localtime(value).replace(microsecond=0)
        words = local.replace(tzinfo=None).isoformat(timespec="seconds" if local.second else "minutes")
        return [words, str(local.fold)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        words, fold = value if isinstance(value, list) else self.decompress(value)
        naive = _naive(words)
        self.widgets[0].attrs["step"] = "1" if naive and naive.second else "60"
        cast(forms.Select, self.widgets[1]).choices = _passes(naive) if naive else []
        context = super().get_context(name, [words, fold], attrs)
        clock, which = context["widget"]["subwidgets"]
        which["attrs"]["aria-label"] = "Which of the two hours"
        context["widget"]["subwidgets"] = [clock, which] if naive and _happens_twice(naive) else [clock]
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else ""


class HiddenInstant(forms.HiddenInput):
    def format_value(self, value: Any) -> str:
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else (value or "")


class InstantField(forms.Field):
    """An instant, written as local time in the reader's zone; local times that never were are refused in words."""

    widget = InstantWidget
    hidden_widget = HiddenInstant

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            value = [value, ""]
        words, fold = [*(value or []), "", ""][:2]
        if not (words or "").strip():
            return None
        naive = _naive(words)
        if naive is None:
            raise ValidationError("Write a date and a time, such as 2026-03-02 14:05.")
        if naive.year not in YEARS:
            raise ValidationError("The year %(year)s cannot be right.", params={"year": naive.year})
        return naive if timezone.is_aware(naive) else _in_the_readers_zone(naive, fold or "")

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != initial


def _naive(words: str | None) -> datetime | None:
    try:
        return parse_datetime((words or "").strip())
    except ValueError:
        return None


def _in_the_readers_zone(naive: datetime, fold: str) -> datetime:
    zone = timezone.get_current_timezone()
    if not _exists(naive, zone):
        raise ValidationError(
            "%(time)s never was on this day in %(zone)s: the clocks jumped over it. Write the time before or after.",
            params={"time": f"{naive:%H:%M}", "zone": zone},
        )
    if _happens_twice(naive) and fold not in (FIRST, SECOND):
        raise ValidationError(
            "%(time)s happened twice on this day in %(zone)s, when the clocks went back. Choose which one is meant.",
            params={"time": f"{naive:%H:%M}", "zone": zone},
        )
    return naive.replace(tzinfo=zone, fold=int(fold == SECOND)).astimezone(UTC)


def _exists(naive: datetime, zone: Any) -> bool:
    return naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == naive


def _happens_twice(naive: datetime) -> bool:
    zone = timezone.get_current_timezone()
    if naive.tzinfo or naive.year not in YEARS or not _exists(naive, zone):
        return False
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset()


def passes_of(words: str) -> list[tuple[str, str]]:
    """Which instants a local time may mean in the hour that autumn repeats; empty where there is only one."""
    naive = _naive(words)
    return _passes(naive) if naive and _happens_twice(naive) else []


def _passes(naive: datetime) -> list[tuple[str, str]]:
    zone = timezone.get_current_timezone()
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return [
        ("", "Which one?"),
        (FIRST, f"the first, {first.tzname()} (UTC{_offset(first)})"),
        (SECOND, f"the second, {second.tzname()} (UTC{_offset(second)})"),
    ]


def _offset(moment: datetime) -> str:
    return f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:5]


class MergingForm(forms.Form):
    """A form that carries along what its reader had seen, so that two people who edit at once do not undo each other.

    `seen_now` is what the page shows when it is opened; `seen` is what came back with the answer, for `merge_fields`.
    """

    def __init__(self, *args: Any, seen_now: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": seen_now, **kwargs} if seen_now is not None else kwargs)
        self.seen_now = dict(seen_now or {})

    @property
    def seen(self) -> dict[str, Any]:
        """Values of the fields as the reader had them; fields whose former value did not come back are left out."""
        former, seen = _Former(self), {}
        for name, field in self.fields.items():
            if former.holds(name):
                # What cannot be read back was tampered with, or is older than today's rules: it counts as not seen.
                with suppress(ValidationError):
                    seen[name] = field.clean(former.raw(name, field))
        return seen

    def seen_inputs(self) -> list[Any]:
        """Hidden inputs with what was seen: what the answer brought, overlaid by what a conflict has shown since."""
        values = {**(self.seen if self.is_bound else {}), **self.seen_now}
        former = forms.Form(initial=values, prefix=_Former.PREFIX, auto_id=False)
        former.fields = {name: self.fields[name] for name in values if name in self.fields}
        return [former[name].as_hidden() for name in former.fields]

    def show_conflicts(self, theirs: Mapping[str, Any]) -> None:
        """Say at each field what somebody else wrote meanwhile; saving once more then replaces it knowingly."""
        self.seen_now = dict(theirs)
        for name, value in theirs.items():
            self.add_error(
                name,
                f"Somebody else changed this meanwhile to “{self.in_words(name, value)}”. "
                "What you wrote still stands here: save once more to put it in place of theirs.",
            )

    def in_words(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return "unknown" if value is None else "nothing"
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%-d %b %Y %H:%M}"
        if isinstance(value, date):
            return f"{value:%-d %b %Y}"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


class _Former:
    PREFIX = "seen"

    def __init__(self, form: forms.Form) -> None:
        self.data = form.data

    def name(self, name: str) -> str:
        return f"{self.PREFIX}-{name}"

    def holds(self, name: str) -> bool:
        return self.name(name) in self.data

    def raw(self, name: str, field: forms.Field) -> Any:
        return field.hidden_widget().value_from_datadict(self.data, MultiValueDict(), self.name(name))


def zone_in_words(zone: ZoneInfo | Any) -> str:
    """`Europe/Berlin (UTC+01:00 now)` for the line beside fields of time."""
    return f"{zone} (UTC{_offset(timezone.now().astimezone(zone))} now)"
