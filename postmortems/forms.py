from collections.abc import Callable
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from core.dates import validate_time_zone
from core.forms import InstantField, MergingForm
from incidents.forms import capitalised
from incidents.models import Severity
from people.models import Team, User
from postmortems.errors import NotAttachable, UnreadableLine
from postmortems.lines import Around, Line, read_line
from postmortems.models import Observation, Postmortem, Template, TimelineEvent
from postmortems.queries import LineZones
from postmortems.uploads import LARGEST_BYTES, OFFERED, Examined, examined


def with_plain_line_ends(text: str) -> str:
    """Browsers send CRLF from a textarea; what is shared knows LF alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class TemplateForm(forms.Form):
    """Which sections a new post-mortem starts with."""

    template = forms.ModelChoiceField(Template.objects.offered(), empty_label=None, widget=forms.RadioSelect)


class FileField(forms.FileField):
    """One file, examined: what comes out of it may be kept."""

    def clean(self, data: Any, initial: Any = None) -> Examined | None:
        upload: UploadedFile | None = super().clean(data, initial)
        if not upload:
            return None
        try:
            # No more is read than is needed to see that it is too large.
            return examined(upload.read(LARGEST_BYTES + 1), upload.name or "")
        except NotAttachable as refusal:
            raise ValidationError([*refusal.reasons]) from refusal


class SectionForm(forms.Form):
    """The text of one section, and the version that its writer started from."""

    text = forms.CharField(
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea,
        help_text="On a line of its own, {{timeline}}, {{actions}} or {{impact}} shows what the records say; "
        "{{duration}} does so within a line.",
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    file = FileField(
        label="Attach a file", required=False, allow_empty_file=True, help_text=f"It is shown at the end. {OFFERED}."
    )

    def clean_text(self) -> str:
        return with_plain_line_ends(self.cleaned_data["text"])


class AttachForm(forms.Form):
    file = FileField(
        help_text=f"{OFFERED}.", allow_empty_file=True, error_messages={"required": "Choose a file first."}
    )


class EventForm(MergingForm):
    """One line of the timeline."""

    occurred_at = InstantField(label="When")
    text = forms.CharField(
        label="What happened", max_length=4000, widget=forms.Textarea(attrs={"rows": 2, "data-row-main": ""})
    )
    who = forms.CharField(label="Who or what", required=False, max_length=120)
    kind = forms.ChoiceField(choices=capitalised(TimelineEvent.Kind), initial=TimelineEvent.Kind.OTHER)
    is_key = forms.BooleanField(label="Key moment", required=False, help_text="One of the few that the story turns on.")
    effect = forms.CharField(required=False, max_length=300, help_text="What it led to.")
    source = forms.CharField(
        required=False, max_length=500, help_text="A link to the evidence, or where it was written."
    )

    FIELDS = ["occurred_at", "text", "who", "kind", "is_key", "effect", "source"]

    def __init__(self, *args: Any, event: TimelineEvent | None = None, only: str | None = None, **kwargs: Any) -> None:
        """`only` names the one field that is edited in its place."""
        fresh = event is not None and not args
        shown = {name: getattr(event, name) for name in self.FIELDS} if fresh else None
        super().__init__(*args, seen_now=shown, **kwargs)
        if event is not None and event.occurred_at is None:
            self.fields["occurred_at"].required = False
        if only is not None:
            self.fields = {only: self.fields[only]}

    def clean_text(self) -> str:
        return with_plain_line_ends(self.cleaned_data["text"])


class LineForm(forms.Form):
    """One line, typed while people talk: “14:32 alert fired”. `line` is how it was understood."""

    words = forms.CharField(
        label="What happened when",
        max_length=5000,
        widget=forms.Textarea(
            attrs={"rows": 1, "data-row-main": "", "data-line": "", "placeholder": "14:32 alert fired"}
            | {"autocomplete": "off", "enterkeyhint": "send"}
        ),
        error_messages={"required": "Write what happened, such as “14:32 alert fired”."},
    )
    zone = forms.CharField(label="Times in", max_length=64, validators=[validate_time_zone], widget=forms.Select)

    line: Line

    def __init__(
        self, data: Any = None, *, zones: LineZones, around: Callable[[tzinfo], Around], **kwargs: Any
    ) -> None:
        super().__init__(data, initial={"zone": zones.chosen}, **kwargs)
        self.fields["zone"].widget.choices = zones.choices  # type: ignore[attr-defined]
        self.around = around

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            words = with_plain_line_ends(self.cleaned_data["words"])
            try:
                self.line = read_line(words, self.around(ZoneInfo(self.cleaned_data["zone"])))
            except UnreadableLine as refusal:
                self.add_error("words", " ".join(refusal.reasons))
        return self.cleaned_data


class ObservationForm(MergingForm):
    """What somebody noticed, and about which event."""

    FIELDS = ["kind", "text", "event"]

    kind = forms.ChoiceField(choices=capitalised(Observation.Kind))
    text = forms.CharField(
        label="What we noticed",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 1, "data-row-main": "", "placeholder": "What we noticed"}),
    )

    def __init__(
        self,
        *args: Any,
        postmortem: Postmortem,
        observation: Observation | None = None,
        only: str | None = None,
        **kwargs: Any,
    ) -> None:
        fresh = observation is not None and not args
        shown = {name: getattr(observation, name) for name in self.FIELDS} if fresh else None
        super().__init__(*args, seen_now=shown, **kwargs)
        self.fields["event"] = forms.ModelChoiceField(
            postmortem.timeline_events.all(),
            label="About the event",
            required=False,
            empty_label="About no single event",
            widget=forms.Select(attrs={"data-options-from": "timeline"}),
        )
        if only is not None:
            self.fields = {only: self.fields[only]}

    def clean_text(self) -> str:
        return with_plain_line_ends(self.cleaned_data["text"])


class SightForm(forms.Form):
    """What of the line of time somebody wants to see: a named view, or from here to there as shares of the whole."""

    NARROWEST = 0.0005

    view = forms.CharField(required=False, max_length=40)
    left = forms.FloatField(required=False, min_value=0, max_value=1)
    right = forms.FloatField(required=False, min_value=0, max_value=1)
    width = forms.IntegerField(required=False, min_value=240, max_value=4000)

    @property
    def wishes(self) -> dict[str, Any]:
        """What the address asks for; a value that makes no sense there asks for nothing."""
        self.is_valid()
        return self.cleaned_data

    @property
    def shares(self) -> tuple[float, float] | None:
        left, right = self.wishes.get("left"), self.wishes.get("right")
        if left is None or right is None or right - left < self.NARROWEST:
            return None
        return left, right


class ThenForm(forms.Form):
    """Up to which minute, and through whose eyes."""

    minute = forms.IntegerField(required=False, min_value=0, max_value=10**7)
    who = forms.CharField(required=False, max_length=120)
    count = forms.BooleanField(required=False)

    @property
    def wishes(self) -> dict[str, Any]:
        """What the address asks for; a value that makes no sense there asks for nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PlaceForm(forms.Form):
    """The event behind which another one goes."""

    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class PostmortemFilter(forms.Form):
    """The filter of the list; it lives in the address, so that a filtered list can be sent to someone."""

    text = forms.CharField(label="Search", required=False, max_length=200)
    CLOCKS = [("", "all clocks"), ("late", "late"), ("forgotten", "over two weeks old")]

    status = forms.ChoiceField(choices=[("", "every status"), *Postmortem.Status.choices], required=False)
    clocks = forms.ChoiceField(choices=CLOCKS, required=False)
    severity = forms.TypedChoiceField(
        choices=[("", "every severity"), *Severity.choices], coerce=int, empty_value=None, required=False
    )
    team = forms.ModelChoiceField(Team.objects.all(), empty_label="every team", required=False)

    @property
    def wishes(self) -> dict[str, Any]:
        """What the address asks for; a value that makes no sense there asks for nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class HistoryFilter(forms.Form):
    """The filter of the line of time; it lives in the address."""

    part = forms.ChoiceField(label="What", required=False)
    person = forms.ModelChoiceField(User.objects.none(), label="Who", required=False, empty_label="everybody")
    named = forms.BooleanField(label="Only versions with a name", required=False)

    def __init__(self, *args: Any, parts: list[tuple[str, str]], people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", "everything"), *parts]  # type: ignore[attr-defined]
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    @property
    def wishes(self) -> dict[str, Any]:
        """What the address asks for; a value that makes no sense there asks for nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class NameRevisionForm(forms.Form):
    name = forms.CharField(label="Name this version", max_length=120)


class BringBackForm(forms.Form):
    """Which parts of a revision come back, and the state of the log that the person had in sight."""

    parts = forms.MultipleChoiceField(
        label="What comes back", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one part to bring back."},
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = parts  # type: ignore[attr-defined]
