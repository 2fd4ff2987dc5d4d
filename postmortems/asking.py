"""What review asks of a post-mortem and does not have yet: words in its sections, facts of its incident."""

from incidents.impact import label_of
from incidents.models import Impact
from live.commands import texts_of
from postmortems.models import Postmortem
from postmortems.versions import instant_label


def missing(postmortem: Postmortem) -> list[str]:
    """In sentences; empty when all is there."""
    return [*_unwritten_sections(postmortem), *_missing_facts(postmortem)]


def _unwritten_sections(postmortem: Postmortem) -> list[str]:
    texts = texts_of(postmortem.room)
    required = postmortem.sections.filter(is_required=True)
    unwritten = [section for section in required if section.is_unwritten(texts.get(section.key, ""))]
    return [f"“{section.title}” is still empty." for section in unwritten]


def _missing_facts(postmortem: Postmortem) -> list[str]:
    version, incident = postmortem.template_version, postmortem.incident
    if version is None:
        return []
    impact = getattr(incident, "impact", None) or Impact(incident=incident)
    lacking = []
    instants = [
        name for name in version.asked_instants if getattr(incident, name) is None and not incident.has_no(name)
    ]
    if names := [instant_label(name) for name in instants if name not in impact.unknowable]:
        lacking.append(f"Times that {incident.reference} still lacks: {', '.join(names)}.")
    numbers = [name for name in version.asked_numbers if not impact.is_known(name)]
    if names := [label_of(name) for name in numbers if name not in impact.unknowable]:
        lacking.append(
            f"Impact that {incident.reference} still lacks: {', '.join(names)}. 0 is an answer, and so is that nobody can "
            "know any more."
        )
    return lacking
