from datetime import UTC, datetime

import pytest
import time_machine

from postmortems.commands import publish_postmortem
from postmortems.errors import NotPublishable
from postmortems.models import Postmortem
from tests.factories import PostmortemFactory
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def test_publish_makes_a_review_the_account_that_everyone_relies_on(in_review, facilitator, recorded, announced):
    with time_machine.travel(NOW, tick=False):
        published = publish_postmortem(in_review, by=facilitator)

    assert (published.status, published.published_at) == (Postmortem.Status.PUBLISHED, NOW)
    assert recorded(in_review) == [("postmortem.published", facilitator)]
    assert announced == ["historyChanged", "statusChanged"]


def test_publish_over_everything_that_stands_in_the_way_names_all_of_it(empty_summary, facilitator):
    empty_summary.incident.resolved_at = None
    empty_summary.incident.save()

    with pytest.raises(NotPublishable) as error:
        publish_postmortem(empty_summary, by=facilitator)

    assert error.value.reasons == (
        "Only a post-mortem in review can be published.",
        "INC-7 is still going on: note when it was resolved first.",
        "“Summary” is still empty.",
    )
    empty_summary.refresh_from_db()
    assert (empty_summary.status, empty_summary.published_at) == (Postmortem.Status.DRAFT, None)


def test_the_button_publishes(facilitating, in_review):
    response = facilitating.post("/postmortems/7/publish/", headers=HTMX)

    assert response.status_code == 200
    assert "Published" in response.content.decode()


def test_the_button_answers_a_refusal_with_every_reason(facilitating, draft):
    response = facilitating.post("/postmortems/7/publish/", headers=HTMX)

    assert response.status_code == 422
    assert "Only a post-mortem in review can be published." in response.content.decode()


def test_a_member_who_does_not_answer_for_it_may_not_publish(signed_in, in_review):
    assert "/postmortems/7/publish/" not in signed_in.get("/postmortems/7/").content.decode()
    assert signed_in.post("/postmortems/7/publish/").status_code == 403
    in_review.refresh_from_db()
    assert in_review.status == Postmortem.Status.IN_REVIEW


@pytest.mark.parametrize("answer_as", ["opened_by", "facilitator", "lead", "engineering_manager"])
def test_whoever_answers_for_it_may_publish(client, member, in_review, answer_as):
    holder = in_review if answer_as in ("opened_by", "facilitator") else in_review.incident.team
    setattr(holder, answer_as, member)
    holder.save()
    client.force_login(member)

    client.post("/postmortems/7/publish/")

    in_review.refresh_from_db()
    assert in_review.status == Postmortem.Status.PUBLISHED


def test_a_stranger_finds_nothing_to_publish(facilitating, hidden):
    assert facilitating.post("/postmortems/9/publish/").status_code == 404


def test_whoever_answers_for_it_but_only_reads_may_not_publish(client, viewer):
    PostmortemFactory(opened_by=viewer, status=Postmortem.Status.IN_REVIEW, incident__number=8)
    client.force_login(viewer)

    assert client.post("/postmortems/8/publish/").status_code == 403
