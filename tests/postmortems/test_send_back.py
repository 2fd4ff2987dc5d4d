import pytest

from postmortems.commands import send_back_postmortem
from postmortems.errors import NotMovable
from postmortems.models import Postmortem
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db


def test_send_back_returns_a_review_to_its_writers(in_review, member, recorded, announced):
    assert send_back_postmortem(in_review, by=member).status == Postmortem.Status.DRAFT

    assert recorded(in_review) == [("postmortem.sent_back", member)]
    assert announced == ["historyChanged", "statusChanged"]


def test_send_back_of_anything_else_is_refused(published, member):
    with pytest.raises(NotMovable) as error:
        send_back_postmortem(published, by=member)

    assert error.value.reasons == ("Only a post-mortem in review can be sent back to draft.",)


def test_the_button_answers_with_the_panel(signed_in, in_review):
    response = signed_in.post("/postmortems/7/send-back/", headers=HTMX)

    assert response.status_code == 200
    assert "/postmortems/7/submit/" in response.content.decode()


def test_a_viewer_sends_nothing_back(client, viewer, in_review):
    client.force_login(viewer)

    assert client.post("/postmortems/7/send-back/").status_code == 403
    in_review.refresh_from_db()
    assert in_review.status == Postmortem.Status.IN_REVIEW
