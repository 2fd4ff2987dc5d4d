"""What the timeline leaves open, beneath it: asked anew whenever it changes."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.edits import EditConflict
from core.errors import DomainError
from core.htmx import part_or_redirect
from people.requests import SignedInRequest
from postmortems.commands import bring_question_back, fill_instant, set_question_aside
from postmortems.gaps import Question, Told, questions
from postmortems.lane import Story, story_of
from postmortems.models import Postmortem
from postmortems.permissions import can_write
from postmortems.views.finding import find, find_to_write


@dataclass(frozen=True)
class Asked:
    """A question in the reader's words and zone."""

    question: Question
    words: str


@require_safe
def questions_part(request: SignedInRequest, number: int) -> HttpResponse:
    return _part(request, find(request, number))


@require_POST
def set_aside(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    known = {asked.question.key for asked in _asked(postmortem)}
    problems = _tried(lambda key: set_question_aside(postmortem, key, by=request.user), request, known)
    return _part(request, postmortem, problems)


@require_POST
def bring_back(request: SignedInRequest, number: int) -> HttpResponse:
    postmortem = find_to_write(request, number)
    kept = set(postmortem.questions_set_aside.values_list("key", flat=True))
    problems = _tried(lambda key: bring_question_back(postmortem, key, by=request.user), request, kept)
    return _part(request, postmortem, problems)


@require_POST
def fill(request: SignedInRequest, number: int) -> HttpResponse:
    """“Yes, that is it”: the event's time becomes the incident's."""
    postmortem = find_to_write(request, number)
    fills = {asked.question.key: asked.question.fill for asked in _asked(postmortem)}

    def take(key: str) -> None:
        if likely := fills[key]:
            fill_instant(postmortem, likely.name, likely.at, by=request.user)

    problems = _tried(take, request, [key for key, likely in fills.items() if likely])
    postmortem.incident.refresh_from_db()
    return _part(request, postmortem, problems)


def _tried(act: Any, request: SignedInRequest, known: Collection[str]) -> list[str]:
    """What stood in the way. A question that is no longer asked needs no answer either."""
    key = request.POST.get("key", "")
    if key not in known:
        return []
    try:
        act(key)
    except EditConflict:
        return ["Somebody else has filled this in meanwhile."]
    except DomainError as refusal:
        return list(refusal.reasons)
    return []


def _part(request: SignedInRequest, postmortem: Postmortem, problems: list[str] | None = None) -> HttpResponse:
    context = questions_context(request, postmortem, _story(postmortem)) | {"problems": problems or []}
    to = f"{postmortem.get_absolute_url()}#postmortem-{postmortem.pk}-questions"
    return part_or_redirect(request, "postmortems/_questions.html", context, to=to, status=422 if problems else 200)


def questions_context(request: SignedInRequest, postmortem: Postmortem, story: Story) -> dict[str, Any]:
    aside = {one.key: one.by for one in postmortem.questions_set_aside.select_related("by")}
    asked = [_in_words(question) for question in questions(Told(story.marks, story.instants))]
    return {
        "postmortem": postmortem,
        "asked": [one for one in asked if one.question.key not in aside],
        "aside": [(one, aside[one.question.key]) for one in asked if one.question.key in aside],
        "can_write": can_write(request.user, postmortem),
    }


def _story(postmortem: Postmortem) -> Story:
    return story_of(postmortem.incident, postmortem.timeline_events.all())


def _asked(postmortem: Postmortem) -> list[Asked]:
    story = _story(postmortem)
    return [_in_words(question) for question in questions(Told(story.marks, story.instants))]


def _in_words(question: Question) -> Asked:
    at = f"{timezone.localtime(question.at):%H:%M}" if question.at else ""
    # Not format(): what people wrote may hold braces of its own.
    return Asked(question, question.question.replace("{at}", at, 1))
