import pytest
from django.core.management import call_command

from incidents.impact import FIGURES
from incidents.models import Incident
from postmortems.blocks import names
from postmortems.defaults import install_templates, offered
from postmortems.models import SectionRole, Template
from postmortems.versions import keep_version
from tests.factories import IncidentFactory, TemplateFactory

DEFAULTS = ["basics", "brief", "complete", "process", "project", "security", "standard"]


def test_there_are_seven_templates():
    assert list(offered()) == DEFAULTS


@pytest.mark.parametrize("key", DEFAULTS)
def test_each_template_is_whole(key):
    told = offered()[key]

    keys = [section["key"] for section in told["sections"]]
    roles = {section.get("role", "other") for section in told["sections"]}
    assert len(keys) == len(set(keys))
    assert {SectionRole.SUMMARY, SectionRole.CAUSES} <= roles <= set(SectionRole.values)
    assert all(section["guidance"] for section in told["sections"])
    assert set(told.get("asks", {}).get("instants", [])) <= set(Incident.INSTANTS)
    assert set(told.get("asks", {}).get("numbers", [])) <= set(FIGURES)
    for minutes in zip(*(item["minutes"] for item in told["agenda"]), strict=True):
        assert 30 <= sum(minutes) <= 90


def test_what_stands_in_braces_is_a_block():
    told = [word for template in offered().values() for section in template["sections"] for word in _named(section)]

    assert set(told) <= {*names(), "duration"}


def _named(section):
    return [part.split("}}")[0] for part in section.get("body", "").split("{{")[1:]]


def test_the_basics_stand_in_the_order_of_the_short_form():
    assert [section["title"] for section in offered()["basics"]["sections"]] == [
        "Meeting", "Timeline", "Description", "What happened", "Additional information", "Remediation", "Bug tickets",
        "Short summary", "Tags",
    ]  # fmt: skip


def test_the_standard_asks_in_the_order_in_which_it_is_told():
    titles = [section["title"] for section in offered()["standard"]["sections"]]

    assert [title for title in titles if title not in ("What went well", "References")] == [
        "Summary", "Timeline", "Contributing factors", "Detection", "Response", "Root causes", "Actions",
        "Lessons learned",
    ]  # fmt: skip


@pytest.mark.django_db
def test_install_makes_what_is_missing_and_a_second_time_nothing():
    assert (install_templates(), install_templates()) == (7, 0)

    assert Template.objects.count() == 7
    brief = Template.objects.get(default_key="brief")
    assert [(one.key, one.is_required) for one in brief.sections.all()] == [
        ("summary", True), ("root-causes", True), ("what-went-well", False), ("lessons-learned", False),
    ]  # fmt: skip
    assert [version.number for version in brief.versions.all()] == [1]


@pytest.mark.django_db
def test_install_brings_up_to_date_what_nobody_edited_and_leaves_the_rest(monkeypatch, facilitator):
    install_templates()
    ours = Template.objects.get(default_key="brief")
    ours.name = "Quick look"
    ours.save()
    keep_version(ours, by=facilitator)
    told = {key: {**template, "description": "Told anew."} for key, template in offered().items()}
    monkeypatch.setattr("postmortems.defaults.offered", lambda: told)

    assert install_templates() == 6

    ours.refresh_from_db()
    assert (ours.name, ours.description) == ("Quick look", offered()["brief"]["description"])
    assert set(Template.objects.exclude(pk=ours.pk).values_list("description", flat=True)) == {"Told anew."}


@pytest.mark.django_db
def test_install_leaves_alone_what_somebody_here_made_under_the_same_name(capsys):
    TemplateFactory(name="Brief review")

    call_command("install_defaults")

    assert Template.objects.get(name="Brief review").default_key == ""
    assert "6 templates" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "severity", "name", "reason"),
    [
        ("production_outage", 1, "Complete post-mortem", "it is SEV-1"),
        ("production_outage", 2, "Standard post-mortem", "it is SEV-2"),
        ("production_outage", 3, "Brief review", "it is SEV-3"),
        ("production_outage", 4, "Brief review", "it is SEV-4"),
        ("security", 1, "Security incident", "it is a security incident"),
        ("project", 2, "Product or project failure", "it is a project or product failure"),
        ("process", 4, "Process failure", "it is a process failure"),
    ],
)
def test_each_incident_gets_the_template_of_its_kind_and_severity_with_the_reason(kind, severity, name, reason):
    install_templates()
    incident = IncidentFactory.build(kind=kind, severity=severity)

    template = Template.objects.suited_to(incident)

    assert (template.name, template.because(incident)) == (name, reason)
