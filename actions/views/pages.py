from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions import queries
from actions.changes import change_of
from actions.commands import agree_action, edit_action
from actions.errors import NotAllowedNow, OverTheCap
from actions.forms import ActionForm, EditActionForm
from actions.rows import name_of
from actions.views.advice import checks_of
from actions.views.finding import find, find_postmortem, find_postmortem_to_write, find_to_edit
from actions.views.steps import page_of
from actions.waiting import waiting_for
from actions.weighed import weigh
from core.edits import EditConflict
from core.htmx import part_or_redirect
from core.rows import is_row_edit, problems_of, row_conflict, row_refused
from people.requests import SignedInRequest
from postmortems.models import Postmortem


@require_safe
def detail(request: SignedInRequest, number: int) -> HttpResponse:
    return page_of(request, find(request, number))


@require_safe
def panel(request: SignedInRequest, number: int) -> HttpResponse:
    """The list on a post-mortem's page, fetched again when somebody changed an action of it."""
    postmortem = find_postmortem(request, number)
    context = {"panel": queries.panel_of(postmortem, request.user, on=timezone.localdate())}
    return part_or_redirect(request, "actions/_panel.html#list", context, to=f"{postmortem.get_absolute_url()}#actions")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_postmortem_to_write(request, number)
    is_full = weigh(postmortem).is_full
    if request.method != "POST":
        return _add_form(request, postmortem, ActionForm(postmortem=postmortem, prefix="action", is_full=is_full))
    form = ActionForm(request.POST, postmortem=postmortem, prefix="action", is_full=is_full)
    if not form.is_valid():
        return _add_form(request, postmortem, form, status=422)
    try:
        action = agree_action(postmortem, by=request.user, **form.cleaned_data)
    except OverTheCap as refusal:
        form.is_full = True
        form.add_error("over_cap", " ".join(refusal.reasons))
        return _add_form(request, postmortem, form, status=422)
    except NotAllowedNow as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _add_form(request, postmortem, form, status=422)
    if is_row_edit(request):
        return JsonResponse(action.told)
    messages.success(request, f"{action.reference} is taken on.")
    for check in checks_of(action.title, form.cleaned_data, reader=request.user):
        if check.passed is False:
            messages.info(request, f"{check.label}: {check.why} {check.suggestion}")
    return redirect(f"{postmortem.get_absolute_url()}#actions")


def _add_form(request: SignedInRequest, postmortem: Postmortem, form: ActionForm, *, status: int = 200) -> HttpResponse:
    context = {"postmortem": postmortem, "incident": postmortem.incident, "action_form": form}
    if is_row_edit(request):
        return row_refused(problems_of(form), form=render_to_string("actions/_panel.html#add", context, request))
    return render(request, "actions/create.html", context, status=status)


@require_POST
def edit_field(request: SignedInRequest, number: int) -> HttpResponse:
    """One field of a row, in its place: `field` names it, `seen-<field>` is what its writer had before their eyes."""
    action = find_to_edit(request, number)
    name = request.POST.get("field", "")
    change = change_of(name, request.POST, action)
    if change is None:
        return row_refused(["There is no such field."], status=400)
    if not change.form.is_valid():
        return row_refused(problems_of(change.form))
    try:
        action = change.make(request.user)
    except EditConflict as conflict:
        return row_conflict(change.form, conflict, by=queries.last_writer_of(action, name))
    except NotAllowedNow as refusal:
        return row_refused(refusal.reasons)
    return JsonResponse(action.told or {"row": name_of(action), "version": action.version})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, number: int) -> HttpResponse:
    action = find_to_edit(request, number)
    if request.method != "POST":
        return render(
            request,
            "actions/edit.html",
            {"action": action, "form": EditActionForm(postmortem=action.postmortem, action=action)},
        )
    form, status = EditActionForm(request.POST, postmortem=action.postmortem, action=action), 422
    if form.is_valid():
        try:
            return redirect(edit_action(action, by=request.user, seen=form.seen, wanted=form.cleaned_data))
        except EditConflict as conflict:
            form.show_conflicts(conflict.theirs)
            status = 409
    return render(request, "actions/edit.html", {"action": action, "form": form}, status=status)


@require_safe
def waiting(request: SignedInRequest) -> HttpResponse:
    kinds = waiting_for(request.user, on=timezone.localdate())
    return render(request, "actions/waiting.html", {"kinds": kinds})
