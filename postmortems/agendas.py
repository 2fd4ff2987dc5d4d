"""The agenda of a post-mortem's meeting: from the template version it began with, at the severity it has now."""

from dataclasses import dataclass

from incidents.models import SeverityPolicy
from postmortems.models import Postmortem
from postmortems.models.templates import Point


@dataclass(frozen=True)
class Agenda:
    """`booked_minutes` is how long meetings about this severity are; None where no policy says so."""

    points: list[Point]
    booked_minutes: int | None

    @property
    def minutes(self) -> int:
        return sum(point.minutes for point in self.points)

    @property
    def excess(self) -> int:
        """By how many minutes the points overrun what is booked; never below 0."""
        return max(self.minutes - (self.booked_minutes or self.minutes), 0)

    @property
    def says(self) -> str:
        if self.booked_minutes is None:
            return f"{self.minutes} min"
        rest = self.booked_minutes - self.minutes
        end = f"{-rest} too many" if rest < 0 else f"{rest} in hand" if rest else "none to spare"
        return f"{self.minutes} of {self.booked_minutes} min, {end}"


def agenda_of(postmortem: Postmortem, policy: SeverityPolicy | None) -> Agenda:
    version = postmortem.template_version
    points = version.agenda_at(postmortem.incident.severity) if version else []
    return Agenda(points, policy.meeting_minutes if policy else None)
