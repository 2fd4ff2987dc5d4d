"""How each group of a mail is headed, what is asked there, and which answers stand beside an action."""

from dataclasses import dataclass

from actions.answers import PURPOSES, address_of
from actions.digests import Group, Line
from actions.escalation import Audience, Ladder
from actions.models import Action

Status = Action.Status


@dataclass(frozen=True)
class Heading:
    """`counted` stands in the subject. What is asked is the ladder's `audience`, where there is one, else `explanation`."""

    title: str
    counted: str
    tone: str
    explanation: str = ""
    audience: Audience | None = None
    is_own: bool = False

    def asks(self, ladder: Ladder) -> str:
        return ladder.asks(self.audience) if self.audience else self.explanation


HEADINGS = {
    Group.DECISION: Heading(
        "A decision is owed", "{} to decide", "danger", audience=Audience.DECISION,
    ),
    Group.OVERDUE: Heading(
        "Yours, overdue", "{} overdue", "warning", audience=Audience.OWNER, is_own=True,
    ),
    Group.ACCEPT: Heading(
        "Will you answer for these?", "{} to accept", "warning",
        "Accepting means: you commit to the date, and say early when something stands in the way.", is_own=True,
    ),
    Group.ESCALATED: Heading(
        "Escalated to you as engineering manager", "{} escalated", "warning", audience=Audience.MANAGER,
    ),
    Group.NEEDS_OWNER: Heading(
        "Needs an owner", "{} without an owner", "warning", "Nobody answers for these now. Whom would you ask?"
    ),
    Group.AWAY: Heading(
        "Their owner is away", "{} whose owner is away", "warning",
        "Nothing goes to them meanwhile, and the days go on counting. What cannot wait until they are back, and who could do it?",
    ),
    Group.CONFIRM: Heading(
        "Done, waits for your word", "{} to confirm", "warning",
        "Look at the evidence as a second person: does it prove what was agreed?",
    ),
    Group.CHECK: Heading(
        "Does it still hold?", "{} to look at again", "plain",
        "Done some time ago. Is it still in place, and does it do what it was meant to do?",
    ),
    Group.WAITS_FOR_YOU: Heading(
        "Others wait for you", "{} waiting for you", "warning",
        "Their owners cannot go on without you or your team.",
    ),
    Group.COPY: Heading(
        "Overdue in your team", "{} overdue in your team", "plain", audience=Audience.LEAD,
    ),
    Group.TEAM: Heading(
        "Your team’s, overdue", "{} of your team’s", "plain", audience=Audience.TEAM,
    ),
    Group.STUCK: Heading(
        "Decisions that are stuck", "{} stuck", "warning",
        "Asked for again and again, and nobody has decided. Bring owner, lead and manager to one table.",
    ),
    Group.NOT_ACCEPTED: Heading(
        "Not accepted yet", "{} not accepted", "plain",
        "Their owners were asked days ago and have not said yes. A word with them, or another owner?",
    ),
    Group.DUE: Heading("Yours, due this week", "{} due", "plain", is_own=True),
    Group.UNDATED: Heading(
        "Yours, without a date", "{} without a date", "plain",
        "Give each a day, so that others can rely on it.", is_own=True,
    ),
    Group.FINISHED: Heading(
        "You finished last week", "{} finished", "good",
        "Each of these makes a repeat less likely. Thank you.", is_own=True,
    ),
    Group.TEAM_FINISHED: Heading("Your team finished last week", "{} finished in your team", "good"),
}  # fmt: skip


ENDED = [Group.CHECK, Group.FINISHED, Group.TEAM_FINISHED]


def list_of(group: Group) -> str:
    """What the address of the list asks for to show all of a group to whom it is told."""
    return f"told={group.name.lower()}" + ("&status=done" if group in ENDED else "")


@dataclass(frozen=True)
class Answer:
    label: str
    url: str


def answers_of(group: Group, line: Line) -> list[Answer]:
    """What its reader can answer from the mail, without signing in."""
    return [Answer(PURPOSES[purpose], address_of(line.number, purpose)) for purpose in _purposes(group, line)]


def _purposes(group: Group, line: Line) -> list[str]:
    match group:
        case Group.DECISION:
            return ["decide"]
        case Group.CONFIRM:
            return ["confirm"]
        case Group.CHECK:
            return ["holds", "fails"]
        case Group.ACCEPT:
            return ["accept", "decline"]
        case Group.OVERDUE | Group.DUE | Group.UNDATED:
            first = ["decline"] if not line.is_accepted else []
            begin = ["start"] if line.status != Status.IN_PROGRESS.label else []
            block = ["block"] if line.status != Status.BLOCKED.label else []
            return [*begin, "finish", *block, "reschedule", *first]
    return []
