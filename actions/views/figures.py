"""The figures of actions: of which months and of which team, the address says."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.figures import drawing, reckoning
from actions.figures.periods import MONTHS, USUAL, before, last_months
from actions.figures.returned import returns
from actions.filters import ActionFilter
from people.models import Organisation, Team
from people.requests import SignedInRequest


@require_safe
def figures(request: SignedInRequest) -> HttpResponse:
    filters = ActionFilter(request.GET)
    asked = request.GET.get("months", "")
    months = int(asked) if asked in map(str, MONTHS) else USUAL
    return render(request, "actions/figures.html", _context(request, filters, months))


def _context(request: SignedInRequest, filters: ActionFilter, months: int) -> dict[str, Any]:
    zone = Organisation.load().zone
    period = last_months(months, until=timezone.now().astimezone(zone).date(), zone=zone)
    team = filters.wishes.get("team")
    actions = reckoning.seen(request.user, team, period=period)
    each = reckoning.actions_each(request.user, team, period)
    by_month = reckoning.months_of(actions, period)
    return {
        "period": period,
        "months": months,
        "choices": MONTHS.items(),
        "team": team,
        "teams": Team.objects.of(request.user),
        "kept": reckoning.kept(actions, period, before(period, months)),
        "completion": reckoning.time_to_completion(actions, period),
        "all_ended": reckoning.time_until_all_ended(actions, period),
        "each": each,
        "each_mean": each.part / each.whole if each.whole else None,
        "hold": reckoning.still_hold(actions, period),
        "returns": returns(request.user, team, period),
        "by_month": by_month,
        "drawn": any(month.in_all for month in by_month),
        "chart": drawing.columns_of(by_month),
        "groups": [(heading, drawing.bars_of(found)) for heading, found in reckoning.parts(actions, period).items()],
    }
