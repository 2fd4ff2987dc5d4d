import pytest

from incidents.commands import edit_incident
from live.commands import replace_text
from postmortems.commands import add_event, name_revision, open_postmortem
from tests.factories import IncidentFactory, TemplateFactory, TemplateSectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_authors_are_who_opened_it_and_who_wrote_in_it_not_who_corrected_a_fact(member):
    opened_by, scribe, clerk = UserFactory(), UserFactory(), UserFactory()
    template = TemplateFactory()
    TemplateSectionFactory(template=template)
    postmortem = open_postmortem(IncidentFactory(number=7), template=template, by=opened_by)

    replace_text(postmortem.room, "summary", "It was slow.", base_version=None, by=member)
    add_event(postmortem, by=scribe, occurred_at=postmortem.incident.started_at, text="It begins.")
    edit_incident(postmortem.incident, by=clerk, seen={"title": "Checkout answers slowly"}, title="Checkout was slow")
    name_revision(postmortem, "First draft", by=clerk)

    assert set(postmortem.authors.all()) == {opened_by, member, scribe}
