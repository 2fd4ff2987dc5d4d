from incidents.models.incidents import (
    TIME_ORDER,
    Impact,
    Incident,
    IncidentQuerySet,
    Participant,
    Service,
    Severity,
    SeverityPolicy,
)
from incidents.models.reviews import Review, ReviewDecision, ReviewTrigger

__all__ = [
    "TIME_ORDER",
    "Impact",
    "Incident",
    "IncidentQuerySet",
    "Participant",
    "Review",
    "ReviewDecision",
    "ReviewTrigger",
    "Service",
    "Severity",
    "SeverityPolicy",
]
