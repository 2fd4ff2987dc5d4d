import pytest

from actions.models import Action
from postmortems.commands import close_postmortem
from postmortems.errors import NotClosable
from postmortems.models import Postmortem
from postmortems.signals import postmortem_closed
from tests.factories import ActionFactory, UserFactory
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db


def test_close_ends_the_work_and_the_sockets(published, facilitator, recorded, announced, ejected):
    heard = []
    postmortem_closed.connect(lambda sender, **news: heard.append(news["postmortem"]), weak=False, dispatch_uid="test")
    try:
        closed = close_postmortem(published, by=facilitator)
    finally:
        postmortem_closed.disconnect(dispatch_uid="test")

    assert closed.status == Postmortem.Status.CLOSED
    assert closed.closed_at is not None
    assert recorded(published) == [("postmortem.closed", facilitator)]
    assert (heard, announced, ejected) == ([published], ["historyChanged", "statusChanged"], ["closed"])


def test_close_with_an_open_action_changes_nothing(published, facilitator):
    ActionFactory(postmortem=published, number=45)
    ActionFactory(postmortem=published, number=46, status=Action.Status.IN_PROGRESS)
    ActionFactory(postmortem=published, number=47, status="dropped", drop_reason="No", dropped_by=UserFactory())

    with pytest.raises(NotClosable) as error:
        close_postmortem(published, by=facilitator)

    assert error.value.reasons == (
        "ACT-45 is still open: finish it, or drop it on the record.",
        "ACT-46 is still open: finish it, or drop it on the record.",
    )
    published.refresh_from_db()
    assert (published.status, published.closed_at) == (Postmortem.Status.PUBLISHED, None)


def test_close_of_a_draft_is_refused(draft, facilitator):
    with pytest.raises(NotClosable) as error:
        close_postmortem(draft, by=facilitator)

    assert error.value.reasons == ("Only a published post-mortem can be closed.",)


def test_the_button_closes(facilitating, published):
    response = facilitating.post("/postmortems/7/close/", headers=HTMX)

    assert response.status_code == 200
    assert "/postmortems/7/reopen/" in response.content.decode()
    assert response.headers["HX-Refresh"] == "true"
    published.refresh_from_db()
    assert published.is_closed


def test_the_button_answers_a_refusal_with_every_reason(facilitating, published):
    ActionFactory(postmortem=published, number=45)
    ActionFactory(postmortem=published, number=46)

    response = facilitating.post("/postmortems/7/close/", headers=HTMX)

    assert response.status_code == 422
    panel = response.content.decode()
    assert "ACT-45 is still open" in panel
    assert "ACT-46 is still open" in panel


def test_a_member_who_does_not_answer_for_it_may_not_close(signed_in, published):
    assert signed_in.post("/postmortems/7/close/").status_code == 403
    published.refresh_from_db()
    assert not published.is_closed


def test_a_stranger_finds_nothing_to_close(facilitating, hidden):
    assert facilitating.post("/postmortems/9/close/").status_code == 404
