"""What was known then: the timeline up to one minute, with nothing of what came after, not even in the page's source."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.htmx import is_htmx
from people.requests import SignedInRequest
from postmortems.forms import SightForm, ThenForm
from postmortems.lane import draw, story_of
from postmortems.models import Postmortem
from postmortems.then import Hindsight, people_in
from postmortems.views.finding import find

USUAL_WIDTH = 700


@require_safe
def then(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    context = {"postmortem": postmortem, "incident": postmortem.incident, **_then(request, postmortem)}
    part = "postmortems/then/_known.html" if is_htmx(request) else "postmortems/then/page.html"
    return render(request, part, context)


def _then(request: SignedInRequest, postmortem: Postmortem) -> dict[str, Any]:
    story = story_of(postmortem.incident, postmortem.timeline_events.all())
    if not story.marks:
        return {"known": None}
    wishes = ThenForm(request.GET).wishes
    people = people_in(story.marks)
    who = wishes.get("who", "") if wishes.get("who") in people else ""
    hindsight = Hindsight(story)
    known = hindsight.known(wishes.get("minute", 0), who)
    width = SightForm(request.GET).wishes.get("width") or USUAL_WIDTH
    drawing = draw(known.story, timezone.get_current_timezone(), width=width)
    return {
        "known": known,
        "events": list(reversed(known.story.marks)),
        "last_minute": hindsight.last_minute,
        "people": people,
        "who": who,
        "is_counted": wishes.get("count", False),
        "drawing": drawing,
    }
