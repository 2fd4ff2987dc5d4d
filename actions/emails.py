"""The mails that actions send: what stands in them, for whom."""

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from actions.digests import Digest, Group, Pile
from actions.models import Action
from people.mail import Letter, inlined, plan_mails
from people.models import Organisation, User


@dataclass(frozen=True)
class Heading:
    """How a group is headed, `counted` in the subject, and the list where all of it stands."""

    title: str
    counted: str
    tone: str
    query: str
    explanation: str = ""
    is_own: bool = False


HEADINGS = {
    Group.DECISION: Heading(
        "A decision is owed", "{} to decide", "danger", "overdue=on",
        "Overdue for four weeks or more. Each needs one of three: a date by which it is finished, another priority and "
        "date with the reason, or to be dropped with the reason. You are asked each week until it is on record.",
    ),
    Group.OVERDUE: Heading(
        "Yours, overdue", "{} overdue", "warning", "overdue=on&mine=on",
        "Blocked? Say so, and give it a date that holds.", is_own=True,
    ),
    Group.ESCALATED: Heading(
        "Escalated to you as engineering manager", "{} escalated", "warning", "overdue=on",
        "Overdue for three weeks or more. What would let the team finish them?",
    ),
    Group.NEEDS_OWNER: Heading(
        "Needs an owner", "{} without an owner", "warning", "", "Nobody answers for these now. Whom would you ask?"
    ),
    Group.COPY: Heading(
        "Overdue in your team", "{} overdue in your team", "plain", "overdue=on",
        "In copy to you as team lead. Ask their owners what stands in the way.",
    ),
    Group.TEAM: Heading(
        "Your team’s, overdue for two weeks or more", "{} of your team’s", "plain", "overdue=on",
        "A word in the stand-up may free them.",
    ),
    Group.DUE: Heading("Yours, due this week", "{} due", "plain", "mine=on", is_own=True),
    Group.UNDATED: Heading(
        "Yours, without a date", "{} without a date", "plain", "mine=on",
        "Give each a day, so that others can rely on it.", is_own=True,
    ),
    Group.FINISHED: Heading(
        "You finished last week", "{} finished", "good", "status=done&mine=on",
        "Each of these makes a repeat less likely. Thank you.", is_own=True,
    ),
    Group.TEAM_FINISHED: Heading("Your team finished last week", "{} finished in your team", "good", "status=done"),
}  # fmt: skip


CHANGED = "Who may see some of your actions changed before this mail left. What you own is here:\n{}\n"


@dataclass(frozen=True)
class Chapter:
    heading: Heading
    pile: Pile

    @property
    def counted(self) -> str:
        return self.heading.counted.format(self.pile.count)

    @property
    def rest_url(self) -> str:
        return _list_url(self.heading.query)


def weekly_letter(person: User, digest: Digest, as_of: date, organisation: Organisation) -> Letter:
    zone = _zone_of(person, organisation)
    chapters = [Chapter(HEADINGS[group], digest[group]) for group in sorted(digest)]
    summary = ", ".join(chapter.counted for chapter in chapters[:3])
    context: dict[str, Any] = {
        "person": person,
        "as_of": as_of,
        "chapters": chapters,
        "organisation": organisation,
        "zone": zone,
        "mine_url": _list_url("mine=on"),
        "summary": summary,
    }
    with timezone.override(zone):
        text = render_to_string("emails/weekly.txt", context)
        html = inlined(render_to_string("emails/weekly.html", context))
    lines = [line for chapter in chapters for line in chapter.pile.lines]
    return Letter(
        person.pk, f"Your week: {summary}", text, html,
        concerns={"incident": [line.incident_number for line in lines]}, instead=CHANGED.format(_list_url("mine=on")),
    )  # fmt: skip


def unwritten_letter(person: User) -> Letter:
    """In place of a mail that could not be written: nobody is left without a word."""
    text = f"Your weekly list could not be written this time. What you own is here:\n{_list_url('mine=on')}\n"
    return Letter(person.pk, "Your week: the list could not be written", text)


def owe_declined(action: Action, to: User, *, by: User, reason: str) -> None:
    """To whoever it went back to, at once: somebody else has to be found."""
    incident = action.postmortem.incident
    context: dict[str, Any] = {
        "person": to,
        "action": action,
        "incident": incident,
        "who": by,
        "reason": reason,
        "url": settings.SITE_URL + action.get_absolute_url(),
        "organisation": Organisation.load(),
    }
    text = render_to_string("emails/declined.txt", context)
    html = inlined(render_to_string("emails/declined.html", context))
    letter = Letter(to.pk, f"{by} declined {action.reference}", text, html, concerns={"incident": [incident.number]})
    plan_mails("declined", f"{action.reference}-{action.version}", [letter])


def _zone_of(person: User, organisation: Organisation) -> tzinfo:
    try:
        return ZoneInfo(person.time_zone) if person.time_zone else organisation.zone
    except (ZoneInfoNotFoundError, ValueError):
        return organisation.zone


def _list_url(query: str) -> str:
    return settings.SITE_URL + reverse("actions:index") + (f"?{query}" if query else "")
