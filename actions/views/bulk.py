"""One change for many actions: choose it, look at what it would do, then do it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from actions.boards.bulk import MOST, Change, Wish, change_all, preview
from actions.boards.narrowing import in_status, narrowed
from actions.choosing import any_owner
from actions.filters import ActionFilter, clean_query
from actions.forms import DateInput
from actions.models import Action
from people.fields import PersonField
from people.requests import SignedInRequest


class BulkForm(forms.Form):
    """What each change needs; the command has the last word on each action."""

    change = forms.ChoiceField(label="What is to be done with them", choices=Change, widget=forms.RadioSelect)
    owner = PersonField(any_owner(), label="New owner", required=False)
    due_on = forms.DateField(label="New due date", required=False, widget=DateInput)
    priority = forms.ChoiceField(
        label="New priority", choices=[("", "choose one"), *Action.Priority.choices], required=False
    )
    reason = forms.CharField(
        label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands in the story of each of them.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        asked = {Change.OWNER: "owner", Change.DUE: "due_on", Change.PRIORITY: "priority"}.get(given.get("change", ""))
        if asked and asked not in self.errors and not given.get(asked):
            self.add_error(asked, f"Say which {asked.replace('due_on', 'date')}.")
        return given


@require_POST
def bulk(request: SignedInRequest) -> HttpResponse:
    if not request.user.can_write:
        raise PermissionDenied
    chosen = _chosen(request)
    if not chosen:
        messages.error(
            request, "Choose the actions that are to change: a mark in front of each, or all that the filter finds."
        )
        return redirect(f"{reverse('actions:index')}?{clean_query(request.POST.get('query', ''))}")
    step = request.POST.get("step")
    form = BulkForm(request.POST if step else None, initial={"change": Change.OWNER, **request.POST.dict()})
    if not step or not form.is_valid():
        return _page(request, chosen, form, status=422 if step else 200)
    wish = Wish(**form.cleaned_data)
    if step == "look":
        return _page(request, chosen, form, wish=wish, looked=preview(chosen, wish, by=request.user))
    outcome = change_all(chosen, wish, by=request.user)
    return _page(request, chosen, form, wish=wish, done=outcome)


def _chosen(request: SignedInRequest) -> list[Action]:
    """From the list: those marked, or all that its filter finds. From the pages after it: the same ones again."""
    query = request.POST.get("query", "")
    if request.POST.get("every"):
        filters, today = ActionFilter(QueryDict(query)), timezone.localdate()
        found = in_status(narrowed(request.user, filters.wishes, on=today), filters.wished_status)
    else:
        sent = request.POST.getlist("chosen") + request.POST.get("numbers", "").split(",")
        numbers = {int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < 10}
        found = Action.objects.visible_to(request.user).filter(number__in=numbers).order_by("number")
    return list(found.select_related("owner", "postmortem__incident__team")[:MOST])


def _page(
    request: SignedInRequest, chosen: list[Action], form: BulkForm, *, status: int = 200, **found: Any
) -> HttpResponse:
    context = {
        "chosen": chosen,
        "form": form,
        "numbers": ",".join(str(action.number) for action in chosen),
        "query": clean_query(request.POST.get("query", "")),
        "is_cut": bool(request.POST.get("every")) and len(chosen) == MOST,
        "most": MOST,
        **found,
    }
    return render(request, "actions/bulk.html", context, status=status)
