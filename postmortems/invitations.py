"""The one mail that brings a shared draft to those who will talk about it."""

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string

from incidents.queries import people_who_see
from people.mail import Letter, inlined, plan_mails
from people.models import Organisation, User
from postmortems.models import Postmortem

KIND = "draft_shared"


def tell_of_draft(postmortem: Postmortem, *, by: User) -> None:
    """Owe a mail to whoever took part, is invited or facilitates, and may see it; once for each post-mortem."""
    wanted = Q(pk__in=postmortem.incident.participants.values("pk")) | Q(pk=postmortem.facilitator_id)
    readers = people_who_see(postmortem.incident).filter(wanted).exclude(pk=by.pk)
    plan_mails(KIND, f"postmortem-{postmortem.pk}", (_letter(person, postmortem, by) for person in readers))


def _letter(person: User, postmortem: Postmortem, by: User) -> Letter:
    incident = postmortem.incident
    context = {
        "person": person,
        "who": str(by),
        "incident": incident,
        "meeting_at": postmortem.meeting_at and postmortem.meeting_at.astimezone(person.zone),
        "postmortem": postmortem,
        "url": settings.SITE_URL + postmortem.get_absolute_url(),
        "organisation": Organisation.load(),
    }
    return Letter(
        person.pk,
        f"To read: the draft on {incident.reference} {incident.title}",
        render_to_string("emails/draft_shared.txt", context),
        inlined(render_to_string("emails/draft_shared.html", context)),
        concerns={"incident": [incident.number]},
        topic=KIND,
    )
