import pytest

from incidents.models import Severity, SeverityPolicy
from insights.glossary import TERMS

pytestmark = pytest.mark.django_db


def test_the_glossary_tells_severities_as_the_policy_defines_them_here(client, viewer):
    SeverityPolicy.objects.create(
        severity=Severity.SEV1, name="Ships stand still", definition="No ferry sails.", review="required"
    )
    client.force_login(viewer)

    page = client.get("/glossary/").content.decode()

    assert "No ferry sails." in page
    assert 'id="mttr"' in page
    assert "Containment" in page


def test_each_word_has_a_place_of_its_own_to_link_to():
    assert len({term.anchor for term in TERMS}) == len(TERMS)
