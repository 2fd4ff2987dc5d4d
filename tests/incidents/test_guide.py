import pytest

from incidents.guidance import BY_KIND, guidance_for
from incidents.models import Incident


@pytest.mark.parametrize("kind", Incident.Kind)
def test_every_kind_has_phases_that_begin_with_instants_in_their_order(kind):
    begins = [phase.begins_at for phase in BY_KIND[kind].phases if phase.begins_at]

    assert begins == sorted(set(begins), key=Incident.INSTANTS.index)


def test_guidance_is_that_of_the_incidents_kind():
    guidance = guidance_for(Incident(kind="security", severity=3))

    assert [phase.name for phase in guidance.phases] == ["Occurrence", "Detection", "Containment", "Remediation"]


@pytest.mark.parametrize("kind", Incident.Kind)
def test_every_kind_asks_about_its_impact_causes_and_actions(kind):
    guidance = BY_KIND[kind]

    for hints in (guidance.impact, guidance.causes, guidance.actions):
        assert len({hint.name for hint in hints}) == 4
        assert all(hint.question.endswith("?") for hint in hints)
