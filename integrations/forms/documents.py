from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from incidents.models import Incident, Severity
from integrations.commands import Correction
from integrations.documents import Reading
from integrations.documents.source import LARGEST_BYTES
from integrations.fitting import kind_for, severity_for
from people.models import Team, User

MOST_FILES = 20


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, one after the other."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class UploadForm(forms.Form):
    """Files, or words pasted from wherever they were written."""

    documents = FilesField(
        label="Files",
        required=False,
        allow_empty_file=True,
        help_text="Markdown and its relatives: .md, .mdx, .qmd, .rst, .adoc, .org, .mediawiki, .html, .yaml, .txt. "
        f"Up to {LARGEST_BYTES // 1024 // 1024} MB each.",
    )
    text = forms.CharField(
        label="Or paste the text",
        required=False,
        max_length=LARGEST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("documents") and not (cleaned.get("text") or "").strip():
            raise forms.ValidationError("Choose a file or paste a text.")
        if len(cleaned.get("documents") or []) > MOST_FILES:
            raise forms.ValidationError(
                f"Choose at most {MOST_FILES} files at a time; more go through the command line."
            )
        return cleaned

    def sources(self) -> list[tuple[str, bytes | str]]:
        """(name, content) of everything that was brought."""
        found: list[tuple[str, bytes | str]] = [
            (one.name or "upload", _content(one)) for one in self.cleaned_data["documents"]
        ]
        if (text := self.cleaned_data["text"]).strip():
            found.append(("pasted text", text))
        return found


def _content(upload: UploadedFile) -> bytes:
    """No more than is needed to see that it is too large."""
    return upload.read(LARGEST_BYTES + 1)


class ConfirmForm(forms.Form):
    """What a person may say better than the document does."""

    title = forms.CharField(max_length=200)
    severity = forms.TypedChoiceField(choices=Severity, coerce=int)
    kind = forms.ChoiceField(choices=Incident.Kind)
    is_near_miss = forms.BooleanField(label="Near miss", required=False, help_text="Caught before users felt anything.")
    went_unusually_well = forms.BooleanField(label="Went unusually well", required=False)
    team = forms.ModelChoiceField(Team.objects.all(), empty_label="Choose a team", help_text="Who answers for it.")
    is_restricted = forms.BooleanField(
        label="Restricted", required=False, help_text="Only its team, its participants and administrators can see it."
    )

    @classmethod
    def of(cls, reading: Reading, user: User, data: Any = None) -> "ConfirmForm":
        initial = {
            "title": reading.title[:200],
            "severity": severity_for(reading.severity) or Severity.SEV3,
            "kind": kind_for(reading.title, reading.kind),
            "is_near_miss": reading.is_near_miss,
            "went_unusually_well": reading.went_unusually_well,
            "team": Team.objects.of(user).first(),  # type: ignore[attr-defined]
        }
        form = cls(data, initial=initial)
        form.fields["severity"].help_text = (
            f"Written as “{reading.severity}”." if reading.severity else "The text states none."
        )
        return form

    @property
    def left_out(self) -> frozenset[str]:
        """What stood on the page with a tick that was taken away. Ticks alone do not tell: those not set are not sent."""
        if not isinstance(self.data, QueryDict):
            return frozenset()
        return frozenset(self.data.getlist("shown")) - frozenset(self.data.getlist("take"))

    @property
    def correction(self) -> Correction:
        wanted = self.cleaned_data
        return Correction(
            wanted["title"], wanted["severity"], wanted["is_restricted"], wanted["kind"],
            wanted["is_near_miss"], wanted["went_unusually_well"], self.left_out,
        )  # fmt: skip
