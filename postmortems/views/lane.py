"""The timeline drawn as a line: part of the document's page, asked for anew for another view and when rows change."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.forms import capitalised
from people.requests import SignedInRequest
from postmortems.forms import SightForm
from postmortems.lane import Axis, Story, Window, draw, story_of
from postmortems.models import Postmortem, TimelineEvent
from postmortems.views.finding import find

# Before a script has measured the page: the column beside the text, which a phone's width comes near to.
USUAL_WIDTH = 340
WHOLE, IMPACT, AROUND = "", "impact", "around"
# Around one event, this share of the line is in sight.
NEAR = 0.08


@require_safe
def lane(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find(request, number)
    story = story_of(postmortem.incident, postmortem.timeline_events.all())
    return render(request, "postmortems/lane/_sight.html", lane_context(request, postmortem, story))


def lane_context(request: SignedInRequest, postmortem: Postmortem, story: Story) -> dict[str, Any]:
    form = SightForm(request.GET)
    view = form.wishes.get("view") or WHOLE
    drawing = draw(
        story,
        timezone.get_current_timezone(),
        width=form.wishes.get("width") or USUAL_WIDTH,
        window=_window(form, story),
    )
    return {
        "postmortem": postmortem,
        "drawing": drawing,
        "legend": [choice for choice in capitalised(TimelineEvent.Kind) if drawing and choice[0] in drawing.kinds],
        "views": _views(story),
        "view": view,
    }


def _views(story: Story) -> list[tuple[str, str]]:
    keys = [(mark.name, f"Around ★ {mark.text[:40]}") for mark in story.marks if mark.is_key]
    impact = [(IMPACT, "While users felt it")] if story.impact else []
    return [(WHOLE, "The whole of it"), *impact, (AROUND, "Around the event I am at"), *keys]


def _window(form: SightForm, story: Story) -> Window | None:
    if shares := form.shares:
        return Window(*shares)
    view = form.wishes.get("view")
    if not story.moments or not view:
        return None
    axis = Axis(story.moments)
    if view == IMPACT and story.impact:
        return axis.window(*story.impact)
    mark = next((mark for mark in story.marks if mark.name == view), None)
    if mark is None:
        return None
    share = axis.share(mark.at)
    return Window(max(0.0, share - NEAR), min(1.0, share + NEAR))
