import pytest

from postmortems.commands import submit_postmortem
from postmortems.errors import NotSubmittable
from postmortems.models import Postmortem
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db


def test_submit_moves_a_draft_to_review_and_tells_open_pages(draft, member, recorded, announced):
    assert submit_postmortem(draft, by=member).status == Postmortem.Status.IN_REVIEW

    assert recorded(draft) == [("postmortem.submitted", member)]
    assert announced == ["historyChanged", "statusChanged"]


def test_submit_with_an_empty_required_section_changes_nothing(empty_summary, member, announced):
    with pytest.raises(NotSubmittable) as error:
        submit_postmortem(empty_summary, by=member)

    assert error.value.reasons == ("“Summary” is still empty.",)
    empty_summary.refresh_from_db()
    assert empty_summary.status == Postmortem.Status.DRAFT
    assert announced == []


def test_submit_twice_is_refused(in_review, member):
    with pytest.raises(NotSubmittable) as error:
        submit_postmortem(in_review, by=member)

    assert error.value.reasons == ("Only a draft can be submitted for review.",)


def test_the_page_submits_without_a_script(signed_in, draft):
    response = signed_in.post("/postmortems/7/submit/")

    draft.refresh_from_db()
    assert (response.status_code, response.headers["Location"]) == (302, "/postmortems/7/")
    assert draft.status == Postmortem.Status.IN_REVIEW
    assert "/postmortems/7/send-back/" in signed_in.get("/postmortems/7/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("headers", [HTMX, {}])
def test_dialog_and_page_say_every_reason_of_a_refusal(signed_in, empty_summary, method, headers):
    response = getattr(signed_in, method)("/postmortems/7/submit/", headers=headers)

    assert response.status_code == (422 if method == "post" else 200)
    assert "“Summary” is still empty." in response.content.decode()


def test_the_panel_lists_what_is_still_to_do_before(signed_in, empty_summary):
    page = signed_in.get("/postmortems/7/").content.decode()

    assert "<p>Before it can go to review:</p><ul><li>“Summary” is still empty.</li></ul>" in page


def test_a_viewer_submits_nothing(client, viewer, draft):
    client.force_login(viewer)

    assert client.post("/postmortems/7/submit/").status_code == 403
    draft.refresh_from_db()
    assert draft.status == Postmortem.Status.DRAFT


def test_looking_at_the_address_submits_nothing(signed_in, draft):
    assert signed_in.get("/postmortems/7/submit/").status_code == 200
    draft.refresh_from_db()
    assert draft.status == Postmortem.Status.DRAFT
