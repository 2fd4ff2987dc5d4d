from typing import Any

from django import forms

from core.dates import time_zone_choices
from people.models import Organisation, User


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
