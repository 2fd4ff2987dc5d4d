from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.guidance import BY_KIND
from incidents.models import Incident, SeverityPolicy
from incidents.permissions import can_report
from insights import glossary as words
from insights.queries import my_work
from people.mail import undelivered_count
from people.requests import SignedInRequest


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for the reader."""
    context = {
        "work": my_work(request.user, on=timezone.localdate()),
        "can_report": can_report(request.user),
        "undelivered_count": undelivered_count() if request.user.is_facilitator else 0,
    }
    return render(request, "insights/home.html", context)


@require_safe
def glossary(request: SignedInRequest) -> HttpResponse:
    """What the words mean here, and how we look at incidents."""
    context = {
        "policies": SeverityPolicy.objects.all(),
        "kinds": [(Incident.Kind(kind).label, guidance) for kind, guidance in BY_KIND.items()],
        "principles": words.PRINCIPLES,
        "safety": words.SAFETY,
        "accountability": words.ACCOUNTABILITY,
        "bad_system": words.BAD_SYSTEM,
        "good_system": words.GOOD_SYSTEM,
        "terms": words.TERMS,
    }
    return render(request, "insights/glossary.html", context)
