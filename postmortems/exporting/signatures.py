"""Who wrote a post-mortem and who reviewed it, as every export says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from postmortems.models import Postmortem
from postmortems.reviews import reviews_of


@dataclass(frozen=True)
class ReviewerLine:
    """`state` is approved, outdated, changes, waiting or named; `label` says it in words."""

    name: str
    state: str
    label: str
    answered_at: datetime | None
    words: str


def authors_of(postmortem: Postmortem) -> list[str]:
    return [str(author) for author in postmortem.authors.all()]


def reviewers_of(postmortem: Postmortem) -> Iterable[ReviewerLine]:
    for row in reviews_of(postmortem).rows:
        reviewer = row.reviewer
        yield ReviewerLine(str(reviewer), row.state, row.label, reviewer.answered_at, reviewer.words)
