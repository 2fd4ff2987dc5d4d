"""What heads a post-mortem wherever it is shown: how long it took, whom it hit, what it cost, who wrote it."""

from dataclasses import dataclass

from core.dates import in_words
from incidents.impact import UNKNOWN, Figure, figures_of
from people.models import User
from postmortems.models import Postmortem

USERS, SHARE, REVENUE = "users_affected_count", "users_affected_percent", "revenue_lost"


@dataclass(frozen=True)
class Fact:
    label: str
    text: str
    is_known: bool


@dataclass(frozen=True)
class Headline:
    facts: list[Fact]
    authors: list[User]


def headline_of(postmortem: Postmortem) -> Headline:
    """What nobody knows is told as unknown, unless incidents of its kind are not even asked for it."""
    incident = postmortem.incident
    figures = {figure.name: figure for figure in figures_of(incident.impact)}
    duration = incident.duration
    facts = [Fact("Duration", in_words(duration) if duration else UNKNOWN, duration is not None)]
    facts += [users for users in [_users(figures[USERS], figures[SHARE])] if users]
    revenue = figures[REVENUE]
    if revenue.is_known or revenue.is_asked:
        facts.append(Fact("Revenue lost", revenue.text, revenue.is_known))
    return Headline(facts, list(postmortem.authors.all()))


def _users(count: Figure, share: Figure) -> Fact | None:
    known = [figure.text for figure in (count, share) if figure.is_known]
    if known:
        return Fact("Users", " · ".join(known), is_known=True)
    return Fact("Users", count.text, is_known=False) if count.is_asked else None
