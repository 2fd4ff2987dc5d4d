from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.permissions import can_report
from insights.queries import my_work
from people.requests import SignedInRequest


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for the reader."""
    context = {
        "work": my_work(request.user, on=timezone.localdate()),
        "can_report": can_report(request.user),
    }
    return render(request, "insights/home.html", context)
