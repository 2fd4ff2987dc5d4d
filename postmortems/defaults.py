"""The two templates that a new organisation starts with, in our own words. Facilitators change them as they like."""

from dataclasses import dataclass

from incidents.models import Severity
from postmortems.models import SectionRole, Template, TemplateSection


@dataclass(frozen=True)
class Heading:
    title: str
    role: SectionRole
    guidance: str
    is_required: bool = False
    key: str = ""


SUMMARY = Heading(
    "Summary",
    SectionRole.SUMMARY,
    "Two or three sentences that somebody outside the team understands: what happened, who felt it, what ended it.",
    is_required=True,
    key="summary",
)
CAUSES = Heading(
    "Root causes",
    SectionRole.CAUSES,
    "Which conditions in the system made this possible? Keep asking why until you reach something you can change. "
    "A person’s act is where the question starts, never where it ends.",
    is_required=True,
    key="root-causes",
)
LESSONS = Heading(
    "Lessons learned",
    SectionRole.LESSONS,
    "What do we know now that would help another team? Technical, about the process, about the organisation.",
    key="lessons-learned",
)

FULL = [
    SUMMARY,
    Heading(
        "Impact",
        SectionRole.IMPACT,
        "What did people experience, for how long? Numbers stand in the incident; here is what it felt like.",
        key="impact",
    ),
    Heading(
        "Contributing factors",
        SectionRole.FACTORS,
        "What made it likelier or worse: technical, process, environment, people, outside? Several, nearly always.",
        key="contributing-factors",
    ),
    Heading(
        "Detection", SectionRole.DETECTION, "How did we notice? What would have let us notice sooner?", key="detection"
    ),
    Heading(
        "Response",
        SectionRole.RESPONSE,
        "What did we try, what helped, what was hard? What did it look like from where each person stood?",
        key="response",
    ),
    CAUSES,
    Heading("What went well", SectionRole.WENT_WELL, "What worked, so that we keep it?", key="what-went-well"),
    Heading(
        "What went badly",
        SectionRole.WENT_BADLY,
        "Where did tools, process or knowledge let people down?",
        key="what-went-badly",
    ),
    Heading(
        "Where we got lucky",
        SectionRole.LUCKY,
        "What kept it from being worse that we cannot rely on next time?",
        key="where-we-got-lucky",
    ),
    LESSONS,
    Heading("References", SectionRole.REFERENCES, "Dashboards, changes, tickets, chats.", key="references"),
]

BRIEF = [
    SUMMARY,
    CAUSES,
    Heading("What went well", SectionRole.WENT_WELL, "One thing to keep.", key="what-went-well"),
    LESSONS,
]

TEMPLATES = [
    (
        "Full post-mortem",
        "Every question, for incidents that many people felt.",
        [Severity.SEV1, Severity.SEV2],
        10,
        FULL,
    ),
    ("Brief review", "Four headings, half an hour.", [Severity.SEV3, Severity.SEV4], 20, BRIEF),
]


def install_templates() -> int:
    """Make the templates that are missing by name; those that exist stay as they are. Returns how many were made."""
    made = 0
    for name, description, severities, position, headings in TEMPLATES:
        template, created = Template.objects.get_or_create(
            name=name, defaults={"description": description, "severities": severities, "position": position}
        )
        if created:
            _fill(template, headings)
        made += created
    return made


def _fill(template: Template, headings: list[Heading]) -> None:
    TemplateSection.objects.bulk_create(
        TemplateSection(
            template=template, key=heading.key, title=heading.title, role=heading.role, guidance=heading.guidance,
            is_required=heading.is_required, position=10 * index,
        )
        for index, heading in enumerate(headings, start=1)
    )  # fmt: skip
