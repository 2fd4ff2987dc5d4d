from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from people.choosing import anybody
from people.fields import PeopleField
from people.models import User
from postmortems.choosing import reviewers_pool
from postmortems.models import Postmortem, Reviewer


class ReviewersForm(forms.Form):
    """Who reviews a post-mortem: people who may see it. `seen` are those that the page showed, so that two people who
    name reviewers at once do not undo each other."""

    reviewers = PeopleField(
        anybody(),
        required=False,
        help_text="They are asked by mail, and approve it or ask for changes. It may be published without their answer.",
    )
    seen = forms.ModelMultipleChoiceField(User.objects.none(), required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, data: Any = None, *, postmortem: Postmortem) -> None:
        named = [reviewer.person for reviewer in postmortem.reviewers.select_related("person")]
        super().__init__(data, initial={"reviewers": named, "seen": named})
        pool = reviewers_pool(postmortem)
        self.fields["reviewers"].pool = pool  # type: ignore[attr-defined]
        self.fields["seen"].queryset = pool.people  # type: ignore[attr-defined]

    @property
    def wishes(self) -> dict[str, list[User]]:
        """What to name them with: who is added, who is taken off."""
        wanted, seen = list(self.cleaned_data["reviewers"]), list(self.cleaned_data["seen"])
        return {
            "added": [person for person in wanted if person not in seen],
            "removed": [person for person in seen if person not in wanted],
        }


class ReviewForm(forms.Form):
    """What a reviewer says; words may come with an approval, and must with the rest."""

    ANSWERS = [(Reviewer.Answer.APPROVED, "I approve it as it stands"), (Reviewer.Answer.CHANGES, "I ask for changes")]

    answer = forms.ChoiceField(choices=ANSWERS, widget=forms.RadioSelect)
    words = forms.CharField(
        label="What has to change",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For single passages, comments in the text say it better.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == Reviewer.Answer.CHANGES and not cleaned.get("words"):
            self.add_error("words", ValidationError("Say what has to change."))
        return cleaned


class PublishForm(forms.Form):
    reason = forms.CharField(
        label="Why it is published all the same",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stays on record, and stands beside the document.",
    )
