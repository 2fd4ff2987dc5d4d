from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator

from core.dates import time_zone_choices
from core.forms import InstantField
from incidents.forms import capitalised
from integrations.commands import Brought
from integrations.commands.timelines import MOST_FILES, day_of
from integrations.forms.documents import FilesField
from integrations.models import TimelineDraft
from integrations.timelines.archives import LARGEST_FILE, MB
from integrations.timelines.moments import EARLIEST, LATEST
from postmortems.models import TimelineEvent


class BringForm(forms.Form):
    """Files of other tools, or words copied out of them."""

    documents = FilesField(
        label="Files",
        required=False,
        allow_empty_file=True,
        help_text="A Slack export (ZIP, or days of a channel), PagerDuty, Alertmanager, Opsgenie, Grafana, Statuspage, "
        f"a GitHub issue, CSV, a log: JSON, CSV or text. Up to {LARGEST_FILE // MB} MB together.",
    )
    text = forms.CharField(
        label="Or paste",
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 7, "placeholder": "14:32 alert fired\n[14:35] mira: rolling back"}),
    )
    zone = forms.ChoiceField(
        label="Times without a zone are in",
        choices=time_zone_choices,
        help_text="Most exports name their zone; pasted chat does not.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("documents") and not (cleaned.get("text") or "").strip():
            raise forms.ValidationError("Choose a file or paste a text.")
        if len(cleaned.get("documents") or []) > MOST_FILES:
            raise forms.ValidationError(f"Choose at most {MOST_FILES} files at a time.")
        if sum(one.size or 0 for one in cleaned.get("documents") or []) > LARGEST_FILE:
            raise forms.ValidationError(
                f"That is more than {LARGEST_FILE // MB} MB together: export fewer days or channels."
            )
        return cleaned

    def brought(self) -> list[Brought]:
        found = [Brought(one.name or "upload", _content(one)) for one in self.cleaned_data["documents"]]
        if (text := self.cleaned_data["text"]).strip():
            found.append(Brought("pasted text", text.encode(errors="replace")))
        return found


def _content(upload: UploadedFile) -> bytes:
    """No more than is needed to see that it is too large."""
    return upload.read(LARGEST_FILE + 1)


class ReadAgainForm(forms.Form):
    """How the files of a draft are to be read."""

    zone = forms.ChoiceField(label="Times without a zone are in", choices=time_zone_choices)
    day = forms.DateField(
        label="Times without a day are of",
        required=False,
        validators=[MinValueValidator(EARLIEST.date()), MaxValueValidator(LATEST.date())],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    channel = forms.ChoiceField(label="Channel", required=False)
    is_whole = forms.BooleanField(
        label="All days of the export", required=False, help_text="Otherwise only those around the incident."
    )

    def __init__(self, data: Any = None, *, draft: TimelineDraft) -> None:
        day = draft.day or day_of(draft.postmortem.incident, ZoneInfo(draft.zone))
        known = {"zone": draft.zone, "day": day, "channel": draft.channel, "is_whole": draft.is_whole}
        super().__init__(data, initial=known)
        if not draft.is_dayless:
            del self.fields["day"]
        if not draft.channels:
            del self.fields["channel"], self.fields["is_whole"]
            return
        self.fields["channel"].choices = [(name, f"#{name}") for name in draft.channels]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        return {"day": None, "channel": "", "is_whole": False, **self.cleaned_data}


class CandidateForm(forms.Form):
    """One line of a draft, before it is an event."""

    at = InstantField(label="When")
    text = forms.CharField(label="What happened", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    who = forms.CharField(label="Who or what", required=False, max_length=120)
    kind = forms.ChoiceField(choices=capitalised(TimelineEvent.Kind))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").replace("\r", "\n")
