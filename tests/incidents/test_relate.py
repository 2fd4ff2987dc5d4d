import pytest
from django.db import IntegrityError, transaction

from incidents.models import Relation
from incidents.relating import NotRelatable, relate_incidents, related_for_all, related_to, unrelate_incidents
from people.models import RecordEntry
from tests.factories import IncidentFactory, ParticipantFactory, PostmortemFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def here():
    return PostmortemFactory(incident=IncidentFactory(number=7)).incident


@pytest.fixture
def there():
    return IncidentFactory(number=3, title="The queue was full")


def test_relate_shows_it_from_both_sides_with_what_is_alike(here, there, member):
    relate_incidents(here, there, why="The same limit.", by=member)

    (seen_here,), (seen_there,) = related_to(here, member), related_to(there, member)
    assert (seen_here.incident, seen_here.why, seen_here.by) == (there, "The same limit.", member)
    assert seen_there.incident == here


def test_it_goes_on_record_with_both_without_naming_the_other(here, there, member):
    unrelate_incidents(relate_incidents(here, there, why="Canary", by=member), by=member)

    for incident in (here, there):
        entries = RecordEntry.objects.about(incident)
        assert [entry.verb for entry in entries] == ["incident.unrelated", "incident.related"]
        assert [entry.details for entry in entries] == [{}, {}]
    assert not Relation.objects.exists()


def test_relate_twice_from_either_side_or_with_itself_is_refused(here, there, member):
    relate_incidents(here, there, why="The same limit.", by=member)

    for one, other in [(here, there), (there, here), (here, here)]:
        with pytest.raises(NotRelatable):
            relate_incidents(one, other, why="Again.", by=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Relation.objects.create(incident=there, other=here, why="Again.", by=member)
    assert Relation.objects.count() == 1


def test_an_incident_that_somebody_may_not_see_is_never_shown_to_them(client, here, member, administrator):
    hidden = IncidentFactory(number=9, title="Canary", is_restricted=True)
    relate_incidents(here, hidden, why="A canary sings.", by=administrator)

    for who, sees in {member: False, administrator: True}.items():
        client.force_login(who)
        for page in ("/incidents/7/", "/incidents/7/related/", "/postmortems/7/"):
            words = client.get(page, headers=HTMX if "related" in page else {}).content.decode()
            assert ("Canary" in words, "A canary sings." in words) == (sees, sees)

    ParticipantFactory(incident=hidden, user=member)
    assert [one.incident for one in related_to(here, member)] == [hidden]


def test_a_file_tells_only_of_what_everybody_may_see(here, there, administrator):
    hidden = IncidentFactory(number=9, title="Canary", is_restricted=True)
    relate_incidents(here, there, why="The same limit.", by=administrator)
    relate_incidents(hidden, here, why="A canary sings.", by=administrator)

    assert [one.incident for one in related_for_all(here)] == [there]


def test_the_form_keeps_it_and_answers_with_the_part(client, here, there, member):
    client.force_login(member)

    answer = client.post("/incidents/7/related/add/", {"other": "inc-3", "why": "The same limit."}, headers=HTMX)

    assert answer.status_code == 200
    assert "The queue was full" in answer.content.decode()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"other": "INC-99", "why": "Alike."}, "There is no incident “INC-99”."),
        ({"other": "INC-9", "why": "Alike."}, "There is no incident “INC-9”."),
        ({"other": "INC-7", "why": "Alike."}, "That is this incident itself."),
        ({"other": "INC-3", "why": ""}, "This field is required."),
    ],
)
def test_the_form_says_what_is_wrong_and_loses_nothing(client, here, there, member, wish, sentence):
    IncidentFactory(number=9, is_restricted=True)
    client.force_login(member)

    for headers in (HTMX, {}):
        answer = client.post("/incidents/7/related/add/", wish, headers=headers)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert f'value="{wish["other"]}"' in page
    assert not Relation.objects.exists()


def test_without_a_script_it_is_taken_off_by_a_plain_form(client, here, there, member):
    relation = relate_incidents(here, there, why="The same limit.", by=member)
    client.force_login(member)

    answer = client.post(f"/incidents/7/related/{relation.pk}/remove/")

    assert answer.headers["Location"] == "/incidents/7/"
    assert not Relation.objects.exists()


def test_a_viewer_relates_nothing(client, here, there, viewer):
    client.force_login(viewer)

    assert client.post("/incidents/7/related/add/", {"other": "INC-3", "why": "Alike."}).status_code == 403
    assert "Name one" not in client.get("/incidents/7/").content.decode()
