from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from core.dates import time_zone_choices
from people.models import Absence, Organisation, User
from people.topics import topics_to_choose, wishes_of


class MailsForm(forms.Form):
    """One box for each kind of mail that may be done without."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wishes = wishes_of(person)
        for topic in topics_to_choose():
            self.fields[topic.key] = forms.BooleanField(
                label=topic.title, help_text=topic.text, required=False, initial=wishes[topic.key]
            )

    @property
    def wanted(self) -> list[str]:
        return [key for key, is_wanted in self.cleaned_data.items() if is_wanted]


class AbsenceForm(forms.ModelForm):
    """From which day to which a person is away."""

    class Meta:
        model = Absence
        fields = ["first_on", "last_on"]
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in fields}

    def clean_last_on(self) -> date:
        last_on: date = self.cleaned_data["last_on"]
        if last_on < timezone.localdate():
            raise forms.ValidationError("That day is over.")
        return last_on


class ProfileForm(forms.ModelForm):
    """What people keep about themselves."""

    class Meta:
        model = User
        fields = ["name", "time_zone"]

    time_zone = forms.ChoiceField(required=False, help_text="All times are shown and read in it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = f"The organisation’s own ({Organisation.load().time_zone})"
        self.fields["time_zone"].choices = [("", own), *time_zone_choices()]  # type: ignore[attr-defined]
