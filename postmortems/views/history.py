"""The line of time of a post-mortem, what it was at any moment of it, and bringing that back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import is_htmx
from live.commands import version_of
from live.errors import VersionTooOld
from people.requests import SignedInRequest
from postmortems import commands
from postmortems.commands.revisions import TIMELINE, Plan, plan_of
from postmortems.errors import NotBringable, NotMovable
from postmortems.forms import BringBackForm, HistoryFilter, NameRevisionForm
from postmortems.history.comparing import compare
from postmortems.history.lines import (
    by_days,
    entries_of,
    narrowed,
    part_choices,
    pending_of,
    people_in,
    titles_of,
)
from postmortems.history.moments import moments_before, texts_at
from postmortems.history.rows import kinds
from postmortems.history.states import State, state_now, state_of, states_of
from postmortems.models import Postmortem, Revision
from postmortems.permissions import can_name, can_write
from postmortems.views.finding import find, find_to_write

ROWS_A_PAGE = 40
NOW = "now"


@require_safe
def index(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    template = "postmortems/history.html#line" if is_htmx(request) else "postmortems/history.html"
    return render(request, template, _line_context(request, postmortem))


def _line_context(
    request: SignedInRequest, postmortem: Postmortem, *, name_form: NameRevisionForm | None = None
) -> dict[str, Any]:
    prefetch_related_objects([postmortem], "sections")
    titles = titles_of(postmortem)
    filters = HistoryFilter(request.GET, parts=part_choices(postmortem), people=people_in(postmortem))
    page = Paginator(narrowed(postmortem, filters.wishes), ROWS_A_PAGE).get_page(request.GET.get("page"))
    entries = entries_of(page, titles)
    address = _address_without_page(request.GET)
    is_top = page.number == 1 and not filters.wishes
    return {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "filters": filters,
        "is_filtered": bool(filters.wishes),
        "page": page,
        "query": address,
        "days": by_days(entries),
        "from_number": entries[1].revision.number if len(entries) > 1 else None,
        "to_number": entries[0].revision.number if entries else None,
        "pending": pending_of(postmortem, titles) if is_top else None,
        "name_form": name_form or NameRevisionForm(),
        "can_name": can_name(request.user, postmortem),
    }


def _address_without_page(asked: QueryDict) -> str:
    address = asked.copy()
    address.pop("page", None)
    return address.urlencode()


@require_POST
def name(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    if not can_name(request.user, postmortem):
        raise PermissionDenied
    form = NameRevisionForm(request.POST)
    if not form.is_valid():
        context = _line_context(request, postmortem, name_form=form)
        return render(request, "postmortems/history.html", context, status=422)
    revision = commands.name_revision(postmortem, form.cleaned_data["name"], by=request.user)
    messages.success(request, f"The document as it is now is kept as “{revision.name}”.")
    return redirect("postmortems:history", number)


@require_safe
def detail(request: SignedInRequest, number: int, revision: int) -> HttpResponse:
    postmortem = find(request, number)
    shown = _find_revision(postmortem, revision)
    state = state_of(shown)
    around = postmortem.revisions.filter(number__in=[revision - 1, revision + 1]).defer("parts", "changes")
    neighbours = {one.number - revision: one for one in around}
    context = {
        **_moment_context(request, postmortem, shown, neighbours.get(-1), state),
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "revision": shown,
        "entry": entries_of([shown], titles_of(postmortem))[0],
        "previous": neighbours.get(-1),
        "next": neighbours.get(1),
        "rows": _rows_shown(state),
        "can_write": can_write(request.user, postmortem),
    }
    template = "postmortems/revision.html#state" if is_htmx(request) else "postmortems/revision.html"
    return render(request, template, context)


def _moment_context(
    request: SignedInRequest, postmortem: Postmortem, shown: Revision, previous: Revision | None, state: State
) -> dict[str, Any]:
    """The texts at the moment that the slider asks for; at its end, and without one, those of the revision."""
    moments = moments_before(postmortem, shown, previous)
    asked = request.GET.get("moment", "")
    chosen = min(int(asked), len(moments) - 1) if asked.isdecimal() and len(asked) < 4 and moments else len(moments) - 1
    texts = None
    if moments and chosen < len(moments) - 1:
        texts = texts_at(postmortem, moments[chosen], [heading.key for heading in state.headings])
    return {
        "sections": [(heading, (texts or state.texts).get(heading.key, "")) for heading in state.headings],
        "moments": moments,
        "chosen": chosen,
        "last_moment": len(moments) - 1,
        "moment": moments[chosen] if texts is not None else None,
    }


def _rows_shown(state: State) -> list[dict[str, Any]]:
    """Each kind of rows with its rows: what each is called, and its fields in words."""
    return [
        {
            "key": kind.key,
            "title": kind.title,
            "many": kind.many,
            "rows": [
                {
                    "heading": kind.heading(row),
                    "fields": [
                        (rule.label, rule.in_words(row.values.get(name)), row.values.get(name) in (None, ""))
                        for name, rule in kind.fields.items()
                    ],
                }
                for row in state.rows.get(kind.key, [])
            ],
        }
        for kind in kinds()
    ]


@require_safe
def compare_two(request: SignedInRequest, number: int) -> HttpResponse:
    """?from=3&to=7, or to=now. Without them: the last version against now."""
    postmortem = find(request, number)
    newest = postmortem.revisions.first()
    if newest is None:
        raise Http404("There is no history yet.")
    old = _asked_revision(postmortem, request.GET.get("from", ""), newest)
    is_now = request.GET.get("to", NOW) == NOW
    new = None if is_now else _asked_revision(postmortem, request.GET["to"], newest)
    if new is not None and new.number < old.number:
        old, new = new, old
    before, after = (state_of(old), state_now(postmortem)[0]) if new is None else states_of([old, new])
    context = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "old": old,
        "new": new,
        "newest": newest,
        "comparison": compare(before, after),
        "now": timezone.now(),
        "can_write": can_write(request.user, postmortem),
    }
    return render(request, "postmortems/compare.html", context)


def _asked_revision(postmortem: Postmortem, asked: str, newest: Revision) -> Revision:
    if not asked:
        return newest
    if not asked.isdecimal() or len(asked) > 9:
        raise Http404("There is no such version.")
    return newest if int(asked) == newest.number else _find_revision(postmortem, int(asked))


def _find_revision(postmortem: Postmortem, number: int) -> Revision:
    return get_object_or_404(postmortem.revisions.select_related("by"), number=number)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_back(request: SignedInRequest, number: int, revision: int) -> HttpResponse:
    """GET says what would change and asks; POST does it, as a change of now."""
    postmortem = find_to_write(request, number)
    shown = _find_revision(postmortem, revision)
    version = version_of(postmortem.room)
    plan = plan_of(postmortem, state_of(shown))
    if request.method != "POST":
        asked = [part for part in request.GET.getlist("part") if part in plan.parts]
        initial = {"parts": asked or plan.parts, "version": version}
        return _bring_back_page(
            request, postmortem, shown, plan, BringBackForm(initial=initial, parts=_choices(postmortem, plan.parts))
        )
    # What is as it was by now may still be asked for: somebody else was quicker.
    form = BringBackForm(request.POST, parts=_choices(postmortem, [*titles_of(postmortem), TIMELINE]))
    if not form.is_valid():
        return _bring_back_page(request, postmortem, shown, plan, form, status=422)
    try:
        made = commands.bring_back(
            shown, form.cleaned_data["parts"], base_version=form.cleaned_data["version"], by=request.user
        )
    except (NotMovable, NotBringable, VersionTooOld) as refusal:
        form.add_error(None, " ".join(refusal.reasons))
        return _bring_back_page(request, postmortem, shown, plan, form, status=422)
    _say_what_came_back(request, made)
    return redirect(postmortem)


def _choices(postmortem: Postmortem, parts: list[str]) -> list[tuple[str, str]]:
    titles = titles_of(postmortem) | {TIMELINE: "Timeline"}
    return [(part, titles[part]) for part in parts]


def _say_what_came_back(request: SignedInRequest, made: Revision | None) -> None:
    if made is None:
        messages.info(request, "It is as it was already: nothing had to be brought back.")
        return
    messages.success(request, f"{made.name}. The version before it is in the history, if you change your mind.")


def _bring_back_page(
    request: SignedInRequest,
    postmortem: Postmortem,
    shown: Revision,
    plan: Plan,
    form: BringBackForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "revision": shown,
        "plan": plan,
        "form": form,
    }
    return render(request, "postmortems/bring_back.html", context, status=status)
