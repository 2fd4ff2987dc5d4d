from datetime import UTC, datetime

import pytest

from actions.models import Action
from incidents.models import Impact
from postmortems.checklist import checklist_of
from postmortems.models import SectionRole
from tests.factories import (
    RESOLVED_AT,
    STARTED_AT,
    ActionFactory,
    PostmortemFactory,
    SectionFactory,
    TimelineEventFactory,
)

pytestmark = pytest.mark.django_db


def told(postmortem) -> list[list[str]]:
    return [[gap.words for gap in step.gaps] for step in checklist_of(postmortem).steps]


def test_checklist_of_a_new_post_mortem_says_all_that_is_missing_and_what_comes_first():
    draft = PostmortemFactory(texts={"summary": "", "causes": " \n"}, section__is_required=True)
    SectionFactory(postmortem=draft, key="causes", title="Root causes", role=SectionRole.CAUSES, is_required=True)

    steps = checklist_of(draft).steps

    assert told(draft) == [
        ["The timeline has no event yet.", "It is unknown when it was noticed.", "How many users felt it is unknown.",
         "Nothing is known of revenue, SLA or complaints."],
        ["“Root causes” is empty."],
        ["No action is agreed yet."],
        ["“Summary” is empty.", "The draft has not been shared.", "It is not published."],
        ["It is not closed."],
    ]  # fmt: skip
    assert [step.state for step in steps] == ["current", "open", "open", "open", "open"]
    assert [step.gaps[0].url for step in steps[:3]] == ["#timeline", "#text-causes", "#actions"]


def test_checklist_of_a_finished_one_is_all_done():
    done = PostmortemFactory(published=True, status="closed", closed_at=RESOLVED_AT)
    done.incident.detected_at = STARTED_AT
    Impact.objects.filter(incident=done.incident).update(users_affected_count=0, support_tickets_count=0)
    done.incident.impact.refresh_from_db()
    for _ in range(3):
        TimelineEventFactory(postmortem=done)
    ActionFactory(postmortem=done, status=Action.Status.DONE, evidence="x", finished_at=RESOLVED_AT)

    assert told(done) == [[], [], [], [], []]
    assert checklist_of(done).done_count == 5


def test_checklist_names_the_actions_that_lack_something_and_counts_the_rest():
    published = PostmortemFactory(published=True, draft_shared_at=datetime(2026, 3, 3, tzinfo=UTC))
    for number in range(1, 7):
        ActionFactory(postmortem=published, number=number, due_on=None)
    ActionFactory(postmortem=published, number=9, owner=None)

    _, _, actions, document, track = told(published)

    assert actions == ["ACT-9 is without an owner.", "ACT-1, ACT-2, ACT-3, ACT-4 and 2 more are without a due date."]
    assert document == []
    assert track[0] == "ACT-1, ACT-2, ACT-3, ACT-4 and 3 more are still open."


@pytest.mark.parametrize("rows", [1, 3])
def test_checklist_asks_the_database_as_often_for_one_row_as_for_three(rows, django_assert_num_queries):
    draft = PostmortemFactory()
    for number in range(1, rows + 1):
        ActionFactory(postmortem=draft, number=number)
        TimelineEventFactory(postmortem=draft)

    with django_assert_num_queries(3):
        checklist_of(draft, texts={})
