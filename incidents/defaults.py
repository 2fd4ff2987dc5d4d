"""The severity policies that a new organisation starts with, in our own words."""

from incidents.models import Severity, SeverityPolicy

Review = SeverityPolicy.Review

SEVERITY_POLICIES = [
    (Severity.SEV1, "Critical", "The service is down for most users, or data is lost or exposed.", Review.REQUIRED),
    (Severity.SEV2, "Major", "Part of the service is down, or many users feel it clearly.", Review.RECOMMENDED),
    (Severity.SEV3, "Minor", "A small impact on a few users, or one that was over quickly.", Review.BRIEF),
    (Severity.SEV4, "Low", "Hardly any impact, and mostly inside the house.", Review.OPTIONAL),
]


def install_severity_policies() -> int:
    """Make the policies that are missing; what a facilitator changed stays. Returns how many were made."""
    made = 0
    for severity, name, definition, review in SEVERITY_POLICIES:
        _, created = SeverityPolicy.objects.get_or_create(
            severity=severity, defaults={"name": name, "definition": definition, "review": review}
        )
        made += created
    return made
