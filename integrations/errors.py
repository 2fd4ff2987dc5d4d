from core.errors import DomainError
from incidents.models import Incident


class NotImportable(DomainError):
    """This document cannot become an incident now."""


class AlreadyImported(NotImportable):
    """The same text has become an incident before."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(f"Already imported as {incident.reference}.")
        self.incident = incident


class NotTakeable(DomainError):
    """Nothing of this can be put on a timeline."""


class DraftGone(DomainError):
    """Somebody has taken it or put it away meanwhile."""
