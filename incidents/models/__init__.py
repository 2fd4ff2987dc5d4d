from incidents.models.incidents import (
    TIME_ORDER,
    Impact,
    Incident,
    IncidentNote,
    IncidentQuerySet,
    OwnInstant,
    Participant,
    Service,
    Severity,
    SeverityPolicy,
)
from incidents.models.related import Relation
from incidents.models.reviews import Review, ReviewDecision, ReviewTrigger

__all__ = [
    "TIME_ORDER",
    "Impact",
    "Incident",
    "IncidentNote",
    "IncidentQuerySet",
    "OwnInstant",
    "Participant",
    "Relation",
    "Review",
    "ReviewDecision",
    "ReviewTrigger",
    "Service",
    "Severity",
    "SeverityPolicy",
]
