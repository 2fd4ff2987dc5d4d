from postmortems.models.attachments import Attachment
from postmortems.models.causes import Cause
from postmortems.models.comments import Comment, Mention, Thread
from postmortems.models.documents import Postmortem, Section
from postmortems.models.exports import Export
from postmortems.models.reviewers import Reviewer
from postmortems.models.revisions import HistoryMark, Revision, RevisionPart
from postmortems.models.templates import AgendaItem, SectionRole, Template, TemplateSection, TemplateVersion
from postmortems.models.timeline import LineZone, Observation, QuestionSetAside, TimelineEvent

__all__ = [
    "AgendaItem",
    "Attachment",
    "Cause",
    "Comment",
    "Export",
    "HistoryMark",
    "LineZone",
    "Mention",
    "Observation",
    "Postmortem",
    "QuestionSetAside",
    "Reviewer",
    "Revision",
    "RevisionPart",
    "Section",
    "SectionRole",
    "Template",
    "TemplateSection",
    "TemplateVersion",
    "Thread",
    "TimelineEvent",
]
