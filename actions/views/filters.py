from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from actions.commands.filters import remove_filter, save_filter
from actions.errors import NotAllowedNow
from actions.models import SavedFilter
from people.models import Team
from people.requests import SignedInRequest


class SaveFilterForm(forms.Form):
    name = forms.CharField(max_length=60)
    view = forms.ChoiceField(choices=SavedFilter.View)
    query = forms.CharField(required=False, max_length=4000)
    team = forms.ModelChoiceField(Team.objects.none(), required=False)

    def __init__(self, *args: object, user: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["team"].queryset = Team.objects.of(user)  # type: ignore[attr-defined, arg-type]


@require_POST
def save(request: SignedInRequest) -> HttpResponse:
    """Back to where one was, with a word on what became of it: a name is all that can be lost here."""
    form = SaveFilterForm(request.POST, user=request.user)
    view = request.POST.get("view")
    back = reverse(f"actions:{view if view in SavedFilter.View.values else 'index'}")
    if not form.is_valid():
        messages.error(request, "A filter needs a name of up to 60 letters, and a team of yours if it is shared.")
        return redirect(f"{back}?{request.POST.get('query', '')}")
    try:
        kept = save_filter(by=request.user, **form.cleaned_data)
    except NotAllowedNow as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return redirect(f"{back}?{form.cleaned_data['query']}")
    messages.success(request, f"“{kept}” is saved" + (f" and shared with {kept.team}." if kept.team else "."))
    return redirect(f"{back}?{kept.query}")


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    try:
        remove_filter(saved, by=request.user)
    except NotAllowedNow as refusal:
        messages.error(request, " ".join(refusal.reasons))
    else:
        messages.success(request, f"“{saved}” is removed.")
    return redirect("actions:index")
