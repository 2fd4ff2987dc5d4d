import pytest
from django.db import IntegrityError, transaction

from postmortems.commands import open_postmortem
from postmortems.models import AgendaItem, Template, TemplateVersion
from postmortems.versions import as_text, copy_template, keep_version
from tests.factories import IncidentFactory, TemplateFactory, TemplateSectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def template():
    template = TemplateFactory(name="Standard")
    TemplateSectionFactory(template=template, guidance="What happened?", prompts="Who saw it?\n\nWhen?")
    AgendaItem.objects.create(template=template, title="Set the stage", sev1_minutes=5, sev2_minutes=5, sev3_minutes=0)
    return template


def numbers(template):
    return [(version.number, version.by) for version in template.versions.all()]


def test_a_version_is_kept_for_each_change_and_none_without_one(template, facilitator):
    keep_version(template, by=None)
    keep_version(template, by=facilitator)
    template.sections.update(guidance="What did people see?")
    keep_version(template, by=facilitator)

    assert numbers(template) == [(2, facilitator), (1, None)]


def test_its_place_in_the_list_makes_no_version(template, facilitator):
    keep_version(template, by=None)
    template.position, template.is_offered = 1, False
    template.save()

    assert keep_version(template, by=facilitator).number == 1


def test_a_version_is_never_changed(template):
    version = keep_version(template, by=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).update(content={})
    with pytest.raises(IntegrityError), transaction.atomic():
        version.delete()


def test_a_running_post_mortem_keeps_the_version_that_it_began_with(template, member, facilitator):
    postmortem = open_postmortem(IncidentFactory(severity=3), template=template, by=member)
    template.sections.update(title="Gist")
    keep_version(template, by=facilitator)

    postmortem.refresh_from_db()
    assert postmortem.template_version.number == 1
    section = postmortem.sections.get()
    assert (section.title, section.questions) == ("Summary", ["Who saw it?", "When?"])
    assert postmortem.template_version.agenda_at(3) == []
    assert [point.minutes for point in postmortem.template_version.agenda_at(1)] == [5]


def test_a_copy_is_whole_and_not_offered(template, facilitator):
    keep_version(template, by=None)

    first, second = copy_template(template, by=facilitator), copy_template(template, by=facilitator)

    assert (first.name, second.name) == ("Copy of Standard", "Copy of Standard (2)")
    assert not first.is_offered
    assert first.versions.get().content["sections"] == template.versions.get().content["sections"]
    assert numbers(first) == [(1, facilitator)]
    assert template.sections.count() == 1


def test_the_text_of_a_version_says_all_that_can_change(template):
    template.asked_instants, template.asked_numbers = ["detected_at"], ["users_affected_count"]
    template.save()

    text = as_text(keep_version(template, by=None))

    for expected in (
        "Standard", "For every kind; every severity", "Review asks for: detected, users affected",
        "Summary (summary)", "What happened?", "? When?", "Agenda: Set the stage (5 / 5 / 0 / 5 min)",
    ):  # fmt: skip
        assert expected in text


def test_the_page_of_a_template_tells_its_versions_and_what_changed(client, viewer, template, facilitator):
    keep_version(template, by=None)
    template.sections.update(guidance="What did people see?")
    keep_version(template, by=facilitator)
    client.force_login(viewer)

    page = client.get(f"/templates/{template.pk}/?version=2&against=1").content.decode()

    assert "From version 1 to 2" in page
    assert "<ins>" in page
    assert str(facilitator) in page
    assert "What happened?" in client.get(f"/templates/{template.pk}/?version=1").content.decode()
    for wrong in ("?version=9", "?version=x", "?against=99999999999999"):
        assert client.get(f"/templates/{template.pk}/{wrong}").status_code == 404


def test_the_document_says_with_which_version_it_began(client, member, template, facilitator):
    open_postmortem(IncidentFactory(number=7), template=template, by=member)
    template.sections.update(title="Gist")
    keep_version(template, by=facilitator)
    client.force_login(member)

    page = client.get("/postmortems/7/").content.decode()

    assert "Standard, version 1</a>" in page
    assert "version 2 exists</a>" in page


def form_of(client, template):
    """What the admin's form would send if nothing were changed."""
    page = client.get(f"/admin/postmortems/template/{template.pk}/change/")
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            if (value := bound.value()) not in (None, False, ""):
                data[bound.html_name] = value
    return data


def test_saving_in_the_admin_makes_a_version_with_a_name_to_it(client, facilitator, template):
    keep_version(template, by=None)
    client.force_login(facilitator)
    data = form_of(client, template)

    client.post(f"/admin/postmortems/template/{template.pk}/change/", data)
    assert numbers(template) == [(1, None)]

    data["sections-0-prompts"], data["agenda-0-sev3_minutes"] = "Who felt it?", 3
    answer = client.post(f"/admin/postmortems/template/{template.pk}/change/", data)

    assert answer.status_code == 302
    assert numbers(template) == [(2, facilitator), (1, None)]
    assert template.versions.first().agenda_at(3)[0].minutes == 3
    assert template.is_edited


def test_the_admin_copies_and_opens_the_copy(client, facilitator, template):
    client.force_login(facilitator)

    answer = client.post(f"/admin/postmortems/template/{template.pk}/copy/")

    copy = Template.objects.get(name="Copy of Standard")
    assert answer.headers["Location"] == f"/admin/postmortems/template/{copy.pk}/change/"


def test_a_member_copies_nothing(client, member, template):
    client.force_login(member)

    client.post(f"/admin/postmortems/template/{template.pk}/copy/")

    assert Template.objects.count() == 1
