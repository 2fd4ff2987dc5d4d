"""What incidents of a kind have in common: their phases, and where to look for causes and for actions.

It is shown as help beside what people write, and never written by itself. Phases go from instant to instant; where none
of an incident's instants marks the start of a phase, its timeline does.
"""

from dataclasses import dataclass

from incidents.models import Incident

Kind = Incident.Kind


@dataclass(frozen=True)
class Phase:
    """`begins_at` names the instant of the incident with which it begins; empty where none of them does."""

    name: str
    meaning: str
    begins_at: str = ""


@dataclass(frozen=True)
class Hint:
    """Something often met, in a word or two, and the question that finds out whether it was so here."""

    name: str
    question: str


@dataclass(frozen=True)
class Guidance:
    """`numbers` are the figures of the impact, by the names of their columns, that are asked for."""

    phases: list[Phase]
    numbers: list[str]
    impact: list[Hint]
    causes: list[Hint]
    actions: list[Hint]


OUTAGE = Guidance(
    phases=[
        Phase("Detection", "From the fault to the moment somebody knew of it.", "started_at"),
        Phase("Investigation", "Finding out what is wrong, while users still feel it.", "detected_at"),
        Phase("Mitigation", "Making it bearable for users, with or without the cause.", "understood_at"),
        Phase("Resolution", "Dealing with the cause, once users are safe.", "mitigated_at"),
    ],
    numbers=[
        "users_affected_count",
        "users_affected_percent",
        "experience",
        "failed_requests_count",
        "support_tickets_count",
        "revenue_lost",
        "is_sla_breached",
        "sla_credits",
        "escalations_count",
        "response_hours",
        "systems",
        "is_data_lost",
        "is_data_exposed",
        "downstream",
    ],
    impact=[
        Hint("What stopped working", "For whom, on which page or call, and could they get round it?"),
        Hint("How many felt it", "Which count says so: requests that failed, people who tried, those who came back?"),
        Hint("Money and promises", "What was not sold, and how much of what you promise for a month is used up?"),
        Hint("Those who build on it", "Which services waited for this one, and what did their users see?"),
    ],
    causes=[
        Hint("Configuration", "Which value was wrong, and what would have shown that before it was live?"),
        Hint("Deployment", "What did the way to production let through, and how quickly could it be taken back?"),
        Hint("Limits of the infrastructure", "Which limit was reached, and who could see how near it was?"),
        Hint("A dependency", "Whose failure became ours, and what kept us from going on without them?"),
    ],
    actions=[
        Hint("Monitoring", "What would have told us earlier, in the words of a user rather than of a machine?"),
        Hint("Runbooks", "Which step did somebody have to invent at three in the morning?"),
        Hint("Rollback", "What would bring us back in one step, and when was it last tried?"),
        Hint("Capacity", "At what load does it break next, and when will we be there?"),
    ],
)
SECURITY = Guidance(
    phases=[
        Phase("Occurrence", "Somebody could do what they should not, and nobody knew.", "started_at"),
        Phase("Detection", "It was noticed; what it reaches is being found out.", "detected_at"),
        Phase("Containment", "Closing the way in, and saving the evidence.", "acknowledged_at"),
        Phase("Remediation", "Removing what let it happen, telling whom it concerns.", "mitigated_at"),
    ],
    numbers=[
        "users_affected_count",
        "support_tickets_count",
        "customers_lost_count",
        "revenue_lost",
        "escalations_count",
        "media_reports_count",
        "is_reportable",
        "response_hours",
        "follow_up_hours",
        "systems",
        "is_data_lost",
        "is_data_exposed",
        "records_affected_count",
    ],
    impact=[
        Hint("What could be reached", "Which systems and data could be read or changed, and which were?"),
        Hint("Whose data", "How many people does it concern, and what can somebody do with what was seen?"),
        Hint("Duties", "Whom must you tell, by law or by contract, and until when?"),
        Hint("Trust", "What do people ask now, and which of it can you answer for certain?"),
    ],
    causes=[
        Hint("A control that is missing", "What was expected to stop this, and was it ever there?"),
        Hint("Rights that were too wide", "Who could do this, and who of them needs to?"),
        Hint("Software without its patches", "How long was the mend known, and what kept it from being applied?"),
        Hint("A secret in the wrong place", "Where can secrets end up, and what looks for them there?"),
    ],
    actions=[
        Hint("Audits", "Where else would the same search find the same thing today?"),
        Hint("Reviews of access", "Which right outlives its reason, and what ends it by itself?"),
        Hint("Patching", "How does a mend reach production in days, without anybody having to remember it?"),
        Hint("Training", "What would people have to know, and which control comes first so that they need not?"),
    ],
)
PROJECT = Guidance(
    phases=[
        Phase("Planning", "What was promised, on what knowledge."),
        Phase("Execution", "The work, and what was learned of the plan meanwhile.", "started_at"),
        Phase("Launch or deadline", "The day on which it was to be there.", "first_impact_at"),
        Phase("Outcome", "What came of it, beside what was expected.", "understood_at"),
    ],
    numbers=[
        "users_affected_count",
        "support_tickets_count",
        "customers_lost_count",
        "nps_change",
        "revenue_lost",
        "yearly_revenue_lost",
        "follow_up_hours",
        "wasted_hours",
        "delay_days",
    ],
    impact=[
        Hint("What came late", "By how many days, and who had planned with it?"),
        Hint("Work in vain", "How many hours were thrown away or done again?"),
        Hint("Who turned away", "Which customers left or never came, and how do you know that this was why?"),
        Hint("The people at work", "What did it cost them in evenings, and in other work left undone?"),
    ],
    causes=[
        Hint("Requirements", "Whose need was taken for known, and who was never asked?"),
        Hint("Estimates", "What did the estimate leave out, and could anybody say so without losing by it?"),
        Hint("People who wanted different things", "Where did two people agree to the same word and mean two things?"),
        Hint("Testing", "When did the first user see it, and what could still be changed by then?"),
    ],
    actions=[
        Hint("Discovery", "What is the cheapest way to be wrong about the next idea in its first week?"),
        Hint("Estimating", "Which past work is it compared with, and who looks at how that one went?"),
        Hint("Agreeing", "Who must say yes, by when, and what happens when the answer changes?"),
        Hint("Validation", "Which number will tell that it is worth going on, and on what day is it looked at?"),
    ],
)
PROCESS = Guidance(
    phases=[
        Phase("Initiation", "The way of working was begun as usual.", "started_at"),
        Phase("Breakdown", "A step was missing, unclear, or not handed over."),
        Phase("Impact realised", "Somebody felt it, or saw it.", "first_impact_at"),
    ],
    numbers=[
        "users_affected_count",
        "support_tickets_count",
        "revenue_lost",
        "is_sla_breached",
        "escalations_count",
        "response_hours",
        "wasted_hours",
        "delay_days",
    ],
    impact=[
        Hint("Who waited", "How many people, for how long, and what could they not do meanwhile?"),
        Hint("What was done twice", "How many hours went into finding out, mending and doing it again?"),
        Hint("Promises", "Which date, rule or agreement was missed because of it?"),
        Hint("What passed unseen", "How often had the same gap been there before without being noticed?"),
    ],
    causes=[
        Hint("Nobody could know the way", "Where does it say what to do, and could the person at the desk find it?"),
        Hint("A step that is missing", "What has always worked only because somebody did it unasked?"),
        Hint("Hand-overs", "Between whom did it lie, and what would have told each that it was theirs?"),
        Hint("Tools", "Which system made the right thing hard, or let the wrong one pass in silence?"),
    ],
    actions=[
        Hint("Writing it down", "Where will the next person look, and does it stand there?"),
        Hint("Automating", "Which step could no longer be forgotten if a machine did it?"),
        Hint("Telling people", "Who works this way and was not in the room?"),
        Hint("Training", "Who has never done it before, and when can they try it without harm?"),
    ],
)
BY_KIND = {Kind.PRODUCTION_OUTAGE: OUTAGE, Kind.SECURITY: SECURITY, Kind.PROJECT: PROJECT, Kind.PROCESS: PROCESS}


def guidance_for(incident: Incident) -> Guidance:
    return BY_KIND[Kind(incident.kind)]
