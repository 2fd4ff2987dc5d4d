import pytest

from incidents.defaults import install_severity_policies
from live.commands import replace_text
from postmortems.commands import open_postmortem, submit_blockers
from postmortems.models import AgendaItem, SectionRole
from tests.factories import STARTED_AT, IncidentFactory, TemplateFactory, TemplateSectionFactory
from tests.postmortems.conftest import HTMX

pytestmark = pytest.mark.django_db
TABLE = "| Step | Done |\n|---|---|\n| | |"


@pytest.fixture
def postmortem(member):
    template = TemplateFactory(asked_instants=["detected_at", "started_at"], asked_numbers=["users_affected_count"])
    TemplateSectionFactory(template=template, is_required=True, body=TABLE)
    causes = {"key": "causes", "title": "Root causes", "role": SectionRole.CAUSES, "position": 200}
    TemplateSectionFactory(template=template, **causes)
    TemplateSectionFactory(template=template, key="actions", title="Actions", body="{{actions}}", position=300)
    AgendaItem.objects.create(template=template, title="All of it", sev2_minutes=80)
    return open_postmortem(IncidentFactory(number=7), template=template, by=member)


def tell(postmortem, member, text):
    replace_text(postmortem.room, "summary", text, base_version=None, by=member)


def test_review_names_each_time_figure_and_section_that_is_missing(postmortem):
    assert submit_blockers(postmortem) == [
        "“Summary” is still empty.",
        "Times that INC-7 still lacks: detected.",
        "Impact that INC-7 still lacks: users affected. 0 is an answer, and so is that nobody can know any more.",
    ]


def test_review_asks_no_more_once_all_is_there(postmortem, member):
    incident = postmortem.incident
    incident.detected_at, incident.impact.users_affected_count = STARTED_AT, 0
    tell(postmortem, member, TABLE.replace("| | |", "| 1 | yes |"))

    assert submit_blockers(postmortem) == []


def test_what_nobody_can_know_is_not_asked_for_again(postmortem, member):
    postmortem.incident.impact.unknowable = ["detected_at", "users_affected_count"]
    tell(postmortem, member, "Checkout was slow.")

    assert submit_blockers(postmortem) == []


def test_what_users_felt_of_a_near_miss_is_not_asked_for(postmortem, member):
    postmortem.template_version.content["asked_instants"] = ["first_impact_at", "first_report_at", "acknowledged_at"]
    postmortem.incident.is_near_miss = True

    assert "Times that INC-7 still lacks: acknowledged." in submit_blockers(postmortem)


def test_the_page_hints_at_vague_words_and_long_sentences_and_waits_for_neither(postmortem, member, client):
    tell(postmortem, member, "Many users saw errors. " + "It went on and on " * 8 + "until the end.")
    client.force_login(member)

    page = client.get("/postmortems/7/status/", headers=HTMX).content.decode()

    assert "1 place where a number would say more and 1 long sentence" in page
    assert "<q>Many users</q> How many?" in page
    assert not any("users saw" in blocker for blocker in submit_blockers(postmortem))


def test_under_the_section_stand_its_vague_words_as_they_are_now(postmortem, member, client):
    section = postmortem.sections.get(key="summary")
    client.force_login(member)
    url = f"/postmortems/7/sections/{section.pk}/hints/"
    assert "<q>" not in client.get(url, headers=HTMX).content.decode()

    tell(postmortem, member, "Several customers called.")

    assert "<q>Several customers</q>" in client.get(url, headers=HTMX).content.decode()


def test_who_writes_finds_questions_and_what_to_look_for(postmortem, member, client):
    postmortem.sections.filter(key="causes").update(prompts="What allowed this?\nWhy?")
    client.force_login(member)

    writing = client.get("/postmortems/7/").content.decode()

    assert "2 questions" in writing
    assert "Where to look: production outage" in writing
    assert "What often helps: production outage" in writing
    reading = client.get("/postmortems/7/?mode=read").content.decode()
    assert "What allowed this?" not in reading
    assert "Where to look" not in reading


def test_the_agenda_is_held_against_what_is_booked(postmortem, member, client):
    install_severity_policies()
    client.force_login(member)

    page = client.get("/postmortems/7/agenda/", headers=HTMX).content.decode()

    assert "80 of 75 min, 5 too many" in page
    assert "The points take 5 minutes more than are booked for SEV-2." in page


def test_a_section_that_nobody_added_to_counts_as_empty_and_a_block_does_not(postmortem, member, client):
    client.force_login(member)

    views = {view.section.key: view for view in client.get("/postmortems/7/").context["sections"]}

    assert {key: view.is_empty for key, view in views.items()} == {"summary": True, "causes": True, "actions": False}
