"""By when a post-mortem's meeting is to be held and its text published."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.models import Incident, SeverityPolicy


@dataclass(frozen=True)
class Clocks:
    """Instants in UTC; both None while the incident is not resolved, for the clocks start then."""

    meeting_by: datetime | None
    publish_by: datetime | None


def clocks(incident: Incident, policy: SeverityPolicy | None) -> Clocks:
    """`policy` is that of the incident's severity; without one the incident has no clocks."""
    if incident.resolved_at is None or policy is None:
        return Clocks(None, None)
    return Clocks(
        incident.resolved_at + timedelta(hours=policy.meeting_within_hours),
        incident.resolved_at + timedelta(hours=policy.publish_within_hours),
    )
