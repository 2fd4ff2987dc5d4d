"""What the demo's reviewers say about a post-mortem, and the questions that its meeting answered aloud."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from integrations.demo.story_clock import as_if
from live.commands import replace_text, texts_of, version_of
from people.models import User
from postmortems.commands import open_thread, reply, resolve_thread, review_postmortem, set_question_aside
from postmortems.gaps import Told, questions
from postmortems.lane import story_of
from postmortems.models import Postmortem

ANSWERED_AFTER = timedelta(minutes=20)


def discuss(
    postmortem: Postmortem,
    people: Mapping[str, User],
    at: datetime,
    *,
    section: str,
    by: str,
    text: str,
    quote: str = "",
    answers: Sequence[Mapping[str, str]] = (),
    resolved_by: str = "",
) -> None:
    """One thread, opened at `at`, and each answer twenty minutes after the words before it."""
    with as_if(at):
        thread = open_thread(postmortem.sections.get(key=section), by=people[by], text=text, quote=quote)
    for answer in answers:
        at += ANSWERED_AFTER
        with as_if(at):
            reply(thread, by=people[answer["by"]], text=answer["text"])
    if resolved_by:
        with as_if(at + ANSWERED_AFTER):
            resolve_thread(thread, by=people[resolved_by])


def review(
    postmortem: Postmortem,
    people: Mapping[str, User],
    *,
    by: str,
    answer: str = "",
    words: str = "",
    then: Mapping[str, str] | None = None,
) -> None:
    """One reviewer's answer, or silence. `then` is what somebody adds to a section after it."""
    if answer:
        review_postmortem(postmortem, by=people[by], answer=answer, words=words)
    if then:
        text = f"{texts_of(postmortem.room)[then['section']]}\n\n{then['text']}"
        version = version_of(postmortem.room)
        replace_text(postmortem.room, then["section"], text, base_version=version, by=people[then["by"]])


def set_questions_aside(postmortem: Postmortem, *, by: User) -> None:
    """The room has talked over what its timeline leaves open."""
    story = story_of(postmortem.incident, postmortem.timeline_events.all())
    for question in questions(Told(story.marks, story.instants)):
        set_question_aside(postmortem, question.key, by=by)
