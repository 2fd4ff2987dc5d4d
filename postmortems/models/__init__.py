from postmortems.models.documents import Postmortem, Section
from postmortems.models.exports import Export
from postmortems.models.revisions import HistoryMark, Revision, RevisionPart
from postmortems.models.templates import SectionRole, Template, TemplateSection
from postmortems.models.timeline import TimelineEvent

__all__ = [
    "Export",
    "HistoryMark",
    "Postmortem",
    "Revision",
    "RevisionPart",
    "Section",
    "SectionRole",
    "Template",
    "TemplateSection",
    "TimelineEvent",
]
