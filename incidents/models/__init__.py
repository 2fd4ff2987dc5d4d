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

__all__ = [
    "TIME_ORDER",
    "Impact",
    "Incident",
    "IncidentQuerySet",
    "Participant",
    "Service",
    "Severity",
    "SeverityPolicy",
]
