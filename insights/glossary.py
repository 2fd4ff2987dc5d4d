"""The words that Debrief uses, and what stands behind them, in our own words. Severities come from the policy."""

from dataclasses import dataclass

from incidents.durations import DEFINITIONS


@dataclass(frozen=True)
class Term:
    name: str
    meaning: str

    @property
    def anchor(self) -> str:
        return "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())


PRINCIPLES = [
    Term("Blameless", "Everybody did what made sense with what they could see. We look for what made it make sense."),
    Term("Thorough", "We go on asking until there is something that we can change, and seldom find just one."),
    Term("Actionable", "What we learn becomes work with one owner and one date, or it was only a talk."),
    Term(
        "Transparent", "Whoever could run into the same may read it. What must stay inside is restricted, not hidden."
    ),
    Term("Timely", "Within 48 to 72 hours, while people remember what they saw and not what they heard since."),
]
SAFETY = [
    Term("Leaders go first", "Whoever leads tells of a mistake of their own before they ask about anybody else’s."),
    Term("The same words every time", "Each meeting opens with the reminder, also when everybody knows it by heart."),
    Term(
        "Thanks for telling",
        "Who raises something, or tells what they did, is thanked for it, in the room and in writing.",
    ),
    Term("No price to pay", "What is said here is used in no review, no rating and no warning. Not once."),
]
ACCOUNTABILITY = (
    "Without blame does not mean without duties. We answer for what we change now: an action has a name and a date, and "
    "whoever cannot keep it says so."
)
BAD_SYSTEM = (
    "“Be more careful with deployments.” Nobody knows what to do tomorrow, and the next person presses the same button."
)
GOOD_SYSTEM = (
    "“By 14 May, Wei makes the deployment stop when error rates rise.” The button is still there, and pressing it no "
    "longer hurts."
)

MEASURED = [Term(one.short, f"{one.name}. {one.sentence}") for one in DEFINITIONS]
TERMS = [
    Term("Action", "Agreed work after an incident: one owner, one date, evidence when it is done."),
    Term("Cause, root cause", "An answer to why. A root cause is one that we can change; there are several, nearly always."),
    Term("Contributing factor", "A condition that made it likelier or worse, and would not have been enough alone."),
    Term("Error budget", "How long a service may fail before its promise is broken: 99.95 % leaves 21.6 minutes in 30 days."),
    Term("Facilitator", "Leads the meeting and takes no side; best somebody who had no part in the incident."),
    Term("Impact", "What users, the business and our systems felt, in numbers. Unknown is a value; “many” is none."),
    Term("Incident", "An unplanned loss or fall in a service."),
    Term("MTTR", "Mean time to resolve: over several incidents, the time to resolve on average. Of few, it says little."),
    Term("Near miss", "It was caught before users felt anything. The cheapest lesson there is."),
    Term("Post-mortem", "The blameless account of one incident, written together, and what follows from it."),
    Term("RCA", "Root cause analysis: elsewhere the name for what we call causes. We ask for several."),
    Term("SLA", "What we promised in writing, such as 99.95 % of the month."),
    *MEASURED,
    Term("Timeline event", "One fact with its time and its source. What somebody thinks of it is an observation."),
]  # fmt: skip
