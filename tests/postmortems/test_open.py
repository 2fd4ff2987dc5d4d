import pytest

from live.commands import texts_of
from postmortems.commands import open_postmortem
from postmortems.errors import NotOpenable
from postmortems.models import Postmortem, Template
from tests.factories import IncidentFactory, TemplateFactory, TemplateSectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident():
    return IncidentFactory(number=7)


@pytest.fixture
def template():
    template = TemplateFactory(name="Full")
    TemplateSectionFactory(template=template, key="lessons", title="Lessons", position=20)
    TemplateSectionFactory(template=template, title="Summary", body="What happened?", position=10, is_required=True)
    return template


def test_open_starts_with_the_sections_of_the_template(incident, template, member, recorded):
    postmortem = open_postmortem(incident, template=template, by=member)

    assert (postmortem.number, postmortem.status, postmortem.opened_by) == (7, Postmortem.Status.DRAFT, member)
    assert [(one.key, one.title, one.is_required) for one in postmortem.sections.all()] == [
        ("summary", "Summary", True),
        ("lessons", "Lessons", False),
    ]
    assert texts_of(postmortem.room) == {"summary": "What happened?", "lessons": ""}
    assert recorded(postmortem) == [("postmortem.opened", member)]


def test_open_a_second_time_changes_nothing(incident, template, member):
    first = open_postmortem(incident, template=template, by=member)

    with pytest.raises(NotOpenable) as error:
        open_postmortem(incident, template=template, by=member)

    assert error.value.reasons == ("INC-7 has a post-mortem already.",)
    assert Postmortem.objects.get() == first


def test_a_running_post_mortem_keeps_its_sections_when_the_template_changes(incident, template, member):
    postmortem = open_postmortem(incident, template=template, by=member)

    template.sections.all().delete()

    assert postmortem.sections.count() == 2


@pytest.mark.parametrize(
    ("kind", "severity", "proposed"),
    [("security", 3, "Security"), ("production_outage", 1, "Severe"), ("production_outage", 4, "Security")],
)
def test_the_template_proposed_is_the_first_that_suits_else_the_first_of_all(kind, severity, proposed):
    TemplateFactory(name="Security", kinds=["security"], position=1)
    TemplateFactory(name="Severe", severities=[1, 2], position=2)
    TemplateFactory(name="Withdrawn", position=0, is_offered=False)

    assert Template.objects.suited_to(IncidentFactory(kind=kind, severity=severity)).name == proposed


def test_the_page_offers_the_templates_and_chooses_the_one_that_suits(signed_in, incident, template):
    TemplateFactory(name="Withdrawn", is_offered=False)

    response = signed_in.get("/incidents/7/postmortem/")

    assert response.context["form"].initial == {"template": template}
    (choice,) = response.context["choices"]
    assert [section.title for section in choice.version.sections] == ["Summary", "Lessons"]
    assert "Withdrawn" not in response.content.decode()


def test_the_page_says_why_it_proposes_a_template(signed_in):
    IncidentFactory(number=7, kind="security")
    TemplateFactory(name="Any", position=20)
    TemplateFactory(name="Security", kinds=["security"], position=10)

    response = signed_in.get("/incidents/7/postmortem/")

    assert "Proposed because it is a security incident." in response.content.decode()
    assert [(choice.template.name, choice.is_suited) for choice in response.context["choices"]] == [
        ("Security", True),
        ("Any", False),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_one_template_as_for_three(
    signed_in, incident, django_assert_num_queries, warm, count
):
    for _ in range(count):
        TemplateSectionFactory()
    warm(signed_in)

    with django_assert_num_queries(11):
        signed_in.get("/incidents/7/postmortem/")


def test_the_page_opens_the_post_mortem(signed_in, incident, template):
    response = signed_in.post("/incidents/7/postmortem/", {"template": template.pk})

    assert response.headers["Location"] == "/postmortems/7/"
    assert Postmortem.objects.get().template == template


@pytest.mark.parametrize("wish", [{}, {"template": "none"}, {"template": "999999"}])
def test_the_page_refuses_a_template_that_is_not_offered(signed_in, incident, template, wish):
    response = signed_in.post("/incidents/7/postmortem/", wish)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["template"]
    assert not Postmortem.objects.exists()


def test_the_page_leads_to_the_post_mortem_that_exists(signed_in, draft):
    assert signed_in.get("/incidents/7/postmortem/").headers["Location"] == "/postmortems/7/"
    assert signed_in.post("/incidents/7/postmortem/").headers["Location"] == "/postmortems/7/"


def test_the_page_says_when_there_is_no_template(signed_in, incident):
    assert "There is no template yet" in signed_in.get("/incidents/7/postmortem/").content.decode()


def test_a_viewer_opens_nothing(client, viewer, incident, template):
    client.force_login(viewer)

    assert client.get("/incidents/7/postmortem/").status_code == 403
    assert client.post("/incidents/7/postmortem/", {"template": template.pk}).status_code == 403
    assert not Postmortem.objects.exists()


def test_a_stranger_to_a_restricted_incident_opens_nothing(signed_in, template):
    IncidentFactory(number=9, is_restricted=True)

    assert signed_in.post("/incidents/9/postmortem/", {"template": template.pk}).status_code == 404
    assert not Postmortem.objects.exists()
