"""Where a post-mortem stands: its clocks, what people still remember, and what should be known of its meeting."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from incidents.clocks import Clocks
from incidents.lateness import clocks_of, course_with
from incidents.memory import Memory, memory_of
from incidents.models import Participant
from incidents.phases import Course
from incidents.queries import policy_of
from people.models import Organisation, User
from postmortems.checklist import Checklist, checklist_of
from postmortems.models import Postmortem

WORKED_ON_IT = [Participant.Role.COMMANDER, Participant.Role.SCRIBE, Participant.Role.RESPONDER]


@dataclass(frozen=True)
class Standing:
    """`memory` is None where nobody has to remember any more; `partial_facilitator` took part in the incident."""

    clocks: Clocks
    course: Course
    checklist: Checklist
    memory: Memory | None
    is_ongoing: bool
    partial_facilitator: User | None


def standing_of(postmortem: Postmortem, texts: Mapping[str, str] | None = None) -> Standing:
    """`texts` are those of its room, where the caller has read them already."""
    incident = postmortem.incident
    memory = memory_of(incident.resolved_at, now=timezone.now(), zone=Organisation.load().zone)
    clocks = clocks_of(incident, policy_of(incident), postmortem)
    return Standing(
        clocks,
        course_with(incident, clocks, postmortem),
        checklist_of(postmortem, texts),
        None if postmortem.published_at else memory,
        not incident.is_resolved,
        _partial_facilitator(postmortem),
    )


def _partial_facilitator(postmortem: Postmortem) -> User | None:
    """Whoever worked on the incident finds it hard to take no side."""
    person = postmortem.facilitator
    if person is None:
        return None
    took_part = postmortem.incident.participations.filter(user=person, role__in=WORKED_ON_IT).exists()
    return person if took_part else None
