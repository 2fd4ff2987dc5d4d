from typing import Any

from django.dispatch import receiver

from incidents.models import Incident
from incidents.signals import incident_edited
from live.commands import announce, doubt
from postmortems.models import Postmortem

WHO_SEES = {"is_restricted", "team", "participants"}


@receiver(incident_edited)
def tell_open_pages(sender: type[Incident], incident: Incident, changed: set[str], **kwargs: Any) -> None:
    """Open pages show the new facts; whoever lost sight of the incident leaves its room at once."""
    postmortem = Postmortem.objects.select_related("room").filter(incident=incident).first()
    if postmortem is None:
        return
    announce(postmortem.room, "incidentChanged")
    if changed & WHO_SEES:
        doubt(postmortem.room)
