import pytest

from postmortems.commands import reopen_postmortem
from postmortems.errors import NotMovable
from postmortems.models import Postmortem
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db


def test_reopen_takes_the_work_up_again(closed, facilitator, recorded, announced, ejected):
    reopened = reopen_postmortem(closed, by=facilitator)

    assert (reopened.status, reopened.closed_at) == (Postmortem.Status.PUBLISHED, None)
    assert recorded(closed) == [("postmortem.reopened", facilitator)]
    assert (announced, ejected) == (["historyChanged", "statusChanged"], ["reopened"])


def test_reopen_of_anything_else_is_refused(published, facilitator):
    with pytest.raises(NotMovable) as error:
        reopen_postmortem(published, by=facilitator)

    assert error.value.reasons == ("Only a closed post-mortem can be reopened.",)


def test_the_button_reopens(facilitating, closed):
    assert facilitating.post("/postmortems/7/reopen/", headers=HTMX).status_code == 200
    closed.refresh_from_db()
    assert closed.status == Postmortem.Status.PUBLISHED


def test_a_member_who_does_not_answer_for_it_may_not_reopen(signed_in, closed):
    assert signed_in.post("/postmortems/7/reopen/").status_code == 403
    closed.refresh_from_db()
    assert closed.is_closed
