from typing import Any

from django.dispatch import receiver

from incidents.models import Incident, IncidentNote
from incidents.signals import incident_edited, incident_noted
from live.commands import announce, doubt
from postmortems.commands.timeline import NOTED, add_event
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


@receiver(incident_noted)
def put_on_timeline(sender: type[Incident], incident: Incident, note: IncidentNote, **kwargs: Any) -> None:
    """Notes from before are taken over when it is opened; later ones go on the timeline as they are made."""
    postmortem = Postmortem.objects.select_related("room", "incident").filter(incident=incident).first()
    if postmortem is None or postmortem.is_closed:
        return
    add_event(
        postmortem, by=note.author, text=note.text, occurred_at=note.noted_at, who=str(note.author)[:120], source=NOTED
    )
