"""The policies that a new organisation starts with, in our own words."""

from dataclasses import dataclass

from incidents.models import Review, ReviewTrigger, Severity, SeverityPolicy

Condition = ReviewTrigger.Condition

SEVERITY_POLICIES = [
    (Severity.SEV1, "Critical", "The service is down for most users, or data is lost or exposed.", Review.REQUIRED, 90),
    (Severity.SEV2, "Major", "Part of the service is down, or many users feel it clearly.", Review.RECOMMENDED, 75),
    (Severity.SEV3, "Minor", "A small impact on a few users, or one that was over quickly.", Review.BRIEF, 60),
    (Severity.SEV4, "Low", "Hardly any impact, and mostly inside the house.", Review.OPTIONAL, 45),
]


@dataclass(frozen=True)
class Preset:
    """A set of clocks that a facilitator chooses whole."""

    name: str
    counted_in: str
    meeting_from: int
    meeting_within: int
    share_before_hours: int
    publish_within: int


PRESETS = {
    "fast": Preset("fast, 48/72 hours", SeverityPolicy.Unit.HOURS, 0, 48, 24, 72),
    "cool_down": Preset("cool-down, day 3 to 5", SeverityPolicy.Unit.DAYS, 3, 5, 24, 7),
}


def install_severity_policies() -> int:
    """Make the policies that are missing; what a facilitator changed stays. Returns how many were made."""
    made = 0
    for severity, name, definition, review, minutes in SEVERITY_POLICIES:
        _, created = SeverityPolicy.objects.get_or_create(
            severity=severity,
            defaults={"name": name, "definition": definition, "review": review, "meeting_minutes": minutes},
        )
        made += created
    return made


# Condition, number, answer, why. An empty answer speaks against a post-mortem.
REVIEW_TRIGGERS = [
    (Condition.DATA_LOST, None, Review.REQUIRED, "What is gone cannot be had again: find what let it go."),
    (Condition.DATA_EXPOSED, None, Review.REQUIRED, "People trusted us with it, and laws may give us days to answer."),
    (Condition.SECURITY, None, Review.REQUIRED, "An attack that got this far shows where the next one will begin."),
    (Condition.PAYMENTS, None, Review.REQUIRED, "A payment that fails costs money and trust at once."),
    (Condition.USERS_SHARE, 1, Review.REQUIRED, "More than one user in a hundred is not chance."),
    (Condition.SLA_BREACHED, None, Review.REQUIRED, "We promised something in writing."),
    (Condition.SLA_BUDGET, 100, Review.REQUIRED, "One incident has used all the downtime that the promise leaves."),
    (Condition.SLA_BUDGET, 50, Review.RECOMMENDED, "Another like it this month breaks the promise."),
    (Condition.OF_ITS_KIND, 3, Review.RECOMMENDED, "Three are a pattern: something underneath has not been found."),
    (Condition.PROCESS, None, Review.RECOMMENDED, "The same way of working will meet the next team too."),
    (Condition.PROJECT, None, Review.RECOMMENDED, "A missed date teaches more while people remember how it was set."),
    (Condition.NEAR_MISS, None, Review.RECOMMENDED, "The cheapest lesson there is: nobody was hurt."),
    (Condition.WENT_WELL, None, Review.BRIEF, "Know what held, so that nobody takes it out by accident."),
    (Condition.SINGLE_REPORT, None, "", "One report alone seldom shows a weakness of the system."),
    (Condition.PLANNED, None, "", "It did what was announced."),
    (Condition.WORKAROUND, None, "", "It is understood already, and users could go on."),
    (Condition.WITHIN_SLA, None, "", "The promise leaves room for exactly this."),
]


def install_review_triggers() -> int:
    """Make the rows of the policy where there are none at all; what a facilitator changed or retired stays so."""
    if ReviewTrigger.objects.exists():
        return 0
    made = ReviewTrigger.objects.bulk_create(
        ReviewTrigger(condition=condition, at_least=number, answer=answer, because=why, position=10 * place)
        for place, (condition, number, answer, why) in enumerate(REVIEW_TRIGGERS, start=1)
    )
    return len(made)
